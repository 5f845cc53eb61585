"""The counter: a voucher's code, the verdict, who pays."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.agenda.models import Registration
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.errors import WaiverNotAccepted
from filiere.billing.explanations import why_price
from filiere.billing.models import Charge, ChargeState, PayerKind
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.persons import queries as persons
from filiere.rules.pricing import Reason, session_price
from filiere.vouchers import services as vouchers
from filiere.web import at_till
from filiere.web.access import page, user_of
from filiere.web.forms.day import CardForm, CodeForm, NumberForm, WaiverForm
from filiere.web.sheets import words_of
from filiere.web.views.day import own_registration


def _charge(registration: Registration) -> Charge:
    charge = billing_queries.charge_of(registration.pk)
    if charge is None:
        raise NotFound(reference=registration.ref)
    return charge


def _context(request: HttpRequest, registration: Registration, charge: Charge) -> dict[str, object]:
    names = persons.name_of(
        [registration.person_id], reader=user_of(request).actor, at=timezone.now()
    )
    return {
        "registration": registration,
        "charge": charge,
        "why": why_price(charge.priced_as),
        "name": names.get(registration.person_id, ""),
        "what": words_of(registration),
    }


@require_http_methods(["GET", "POST"])
@page("billing.use_counter")
def counter(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for the code, or for the number and short code; ``without`` means no voucher."""
    registration = own_registration(request, ref, "billing.use_counter")
    charge = _charge(registration)
    if charge.state == ChargeState.SPLIT:
        return redirect("session_receipt", ref=registration.ref)
    context = _context(request, registration, charge)
    without = request.POST.get("without") == "yes"
    typed = "serial" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not without | typed else None)
    number = NumberForm(request.POST if typed else None)
    shows_card = "card" in request.POST and not without
    card = CardForm(request.POST if shows_card else None)
    asked: forms.Form = number if typed else card if shows_card else form
    if request.method == "POST" and (without or asked.is_valid()):
        try:
            _pay(
                charge,
                None if without else asked.cleaned_data,
                actor=user_of(request).actor,
                waiver_cents=_agreed(request),
            )
        except WaiverNotAccepted as question:
            shown = {name: request.POST[name] for name in asked.fields if name in request.POST}
            asking = context | {"error": question, "shown": shown}
            return render(request, "counter/waiver.html", asking, status=409)
        except FiliereError as refusal:
            refused = context | {"error": refusal}
            return render(request, "counter/refused.html", refused, status=422)
        return redirect("session_receipt", ref=registration.ref)
    if asked is not form:
        form = CodeForm(None)
    context |= {
        "form": form, "number": number, "card": card, "asked": asked,
        "choices": price_choices(charge),
    }  # fmt: skip
    return render(request, "counter/counter.html", context, status=422 if asked.errors else 200)


def _agreed(request: HttpRequest) -> int:
    """Give what the place agreed not to be paid, in cents: what the question before said."""
    form = WaiverForm(request.POST)
    return (form.cleaned_data["waiver"] or 0) if form.is_valid() else 0


def _pay(charge: Charge, shown: dict[str, Any] | None, *, actor: str, waiver_cents: int) -> None:
    """Split the charge with what was shown: a code, a number and short code, or nothing."""
    at = timezone.now()
    code: str | vouchers.Typed | None = None
    if shown and "serial" in shown:
        code = vouchers.count_try(serial=shown["serial"], pin=shown["pin"], at=at)
    elif shown:
        code = shown.get("code") or shown.get("voucher") or None
    billing.split_charge(
        charge=charge,
        voucher_code=code,
        card_code=(shown or {}).get("card", ""),
        at=at,
        actor=actor,
        waiver_cents=waiver_cents,
    )


@dataclass(frozen=True, slots=True)
class PriceChoice:
    """Another price of the day for this session: a bracket, or the package. Amount in cents."""

    name: str
    value: str
    label: str
    amount_cents: int


def price_choices(charge: Charge) -> list[PriceChoice]:
    """What the person may be charged instead of the price shown: the full price, brackets, package.

    Empty when the price of the day has one amount only.
    """
    slot = charge.registration.slot
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    stated = billing_queries.prices_of([slot.offer_id], legal_day(slot.starts_at))
    price = stated.get(slot.offer_id)
    if price is None or charge.priced_as.get("from_package"):
        return []
    chosen, bought = charge.priced_as.get("band", ""), charge.priced_as["reason"] == Reason.BOUGHT
    found = []
    if chosen or (bought and price.single_cents is not None):
        label = _("Full price") if price.bands else _("This session alone")
        found.append(PriceChoice("band", "", label, price.for_minutes(minutes)))
    for band in price.bands:
        if band.label != chosen:
            cents = session_price(price.terms, minutes=minutes, band=band.label).cents
            found.append(PriceChoice("band", band.label, band.label, cents))
    if price.single_cents is not None and not bought:
        package = session_price(price.terms, minutes=minutes, take_package=True)
        found.append(PriceChoice("package", "yes", _("The package"), package.cents))
    return found


@require_POST
@page("billing.use_counter")
def session_price_said(request: HttpRequest, ref: str) -> HttpResponse:
    """Price the session by what the person says: a bracket, a public, or the package."""
    registration = own_registration(request, ref, "billing.use_counter")
    try:
        billing.reprice_charge(
            charge=_charge(registration),
            band=request.POST.get("band", "")[:80],
            take_package=request.POST.get("package") == "yes",
            at=timezone.now(),
            actor=user_of(request).actor,
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    return redirect("counter", ref=registration.ref)


@page("billing.use_counter")
def session_receipt(request: HttpRequest, ref: str) -> HttpResponse:
    """Say who pays this session, line by line; printable."""
    registration = own_registration(request, ref, "billing.use_counter")
    charge = _charge(registration)
    context = _context(request, registration, charge)
    receipt = billing_queries.receipt_lines(charge)
    paid_by_others = [
        (line.label, -line.amount_cents) for line in receipt.lines if line.kind != PayerKind.PERSON
    ]
    context |= {
        "receipt": receipt,
        "lines": [
            (_("Price of the session"), receipt.offer_cents),
            *((label, -cents) for label, cents in receipt.deductions()),
            *paid_by_others,
        ],
        "total": (_("Left for the person"), receipt.person_cents),
        "credit": billing_queries.credit_of(charge, person_cents=receipt.person_cents),
    }
    context |= at_till.of_session(request, charge, receipt.person_cents)
    return render(request, "counter/receipt.html", context)
