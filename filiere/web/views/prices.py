"""Prices of the offers of a place: stated from a day on, with history and what people would pay."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.billing import queries as billing
from filiere.billing import services
from filiere.billing.models import BandBasis, PriceRule
from filiere.billing.services import Solidarity
from filiere.directory.models import Offer, Place
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.rules.pricing import PriceTerms, session_price
from filiere.web.access import page, user_of
from filiere.web.forms.prices import PriceForm, cents_of
from filiere.web.place_words import labels, offer_price
from filiere.web.views.my_places import own_place

SET = "billing.set_price"
# Lengths of session, in minutes, and a voucher, in cents, for which the price is worked out.
LENGTHS = (30, 60, 120)
VOUCHER_CENTS = 1_000
SHOWN_RULES = 10


@dataclass(frozen=True, slots=True)
class PricedOffer:
    """One service: its price today in words, and the latest prices stated, newest day first."""

    offer: Offer
    name: str
    price: str
    rules: list[PriceRule]


def _priced(place: Place) -> list[PricedOffer]:
    offers = list(place.offers.filter(closed_on=None).order_by("service"))
    ids = [one.pk for one in offers]
    prices = billing.prices_of(ids, legal_day(timezone.now()))
    history = billing.price_history(ids)
    return [
        PricedOffer(
            one,
            labels("services", [one.service])[0],
            offer_price(one, prices.get(one.pk)),
            history[one.pk][:SHOWN_RULES],
        )
        for one in offers
    ]


def preview(terms: PriceTerms) -> list[dict[str, Any]]:
    """Work out what a person would pay, alone and with a voucher, for each length of session."""
    rows = []
    for minutes in LENGTHS:
        whole_price = session_price(terms, minutes=minutes).cents
        voucher = min(whole_price, VOUCHER_CENTS)
        rows.append(
            {"minutes": minutes, "price": whole_price, "voucher": voucher,
             "person": whole_price - voucher}
        )  # fmt: skip
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@page(SET)
def prices(request: HttpRequest, pk: int) -> HttpResponse:
    """Show prices and their history; preview one, then state it."""
    place, at = own_place(request, pk, SET), timezone.now()
    priced, today = _priced(place), legal_day(at)
    form = PriceForm(
        request.POST or None, offers=[(str(one.offer.pk), one.name) for one in priced],
        today=today, initial={"from_on": today},
    )  # fmt: skip
    context: dict[str, Any] = {
        "place": place, "priced": priced, "form": form, "today": today,
        "voucher_cents": VOUCHER_CENTS, "preview": [],
        "funds": billing.subsidy_balances(place.organisation_id),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        if "look" not in request.POST:
            _state(place, form, at=at, actor=user_of(request).actor)
            messages.success(request, _("The price is stated. It is shown to everyone."))
            return redirect("prices", pk=pk)
        package = form.package()
        context["preview"] = preview(
            PriceTerms(
                kind=form.cleaned_data["kind"],
                amount_cents=form.cents(),
                single_cents=package.single_cents if package else None,
                sessions=package.sessions if package else None,
                minutes=package.minutes if package else None,
            )
        )
    return render(request, "my_places/prices.html", context, status=422 if form.errors else 200)


def _state(place: Place, form: PriceForm, *, at: datetime, actor: str) -> None:
    """Write the price as it was typed, with its package, its brackets and its fund."""
    given = form.cleaned_data
    solidarity = None
    if given["fund"].strip():
        group = services.open_subsidy_group(
            organisation_id=place.organisation_id, name=given["fund"], at=at, actor=actor
        )
        solidarity = Solidarity(group.pk, cents_of(given["cost"]))
    services.set_price(
        offer_id=int(given["offer"]), kind=given["kind"], amount_cents=form.cents(),
        from_on=given["from_on"], package=form.package(), bands=given["bands"],
        basis=given["basis"] or BandBasis.PUBLIC, solidarity=solidarity, at=at, actor=actor,
    )  # fmt: skip


@require_POST
@page(SET)
def price_withdraw(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """Take back a price that has not been asked yet."""
    place, at = own_place(request, pk, SET), timezone.now()
    found = PriceRule.objects.filter(pk=rule, offer__place=place).first()
    if found is None:
        raise NotFound(reference=rule)
    try:
        services.withdraw_price(
            rule_id=found.pk, on=legal_day(at), at=at, actor=user_of(request).actor
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("This price is taken back."))
    return redirect("prices", pk=pk)
