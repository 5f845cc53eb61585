"""The counter: a voucher's code, the verdict, who pays."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.agenda.models import Registration
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.errors import WaiverNotAccepted
from filiere.billing.models import Charge, ChargeState, PayerKind
from filiere.kernel.errors import FiliereError, NotFound
from filiere.persons import queries as persons
from filiere.vouchers import services as vouchers
from filiere.web.access import page, user_of
from filiere.web.forms.day import CodeForm, NumberForm, WaiverForm
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
    asked = number if typed else form
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
    context |= {"form": form, "number": number, "asked": asked}
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
        code = shown["code"]
    billing.split_charge(
        charge=charge, voucher_code=code, at=at, actor=actor, waiver_cents=waiver_cents
    )


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
    }
    return render(request, "counter/receipt.html", context)
