"""From the programme to the payment, and back."""

import pytest

from filiere.accounts.models import Organisation
from filiere.billing.models import PayerShare
from filiere.settlement.models import PaymentOrder
from tests.api.conftest import signed_in
from tests.api.scenes import IBAN, paid, shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DEBTOR = {"name": "Filiere", "iban": IBAN, "bic": "AGRIFRPPXXX"}


def funder_of(made):
    tranche = made.vouchers.tranches[0]
    return signed_in("commissioner", Organisation.objects.get(pk=tranche.funder_id))


def emitted(made):
    """A batch prepared by one operator and approved by another."""
    first, second = signed_in("operator"), signed_in("operator")
    status, batch = first.post("batches", {"label": "VIR-2026-48"})
    assert status == 200, batch
    assert second.post(f"batches/{batch['id']}/approve")[0] == 200
    status, batch = first.post(f"batches/{batch['id']}/emit", DEBTOR)
    assert status == 200, batch
    return first, batch


def test_tranche_tells_what_its_money_became():
    made = shop()
    paid(made)
    tranche = made.vouchers.tranches[0]

    status, answer = funder_of(made).get(f"tranches/{tranche.pk}")

    assert status == 200
    assert answer["followed"]["sessions"] == 1
    assert answer["followed"]["flows"]["used_cents"] == 1_500
    assert answer["followed"]["flows"]["due_cents"] == 1_500


def test_programmes_lists_those_one_funds_only():
    made = shop()

    own = funder_of(made).get("programmes")[1]
    stranger = signed_in("commissioner").get("programmes")[1]
    auditor = signed_in("auditor").get("programmes")[1]

    assert [one["id"] for one in own["items"]] == [made.vouchers.lot.programme_id]
    assert (stranger["total"], auditor["total"]) == (0, 1)


def test_a_programme_of_other_funders_is_refused():
    made = shop()
    paid(made)
    tranche, stranger = made.vouchers.tranches[0], signed_in("commissioner")
    act = PayerShare.objects.get(kind="voucher").movement_id
    knocks = [
        stranger.get(f"programmes/{tranche.programme_id}"),
        stranger.get(f"tranches/{tranche.pk}"),
        stranger.get(f"tranches/{tranche.pk}/rows"),
        stranger.get(f"tranches/{tranche.pk}/acts"),
        stranger.get(f"acts/{act}"),
    ]

    assert {status for status, _answer in knocks} == {403}


def test_acts_lead_from_the_tranche_to_the_session():
    made = shop()
    ref = paid(made)
    funder, tranche = funder_of(made), made.vouchers.tranches[0]

    listed = funder.get(f"tranches/{tranche.pk}/acts")[1]["items"]
    rows = funder.get(f"tranches/{tranche.pk}/rows", by="service")[1]["items"]
    act = funder.get(f"acts/{listed[0]['movement_id']}")[1]

    assert [one["amount_cents"] for one in listed] == [1_500]
    assert [(one["key"], one["amount_cents"]) for one in rows] == [("procedures", 1_500)]
    assert sum(one["amount_cents"] for one in act["shares"]) == act["price_cents"] == 2_500
    assert ref not in str(act)


def test_payables_are_those_of_ones_own_organisation():
    made = shop()
    ref = paid(made)

    status, answer = made.mediator.get("payables")
    other = signed_in("manager").get("payables", organisation_id=made.vouchers.provider.pk)
    auditor = signed_in("auditor").get("payables", organisation_id=made.vouchers.provider.pk)

    assert status == 200
    assert (answer["payable_cents"], answer["counter_cents"]) == (1_500, 1_000)
    assert [line["registration_ref"] for line in answer["payable"]] == [ref]
    assert other[0] == 403
    assert auditor[1] == answer


def test_batch_needs_a_second_person():
    made = shop()
    paid(made)
    operator = signed_in("operator")
    batch = operator.post("batches", {"label": "VIR-2026-48"})[1]

    status, answer = operator.post(f"batches/{batch['id']}/approve")

    assert (status, answer["code"]) == (403, "settlement.second_person_needed")
    assert operator.get(f"batches/{batch['id']}")[1]["state"] == "frozen"


def test_batch_goes_from_the_freeze_to_the_bank():
    made = shop()
    paid(made)
    assert signed_in("auditor").get("batches/to-pay")[1]["total_cents"] == 1_500

    operator, batch = emitted(made)
    file = operator.client.get(f"/api/v1/batches/{batch['id']}/file")
    status, answer = operator.post(f"batches/{batch['id']}/paid", {"paid_on": "2026-11-24"})

    assert b"<CtrlSum>15.00</CtrlSum>" in file.content
    assert (status, answer["state"], answer["total_cents"]) == (200, "paid", 1_500)
    assert [one["account"] for one in answer["orders"]] == ["…0189"]
    assert made.mediator.get("payables")[1]["paid_cents"] == 1_500


def test_payment_is_read_by_its_provider_only():
    made = shop()
    ref = paid(made)
    emitted(made)
    order = PaymentOrder.objects.get()

    status, answer = made.mediator.get(f"payments/{order.pk}")

    assert status == 200
    assert [line["registration_ref"] for line in answer["lines"]] == [ref]
    assert sum(payer["amount_cents"] for payer in answer["payers"]) == answer["amount_cents"]
    assert signed_in("manager").get(f"payments/{order.pk}")[0] == 403


def test_open_accounts_withhold_what_few_persons_did(anyone):
    made = shop()
    paid(made)

    status, answer = anyone.get("open-accounts")

    assert status == 200
    assert answer["items"][0]["activated_cents"] == 4_500
    assert answer["items"][0]["used_cents"] is None


def test_check_holds_after_the_whole_journey():
    made = shop()
    paid(made)
    emitted(made)

    status, answer = signed_in("auditor").get("check")

    assert status == 200
    assert [one for one in answer["invariants"] if not one["holds"]] == []
    assert answer["holds"] is True


def test_board_says_unknown_where_a_term_is_missing():
    made = shop()
    paid(made)
    departement = made.vouchers.commune.departement

    status, answer = signed_in("steward").get(f"boards/departement/{departement.code}")

    assert status == 200
    assert [one["aim"] for one in answer["aims"]] == ["targeting", "autonomy", "floor"]
    assert answer["aims"][0]["value"] is None
    assert answer["sources"]["sessions"] == 1
