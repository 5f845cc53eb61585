"""The invoice as an archive: PDF/A-3 read back, rule by rule, and what breaking one shows."""

import io

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tests.billing.invoice_scene import customer, give_back, issuer, written
from tests.billing.test_invoice_paper import drawn
from tests.pdf_archive import Archive, broken_archive_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice():
    return written(firm := issuer(), customer(firm), 5000)


def test_print_invoice_keeps_the_rules_of_the_archive(invoice):
    assert broken_archive_rules(drawn(invoice)) == []


def test_print_invoice_of_a_credit_note_keeps_the_rules_of_the_archive(invoice):
    assert broken_archive_rules(drawn(give_back(invoice))) == []


def test_print_invoice_says_of_its_file_what_factur_x_asks(invoice):
    file = Archive(drawn(invoice))
    space = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    assert {name: file.fact(space + name) for name in (
        "DocumentFileName", "DocumentType", "Version", "ConformanceLevel",
    )} == {
        "DocumentFileName": ["factur-x.xml"], "DocumentType": ["INVOICE"],
        "Version": ["1.0"], "ConformanceLevel": ["EN 16931"],
    }  # fmt: skip
    (attached,) = [one.get_object() for one in file.root["/AF"]]
    assert (attached["/UF"], attached["/AFRelationship"]) == ("factur-x.xml", "/Alternative")
    names = file.root["/Names"]["/EmbeddedFiles"]
    assert "factur-x.xml" in str(names)


def again(content, change):
    """The same file written once more, with one thing changed."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(content)))
    change(writer)
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _without_profile(writer):
    intent = writer.root_object["/OutputIntents"][0].get_object()
    intent[NameObject("/DestOutputProfile")] = writer.root_object["/Metadata"].get_object()


def _without_relationship(writer):
    del writer.root_object["/AF"][0].get_object()["/AFRelationship"]


def _with_script(writer):
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    )


def _without_structure(writer):
    del writer.root_object["/StructTreeRoot"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_without_relationship, "6.8 embedded files say what they are"),
        (_with_script, "6.5.1 no action of the forbidden kinds"),
        (_without_structure, "6.7 the text has a structure"),
        (_without_profile, "6.2.3 one colour profile for the whole file"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named(invoice, change, rule):
    assert rule in broken_archive_rules(again(drawn(invoice), change))


def test_a_font_that_is_not_embedded_is_named(invoice):
    def forget(writer):
        for found in writer._objects:
            if isinstance(found, dict) and found.get("/Type") == "/FontDescriptor":
                for name in ("/FontFile", "/FontFile2", "/FontFile3"):
                    found.pop(name, None)

    broken = broken_archive_rules(again(drawn(invoice), forget))
    assert "6.2.11.4 every font is embedded" in broken
