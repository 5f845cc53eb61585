import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.kernel.models import OutboxMessage
from filiere.persons import queries as persons
from filiere.persons import services as persons_services
from filiere.persons.enums import Purpose
from filiere.vouchers import errors, services
from filiere.vouchers.models import Voucher
from filiere.vouchers.reading import MAX_LINES, read_sheet
from tests.programmes.factories import AT, organisation
from tests.vouchers.factories import active, person


def send(scene, *lines, header="numero;personne;prenom;accord;annee"):
    return services.hand_out_sheet(
        content="\r\n".join([header, *lines]).encode(),
        organisation_id=scene.provider.pk,
        at=AT,
        actor="test",
    )


@given(st.binary(max_size=300))
def test_read_sheet_never_fails_on_what_is_sent(content):
    lines = read_sheet(b"numero;annee\n" + content)

    assert lines is None or all(line.number >= 2 for line in lines)


def test_read_sheet_reads_what_spreadsheets_write():
    first, second = read_sheet(
        "Numéro;Prénom;Accord;Année\nn° 1 204;Zoé;Oui;1951\n\n7;;;\n".encode("cp1252")
    )

    assert (first.serial, first.name, first.birth_year, first.agrees) == (1204, "Zoé", 1951, True)
    assert (second.serial, second.has_person) == (7, False)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("abc;;;;", "number"),
        ("-1;;;;", "number"),
        ("1;not-a-file;;;", "person"),
        ("1;;;;51", "year"),
        ("1;;Odile;non;", "agreement"),
        ("1;;Odile;;", "agreement"),
    ],
)
def test_read_sheet_names_what_is_wrong(line, problem):
    read = read_sheet(f"numero;personne;prenom;accord;annee\n{line}\n1;;;;\n1;;;;".encode())

    assert read[0].problem == problem
    assert read[2].problem == "double"


def test_read_sheet_refuses_what_is_not_a_sheet_of_vouchers():
    assert read_sheet(b"nom;prenom\nx;y") is None
    assert read_sheet(b"x" * 1_000_001) is None
    assert read_sheet(b"numero\n" + b"1\n" * (MAX_LINES + 1)) is None


@pytest.mark.django_db
def test_hand_out_sheet_opens_the_files_of_new_people():
    scene, known = active(count=4), person()
    serials = [issued.serial for issued in scene.issued]

    report = send(
        scene,
        f"{serials[0]};{known.pk};;;",
        f"{serials[1]};;Odile;oui;1951",
        f"{serials[2]};;;;1960",
    )

    assert report.is_written
    assert report.wrong == ()
    held = {one.serial: one.holder_id for one in Voucher.objects.filter(state="handed_out")}
    assert held.keys() == set(serials[:3])
    assert held[serials[0]] == known.pk
    assert persons.initials([held[serials[1]]]) == {held[serials[1]]: "O."}


@pytest.mark.django_db
def test_hand_out_sheet_writes_nothing_when_one_line_is_wrong():
    scene, before = active(), type(person()).objects.count()
    serials = [issued.serial for issued in scene.issued]

    report = send(
        scene, f"{serials[0]};;Odile;oui;1951", "999999;;;;1960", f"{serials[1]};;;;",
        f"{serials[2]};00000000-0000-0000-0000-000000000000;;;", f"{serials[2]};;;;1750",
    )  # fmt: skip

    assert not report.is_written
    assert [(one.number, one.problem or one.refusal.code) for one in report.wrong] == [
        (3, "vouchers.unknown"),
        (4, "vouchers.needs_holder"),
        (5, "vouchers.holder_unknown"),
        (6, "year"),
    ]
    assert not Voucher.objects.filter(handed_out_at__isnull=False).exists()
    assert type(person()).objects.count() == before + 1


@pytest.mark.django_db
def test_hand_out_sheet_refuses_vouchers_of_others_and_strange_files():
    scene = active(lot_terms={"mode": "bearer"})
    line = f"numero\n{scene.issued[0].serial}".encode()
    order = {"at": AT, "actor": "test"}

    other = services.hand_out_sheet(content=line, organisation_id=organisation().pk, **order)
    assert other.wrong[0].refusal.code == "vouchers.not_in_custody"
    own = services.hand_out_sheet(content=line, organisation_id=scene.provider.pk, **order)
    assert own.is_written
    for content in (b"", b"numero\n", b"\x89PNG"):
        with pytest.raises(errors.SheetUnreadable):
            services.hand_out_sheet(content=content, organisation_id=scene.provider.pk, **order)


@pytest.mark.django_db
def test_hand_out_new_opens_a_file_unless_the_bearer_says_nothing():
    followed, bearer = active(count=2), active(count=2, seed=8, lot_terms={"mode": "bearer"})

    def give(scene, **said):
        return services.hand_out_new(
            voucher_serial=scene.issued[len(said)].serial,
            organisation_id=scene.provider.pk,
            at=AT,
            actor="test",
            **said,
        ).holder_id

    assert give(followed) is not None
    assert give(bearer) is None
    assert give(bearer, birth_year=1951) is not None


SMS = "numero;personne;prenom;accord;annee;telephone"


@pytest.mark.parametrize(
    ("line", "phone", "problem"),
    [
        ("1;;Odile;oui;;06 12 34 56 78", "+33612345678", ""),
        ("1;;Odile;oui;;612345678", "+33612345678", ""),
        ("1;;Odile;oui;;", "", ""),
        ("1;;Odile;oui;;05 55 12 34 56", "", "phone"),
        ("1;;Odile;oui;;abc", "", "phone"),
        ("1;;;;1951;0612345678", "", "phone_name"),
        ("1;;Odile;non;;0612345678", "", "agreement"),
    ],
)
def test_read_sheet_reads_the_telephone_the_code_is_sent_to(line, phone, problem):
    (read,) = read_sheet(f"{SMS}\n{line}".encode())

    assert (read.phone, read.problem) == (phone, problem)


def keeps(person_id, phone):
    persons_services.record_consent(
        person_id=person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=AT, actor="test"
    )
    persons_services.seal_identity(
        person_id=person_id, name="Odile", phone=phone, at=AT, actor="test"
    )


@pytest.mark.django_db
def test_hand_out_sheet_sends_the_codes_by_text_message_and_a_retry_sends_none():
    scene, known = active(count=4), person()
    keeps(known.pk, "06 11 11 11 11")
    serials = [issued.serial for issued in scene.issued]
    lines = [
        f"{serials[0]};;Odile;oui;1951;0612345678",
        f"{serials[1]};;;;1960;",
        f"{serials[2]};{known.pk};;;;+33611111111",
    ]

    first, again = (send(scene, *lines, header=SMS) for _time in range(2))

    assert (first.is_written, first.texted, first.is_repeat) == (True, 2, False)
    assert (again.is_written, again.texted, again.is_repeat) == (True, 2, True)
    waiting = OutboxMessage.objects.order_by("pk")
    held = dict(Voucher.objects.exclude(holder=None).values_list("serial", "holder_id"))
    assert [one.recipient for one in waiting] == [
        f"person:{held[serials[0]]}", f"person:{known.pk}"
    ]  # fmt: skip
    assert all(issued.printed not in one.body for issued in scene.issued for one in waiting)
    assert len(held) == 3


@pytest.mark.django_db
def test_hand_out_sheet_sends_nothing_again_to_a_known_person_days_later():
    scene, known = active(), person()
    keeps(known.pk, "0611111111")
    line = f"{scene.issued[0].serial};{known.pk};;;;0611111111"
    send(scene, line, header=SMS)

    later = services.hand_out_sheet(
        content=f"{SMS}\r\n{line}".encode(),
        organisation_id=scene.provider.pk,
        at=AT + datetime.timedelta(days=3),
        actor="test",
    )

    assert (later.is_written, later.texted, later.is_repeat) == (True, 0, False)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_hand_out_sheet_sends_nothing_when_one_telephone_is_wrong():
    scene, known = active(count=4), person()
    keeps(known.pk, "0611111111")
    serials = [issued.serial for issued in scene.issued]

    report = send(
        scene,
        f"{serials[0]};;Odile;oui;;0612345678",
        f"{serials[1]};{known.pk};;;;0612345678",
        f"{serials[2]};;Zoé;oui;;0555123456",
        header=SMS,
    )

    assert [(one.number, one.problem or one.refusal.code) for one in report.wrong] == [
        (3, "vouchers.holder_other_phone"),
        (4, "phone"),
    ]
    assert not OutboxMessage.objects.exists()
    assert not Voucher.objects.filter(handed_out_at__isnull=False).exists()
    corrected = send(scene, f"{serials[0]};;Odile;oui;;0612345678", header=SMS)
    assert (corrected.is_written, corrected.texted) == (True, 1)
