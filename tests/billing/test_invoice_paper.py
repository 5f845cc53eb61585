"""An invoice on paper and the same for programs: one file, archived as it is."""

import io
import stat

import facturx
import pypdf
import pytest
import time_machine
from django.core.management import call_command
from django.utils import translation

from filiere.billing import services
from filiere.billing.errors import FolderOpenToOthers, RunAlreadyOpen
from filiere.billing.models import Invoice
from filiere.billing.paper import printing
from filiere.billing.services.invoice_runs import make_step
from filiere.kernel.models import AuditEntry
from filiere.kernel.pdf_metadata import MetadataUnknown, with_metadata
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from tests.agenda.factories import new_person
from tests.billing.factories import AT, commitment, world
from tests.billing.invoice_scene import (
    LATER,
    POST_SIRET,
    TODAY,
    customer,
    give_back,
    issuer,
    written,
)
from tests.pdf_reading import texts
from tests.schematron import FRENCH, broken_rules

pytestmark = pytest.mark.django_db


def drawn(invoice):
    return printing.print_invoice(invoice, reader="user:1", at=AT)


def asked(firm, **fields):
    return services.open_invoice_run(
        **{"issuer": firm, "recipient_kind": "person", "until": LATER, "issued_on": TODAY,
           "at": AT, "actor": "user:1"} | fields
    )  # fmt: skip


def test_print_invoice_carries_the_xml_it_says():
    firm = issuer(vat_regime="standard")
    to = customer(firm, is_public=True, siret=POST_SIRET, service_code="SOCIAL")
    made = written(firm, to, 5000, order_reference="ENG-42")

    content = drawn(made)

    name, inside = facturx.get_facturx_xml_from_pdf(content, check_xsd=True)
    assert name == "factur-x.xml"
    assert inside == printing.invoice_file(made, kind="xml", reader="user:1", at=AT)
    assert broken_rules(inside) == broken_rules(inside, FRENCH) == []
    (page,) = texts(content)
    for words in ("F-2026-000001", "SIRET 73282932000074", "60,00 €", "20 %", "40 €", "SOCIAL",
                  "ENG-42", "FR76 3000 6000 0112 3456 7890 189"):  # fmt: skip
        assert words in page


def test_print_invoice_says_that_it_is_pdf_a_3_and_factur_x():
    content = drawn(written(firm := issuer(), customer(firm), 5000))

    reader = pypdf.PdfReader(io.BytesIO(content))
    told = reader.trailer["/Root"]["/Metadata"].get_data().decode()

    for words in (
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
        "<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>",
    ):
        assert words in told
    (attached,) = reader.trailer["/Root"]["/AF"]
    assert attached["/AFRelationship"] == "/Alternative"
    assert "261-7-1° b" in texts(content)[0]


def test_print_invoice_gives_the_same_bytes_each_time_and_in_french():
    made = written(firm := issuer(), customer(firm), 5000)
    with translation.override("en"):
        assert drawn(made) == drawn(made)
        assert "à payer avant le" in texts(drawn(made))[0]


def test_print_invoice_of_a_credit_note_names_its_invoice_and_its_reason():
    made = written(firm := issuer(), customer(firm), 5000)
    (page,) = texts(drawn(give_back(made)))
    for words in ("A-2026-000001", "F-2026-000001", "Erreur de tarif", "50,00 €"):
        assert words in page


def test_print_invoice_reads_a_name_with_a_trace_and_does_without_when_it_is_gone():
    here = world(price=3000)
    firm = issuer(here)
    person = new_person(Purpose.KEEP_IDENTITY, commune_id=here.commune.pk)
    persons.seal_identity(person_id=person, name="Odile Marchand", at=AT, actor="test")
    here.split(person=person)
    made = services.invoice_shares(
        issuer=firm, person_id=person, issued_on=TODAY, until=LATER, key="p", at=AT, actor="user:1"
    )

    assert "Odile Marchand" in texts(drawn(made))[0]
    assert AuditEntry.objects.filter(action="persons.identity_read").count() == 1
    told = printing.invoice_file(made, kind="pdf", reader="user:2", at=AT, names=False)
    assert "Odile Marchand" not in texts(told)[0]
    assert "Client n°" in texts(told)[0]
    assert AuditEntry.objects.filter(action="persons.identity_read").count() == 1


def test_finish_invoice_run_goes_on_where_it_stopped_and_makes_none_twice(monkeypatch):
    monkeypatch.setattr("filiere.billing.services.invoice_runs.STEP", 2)
    here = world(price=3000)
    firm = issuer(here)
    for _turn in range(5):
        here.split(person=new_person(commune_id=here.commune.pk))
    run = asked(firm)
    assert make_step(run=run, at=AT, actor="user:1") == 2
    assert asked(firm) == run  # interrupted, and asked again
    with pytest.raises(RunAlreadyOpen):
        asked(firm, recipient_kind="organisation")
    seen = []

    made = services.finish_invoice_run(
        run=run, at=AT, actor="user:1", progress=lambda done, total: seen.append((done, total))
    )

    assert (made, seen) == (3, [(4, 5), (5, 5)])
    assert services.finish_invoice_run(run=run, at=AT, actor="user:1") == 0
    assert Invoice.objects.count() == Invoice.objects.values("person").distinct().count() == 5
    assert asked(firm) != run


def test_finish_invoice_run_leaves_out_who_has_no_address():
    here = world(price=3000)
    firm = issuer(here)
    known, unknown = commitment(), commitment()
    here.split(commitment=known)
    here.split(commitment=unknown)
    customer(firm, known.agreement.promiser)

    run = asked(firm, recipient_kind="organisation")

    assert services.finish_invoice_run(run=run, at=AT, actor="user:1") == 1
    assert Invoice.objects.get().recipient == known.agreement.promiser


def test_print_run_writes_each_file_once_and_for_its_owner_alone(tmp_path):
    here = world(price=3000)
    firm = issuer(here)
    for _turn in range(3):
        here.split(person=new_person(commune_id=here.commune.pk))
    run = asked(firm)
    services.finish_invoice_run(run=run, at=AT, actor="user:1")
    folder = tmp_path / "factures"
    say = {"run": run, "folder": folder, "at": AT, "actor": "user:1", "processes": 1}

    assert printing.print_run(**say) == 3
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"F-2026-00000{n}.pdf" for n in (1, 2, 3)]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert facturx.get_facturx_xml_from_pdf(files[0].read_bytes())[0] == "factur-x.xml"
    files[1].unlink()
    assert printing.print_run(**say) == 1
    folder.chmod(0o755)
    with pytest.raises(FolderOpenToOthers):
        printing.print_run(**say)


def test_command_issues_and_writes_and_goes_on_after_an_interruption(tmp_path, capsys):
    here = world(price=3000)
    firm = issuer(here)
    for _turn in range(2):
        here.split(person=new_person(commune_id=here.commune.pk))
    run = asked(firm)
    services.finish_invoice_run(run=run, at=AT, actor="user:1")  # killed before it drew
    here.split(person=new_person(commune_id=here.commune.pk))
    folder = tmp_path / "factures"
    call = ["732 829 320", "--to", "persons", "--out", str(folder), "--processes", "1"]

    with time_machine.travel(LATER, tick=False):
        call_command("invoice_run", *call)
        call_command("invoice_run", *call)

    assert len(list(folder.iterdir())) == Invoice.objects.count() == 3
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1 invoices issued, 3 files written")
    assert second.startswith("0 invoices issued, 0 files written")
    with pytest.raises(SystemExit, match="0 organisations invoice under the SIREN 1"):
        call_command("invoice_run", "1", "--out", str(folder))


def test_with_metadata_refuses_a_file_it_does_not_know():
    for content in (b"", b"%PDF-1.7\ntrailer<</Root 1 0 R>>startxref\n1\n%%EOF"):
        with pytest.raises(MetadataUnknown):
            with_metadata(content, schema="", facts="")
