import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.persons import queries as persons
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
