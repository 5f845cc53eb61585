"""Each vector of the rules has a test named after it, and the page that lists them says so."""

import re
from datetime import date
from pathlib import Path

from filiere.rules import parameters

RULES = Path(__file__).resolve().parent
PAGE = RULES.parents[1] / "docs" / "reference" / "rule-vectors.md"
WANTED = {"R4", "R5", "R6", "R7", "R8", "R9", "R12", "R13", "R14", "3.5"}
ROW = re.compile(r"^\| (R\d+|3\.5) \| (.+?) \| `([\w/.]+)` \| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"^def (test_(?:r(?:4|5|6|7|8|9|12|13|14)|section_3_5)_\w+)\(", re.MULTILINE)


def rows():
    """Give rule, file and names of each row of the table."""
    return [
        (rule, file, re.findall(r"`(test_\w+)`", tests))
        for rule, _vector, file, tests in ROW.findall(PAGE.read_text(encoding="utf-8"))
    ]


def test_every_test_of_the_page_exists_in_its_file():
    gone = [
        (file, name)
        for _rule, file, names in rows()
        for name in names
        if f"def {name}(" not in (RULES / file).read_text(encoding="utf-8")
    ]
    assert gone == []
    assert {rule for rule, _file, _names in rows()} == WANTED
    assert min(len(names) for _rule, _file, names in rows()) >= 1


def test_every_test_named_after_a_rule_is_on_the_page():
    listed = {(file, name) for _rule, file, names in rows() for name in names}
    written = {
        (str(path.relative_to(RULES)), name)
        for path in RULES.rglob("test_*.py")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(written - listed) == []


def test_the_traps_named_on_the_page_are_tests():
    text = PAGE.read_text(encoding="utf-8").rpartition("Files are under")[2]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in RULES.rglob("test_*.py"))
    traps = re.findall(r"`(test_the_\w+)`", text)
    assert len(traps) == 2
    assert [name for name in traps if f"def {name}(" not in tests] == []


def test_r8_published_face_value_is_ten_euros():
    assert parameters.whole("voucher.face_cents", date(2016, 1, 1)) == 1_000
