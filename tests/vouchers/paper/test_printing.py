"""Printing is private, audited, resumable, and prints only what a counter will accept."""

import stat
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from filiere.kernel.models import AuditEntry
from filiere.vouchers import services
from filiere.vouchers.errors import CodeNotKept
from filiere.vouchers.models import Booklet, RecallScope, SigningKey, Voucher
from filiere.vouchers.paper import printing, qr
from filiere.vouchers.paper.errors import FolderNotPrivate, NothingToPrint
from tests.pdf_reading import Drawn, texts
from tests.programmes.factories import AT
from tests.vouchers.factories import active, draft, person
from tests.vouchers.paper.test_booklets import QR_LEFT, QR_SIDE, QR_TOP

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _french():
    with translation.override("fr"):
        yield


def booklets_of(scene) -> list[Booklet]:
    return list(scene.lot.booklets.order_by("number"))


def printed(scene, booklets=None) -> bytes:
    return printing.print_booklets(
        lot=scene.lot, booklets=booklets or booklets_of(scene), at=AT, actor="user:1"
    )


def compact(pdf: bytes) -> str:
    return "".join(texts(pdf)).replace(" ", "").replace("\ufffe", "-")


def test_print_booklets_prints_the_codes_a_counter_accepts():
    scene = active(count=3)
    said = compact(printed(scene))
    assert all(issued.printed in said for issued in scene.issued)


def is_drawn(page: Drawn, text: str) -> bool:
    """Compare the first square of a sheet with a text, module by module."""
    rows = qr.matrix(text)
    step = QR_SIDE / (len(rows) + 2 * qr.MARGIN)
    return all(
        page.is_black(QR_LEFT + (x + qr.MARGIN + 0.5) * step, QR_TOP + (y + qr.MARGIN + 0.5) * step)
        == bool(is_dark)
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
    )


def test_print_booklets_signs_squares_where_the_programme_allows_use_without_network():
    scene = active(count=3, offline_use=True)
    page = Drawn(printed(scene), 1)
    vouchers = Voucher.objects.filter(lot=scene.lot).order_by("serial")
    signed = services.sign_vouchers(lot=scene.lot, vouchers=vouchers, at=AT, actor="t")
    text = signed[scene.issued[0].serial]
    assert is_drawn(page, text)
    assert scene.redeem(text).serial == scene.issued[0].serial


def test_print_booklets_signs_nothing_elsewhere():
    scene = active(count=3)
    assert is_drawn(Drawn(printed(scene), 1), scene.issued[0].code)
    assert not SigningKey.objects.exists()


def test_attack_30_printing_is_audited_without_codes_or_names():
    scene = draft(count=3)
    printed(scene)
    entry = AuditEntry.objects.get(action="vouchers.printed")
    assert (entry.actor, entry.subject) == ("user:1", f"lot:{scene.lot.pk}")
    assert entry.detail == {
        "first_serial": scene.issued[0].serial,
        "last_serial": scene.issued[-1].serial,
        "count": 3,
    }
    everything = str(list(AuditEntry.objects.order_by("pk").values()))
    assert not any(issued.code in everything for issued in scene.issued)


def test_attack_29_a_voucher_handed_out_or_replaced_is_not_printed_again():
    scene = active(count=3)
    first, second, third = (issued.serial for issued in scene.issued)
    services.hand_out(
        voucher_serial=first,
        person_id=person().pk,
        organisation_id=scene.provider.pk,
        at=AT,
        actor="test",
    )
    services.declare_lost(serial=second, at=AT, actor="test")
    said = compact(printed(scene, booklets_of(scene)[:1]))
    shown = [issued.printed in said for issued in scene.issued]
    assert shown == [False, False, True]
    services.block(serial=third, reason="test", at=AT, actor="test")
    with pytest.raises(NothingToPrint):
        printed(scene, booklets_of(scene)[:1])


def test_print_booklets_with_another_issue_key_prints_nothing(settings):
    scene = draft(count=2)
    settings.VOUCHER_ISSUE_KEY = "another key of thirty-two characters"
    with pytest.raises(CodeNotKept):
        printed(scene)
    assert not AuditEntry.objects.filter(action="vouchers.printed").exists()


def test_print_letter_carries_the_voucher_its_worth_and_the_name():
    scene = active(count=1)
    serial = scene.issued[0].serial
    voucher = services.hand_out(
        voucher_serial=serial,
        person_id=person().pk,
        organisation_id=scene.provider.pk,
        at=AT,
        actor="test",
    )
    pdf = printing.print_letter(
        voucher=voucher, name="Odile Marchand", sender="CCAS", at=AT, actor="user:1", phone=""
    )
    assert len(texts(pdf)) == 1
    assert "Odile Marchand" in texts(pdf)[0]
    assert "50,00 €" in texts(pdf)[0]
    assert scene.issued[0].printed in compact(pdf)
    entry = AuditEntry.objects.get(action="vouchers.letter_printed")
    assert (entry.subject, entry.detail) == (f"voucher:{serial}", {})


def test_print_letter_refuses_a_voucher_nobody_holds():
    scene = active(count=1)
    voucher = scene.lot.vouchers.select_related("lot").get()
    with pytest.raises(NothingToPrint):
        printing.print_letter(voucher=voucher, name="", sender="CCAS", at=AT, actor="test")


def print_lot(scene, folder: Path, **fields) -> list[Path]:
    return printing.print_lot(
        **{"lot": scene.lot, "folder": folder, "at": AT, "actor": "cli"} | fields
    )


def test_attack_30_files_are_private_and_their_names_hold_no_code(tmp_path):
    scene = draft(count=3)
    folder = tmp_path / "impression"
    (file,) = print_lot(scene, folder)
    assert file.name == f"lot-{scene.lot.pk}-carnets-00001-00001.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [one.name for one in folder.iterdir()] == [file.name]


def test_print_lot_refuses_a_folder_others_can_read(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(FolderNotPrivate):
        print_lot(draft(count=1), tmp_path / "open")


def test_print_lot_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(printing, "VOUCHERS_PER_FILE", 10)
    scene = draft(count=25)
    seen = []
    files = print_lot(scene, tmp_path / "out", progress=lambda *at: seen.append(at))
    assert [file.name[-15:-4] for file in files] == ["00001-00001", "00002-00002", "00003-00003"]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    files[1].unlink()
    kept = files[0].stat().st_mtime_ns
    assert print_lot(scene, tmp_path / "out") == files
    assert files[0].stat().st_mtime_ns == kept
    assert AuditEntry.objects.filter(action="vouchers.printed").count() == 4


def test_print_lot_prints_only_the_booklets_asked(tmp_path):
    scene = draft(count=25)
    (file,) = print_lot(scene, tmp_path / "out", first=2, last=2)
    assert "Carnet de 10 chèques" in texts(file.read_bytes())[0]
    with pytest.raises(NothingToPrint):
        print_lot(scene, tmp_path / "out", first=9)


def test_command_prints_a_lot_and_says_what_it_is_worth(tmp_path, capsys):
    scene = draft(count=12)
    call_command("print_lot", str(scene.lot.pk), out=tmp_path / "out", booklets=(1, 1))
    said = capsys.readouterr()
    assert "1 file" in said.out
    assert "worth money" in said.err
    assert not any(issued.code in said.out + said.err for issued in scene.issued)


def test_command_refuses_an_unknown_lot(tmp_path):
    with pytest.raises(SystemExit, match="No lot bears the number 999"):
        call_command("print_lot", "999", out=tmp_path / "out")


def test_attack_29_a_booklet_called_back_is_not_printed():
    scene = active(count=12)
    first, second = booklets_of(scene)
    services.recall(
        scope=RecallScope.BOOKLET, target=first.pk, reason="photo en ligne", at=AT, actor="user:1"
    )
    with pytest.raises(NothingToPrint):
        printed(scene, [first])
    assert scene.issued[10].printed in compact(printed(scene, [first, second]))
