"""Two installations on the server of the tests: a former operator and a successor.

Commands run as people run them, in processes of their own, each with its database, its folder of
state and so its own keys.
"""

import datetime as dt
import os
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.postgres import connection_urls
from filiere.accounts.models import Membership, OrganisationKind, Role, User
from filiere.accounts.services import issue_token
from filiere.agenda.models import Registration, RegistrationState
from filiere.directory import services as directory
from filiere.operations import database, demo
from filiere.operations.loop import run as loop
from filiere.operations.loop import world
from filiere.operations.loop.state import Run
from filiere.operations.succession.keys import SECRETS
from filiere.persons import services as persons
from filiere.persons.enums import Purpose
from filiere.settlement import services as settlement
from filiere.territories import services as territories
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Voucher, VoucherState
from filiere.vouchers.services.signing import sign_vouchers

PROJECT = Path(__file__).resolve().parents[2]
PASSPHRASE = "orange bicyclette lundi fougère"


class Install:
    """One installation: its database, its state, and how to run a command there."""

    def __init__(self, *, name: str, folder: Path, has_own_keys: bool) -> None:
        self.name, self.folder = name, folder
        folder.mkdir(mode=0o700, exist_ok=True)
        self.passphrase = folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.passphrase.chmod(0o600)
        urls = connection_urls(root=PROJECT)
        self.environment = {
            **os.environ,
            "DATABASE_URL": _on(urls.owner, name),
            "DATABASE_APP_URL": _on(urls.application, name),
            "LANG": "en_GB.UTF-8",
        }
        if has_own_keys:
            self.environment["FILIERE_STATE_DIR"] = str(folder / "state")
            for variable in SECRETS:
                self.environment.pop(variable, None)

    def start(self, *arguments: object, **more: str) -> subprocess.Popen[str]:
        """Begin a command of ours."""
        return subprocess.Popen(
            [sys.executable, "-m", *map(str, arguments)],
            cwd=PROJECT,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one to its end."""
        process = self.start(*arguments, **more)
        out, said = process.communicate(timeout=400)
        return subprocess.CompletedProcess(process.args, process.returncode, out, said)

    def export(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """``filiere export-operator``."""
        return self.run(*self.exporting(folder))

    def exporting(self, folder: Path) -> list[object]:
        """The words of that command."""
        return [
            "config.command_line", "export-operator", folder, "--passphrase-file", self.passphrase,
        ]  # fmt: skip

    def take_over(self, folder: Path, *more: object) -> subprocess.CompletedProcess[str]:
        """``filiere import-operator``."""
        return self.run(*self.taking_over(folder), *more)

    def taking_over(self, folder: Path) -> list[object]:
        """The words of that command."""
        return [
            "config.command_line", "import-operator", folder,
            "--passphrase-file", self.passphrase,
            "--operator", "ada@successor.example", "--operator", "blaise@successor.example",
            "--organisation", "Le Successeur",
        ]  # fmt: skip


def _on(address: str, name: str) -> str:
    """The same server and login, another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


@contextmanager
def empty_install(folder: Path):
    """An installation where only ``migrate`` was run; this process goes back to its own database."""
    here = database.connections["default"].settings_dict["NAME"]
    with database.scratch("successor") as name:
        database.use(here)
        try:
            yield Install(name=name, folder=folder, has_own_keys=True)
        finally:
            database.use(name)


# --- the former operator --------------------------------------------------------------------------

PASSWORD = "un mot de passe d'avant"
DEVICE_KEY = bytes(range(32))


def former_world(*, persons: int = 40, days: int = 14) -> Run:
    """Half of a small economy: people still to come, vouchers in hands, places not paid yet."""
    territories.load_reference(progress=lambda done, total: None)
    directory.import_places(
        path=demo.PLACES,
        source_name="test",
        at=loop.OPENS_AT - dt.timedelta(days=30),
        actor="test",
    )
    built = world.build(
        territory=world.choose_territory("23"),
        persons=persons,
        opens_at=loop.OPENS_AT,
        seed=7,
        progress=lambda *said: None,
    )
    run = Run(world=built, persons=persons, seed=7, say=lambda *said: None)
    loop.open_doors(run, until=loop.OPENS_AT + dt.timedelta(days=days))
    return run


def hold_in_hand(run: Run, *, at: dt.datetime) -> dict[str, object]:
    """What people of the former operator have: a voucher, a tablet, an account; a payment waits."""
    first, second, *_rest = _expected_with_voucher(run, at)
    name_person(first, at)
    square = sign_vouchers(lot=first[1].lot, vouchers=[first[1]], at=at, actor="test")
    device = vouchers.register_device(
        place=second[0].slot.offer.place,
        name="Tablette",
        public_key=b64encode(
            Ed25519PrivateKey.from_private_bytes(DEVICE_KEY).public_key().public_bytes_raw()
        ).decode(),
        at=at,
        actor="test",
    )
    user = User.objects.create_user("odette@former.example", PASSWORD, display_name="Odette")
    former = world.organisation("L’ancien opérateur", OrganisationKind.OPERATOR)
    Membership.objects.create(user=user, organisation=former, role=Role.OPERATOR)
    issue_token(email=user.email, name="programme", at=at, actor="test")
    batch = settlement.freeze_batch(cutoff_at=at, label="AVANT", at=at, actor="user:1")
    return {
        "at": (at + dt.timedelta(days=30)).isoformat(),
        "ref": first[0].ref,
        "serial": first[1].serial,
        "code": run.codes[first[0].person_id],
        "square": square[first[1].serial],
        "batch": batch.label,
        "device": device.name,
        "device_key": DEVICE_KEY.hex(),
        "claim_ref": second[0].ref,
        "claim_code": run.codes[second[0].person_id],
        "claim_at": second[0].slot.ends_at.isoformat(),
        "user": user.email,
        "password": PASSWORD,
    }


def _expected_with_voucher(run: Run, at: dt.datetime) -> list[tuple[Registration, Voucher]]:
    """Seats still to come of people who hold a whole voucher, by hour."""
    seats = Registration.objects.filter(
        state=RegistrationState.CONFIRMED, slot__starts_at__gt=at, person__in=list(run.codes)
    )
    handed_out = Voucher.objects.filter(state=VoucherState.HANDED_OUT).select_related("lot")
    held = {
        one.holder_id: one
        for one in handed_out.order_by("serial")
        if one.remaining_cents == one.face_cents
    }
    found = seats.select_related("slot__offer__place").order_by("slot__starts_at", "pk")
    pairs = [(one, held[one.person_id]) for one in found if one.person_id in held]
    return [pair for pair in pairs if pair[0].slot.ends_at.date() < pair[1].lot.use_until]


def name_person(seat: tuple[Registration, Voucher], at: dt.datetime) -> None:
    """Keep the name of one person, as they agreed."""
    person_id = seat[0].person_id
    persons.record_consent(
        person_id=person_id, purpose=Purpose.KEEP_IDENTITY, given=True, at=at, actor="test"
    )
    persons.seal_identity(
        person_id=person_id, name="Odile Marchand", phone="", email="", at=at, actor="test"
    )
