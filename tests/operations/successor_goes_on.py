"""``python -m tests.operations.successor_goes_on``: what a successor does after an import.

A process of its own, with the keys the import installed. Reads one JSON line, what the former
operator's people hold in hand; prints one, what became of it.
"""

import datetime as dt
import json
import os
import sys
from base64 import b64encode
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["FILIERE_INSECURE"] = "1"
os.environ["FILIERE_EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"


def main() -> None:
    """Serve the person, pay the places, read the keys; print the facts."""
    import django

    django.setup()
    held = json.loads(sys.stdin.readline())
    at = dt.datetime.fromisoformat(held["at"])
    facts = serve(held, at) | pay(held, at) | hear(held, at) | sign_in(held)
    sys.stdout.write(json.dumps(facts) + "\n")


def serve(held, at):
    """A person comes with the voucher the former operator handed out; their letter is lost."""
    from filiere.agenda.models import Registration
    from filiere.billing import queries as billing_queries
    from filiere.billing import services as billing
    from filiere.pathways import services as pathways
    from filiere.persons import queries as persons
    from filiere.rules.codes import normalise
    from filiere.vouchers.models import Voucher
    from filiere.vouchers.paper.printing import print_letter
    from filiere.vouchers.services.issue import code_of
    from filiere.vouchers.services.signing import read_signed, sign_vouchers

    seat = Registration.objects.select_related("slot").get(ref=held["ref"])
    voucher = Voucher.objects.select_related("lot__programme__commissioner").get(
        serial=held["serial"]
    )
    letter = print_letter(voucher=voucher, name="", sender="CCAS", at=at, actor="test")
    again = sign_vouchers(lot=voucher.lot, vouchers=[voucher], at=at, actor="test")
    pathways.deliver(
        registration_id=seat.pk, present=True, outcome="done_together", sent_by="nobody",
        operator_key="", is_emergency=False, at=seat.slot.ends_at, actor="test",
    )  # fmt: skip
    charge = billing_queries.charge_of(seat.pk)
    billing.split_charge(
        charge=charge, voucher_code=held["code"], at=seat.slot.ends_at, actor="test"
    )
    before, face = voucher.remaining_cents, voucher.face_cents
    voucher.refresh_from_db()
    name = persons.name_of([seat.person_id], reader="test", at=at)
    return {
        "code_is_the_same": code_of(voucher).code == normalise(held["code"]),
        "letter": letter[:5].decode("ascii"),
        "square_is_the_same": again[voucher.serial] == held["square"],
        "square_reads": read_signed(held["square"]).value_cents == face,
        "taken_cents": before - voucher.remaining_cents,
        "name": name.get(seat.person_id, ""),
    }


def pay(held, at):
    """A batch frozen by the former operator is approved, sent to the bank and paid."""
    from filiere.settlement import queries, services
    from filiere.settlement.bank_file import Debtor
    from filiere.settlement.models import Batch

    batch = Batch.objects.get(label=held["batch"])
    alerts = list(queries.alerts_of(batch).values_list("pk", flat=True))
    services.approve_batch(batch=batch, at=at, actor="user:ada", alerts_read=alerts)
    debtor = Debtor("Le Successeur", "DE89370400440532013000", "COBADEFFXXX")
    services.emit_batch(batch=batch, debtor=debtor, at=at, actor="user:ada")
    paid = services.mark_paid(batch=batch, paid_on=at.date(), at=at, actor="user:blaise")
    return {"batch": paid.state, "paid_cents": paid.total_cents}


def hear(held, at):
    """A device that knows only its own key sends what it recorded before the change of hands."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from filiere.billing import services as billing
    from filiere.vouchers import services as vouchers
    from filiere.vouchers.models import Device

    device = Device.objects.get(name=held["device"])
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(held["device_key"]))
    body = b'{"claims": []}'
    told = b64encode(private.sign(b"filiere offline claims 1\n" + body)).decode("ascii")
    vouchers.require_signature(device=device, content=body, signature=told)
    claim = vouchers.Claim(
        seq=2, code=held["claim_code"], reference=held["claim_ref"], wanted_cents=1_000, slot_id=None,
        outcome="done_together", occurred_at=dt.datetime.fromisoformat(held["claim_at"]),
    )  # fmt: skip
    got = billing.upload_sessions(device_id=device.pk, claims=[claim], at=at)
    return {"claim": got.claims[0].outcome}


def sign_in(held):
    """Nobody's password came along; everybody may ask for a new one."""
    from django.contrib.auth import authenticate
    from django.core import mail
    from django.test import Client

    from filiere.accounts.models import ApiToken, Membership, Role, User

    former = User.objects.get(email=held["user"])
    was = authenticate(username=former.email, email=former.email, password=held["password"])
    Client(SERVER_NAME="127.0.0.1").post("/compte/mot-de-passe", {"email": former.email})
    secrets = Path(os.environ["FILIERE_STATE_DIR"]) / "secrets" / "filiere_identity_key"
    return {
        "signed_in": was is not None,
        "told": [one.to for one in mail.outbox],
        "tokens": ApiToken.objects.count(),
        "operators": sorted(
            Membership.objects.filter(role=Role.OPERATOR, ended_on=None).values_list(
                "user__email", flat=True
            )
        ),
        "key_mode": oct(secrets.stat().st_mode & 0o777),
    }


if __name__ == "__main__":
    main()
