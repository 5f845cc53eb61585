"""A package sold at a till before any session, and its receipt."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.agenda import queries as agenda
from filiere.billing import queries as billing
from filiere.billing.explanations import holds
from filiere.billing.models import Till, TillReceipt
from filiere.billing.queries import StatedPrice
from filiere.billing.services import tills as services
from filiere.directory.models import Offer
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.tills import PackageSaleForm
from filiere.web.money_words import service_words
from filiere.web.templatetags.tills import held
from filiere.web.views.tills import RECORD, SEE, till_or_refuse


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD)
def sell(request: HttpRequest, pk: int) -> HttpResponse:
    """Sell a package to a person who has no session today."""
    found = till_or_refuse(request, pk, RECORD)
    form = PackageSaleForm(
        request.POST or None,
        packages=_packages(found),
        means=held(found.means),
        initial={"key": secrets.token_hex(16)},
    )
    if form.is_valid():
        receipt = _sold(request, found, form)
        if receipt is not None:
            return redirect("till_sale", pk=receipt.pk)
    context = {"till": found, "form": form, "any": bool(_packages(found))}
    return render(request, "tills/sell.html", context, status=422 if form.errors else 200)


def _sold(request: HttpRequest, till: Till, form: PackageSaleForm) -> TillReceipt | None:
    """Sell what the form says; None once the refusal is on the form."""
    seat = agenda.registration_by_ref(form.cleaned_data["reference"])
    if seat is None or seat.slot.offer.place.organisation_id != till.organisation_id:
        form.add_error("reference", _("No session at your places bears this reference."))
        return None
    offer_id, band = form.chosen()
    try:
        return services.sell_package(
            till_id=till.pk, offer_id=offer_id, person_id=seat.person_id, band=band,
            means=form.cleaned_data["means"], key=form.cleaned_data["key"], at=timezone.now(),
            actor=user_of(request).actor,
        )  # fmt: skip
    except FiliereError as refusal:
        form.add_error(None, str(refusal))
        return None


def _packages(till: Till) -> list[tuple[str, str]]:
    """Write each package for sale today, at each price it has."""
    today = legal_day(timezone.now())
    found = []
    for offer, stated in billing.packages_for_sale(till.organisation_id, on=today):
        found.append((str(offer.pk), _words(offer, stated, stated.amount_cents)))
        for band in stated.bands:
            if band.amount_cents:
                words = _words(offer, stated, band.amount_cents)
                found.append((f"{offer.pk}:{band.label}", f"{words} ({band.label})"))
    return found


def _words(offer: Offer, stated: StatedPrice, cents: int) -> str:
    facts = {
        "sessions": stated.pack_sessions,
        "pack_minutes": stated.pack_minutes,
        "valid_days": stated.valid_days,
    }
    return _("%(amount)s: %(holds)s. %(service)s, %(place)s") % {
        "amount": euros(cents),
        "holds": holds(facts),
        "service": service_words(offer.service),
        "place": offer.place.name,
    }


@require_safe
@page(SEE)
def sale(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the receipt of a package sold alone, to print."""
    found = (
        TillReceipt.objects.select_related(
            "till__organisation", "sale__offer__place", "sale__package", "reversal"
        )
        .filter(pk=pk, sale__isnull=False, reverses=None)
        .first()
    )
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, SEE, found.till)
    undone = getattr(found, "reversal", None)
    context = {"receipt": found, "till": found.till, "undone": undone}
    return render(request, "tills/sale.html", context)
