"""The counter: a voucher's code, the verdict, who pays."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiere.agenda.models import Registration
from filiere.billing import queries as billing_queries
from filiere.billing import services as billing
from filiere.billing.models import Charge, ChargeState, PayerKind
from filiere.kernel.errors import FiliereError, NotFound
from filiere.persons import queries as persons
from filiere.web.access import page, user_of
from filiere.web.forms.day import CodeForm
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
    """Ask for the code; a POST without code means that there is no voucher."""
    registration = own_registration(request, ref, "billing.use_counter")
    charge = _charge(registration)
    if charge.state == ChargeState.SPLIT:
        return redirect("session_receipt", ref=registration.ref)
    context = _context(request, registration, charge)
    without = request.POST.get("without") == "yes"
    form = CodeForm(request.POST if request.method == "POST" and not without else None)
    if request.method == "POST" and (without or form.is_valid()):
        code = None if without else form.cleaned_data["code"]
        try:
            billing.split_charge(
                charge=charge, voucher_code=code, at=timezone.now(), actor=user_of(request).actor
            )
        except FiliereError as refusal:
            refused = context | {"error": refusal, "code": code}
            return render(request, "counter/refused.html", refused, status=422)
        return redirect("session_receipt", ref=registration.ref)
    status = 422 if form.errors else 200
    return render(request, "counter/counter.html", context | {"form": form}, status=status)


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
        "lines": [(_("Price of the session"), receipt.total_cents), *paid_by_others],
        "total": (_("Left for the person"), receipt.person_cents),
    }
    return render(request, "counter/receipt.html", context)
