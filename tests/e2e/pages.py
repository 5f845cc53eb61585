"""The address of every page that can be read, with data behind it, and who reads it."""

from typing import Any

from django.urls import reverse
from django.utils.http import int_to_base36

from filiere.accounts.models import Organisation, User
from filiere.directory.models import Place
from filiere.observatory import portfolio
from filiere.operations.demo import bank as demo_bank
from filiere.programmes.models import BankLine, Programme, Receipt, Tranche
from filiere.settlement.models import BankAnswer, Batch, PaymentOrder
from filiere.territories import queries as territories
from filiere.vouchers.models import Lot, Voucher
from filiere.web import bookings
from tests.e2e.form_pages import form_pages
from tests.e2e.invoice_pages import invoice_pages
from tests.e2e.law_pages import law_pages
from tests.e2e.observed_pages import observed_pages
from tests.e2e.organisation_pages import organisation_pages
from tests.e2e.plan_pages import plan_pages
from tests.e2e.project_pages import project_pages
from tests.e2e.statement_pages import statement_pages
from tests.e2e.till_pages import till_pages

ANYONE = ""
KARIM, CLAIRE = "karim@demo.example", "claire@demo.example"
SANDRINE = "sandrine@demo.example"
FUNDER, HUB = "departement@demo.example", "hub@demo.example"
OPERATOR, SECOND = "comptable@demo.example", "directeur@demo.example"
AUDITOR, NOBODY = "controle@demo.example", "personne@demo.example"
FOUND = "?besoin=procedure&commune=23096&quand=month&moment=any&venir=car"

# name → (who, address) of one or several readings of the page.
Pages = dict[str, list[tuple[str, str]]]


def pages_of(desk: dict[str, Any], batches: dict[str, Batch]) -> Pages:
    """Gather them; a page missing here fails test_every_page."""
    return (
        _public(desk)
        | _desks(desk)
        | _money(batches)
        | _account()
        | organisation_pages()
        | till_pages()
        | invoice_pages()
        | statement_pages(desk)
        | observed_pages()
        | law_pages()
        | project_pages()
        | plan_pages()
        | form_pages()
    )


def _public(desk: dict[str, Any]) -> Pages:
    place = Place.objects.get(pk=desk["unit"].place_id)
    seat = desk["booked"].ref
    names = ["home", "diagnosis", "open_accounts", "accessibility", "your_data", "living"]
    names.append("api_reference")
    return {name: [(ANYONE, reverse(name))] for name in names} | {
        "finder_need": [(ANYONE, "/aide/besoin"), (ANYONE, "/aide/besoin?etape=1")],
        "finder_commune": [
            (ANYONE, "/aide/commune?besoin=procedure"),
            (ANYONE, "/aide/commune?besoin=procedure&etape=2&lieu=Gueretz"),
            (ANYONE, "/aide/commune?besoin=procedure&etape=2&lieu=Saint-Denis"),
        ],
        "finder_moments": [(ANYONE, "/aide/moments?besoin=procedure&commune=23096")],
        "finder_coming": [(ANYONE, "/aide/venir?besoin=procedure&commune=23096")],
        "results": [
            (ANYONE, f"/aide/resultats{FOUND}"),
            (ANYONE, "/aide/resultats?besoin=equipment&commune=75056"),
        ],
        "finder_sheet": [(ANYONE, f"/aide/feuille{FOUND}")],
        "places": [
            (ANYONE, "/lieux"),
            (ANYONE, "/lieux?q=zzz"),
            (ANYONE, "/lieux?commune=Gueretz"),
        ],
        "place": [(ANYONE, reverse("place", args=[place.pk]))],
        "book": [
            (ANYONE, reverse("book", args=[desk["free"].pk]) + FOUND),
            (ANYONE, reverse("book", args=[desk["booked"].slot_id])),
        ],
        "booked": [(ANYONE, bookings.url_of("booked", seat))],
        "booked_sheet": [
            (ANYONE, bookings.url_of("booked_sheet", seat)),
            (ANYONE, bookings.url_of("booked_sheet", seat) + "?grand"),
        ],
        "booked_cancel": [(ANYONE, bookings.url_of("booked_cancel", seat))],
    }


def _desks(desk: dict[str, Any]) -> Pages:
    attempt = desk["referral"].attempts.get()
    to_settle, settled = desk["to_settle"].ref, desk["settled"].ref
    return {
        "desk": [(NOBODY, reverse("desk"))],
        "day": [(KARIM, reverse("day"))],
        "day_on": [
            (KARIM, reverse("day_on", args=[desk["booked"].slot.starts_at.date()])),
            (KARIM, "/journee/2026-12-25"),
        ],
        "counter": [(KARIM, reverse("counter", args=[to_settle]))],
        "session_receipt": [(KARIM, reverse("session_receipt", args=[settled]))],
        "follow_ups": [(KARIM, reverse("follow_ups"))],
        "slots_publish": [(KARIM, reverse("slots_publish"))],
        "walk_in": [(KARIM, reverse("walk_in"))],
        "referrals": [(KARIM, reverse("referrals")), (CLAIRE, reverse("referrals"))],
        "referral_new": [(CLAIRE, reverse("referral_new"))],
        "referral": [(CLAIRE, reverse("referral", args=[desk["referral"].ref]))],
        "referral_refuse": [(KARIM, reverse("referral_refuse", args=[attempt.pk]))],
    }


def _money(batches: dict[str, Batch]) -> Pages:
    paid = PaymentOrder.objects.filter(batch__state="paid").order_by("pk").first()
    assert paid is not None
    tranche = _used_tranche()
    act = portfolio.latest_act(tranche.pk)
    rows = [portfolio.paid_acts(tranche.pk).first()]
    slot = rows[0].movement.share.charge.registration.slot
    pk = tranche.pk
    creuse = territories.by_code("23")
    board = ["board_of", creuse.kind, creuse.code]
    source = [
        reverse("aim_source", args=[*board[1:], aim]) for aim in ("targeting", "floor", "autonomy")
    ]
    organisation = Organisation.objects.get(pk=paid.provider_id)
    of_batch = {
        name: [(OPERATOR, reverse(name, args=[batches[state].pk]))]
        for name, state in (
            ("batch_cancel", "frozen"), ("batch_emit", "approved"), ("batch_paid", "emitted"),
        )
    }  # fmt: skip
    return (
        of_batch
        | _lots()
        | _programmes()
        | {
            "programmes": [(FUNDER, reverse("programmes"))],
            "programme": [(FUNDER, reverse("programme", args=[tranche.programme_id]))],
            "tranche": [
                (FUNDER, reverse("tranche", args=[pk])),
                (FUNDER, reverse("tranche", args=[pk]) + "?par=service"),
            ],
            "sessions_paid": [(FUNDER, reverse("sessions_paid", args=[pk, slot.offer.place_id]))],
            "sessions_in": [
                (FUNDER, reverse("sessions_in", args=[pk, slot.offer.place.commune_id]))
            ],
            "sessions_of": [(FUNDER, reverse("sessions_of", args=[pk, slot.offer.service]))],
            "act": [(FUNDER, reverse("act", args=[act.movement.pk]))],
            "payments": [(AUDITOR, reverse("payments", args=[organisation.pk]))],
            "payables": [
                (KARIM, reverse("payables")),
                (AUDITOR, reverse("payables")),
                (AUDITOR, reverse("payables") + f"?organisation={organisation.pk}"),
            ],
            "payment": [(AUDITOR, reverse("payment", args=[paid.pk]))],
            "batches": [(OPERATOR, reverse("batches")), (AUDITOR, reverse("batches"))],
            "batch_answer_new": [(OPERATOR, reverse("batch_answer_new"))],
            "batch_answer": [
                (OPERATOR, reverse("batch_answer", args=[BankAnswer.objects.earliest("pk").pk]))
            ],
            "batch_lines": [(OPERATOR, reverse("batch_lines")), (AUDITOR, reverse("batch_lines"))],
            "payment_hold": [(OPERATOR, reverse("payment_hold", args=[paid.provider_id]))],
            "payout_account": [(SANDRINE, reverse("payout_account"))],
            "session_refund": [
                (
                    OPERATOR,
                    reverse(
                        "session_refund", args=[rows[0].movement.share.charge.registration.ref]
                    ),
                )
            ],
            "commission": [
                (who, reverse("commission", args=[tranche.programme_id]))
                for who in (OPERATOR, FUNDER)
            ],
            "commission_uses": [
                (who, reverse("commission_uses", args=[tranche.programme_id]))
                for who in (OPERATOR, FUNDER)
            ],
            "programme_claims": [(FUNDER, reverse("programme_claims"))],
            "booklets": [(OPERATOR, reverse("booklets")), (CLAIRE, reverse("booklets"))],
            "batch": [(OPERATOR, reverse("batch", args=[one.pk])) for one in batches.values()]
            + [(AUDITOR, reverse("batch", args=[paid.batch_id]))],
            "batch_approve": [(SECOND, reverse("batch_approve", args=[batches["frozen"].pk]))],
            "board": [(HUB, reverse("board") + "?choisir=1"), (FUNDER, "/buts?commune=Guéret")],
            "board_of": [(HUB, reverse("board_of", args=board[1:]))],
            "aim_source": [(HUB, address) for address in source],
            "check": [(AUDITOR, reverse("check"))],
            "hand_out": [(CLAIRE, reverse("hand_out"))],
            "hand_out_sheet": [(CLAIRE, reverse("hand_out_sheet"))],
            "voucher_lost": [(CLAIRE, reverse("voucher_lost", args=[_given_by_claire()]))],
            "overrides": [(ANYONE, reverse("overrides"))],
            "usage": [
                (FUNDER, reverse("usage", args=[tranche.programme_id])),
                (FUNDER, reverse("usage", args=[tranche.programme_id]) + "?par=prescripteur"),
            ],
        }
    )


def _given_by_claire() -> int:
    """Number of a voucher that Claire's organisation handed out."""
    given = Voucher.objects.filter(
        handed_out_by__name="CCAS (démonstration)", state="handed_out"
    ).order_by("serial")
    return given[0].serial


def _lots() -> Pages:
    """A lot to finish, an active one, and every step of each."""
    draft = Lot.objects.exclude(label="").filter(state="draft").order_by("pk").first()
    active = Lot.objects.filter(state="active").order_by("pk").first()
    assert draft is not None
    assert active is not None
    steps = ("lot_activate", "lot_entrust", "lot_override", "lot_override_confirm", "lot_close")
    return {name: [(OPERATOR, reverse(name, args=[draft.pk]))] for name in steps} | {
        "lots": [(OPERATOR, reverse("lots")), (FUNDER, reverse("lots"))],
        "lot": [(OPERATOR, reverse("lot", args=[one.pk])) for one in (draft, active)],
        "lot_new": [(OPERATOR, reverse("lot_new", args=[draft.programme_id]))],
        "lot_recall": [(OPERATOR, reverse("lot_recall", args=[active.pk]))],
    }


def _programmes() -> Pages:
    """A draft to sign, a programme to fund, and what the bank wrote."""
    draft, signed = (
        Programme.objects.get(name=name).pk for name in (demo_bank.DRAFT, demo_bank.NAME)
    )
    lines = BankLine.objects.order_by("pk")
    unsaid = lines.filter(amount_cents=demo_bank.AWAITED_CENTS, receipt=None).first()
    debit = lines.filter(amount_cents__lt=0).first()
    receipt = Receipt.objects.order_by("pk").first()
    assert unsaid is not None
    assert debit is not None
    assert receipt is not None
    own = Tranche.objects.filter(programme_id=signed).order_by("pk")
    return {
        "programme_new": [(FUNDER, reverse("programme_new"))],
        "programme_terms": [
            (FUNDER, reverse("programme_terms", args=[pk])) for pk in (draft, signed)
        ],
        "programme_edit": [(FUNDER, reverse("programme_edit", args=[draft]))],
        "programme_sign": [(FUNDER, reverse("programme_sign", args=[draft]))],
        "programme_close": [(FUNDER, reverse("programme_close", args=[signed]))],
        "tranche_promise": [(FUNDER, reverse("tranche_promise", args=[signed]))],
        "match_new": [(FUNDER, reverse("match_new", args=[pk])) for pk in (draft, signed)],
        "ring_fence": [(AUDITOR, reverse("ring_fence"))],
        "ring_fence_account": [(OPERATOR, reverse("ring_fence_account"))],
        "tranche_return": [(OPERATOR, reverse("tranche_return", args=[one.pk])) for one in own],
        "bank_statements": [(who, reverse("bank_statements")) for who in (OPERATOR, AUDITOR)],
        "bank_statement": [(OPERATOR, reverse("bank_statement", args=[unsaid.statement_id]))],
        "bank_line": [(OPERATOR, reverse("bank_line", args=[one.pk])) for one in (unsaid, debit)],
        "receipts": [(OPERATOR, reverse("receipts"))],
        "receipt_bounced": [(OPERATOR, reverse("receipt_bounced", args=[receipt.pk]))],
    }


def _used_tranche() -> Tranche:
    """A tranche of the département that paid for sessions already settled."""
    paid = (
        Tranche.objects.filter(
            funder__name="Département (démonstration)", receipts__isnull=False,
            programme__lots__activated_at__isnull=False,
        )
        .order_by("pk")
        .first()
    )  # fmt: skip
    assert paid is not None
    return paid


def _account() -> Pages:
    from allauth.account.forms import default_token_generator

    user = User.objects.get(email=KARIM)
    key = default_token_generator.make_token(user)
    change = reverse("account_reset_password_from_key", args=[int_to_base36(user.pk), key])
    names = [
        "account_login", "account_inactive", "account_reset_password",
        "account_reset_password_done", "account_reset_password_from_key_done",
    ]  # fmt: skip
    return {name: [(ANYONE, reverse(name))] for name in names} | {
        "account_logout": [(KARIM, reverse("account_logout"))],
        "account_reset_password_from_key": [
            (ANYONE, change),
            (ANYONE, reverse("account_reset_password_from_key", args=["0", "wrong"])),
        ],
    }
