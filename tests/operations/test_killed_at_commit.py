"""Attack 12: the process that pays is killed with -9 around its COMMIT; the client asks again."""

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from filiere.accounts.services import issue_token
from filiere.kernel import checks
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Movement, OfflineClaim
from tests.agenda.factories import AT
from tests.api.scenes import PRICE, delivered, shop
from tests.e2e import clock

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
]
MOMENTS = {"before": 0, "after": 1}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def killed(path, body, headers, *, moment, static):
    """Send a request to a process of its own, which dies without answering."""
    from django.db import connections

    environment = os.environ | clock.ENVIRONMENT | {
        clock.DATABASE: str(connections["default"].settings_dict["NAME"]),
        clock.STATIC: str(static),
    }  # fmt: skip
    asked = {"path": path, "body": body, "headers": headers, "moment": moment}
    done = subprocess.run(
        [sys.executable, "-m", "tests.operations.killed_at_commit"],
        check=False, cwd=PROJECT, env=environment, input=json.dumps(asked), text=True,
        capture_output=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    assert done.stdout == ""


def asked_again(path, body, headers):
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def broken():
    return [verdict.name for verdict in checks.run() if not verdict.holds]


@pytest.mark.parametrize("moment", MOMENTS)
def test_attack_12_killed_around_commit_then_asked_again_pays_once(moment, tmp_path):
    of = shop()
    ref = delivered(of)
    token = issue_token(email=of.mediator.user.email, name="counter", at=AT, actor="test")
    request = (
        f"/api/v1/registrations/{ref}/pay",
        json.dumps({"voucher_code": of.code}),
        {"Authorization": f"Bearer {token}", "Idempotency-Key": "a-key-of-sixteen-signs"},
    )

    killed(*request, moment=moment, static=tmp_path)
    assert Movement.objects.count() == MOMENTS[moment]
    first = asked_again(*request)

    assert asked_again(*request) == first
    assert first["charge"]["state"] == "split"
    assert Movement.objects.count() == 1
    assert broken() == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_attack_12_killed_while_a_device_sends_then_sent_again_pays_once(moment, tmp_path):
    of, key = shop(), Ed25519PrivateKey.generate()
    device = vouchers.register_device(
        place=of.offer.place, name="Tablette", at=AT, actor="test",
        public_key=base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )  # fmt: skip
    claim = {
        "seq": 1, "code": of.code, "slot_id": of.slot.pk, "wanted_cents": PRICE,
        "occurred_at": AT.isoformat(),
    }  # fmt: skip
    body = json.dumps({"claims": [claim]})
    signature = key.sign(b"filiere offline claims 1\n" + body.encode())
    request = (
        f"/api/v1/devices/{device.pk}/claims",
        body,
        {"X-Device-Signature": base64.b64encode(signature).decode()},
    )

    killed(*request, moment=moment, static=tmp_path)
    assert OfflineClaim.objects.count() == Movement.objects.count() == MOMENTS[moment]
    first = asked_again(*request)

    assert asked_again(*request) == first
    assert [one["state"] for one in first["claims"]] == ["accepted"]
    assert Movement.objects.count() == of.slot.registrations.count() == 1
    assert broken() == []
