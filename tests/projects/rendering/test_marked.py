"""Funders' own documents: marks found and filled, nothing run, nothing else touched."""

import io
import zipfile
from itertools import pairwise

import docx
import openpyxl
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from filiere.projects.forms import question_bank
from filiere.projects.rendering.marked import fill_template, opening, read_template
from filiere.projects.rendering.marked.errors import (
    TemplateTooLarge,
    TemplateUnreadable,
    TemplateUnsafe,
)
from filiere.projects.rendering.marked.runs import blocks_of, replace_marks
from filiere.rules.funder_forms.marks import mark_values
from tests.projects.forms.net94 import net94

NAME = "formulaire.docx"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def values(**changed):
    return mark_values(net94(), question_bank()) | changed


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word(*paragraphs):
    """A document whose paragraphs are lists of runs; the first run is bold."""
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for place, text in enumerate(runs):
            paragraph.add_run(text).bold = place == 0
    return document


def book(**cells):
    made = openpyxl.Workbook()
    for place, text in cells.items():
        made.active[place] = text
    return made


def with_part(content, changes):
    """The same file with parts added or replaced; a function changes what is there."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            held = old.read(name)
            change = changes.pop(name, None)
            new.writestr(name, change(held) if callable(change) else held)
        for name, held in changes.items():
            new.writestr(name, held)
    return stream.getvalue()


def filled_word(document, **changed):
    filled = fill_template(saved(document), name=NAME, values=values(**changed))
    return docx.Document(io.BytesIO(filled.content)), filled


def test_read_template_lists_marks_and_names_that_look_like_the_unknown_ones():
    document = word(["{{ organisation.name }}"], ["{{ question.needs }} {{ 7*7 }}"])
    document.sections[0].header.paragraphs[0].text = "{{ budget.total }}"
    table = document.add_table(1, 1)
    table.rows[0].cells[0].text = "{{ request.amount }}"
    found = read_template(saved(document), name=NAME, known=values())
    assert found.kind == "docx"
    assert {(mark.name, mark.known) for mark in found.marks} == {
        ("organisation.name", True), ("question.needs", False), ("7*7", False),
        ("budget.total", True), ("request.amount", True),
    }  # fmt: skip
    [near] = [mark.near for mark in found.marks if mark.name == "question.needs"]
    assert near[0] == "question.need"


@pytest.mark.parametrize(
    ("runs", "said", "texts"),
    [
        (["{{ project.title }}"], "Réseau numérique de sept villes", None),
        (["Titre : {{", " project", ".title }} fin"], "Titre : Réseau numérique de sept villes fin",
         ["Titre : Réseau numérique de sept villes", "", " fin"]),
        (["{", "{project.title}", "}"], "Réseau numérique de sept villes", None),
        (["a {{ project.title }} b {{organisation.town}} c"],
         "a Réseau numérique de sept villes b Le Kremlin-Bicêtre c", None),
        (["{{ nothing }} reste"], "{{ nothing }} reste", None),
        (["{{\u00a0Project.Title\u00a0}}"], "Réseau numérique de sept villes", None),
    ],
)  # fmt: skip
def test_fill_template_reads_marks_that_word_has_cut_in_runs(runs, said, texts):
    document, _filled = filled_word(word(runs))
    [paragraph] = document.paragraphs
    assert paragraph.text == said
    assert paragraph.runs[0].bold
    assert len(paragraph.runs) == len(runs)
    if texts:
        assert [run.text for run in paragraph.runs] == texts


def test_fill_template_keeps_style_and_tells_what_became_of_each_mark():
    made = word(["{{ question.risks }}"], ["{{ question.publics }}"], ["{{ nothing.known }}"])
    made.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document, filled = filled_word(made)
    assert document.paragraphs[0].text == "À compléter"
    assert document.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert filled.blank == ("question.risks",)
    assert filled.filled == ("question.publics",)
    assert [mark.name for mark in filled.unknown] == ["nothing.known"]


def test_fill_template_writes_line_ends_as_breaks_and_signs_as_text():
    changed = {"question.need": "Un & <deux>\nTrois {{ organisation.name }}"}
    document, _filled = filled_word(word(["{{ question.need }}"]), **changed)
    assert document.paragraphs[0].text == "Un & <deux>\nTrois {{ organisation.name }}"


def test_fill_template_leaves_a_part_without_marks_byte_for_byte():
    content = saved(word(["{{ organisation.name }}"]))
    filled = fill_template(content, name=NAME, values=values()).content
    before, after = (zipfile.ZipFile(io.BytesIO(one)) for one in (content, filled))
    assert before.namelist() == after.namelist()
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["word/document.xml"]
    assert filled == fill_template(content, name=NAME, values=values()).content


def test_fill_template_fills_a_workbook_and_keeps_its_formulas_and_style():
    made = book(A1="{{ organisation.name }}", A2="Total : {{ budget.total }}", B1=2, B2="=B1*2")
    made.active["A1"].font = Font(bold=True)
    filled = fill_template(saved(made), name="budget.xlsx", values=values())
    page = openpyxl.load_workbook(io.BytesIO(filled.content)).active
    assert page["A1"].value == "Passerelles 94"
    assert page["A1"].font.bold
    assert page["A2"].value.replace("\u00a0", " ") == "Total : 187 200,00 €"
    assert page["B2"].value == "=B1*2"
    assert filled.kind == "xlsx"


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx=1", "'=1"])
def test_attack_99_an_answer_is_never_a_formula(text):
    made = book(A1="{{ question.need }}", A2="Besoin : {{ question.need }}")
    filled = fill_template(saved(made), name="b.xlsx", values=values(**{"question.need": text}))
    page = openpyxl.load_workbook(io.BytesIO(filled.content)).active
    assert page["A1"].data_type == page["A2"].data_type == "s"
    assert page["A1"].value in (f"'{text.strip()}", text.strip())
    assert page["A1"].value[0] not in "=+-@"
    assert page["A2"].value == f"Besoin : {text.strip()}"


def test_fill_template_keeps_a_telephone_as_it_is():
    changed = {"organisation.phone": "+33 1 00 00 00 00"}
    filled = fill_template(
        saved(book(A1="{{ organisation.phone }}")), name="b.xlsx", values=values(**changed)
    )
    assert (
        openpyxl.load_workbook(io.BytesIO(filled.content)).active["A1"].value == "+33 1 00 00 00 00"
    )


def test_fill_template_cuts_what_no_cell_can_hold_and_says_so():
    changed = {"question.need": "mot " * 10_000}
    filled = fill_template(
        saved(book(A1="{{ question.need }}")), name="b.xlsx", values=values(**changed)
    )
    assert filled.shortened == ("question.need",)
    assert len(openpyxl.load_workbook(io.BytesIO(filled.content)).active["A1"].value) <= 32_000


LINK = "LINK Excel.Sheet x"
RELATION = '<Relationship Id="rX" Type="{}" Target="{}" TargetMode="{}"/></Relationships>'


def relation(kind, target, mode="External"):
    added = RELATION.format(f"{OFFICE}/{kind}", target, mode).encode()
    return lambda held: held.replace(b"</Relationships>", added)


@pytest.mark.parametrize(
    "changes",
    [
        {"word/vbaProject.bin": b"x"},
        {"word/embeddings/oleObject1.bin": b"x"},
        {"word/activeX/activeX1.xml": b"<a/>"},
        {"[Content_Types].xml": lambda h: h.replace(
            b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main")},
        {"word/_rels/document.xml.rels": relation("attachedTemplate", "https://x.example/a.dotm")},
        {"word/_rels/document.xml.rels": relation("image", "https://x.example/a.png")},
        {"word/_rels/document.xml.rels": relation("hyperlink", "file:///etc/passwd")},
        {"word/_rels/document.xml.rels": relation("hyperlink", "\\\\host\\share")},
        {"word/_rels/document.xml.rels": relation("oleObject", "a.bin", "Internal")},
        {"word/settings2.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"},
        {"word/settings2.dat": b"\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"},
        {"elsewhere/page.dat": f'<a xmlns:w="w"><w:fldSimple w:instr="{LINK}"/></a>'.encode()},
        {"elsewhere/_rels/page.XML.RELS": relation("attachedTemplate", "https://x.example/a.dotm")(
            b"<Relationships></Relationships>")},
    ],
)  # fmt: skip
def test_attack_99_macros_and_outside_links_are_refused(changes):
    content = with_part(saved(word(["{{ organisation.name }}"])), dict(changes))
    with pytest.raises(TemplateUnsafe):
        read_template(content, name=NAME, known=values())


def test_read_template_takes_a_link_that_a_person_may_follow():
    change = {"word/_rels/document.xml.rels": relation("hyperlink", "https://x.example/notice")}
    content = with_part(saved(word(["{{ organisation.name }}"])), change)
    assert len(read_template(content, name=NAME, known=values()).marks) == 1


def fields(*steps):
    """Runs of a field: ``{`` ``|`` ``}`` are its marks, all else its code or its result."""
    kinds = {"{": "begin", "|": "separate", "}": "end"}
    return "".join(
        f'<w:r><w:fldChar w:fldCharType="{kinds[step]}"/></w:r>'
        if step in kinds
        else f"<w:r><w:instrText>{step}</w:instrText></w:r>"
        for step in steps
    )


@pytest.mark.parametrize(
    ("runs", "is_safe"),
    [
        (fields("{", " PAGE ", "|", "}"), True),
        (fields("{", 'HYPERLINK "https://x.example"', "|", "}"), True),
        (fields("{", "TOC", "|", "{", "PAGEREF a", "|", "}", "}"), True),
        (fields("{", "DDEAUTO c:\\x", "|", "}"), False),
        (fields("{", "DD", "EAUTO", " x", "}"), False),
        (fields("{", 'INCLUDETEXT "https://x.example"', "}"), False),
        (fields("{", "{", "QUOTE 68", "}", "x", "}"), False),
        (fields("{", "TOC", "|", "{", "INCLUDEPICTURE x", "|", "}", "}"), False),
        ('<w:fldSimple w:instr="LINK Excel.Sheet x"/>', False),
        ('<w:fldSimple w:instr="NUMPAGES"/>', True),
    ],
)
def test_attack_99_a_field_that_fetches_is_refused(runs, is_safe):
    def change(held):
        return held.replace(b"<w:sectPr", f"<w:p>{runs}</w:p><w:sectPr".encode(), 1)

    content = with_part(saved(word(["x"])), {"word/document.xml": change})
    if is_safe:
        assert read_template(content, name=NAME, known=values()).marks == ()
    else:
        with pytest.raises(TemplateUnsafe):
            read_template(content, name=NAME, known=values())


@pytest.mark.parametrize(
    "formula",
    ['=WEBSERVICE("https://x.example")', "=cmd|' /C calc'!A0", "=[1]Feuil1!A1", '=RTD("x",,"y")'],
)
def test_attack_99_a_workbook_that_fetches_is_refused(formula):
    with pytest.raises(TemplateUnsafe):
        read_template(saved(book(A1=formula)), name="b.xlsx", known=values())


def bomb(size, count=1):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number in range(count):
            zipped.writestr(f"p{number}.xml", b" " * size)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"x" * (opening.MAX_BYTES + 1), TemplateTooLarge),
        (bomb(opening.MAX_OPENED + 1), TemplateTooLarge),
        (bomb(1, opening.MAX_PARTS + 1), TemplateTooLarge),
        (b"", TemplateUnreadable),
        (b"%PDF-1.7", TemplateUnreadable),
        (b"PK\x03\x04" + b"x" * 100, TemplateUnreadable),
        (bomb(10), TemplateUnreadable),
    ],
)
def test_attack_99_what_is_too_large_or_broken_is_refused(content, refusal):
    with pytest.raises(refusal):
        read_template(content, name=NAME, known=values())


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "a\\b.xml"])
def test_attack_99_a_path_that_climbs_is_refused(name):
    content = with_part(saved(word(["x"])), {name: b"<a/>"})
    with pytest.raises(TemplateUnreadable):
        read_template(content, name=NAME, known=values())


@pytest.mark.parametrize(
    "held", ['<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), b"<a>\xff</a>",
             b'<?xml version="1.0" encoding="latin-1"?><a/>', b"<a>"],
)  # fmt: skip
def test_attack_99_another_encoding_is_refused(held):
    content = with_part(saved(word(["x"])), {"word/more.xml": held})
    with pytest.raises(TemplateUnreadable):
        read_template(content, name=NAME, known=values())


def test_replace_marks_keeps_a_text_box_apart_from_its_paragraph():
    xml = (
        "<w:p><w:r><w:t>{{ a }} {{</w:t></w:r><w:r><w:pict><w:p><w:r><w:t>{{ b }}</w:t></w:r></w:p>"
        "</w:pict></w:r><w:r><w:t> a }}</w:t></w:r><!-- <w:t>{{ a }}</w:t> --></w:p><w:p/>"
    )
    made = replace_marks(xml, "p", {"a": "1", "b": "2"}.get, str)
    assert made == (
        '<w:p><w:r><w:t xml:space="preserve">1 1</w:t></w:r><w:r><w:pict><w:p><w:r>'
        '<w:t xml:space="preserve">2</w:t></w:r></w:p></w:pict></w:r><w:r>'
        '<w:t xml:space="preserve"></w:t></w:r><!-- <w:t>{{ a }}</w:t> --></w:p><w:p/>'
    )


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), max_size=8), st.text(alphabet="{}a &<>\"'", max_size=20))
def test_replace_marks_gives_the_same_text_however_it_is_cut(cuts, value):
    sentence = "Le titre {{ a }}, puis {{b}} et {{ c }} {{ a }}."
    places = [0, *sorted({cut for cut in cuts if cut < len(sentence)}), len(sentence)]
    runs = [sentence[first:last] for first, last in pairwise(places)]
    xml = "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"
    made = replace_marks(xml, "p", {"a": value, "b": "B"}.get, str)
    [block] = blocks_of(made, "p")
    assert block.said == f"Le titre {value}, puis B et {{{{ c }}}} {value}."
    assert len(block.texts) == len(runs)
