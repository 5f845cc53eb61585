"""Filling a form from the facts of a project: values, what is missing, what was cut or refused.

Pure: the same facts and answers give the same form.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator

from filiere.rules.funder_forms import wording
from filiere.rules.funder_forms.facts import LENGTHS, ProjectFacts
from filiere.rules.funder_forms.shape import (
    Cut,
    Field,
    FilledForm,
    FormSpec,
    Missing,
    Problem,
    Wanting,
    type_value,
)


def fill(
    spec: FormSpec, facts: ProjectFacts, own_answers: Mapping[str, type_value] | None = None
) -> FilledForm:
    """Fill one form.

    Args:
        facts: what the project says of itself.
        own_answers: field → what a person wrote for this form alone: fields that ask, and texts
            that may be worded otherwise for one funder. On another field it is a problem,
            ``own_answer_not_used``, so that no amount differs from the plan.

    Returns:
        The form; a required field counts as filled when it has a value, even one refused.
    """
    given = dict(own_answers or {})
    filler = _Filler(spec, facts)
    values: dict[str, type_value] = {}
    problems = [
        Problem(key, "own_answer_not_used", "")
        for key in given
        if key not in spec.mapping or not spec.is_rewordable(key)
    ]
    for field in spec.fields:
        own = given.get(field.key) if spec.is_rewordable(field.key) else None
        value: Any = filler.value(field) if _is_empty(own) else own
        if not _is_empty(value):
            values[field.key] = value
    required = [field for field in spec.fields if field.required]
    missing = [
        Missing(field.key, *_wanting(spec.mapping[field.key]))
        for field in required
        if field.key not in values
    ]
    own_worded = {key for key in given if key in spec.mapping and not _is_empty(given[key])}
    return FilledForm(
        spec=spec,
        values=values,
        required=len(required),
        filled=len(required) - len(missing),
        missing=tuple(missing),
        cuts=tuple(cut for cut in filler.cuts if cut.field not in own_worded),
        problems=(*problems, *_refused(spec, values)),
    )


def where_from(spec: FormSpec, key: str) -> tuple[Wanting, str]:
    """Tell where the value of a field comes from: the bank and its question, a fact, this form.

    Returns:
        The kind of place and the name there: a key of the bank, a path of the facts, or blank.

    Raises:
        LookupError: the form has no such field (a caller's bug).
    """
    return _wanting(spec.mapping[key])


def reworded(
    spec: FormSpec, facts: ProjectFacts, own_answers: Mapping[str, type_value]
) -> tuple[tuple[str, type_value, type_value], ...]:
    """Give (field, what the project says, what was written for this form), where they differ.

    A field that only this form asks is not one of them: the project says nothing there.
    """
    master = fill(spec, facts).values
    own = fill(spec, facts, own_answers).values
    return tuple(
        (field.key, master[field.key], own[field.key])
        for field in spec.fields
        if field.key in master and own[field.key] != master[field.key]
    )


def _is_empty(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _refused(spec: FormSpec, values: Mapping[str, type_value]) -> Iterable[Problem]:
    """Give what the schema refuses, once for each field and keyword, in the order of the form."""
    order = {field.key: place for place, field in enumerate(spec.fields)}
    found = {
        Problem(str(error.absolute_path[0]), str(error.validator), str(error.validator_value))
        for error in Draft202012Validator(spec.schema).iter_errors(dict(values))
        if error.absolute_path
    }
    return sorted(found, key=lambda one: (order[one.field], one.code))


def _wanting(node: Mapping[str, Any]) -> tuple[Wanting, str]:
    """Tell where the value of a node would come from, and its name there."""
    word, given = next(iter(node.items()))
    if word == "ask":
        return Wanting.FORM, ""
    if word == "answer":
        return Wanting.BANK, given
    if word == "field":
        parts = given.split(".")
        return (Wanting.BANK, parts[1]) if parts[0] == "answers" else (Wanting.FACTS, given)
    inner = _inside(word, given)
    return _wanting(inner) if inner else (Wanting.FACTS, _list_of(word, given))


def _inside(word: str, given: Any) -> Mapping[str, Any] | None:
    """Give the node that would fill another one, when there is one."""
    if word == "first":
        return dict(given[-1])  # what a person can always give stands last
    found = given.get("by" if word == "switch" else "of") if isinstance(given, dict) else None
    if isinstance(found, list):
        found = next(iter(found), None)
    return found if isinstance(found, dict) else None


def _list_of(word: str, given: Any) -> str:
    """Name the list that a table or a sum reads; blank for what reads none."""
    if word == "sum":
        return f"{given['over']}.{given['of']}"
    return str(given.get("over", "lines")) if word == "rows" else ""


class _Filler:
    """Evaluates the mapping of one form; it remembers what was cut."""

    def __init__(self, spec: FormSpec, facts: ProjectFacts) -> None:
        self.spec = spec
        self.facts: Mapping[str, Any] = facts
        self.cuts: list[Cut] = []

    def value(self, field: Field) -> Any:
        """Give the value of one field; None or empty when the facts do not say."""
        return self._of(self.spec.mapping[field.key], field, None)

    def _of(self, node: Mapping[str, Any], field: Field, row: Mapping[str, Any] | None) -> Any:
        word, given = next(iter(node.items()))
        if word == "const":
            return given
        if word == "field":
            return row.get(given) if row is not None else self._fact(given)
        if word == "switch":
            found = self._of(given["by"], field, row)
            return None if _is_empty(found) else given["cases"].get(found, given.get("otherwise"))
        if word in ("answer", "first", "rows", "sum"):
            return self._gathered(word, given, field)
        return self._made(word, given, field, row)

    def _gathered(self, word: str, given: Any, field: Field) -> Any:
        """Evaluate the words that read answers and lists."""
        if word == "answer":
            return self._answer(given, field)
        if word == "first":
            found = (self._of(one, field, None) for one in given)
            return next((value for value in found if not _is_empty(value)), None)
        if word == "rows":
            return self._rows(given, field)
        return _added(self._kept(given), given["of"])

    def _made(self, word: str, given: Any, field: Field, row: Mapping[str, Any] | None) -> Any:
        """Evaluate the words that change another value."""
        if word == "share":
            part, whole = (self._of(given[side], field, row) for side in ("of", "over"))
            return str(Fraction(part, whole)) if part is not None and whole else None
        if word == "format":
            return _formatted(self._of(given["of"], field, row), given["as"])
        if word == "join":
            parts = [self._of(one, field, row) for one in given["of"]]
            return given.get("with", " ").join(str(one) for one in parts if not _is_empty(one))
        if word == "truncate":
            whole = self._of(given["of"], field, row)
            return self._cut(whole, given["limit"], field) if isinstance(whole, str) else whole
        return None  # ask: only the person knows

    def _fact(self, path: str) -> Any:
        found: Any = self.facts
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _answer(self, question: str, field: Field) -> str | None:
        """Take the longest answer that fits; when none does, cut the shortest one."""
        answers = self.facts["answers"].get(question) or {}
        written: list[str] = [
            answers[length].strip() for length in LENGTHS if answers.get(length, "").strip()
        ]
        if not written:
            return None
        if field.limit is None:
            return max(written, key=len)
        fitting = [text for text in written if len(text) <= (field.limit or 0)]
        if fitting:
            return max(fitting, key=len)
        return self._cut(min(written, key=len), field.limit, field)

    def _cut(self, text: str, limit: int, field: Field) -> str:
        kept, lost = wording.cut(text, limit)
        if lost:
            self.cuts.append(Cut(field.key, limit, lost))
        return kept

    def _rows(self, given: Mapping[str, Any], field: Field) -> list[dict[str, Any]]:
        if "fixed" in given:
            made = [self._row(one, field, None) for one in given["fixed"]]
            skip = given.get("unless_zero")
            return [row for row in made if not skip or row.get(skip) not in (0, None)]
        return [self._row(given["each"], field, one) for one in self._kept(given)]

    def _row(
        self, columns: Mapping[str, Any], field: Field, row: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        made = {column: self._of(node, field, row) for column, node in columns.items()}
        return {column: value for column, value in made.items() if not _is_empty(value)}

    def _kept(self, given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        where = given.get("where") or {}
        return [row for row in self.facts[given["over"]] if _matches(row, where)]


def _matches(row: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Tell whether a row has the values of a filter."""
    for column, wanted in where.items():
        if isinstance(wanted, dict):
            if row.get(column) in wanted["not"]:
                return False
        elif row.get(column) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def _added(rows: list[Mapping[str, Any]], column: str) -> int | None:
    """Add a column up; rows that do not say count for nothing, and none that says is unknown."""
    known = [row[column] for row in rows if row.get(column) is not None]
    return None if rows and not known else sum(known)


def _formatted(value: Any, form: str) -> Any:
    """Write a value as its funder reads it."""
    if _is_empty(value):
        return None
    if form in ("euros", "euros_whole") and isinstance(value, int):
        return wording.euros(value, whole=form == "euros_whole")
    if form == "date":
        return wording.day(str(value))
    if form == "percent":
        return wording.percent(str(value))
    return wording.listed(value) if isinstance(value, list) else str(value)
