"""The words a mapping is written in, each checked when the form is read and none of them code.

``const`` a value · ``field`` a fact · ``answer`` a question of the bank, in the longest length that
fits · ``switch`` a table of cases · ``rows`` a table from a list or written row by row · ``sum`` of
a column · ``first`` of several that says something · ``share`` of one amount in another · ``format`` for a person · ``join`` texts ·
``truncate`` at the end of a word · ``ask`` the person, for this form only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from filiere.rules.funder_forms.facts import LENGTHS, list_columns, scalar_paths
from filiere.rules.funder_forms.lined import Lined, type_place

FORMATS = ("euros", "euros_whole", "date", "percent", "list")
_KEYS: dict[str, tuple[set[str], set[str]]] = {  # word → keys that must, keys that may be there
    "switch": ({"by", "cases"}, {"otherwise"}),
    "sum": ({"over", "of"}, {"where"}),
    "share": ({"of", "over"}, set()),
    "format": ({"of", "as"}, set()),
    "join": ({"of"}, {"with"}),
    "truncate": ({"of", "limit"}, set()),
}
WORDS = ("const", "field", "answer", "first", "rows", "ask", *_KEYS)


@dataclass(frozen=True, slots=True)
class Checker:
    """Judges the mapping of one form against the facts that exist."""

    lined: Lined
    questions: Mapping[str, object]

    def check(self, node: Any, place: type_place, *, row_of: str = "", top: bool = False) -> None:
        """Refuse a node that is not one known word with known names.

        Args:
            row_of: list whose rows ``field`` names the columns of; blank outside a table.
            top: whether this is a field's own node, where ``ask`` and ``rows`` may stand.

        Raises:
            FormFault: with its line.
        """
        if not isinstance(node, dict) or len(node) != 1:
            raise self.lined.fault(place, f"expected one word of: {', '.join(WORDS)}")
        word, given = next(iter(node.items()))
        here = (*place, word)
        if word not in WORDS:
            raise self._unknown(here, word, WORDS, "no word of a mapping")
        if word in ("ask", "rows") and not top:
            raise self.lined.fault(here, "stands for a whole field, not inside another word")
        if word == "answer" and row_of:
            raise self.lined.fault(here, "an answer does not depend on a row")
        if word in _KEYS:
            self._keys(given, here, *_KEYS[word])
        checks: dict[str, Callable[..., None]] = {
            "const": self._const, "field": self._field, "answer": self._answer,
            "switch": self._switch, "first": self._first, "rows": self._rows, "sum": self._sum, "share": self._both,
            "format": self._format, "join": self._join, "truncate": self._truncate,
            "ask": self._ask,
        }  # fmt: skip
        checks[word](given, here, row_of)

    def _unknown(self, place: type_place, name: object, known: Any, why: str) -> Exception:
        near = get_close_matches(str(name), sorted(known), n=1)
        hint = f"; nearest: {near[0]}" if near else ""
        return self.lined.fault(place, f"{why} is called {name!r}{hint}")

    def _keys(self, given: Any, place: type_place, must: set[str], may: set[str]) -> None:
        if not isinstance(given, dict) or not must <= given.keys() <= must | may:
            raise self.lined.fault(place, f"expected {sorted(must)}, and perhaps {sorted(may)}")

    def _const(self, given: Any, place: type_place, _row_of: str) -> None:
        if not isinstance(given, str | int | bool):
            raise self.lined.fault(place, "expected a text, a whole number or yes or no")

    def _field(self, given: Any, place: type_place, row_of: str) -> None:
        if row_of:
            if given not in list_columns()[row_of]:
                raise self._unknown(place, given, list_columns()[row_of], f"no column of {row_of}")
            return
        parts = str(given).split(".")
        if parts[0] == "answers" and len(parts) == 3:
            if parts[1] not in self.questions:
                raise self._unknown(place, parts[1], self.questions, "no question")
            if parts[2] not in LENGTHS:
                raise self._unknown(place, parts[2], LENGTHS, "no length")
        elif given not in scalar_paths():
            raise self._unknown(place, given, scalar_paths(), "no fact")

    def _answer(self, given: Any, place: type_place, _row_of: str) -> None:
        if given not in self.questions:
            raise self._unknown(place, given, self.questions, "no question")

    def _switch(self, given: Any, place: type_place, row_of: str) -> None:
        self.check(given["by"], (*place, "by"), row_of=row_of)
        if not isinstance(given["cases"], dict) or not given["cases"]:
            raise self.lined.fault((*place, "cases"), "expected a table of cases")
        for case, result in given["cases"].items():
            self._const(result, (*place, "cases", str(case)), row_of)
        if "otherwise" in given:
            self._const(given["otherwise"], (*place, "otherwise"), row_of)

    def _first(self, given: Any, place: type_place, row_of: str) -> None:
        if not isinstance(given, list) or len(given) < 2:
            raise self.lined.fault(place, "expected two words or more")
        for number, node in enumerate(given):
            self.check(node, (*place, number), row_of=row_of)

    def _rows(self, given: Any, place: type_place, _row_of: str) -> None:
        if isinstance(given, dict) and "fixed" in given:
            self._keys(given, place, {"fixed"}, {"unless_zero"})
            for number, row in enumerate(given["fixed"]):
                self._row(row, (*place, "fixed", number), "")
            return
        self._keys(given, place, {"over", "each"}, {"where"})
        self._list(given, place)
        self._row(given["each"], (*place, "each"), given["over"])

    def _row(self, row: Any, place: type_place, over: str) -> None:
        if not isinstance(row, dict) or not row:
            raise self.lined.fault(place, "expected the columns of a row")
        for column, node in row.items():
            self.check(node, (*place, column), row_of=over)

    def _sum(self, given: Any, place: type_place, _row_of: str) -> None:
        self._list(given, place)
        if (
            not str(given["of"]).endswith("_cents")
            or given["of"] not in list_columns()[given["over"]]
        ):
            columns = [one for one in list_columns()[given["over"]] if one.endswith("_cents")]
            raise self._unknown((*place, "of"), given["of"], columns, "no amount")

    def _list(self, given: Any, place: type_place) -> None:
        if given["over"] not in list_columns():
            raise self._unknown((*place, "over"), given["over"], list_columns(), "no list")
        columns = list_columns()[given["over"]]
        for column, wanted in (given.get("where") or {}).items():
            here = (*place, "where", column)
            if column not in columns:
                raise self._unknown(here, column, columns, f"no column of {given['over']}")
            if isinstance(wanted, dict) and wanted.keys() != {"not"}:
                raise self.lined.fault(here, "expected a value, a list, or not: a list")

    def _both(self, given: Any, place: type_place, row_of: str) -> None:
        self.check(given["of"], (*place, "of"), row_of=row_of)
        self.check(given["over"], (*place, "over"), row_of=row_of)

    def _format(self, given: Any, place: type_place, row_of: str) -> None:
        self.check(given["of"], (*place, "of"), row_of=row_of)
        if given["as"] not in FORMATS:
            raise self._unknown((*place, "as"), given["as"], FORMATS, "no format")

    def _join(self, given: Any, place: type_place, row_of: str) -> None:
        if not isinstance(given["of"], list) or not isinstance(given.get("with", ""), str):
            raise self.lined.fault(place, "expected a list of words, and a text between them")
        for number, node in enumerate(given["of"]):
            self.check(node, (*place, "of", number), row_of=row_of)

    def _truncate(self, given: Any, place: type_place, row_of: str) -> None:
        self.check(given["of"], (*place, "of"), row_of=row_of)
        if not isinstance(given["limit"], int) or given["limit"] < 1:
            raise self.lined.fault((*place, "limit"), "expected a number of characters")

    def _ask(self, given: Any, place: type_place, _row_of: str) -> None:
        if given not in ({}, None, True):
            raise self.lined.fault(place, "takes nothing: write ask: {}")
