import datetime
import uuid

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from filiere.accounts.models import Membership, Role, User
from filiere.ledger import queries as ledger_queries
from filiere.programmes import services
from filiere.programmes.models import BankLine, BankStatement, MatchRule, Programme, RingFence
from filiere.territories.models import Kind
from tests.programmes.factories import (
    AT,
    organisation,
    programme,
    receipt,
    ring_fence,
    statement,
    table,
    territory,
    tranche,
)
from tests.programmes.test_parts import engage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


def signed_in(role, holder=None):
    holder = holder or organisation("Maison")
    user = User.objects.create_user(f"{uuid.uuid4().hex[:8]}@test.example", display_name="Léa Roy")
    Membership.objects.create(user=user, organisation=holder, role=role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def department():
    return organisation("Département")


@pytest.fixture
def funder(department):
    return signed_in(Role.COMMISSIONER, department)


@pytest.fixture
def operator():
    return signed_in(Role.OPERATOR)


def typed(where, **fields):
    return {
        "name": "Chèques 2027",
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
        "territories": where.code,
        "payer_order": "voucher,third_party,person",
        "reach_minutes": "25",
        "reach_share_percent": "70",
        "regulated_price": "25",
        "cap": "100.50",
        "publics": ["seniors"],
    } | fields


def text(answer):
    return " ".join(answer.content.decode().split())


# --- the commissioner ---------------------------------------------------------------------------


def test_programme_new_keeps_a_draft_with_its_terms(funder, department):
    where = territory(Kind.DEPARTEMENT)

    answer = funder.post(reverse("programme_new"), typed(where), follow=True)

    made = Programme.objects.get()
    assert "This programme is a draft" in text(answer)
    assert (made.state, made.commissioner, made.reach_minutes) == ("draft", department, 25)
    assert (made.regulated_price_cents, made.cap_cents_per_person_year) == (2_500, 10_050)
    assert (made.publics, list(made.territories.all())) == (["seniors"], [where])


def test_programme_new_keeps_what_was_typed_and_names_the_line_it_does_not_know(funder):
    first, second = territory(Kind.COMMUNE, folded="creuse"), territory(folded="creuse")

    unknown = funder.post(reverse("programme_new"), typed(first, territories="Nulle Part"))
    several = funder.post(reverse("programme_new"), typed(first, territories="Creuse"))

    assert (unknown.status_code, several.status_code) == (422, 422)
    assert "“Nulle Part” was not found" in text(unknown)
    assert "Chèques 2027" in text(unknown)
    assert f"commune {first.code}" in text(several)
    assert f"commune {second.code}" in text(several)
    assert not Programme.objects.exists()


def test_programme_edit_writes_the_draft_back_then_changes_it(funder, department):
    where = territory(Kind.DEPARTEMENT)
    draft = programme(commissioner_id=department.pk, territory_ids=[where.pk], signed=False)
    address = reverse("programme_edit", args=[draft.pk])

    shown = text(funder.get(address))
    written = f"département {where.code} ({where.name})"
    answer = funder.post(address, typed(where, territories=written, name="Autre nom"))

    assert written in shown
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.name == "Autre nom"


def test_programme_edit_of_a_signed_programme_goes_back_to_its_terms(funder, department):
    signed = programme(commissioner_id=department.pk)

    answer = funder.get(reverse("programme_edit", args=[signed.pk]))

    assert answer.url == reverse("programme_terms", args=[signed.pk])


def test_programme_sign_says_what_can_no_longer_change_then_signs(funder, department):
    draft = programme(commissioner_id=department.pk, signed=False)
    address = reverse("programme_sign", args=[draft.pk])

    assert "can no longer change" in text(funder.get(address))
    answer = funder.post(address, follow=True)

    assert "no one has promised money yet" in text(answer)
    draft.refresh_from_db()
    assert draft.state == "signed"


def test_programme_close_ends_promises(funder, department):
    signed = programme(commissioner_id=department.pk)

    answer = funder.post(reverse("programme_close", args=[signed.pk]), follow=True)
    refused = funder.post(
        reverse("tranche_promise", args=[signed.pk]),
        {"funder": department.pk, "amount": "10", "rank": "1"},
    )

    assert "This programme is closed" in text(answer)
    assert refused.status_code == 422
    assert "no one can promise money to it" in text(refused)


def test_promises_and_a_matching_rule_are_read_on_the_terms(funder, department):
    signed = programme(commissioner_id=department.pk)
    state = tranche(signed)
    funder.post(
        reverse("tranche_promise", args=[signed.pk]),
        {"funder": department.pk, "amount": "1 500,50".replace(",", "."), "rank": "2",
         "earmark_publics": ["seniors"]},
    )  # fmt: skip
    own = signed.tranches.get(funder=department)

    answer = funder.post(
        reverse("match_new", args=[signed.pk]),
        {"trigger": own.pk, "matching": state.pk, "per": "1", "called": "2", "cap": "300"},
        follow=True,
    )

    assert (own.cap_cents, own.rank, own.earmark_publics) == (150_050, 2, ["seniors"])
    rule = MatchRule.objects.get()
    assert (rule.called_cents, rule.per_cents, rule.cap_cents) == (200, 100, 30_000)
    assert "only for: Older people" in text(answer)
    assert "adds €2.00, up to €300.00 in all" in text(answer)


def test_match_new_refuses_the_same_promise_twice(funder, department):
    signed = programme(commissioner_id=department.pk)
    first = tranche(signed)
    tranche(signed)

    answer = funder.post(
        reverse("match_new", args=[signed.pk]),
        {"trigger": first.pk, "matching": first.pk, "per": "1", "called": "2", "cap": "300"},
    )

    assert "Choose another promise" in text(answer)


def test_another_commissioner_cannot_touch_a_programme():
    draft = programme(signed=False)
    other = signed_in(Role.COMMISSIONER)

    for name in ("programme_edit", "programme_sign", "programme_close", "tranche_promise"):
        assert other.post(reverse(name, args=[draft.pk])).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_programme_page_says_what_each_euro_called(funder, department):
    signed = programme(commissioner_id=department.pk)
    tranche(signed, cash=20_000, funder_id=department.pk)
    tranche(signed, cash=30_000)

    page = text(funder.get(reverse("programme", args=[signed.pk])))

    assert "the other funders put" in page
    assert "€0.66" in page
    assert "€1.50" in page


# --- the bank -----------------------------------------------------------------------------------


def test_bank_statements_asks_for_the_account_first(operator):
    assert "First declare the account" in text(operator.get(reverse("bank_statements")))

    answer = operator.post(reverse("ring_fence_account"), {"label": "Cantonné", "iban": "FR76 1"})
    assert answer.status_code == 422
    assert not RingFence.objects.exists()


def test_bank_statements_imports_pasted_text_once(operator):
    account = ring_fence()
    pasted = table(account, ("2026-11-20", 40_000, "V-1")).decode()

    for _time in range(2):
        answer = operator.post(reverse("bank_statements"), {"text": pasted}, follow=True)

    assert BankStatement.objects.count() == 1
    assert "say what it is" in text(answer)


def test_bank_statements_keeps_what_was_pasted_when_it_does_not_add_up(operator):
    pasted = table(ring_fence(), ("2026-11-20", 40_000, "V-1"), closing=1).decode()

    answer = operator.post(reverse("bank_statements"), {"text": pasted})

    assert answer.status_code == 422
    assert "This statement does not add up" in text(answer)
    assert "V-1" in text(answer)


def test_an_auditor_reads_statements_and_imports_none():
    account = ring_fence()
    auditor = signed_in(Role.AUDITOR)
    pasted = table(account, ("2026-11-20", 40_000, "V-1")).decode()

    answer = auditor.post(reverse("bank_statements"), {"text": pasted})

    assert not BankStatement.objects.exists()
    assert "Import a statement" not in text(answer)


def test_bank_line_confirms_a_promise_then_is_listed(operator):
    made = tranche(programme(), cap=40_000)
    statement(ring_fence(), ("2026-11-20", 40_000, "V-1"))
    line = BankLine.objects.get()
    address = reverse("bank_line", args=[line.pk])

    assert made.funder.name in text(operator.get(address))
    answer = operator.post(address, {"tranche": made.pk}, follow=True)

    assert f"payment of {made.funder.name}" in text(answer)
    assert ledger_queries.balance(f"tranche:{made.pk}") == 40_000
    listed = text(operator.get(reverse("receipts")))
    assert "Funders have paid €400.00" in listed
    assert "seen" in listed


def test_bank_line_refuses_more_than_was_promised(operator):
    made = tranche(programme(), cap=100)
    statement(ring_fence(), ("2026-11-20", 40_000, "V-1"))

    answer = operator.post(
        reverse("bank_line", args=[BankLine.objects.get().pk]), {"tranche": made.pk}
    )

    assert answer.status_code == 422
    assert "more than what the funder promised" in text(answer)


def test_bank_line_that_takes_money_out_undoes_a_payment_or_pays_a_return(operator):
    made = tranche(programme())
    paid = receipt(made, 40_000)
    receipt(made, 30_000)
    back = services.return_to_funder(tranche=made, amount_cents=30_000, actor="t", at=AT)
    statement(
        ring_fence(), ("2026-11-21", -40_000, "REJET"), ("2026-11-22", -30_000, "RENDU"),
        ("2026-11-22", -5, "FRAIS"), opening=70_005,
    )  # fmt: skip
    rejected, given, fee = BankLine.objects.order_by("pk")

    operator.post(reverse("bank_line", args=[rejected.pk]), {"tranche": f"r{paid.pk}"})
    operator.post(reverse("bank_line", args=[given.pk]), {"tranche": f"b{back.pk}"})
    nothing = operator.get(reverse("bank_line", args=[fee.pk]))

    paid.refresh_from_db()
    back.refresh_from_db()
    assert (paid.bounce.bank_line, back.bank_line) == (rejected, given)
    assert ledger_queries.balance(f"return:{made.pk}") == 0
    assert "No payment nor return of this amount is waiting" in text(nothing)


def test_receipt_bounced_once_in_vouchers_is_shown_as_missing(operator):
    made = tranche(programme())
    paid = receipt(made, 40_000)
    engage(made, 40_000)
    address = reverse("receipt_bounced", args=[paid.pk])

    assert operator.get(address).status_code == 200
    answer = operator.post(address, {"bounced_on": "2026-11-22"}, follow=True)

    assert "it is counted as missing" in text(answer)
    assert made.funder.name in text(operator.get(reverse("ring_fence")))


def test_tranche_return_gives_back_what_is_free(operator):
    made = tranche(programme(), cash=40_000)
    engage(made, 10_000)
    address = reverse("tranche_return", args=[made.pk])

    assert "€300.00" in text(operator.get(address))
    operator.post(address, {"cause": "Fin du programme"})

    assert ledger_queries.balance(f"return:{made.pk}") == 30_000
    assert "Nothing to give back" in text(operator.get(address))


# --- is there enough ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.OPERATOR, Role.AUDITOR])
def test_ring_fence_answers_in_one_sentence(role):
    made = tranche(programme())
    account = ring_fence()
    reader = signed_in(role)
    address = reverse("ring_fence")
    assert "No bank statement has been imported yet" in text(reader.get(address))

    statement(account, ("2026-11-20", 40_000, "V-1"), to="2026-11-23")
    services.confirm_line(tranche=made, bank_line=BankLine.objects.get(), actor="t", at=AT)
    assert "There is enough" in text(reader.get(address))

    receipt(made, 7_500)
    assert "€75.00 are missing" in text(reader.get(address))


def test_ring_fence_says_how_old_the_statement_is():
    statement(ring_fence(), to="2026-11-10")

    assert "No statement imported for 14 days" in text(
        signed_in(Role.AUDITOR).get(reverse("ring_fence"))
    )


def test_ring_fence_api_gives_the_same_figures():
    made = tranche(programme())
    statement(ring_fence(), ("2026-11-20", 40_000, "V-1"), to="2026-11-23")
    services.confirm_line(tranche=made, bank_line=BankLine.objects.get(), actor="t", at=AT)

    answer = signed_in(Role.AUDITOR).get("/api/v1/ring-fence").json()

    assert (answer["verdict"], answer["surplus_cents"], answer["days_old"]) == ("enough", 0, 1)
    assert answer["owed"]["tranches_cents"] == answer["bank_cents"] == 40_000
    assert signed_in(Role.MEDIATOR).get("/api/v1/ring-fence").status_code == 403


def test_import_statement_command_says_what_it_brought(tmp_path, capsys):
    file = tmp_path / "releve.csv"
    file.write_bytes(table(ring_fence(), ("2026-11-20", 40_000, "V-1")))

    call_command("import_statement", file)
    call_command("import_statement", file)

    assert BankStatement.objects.count() == 1
    assert "400" in capsys.readouterr().out
    file.write_bytes(b"<a/>")
    with pytest.raises(CommandError):
        call_command("import_statement", file)
    with pytest.raises(CommandError):
        call_command("import_statement", tmp_path / "none")
    assert datetime.date(2026, 11, 30) == BankStatement.objects.get().dated_on


def test_ring_fence_leads_the_operator_to_money_of_closed_programmes():
    made, kept_open = tranche(programme(), cash=40_000), tranche(programme(), cash=5_000)
    services.close_programme(programme=made.programme, at=AT, actor="t")
    address = reverse("tranche_return", args=[made.pk])
    page = signed_in(Role.OPERATOR).get(reverse("ring_fence"))

    assert address in page.content.decode()
    assert "€400.00" in text(page)
    assert reverse("tranche_return", args=[kept_open.pk]) not in page.content.decode()
    for role in (Role.COMMISSIONER, Role.AUDITOR):
        assert address not in signed_in(role).get(reverse("ring_fence")).content.decode()
