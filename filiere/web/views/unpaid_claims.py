"""Vouchers taken without network and not paid: why, what can be done, and who decides."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import Role
from filiere.billing import queries as billing
from filiere.billing import services as billing_services
from filiere.billing.models import Charge
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.vouchers import services
from filiere.vouchers.models import ClaimState, OfflineClaim
from filiere.vouchers.queries import devices as queries
from filiere.vouchers.queries.devices import ClaimStage
from filiere.web import claim_words
from filiere.web.access import page, user_of
from filiere.web.acting import acting
from filiere.web.formats import euros
from filiere.web.forms.claims import GuaranteeForm, WordsForm
from filiere.web.steps import ask_then_act

SEE, CONTEST, DECIDE = (
    "vouchers.see_unpaid_claims", "vouchers.contest_claim", "vouchers.decide_claim",
)  # fmt: skip
LINES = 50
METHODS = ["GET", "HEAD", "POST"]


def seen_by(request: HttpRequest) -> dict[str, Any]:
    """Say which claims somebody reads: all, their programmes', or their places', as they act."""
    found = acting(request)
    roles = found.roles if found else frozenset()
    own = [found.organisation.pk] if found else []
    if roles & {Role.OPERATOR, Role.AUDITOR}:
        return {}
    if Role.COMMISSIONER in roles:
        return {"commissioner_ids": own}
    return {"organisation_ids": own}


def own_claim(request: HttpRequest, pk: UUID, action: str = SEE) -> OfflineClaim:
    """Find a claim that was not paid, if this person may do ``action`` on it."""
    claim = queries.unpaid_claim(pk)
    if claim is None:
        raise NotFound(reference=pk)
    require(request.user, action, claim)
    return claim


@require_safe
@page(SEE)
def unpaid_claims(request: HttpRequest) -> HttpResponse:
    """List the vouchers taken without network that were not paid, and where each stands."""
    seen = seen_by(request)
    asked = request.GET.get("etat", "")
    stage = ClaimStage(asked) if asked in set(ClaimStage) else None
    states = [(one, claim_words.stages()[one], _count(seen, one)) for one in ClaimStage]
    found = queries.unpaid_claims(**seen, stage=stage)
    shown = Paginator(found, LINES).get_page(request.GET.get("page"))
    context = {
        "stage": stage,
        "states": states,
        "every": _count(seen, None),
        "total": queries.total_of(found),
        "waiting": sum(count for one, _words, count in states if one != ClaimStage.CLOSED),
        "shown": shown,
        "rows": [_row(claim) for claim in shown],
        "may_decide": allowed(request.user, DECIDE),
        "may_see_funds": allowed(request.user, "billing.see_guarantees"),
    }
    return render(request, "devices/unpaid.html", context)


def _count(seen: dict[str, Any], stage: ClaimStage | None) -> int:
    found: QuerySet[OfflineClaim] = queries.unpaid_claims(**seen, stage=stage)
    return found.count()


def _row(claim: OfflineClaim) -> dict[str, Any]:
    stage = claim_words.stage_of(claim)
    return {
        "claim": claim,
        "state": claim_words.state(claim.state),
        "tone": claim_words.STATE_TONES[ClaimState(claim.state)],
        "reason": claim_words.reason_of(claim),
        "stage": claim_words.stages()[stage],
        "stage_tone": claim_words.STAGE_TONES[stage],
    }


@require_safe
@page(SEE)
def unpaid_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one of them: why it was not paid, what followed, and what can be done now."""
    claim = own_claim(request, pk)
    steps = queries.steps_of(claim)
    charge = billing.claimed_charges(claim).first()
    context = {
        **_row(claim),
        "steps": [(one, claim_words.step(one)) for one in steps],
        "charge": charge,
        "next": claim_words.next_of(claim, charge),
        "may_bear": claim.is_closed  # type: ignore[attr-defined]
        and claim_words.may_be_borne(claim, charge)
        and allowed(request.user, CONTEST, claim),
        "may_contest": not claim.is_closed  # type: ignore[attr-defined]
        and allowed(request.user, CONTEST, claim),
        "may_decide": not claim.is_closed and allowed(request.user, DECIDE, claim),  # type: ignore[attr-defined]
        "may_pay": claim.state == ClaimState.DISPUTED
        and charge is not None
        and charge.state == "open",
    }
    return render(request, "devices/unpaid_one.html", context)


@require_http_methods(METHODS)
@page(CONTEST)
def claim_contest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The place says why it should be paid."""
    claim = own_claim(request, pk, CONTEST)
    return _with_words(
        request, claim, WordsForm(request.POST or None),
        {
            "title": _("Ask the operator to look at it again"),
            "lead": _("What made you believe that this voucher was good? The operator decides."),
            "label": _("Send to the operator"),
        },
        act=services.contest_claim,
        done=_("It is sent. The operator’s decision will be read here."),
    )  # fmt: skip


@require_http_methods(METHODS)
@page(CONTEST)
def claim_give_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The place asks nothing more."""
    claim = own_claim(request, pk, CONTEST)
    charge = billing.claimed_charges(claim).first()
    consequence = _(
        "Nothing more will be asked for it, and this is not undone. The session stays in your"
        " day, to be settled without this voucher."
    )
    if charge is not None and claim_words.may_be_borne(claim, charge):
        consequence = _(
            "Your organisation bears what nobody else pays of this session (price: %(amount)s), and"
            " this is not undone. The person is asked nothing: neither money nor another voucher."
        ) % {"amount": euros(charge.price_cents)}
    words = {
        "title": _("Give up this voucher?"),
        "consequence": consequence,
        "label": _("Give it up"),
        "danger": True,
        "back_url": reverse("unpaid_claim", args=[claim.pk]),
    }
    act = partial(
        billing_services.give_up_claim, claim_id=claim.pk, at=timezone.now(),
        actor=user_of(request).actor,
    )  # fmt: skip
    return ask_then_act(request, words, act, done=_given_up)


def _given_up(charge: Charge | None) -> str:
    if charge is None or charge.waived_claim_id is None:
        return _("It is given up.")
    words = _("It is given up. Your organisation bears the session, %(amount)s.")
    return words % {"amount": euros(charge.waived_cents)}


@require_http_methods(METHODS)
@page(DECIDE)
def claim_uphold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The operator confirms that it is not paid."""
    claim = own_claim(request, pk, DECIDE)
    return _with_words(
        request, claim, WordsForm(request.POST or None),
        {
            "title": _("Confirm that this voucher is not paid"),
            "lead": _("Say why, plainly: the place reads it, and it is not undone."),
            "label": _("Confirm the refusal"),
        },
        act=services.uphold_refusal,
        done=_("The refusal is confirmed. The place reads your reason."),
    )  # fmt: skip


@require_http_methods(METHODS)
@page(DECIDE)
def claim_pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The operator has a guarantee fund pay it."""
    claim = own_claim(request, pk, DECIDE)
    funds = billing.guarantee_funds_for(
        provider_id=claim.device.organisation_id, on=legal_day(claim.occurred_at)
    )
    form = GuaranteeForm(funds, request.POST or None)
    words = {
        "title": _("Have a guarantee fund pay the place"),
        "lead": _(
            "The fund gives what the voucher would have given, whole or not at all. The person is"
            " not asked to pay again."
        ),
        "label": _("Have it paid"),
        "funds": funds,
    }

    def act(*, fund: str, **given: Any) -> Any:
        return billing_services.pay_from_guarantee(commitment_id=int(fund), **given)

    return _with_words(
        request, claim, form, words, act=act,
        done=_("The fund pays it. The place receives it once the fund’s money has come."),
    )  # fmt: skip


def _with_words(
    request: HttpRequest,
    claim: OfflineClaim,
    form: forms.Form,
    words: dict[str, Any],
    *,
    act: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Ask for a reason, then act; a refusal keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act(
                claim_id=claim.pk, at=timezone.now(), actor=user_of(request).actor,
                **form.cleaned_data,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("unpaid_claim", pk=claim.pk)
    context = {**words, **_row(claim), "form": form}
    return render(request, "devices/unpaid_act.html", context, status=422 if form.errors else 200)
