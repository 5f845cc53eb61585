"""Noting prices seen, reading them before they are published, and advising ceilings."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.billing import services
from filiere.billing.models import ObservedPrice, PriceCeiling
from filiere.billing.queries import observed
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.web import observed_words as say
from filiere.web.access import page, user_of
from filiere.web.forms.observed_prices import (
    CeilingForm,
    PriceSeenForm,
    PriceSheetForm,
    SetAsideForm,
)
from filiere.web.forms.prices import cents_of
from filiere.web.steps import ask_then_act
from filiere.web.views.observed_prices import where_words

NOTE, REVIEW, ADVISE = "billing.note_prices", "billing.review_prices", "billing.advise_ceilings"
METHODS = ["GET", "HEAD", "POST"]
ROWS = 20


@require_http_methods(METHODS)
@page(NOTE)
def note(request: HttpRequest) -> HttpResponse:
    """Note one price seen."""
    at = timezone.now()
    form = PriceSeenForm(request.POST or None, initial={"seen_on": legal_day(at)})
    if form.is_valid():
        typed = form.cleaned_data
        territory = typed["territory"]
        try:
            services.note_price(
                services.PriceSeen(
                    procedure=typed["procedure"], seller_kind=typed["seller_kind"],
                    price_cents=form.cents(), seen_on=typed["seen_on"], seen_how=typed["seen_how"],
                    territory_id=territory.pk if territory else None,
                    seller_name=typed["seller_name"], source_url=typed["source_url"].strip(),
                ),
                at=at,
                actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("It is noted. It is published once a steward has read its source.")
            )
            return redirect("observed_note")
    return render(
        request, "observed_prices/note.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(METHODS)
@page(NOTE)
def sheet(request: HttpRequest) -> HttpResponse:
    """Note the prices of a sheet: every line, or none."""
    form = PriceSheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        sent = form.cleaned_data["sheet"]
        try:
            report = services.note_price_sheet(
                content=sent.read(), name=sent.name, at=timezone.now(), actor=user_of(request).actor
            )
        except FiliereError as refusal:
            form.add_error("sheet", str(refusal))
        else:
            context["report"] = report
            context["wrong"] = [
                (line.number, str(line.refusal) if line.refusal else say.line_words(line.problem))
                for line in report.wrong
            ]
    wrong = form.errors or context.get("wrong")
    return render(request, "observed_prices/sheet.html", context, status=422 if wrong else 200)


@require_safe
@page(REVIEW)
def review(request: HttpRequest) -> HttpResponse:
    """List the prices to read, and those above a ceiling."""
    today = legal_day(timezone.now())
    advised = observed.ceilings(on=today)
    shown = Paginator(observed.prices_to_read(), ROWS).get_page(request.GET.get("page"))
    published = observed.judged(observed.published_prices(on=today), advised)
    context = {
        "shown": shown,
        "rows": [_line(request, one) for one in observed.judged(list(shown.object_list), advised)],
        "over": [_line(request, one) for one in published if one.over_cents is not None][:ROWS],
        "over_count": sum(one.over_cents is not None for one in published),
    }
    return render(request, "observed_prices/review.html", context)


def _line(request: HttpRequest, one: observed.JudgedPrice) -> dict[str, Any]:
    """One price as a steward reads it, with the seller's name."""
    price = one.price
    return {
        "price": price,
        "name": say.procedure_words(price.procedure),
        "amount": say.amount_words(price.price_cents),
        "kind": say.kind_words(price.seller_kind, short=True),
        "where": where_words(price.territory),
        "how": say.HOW_WORDS[price.seen_how],  # type: ignore[index]
        "ceiling": one.ceiling,
        "over_cents": one.over_cents,
        "is_mine": allowed(request.user, REVIEW, price),
    }


def _price(request: HttpRequest, pk: int) -> ObservedPrice:
    found = ObservedPrice.objects.select_related("territory").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, REVIEW, found)
    return found


@require_POST
@page(REVIEW)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a price whose source one has read."""
    found = _price(request, pk)
    try:
        services.confirm_price(price_id=found.pk, at=timezone.now(), actor=user_of(request).actor)
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("This price is published."))
    return redirect("observed_review")


@require_http_methods(METHODS)
@page(REVIEW)
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a price out of what is published, with the reason."""
    found = _price(request, pk)
    form = SetAsideForm(request.POST or None)
    if form.is_valid():
        try:
            services.set_price_aside(
                price_id=found.pk, reason=form.cleaned_data["reason"], at=timezone.now(),
                actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("This price is set aside. It stays on record."))
            return redirect("observed_review")
    context = {
        "form": form,
        "price": found,
        "name": say.procedure_words(found.procedure),
        "amount": say.amount_words(found.price_cents),
        "kind": say.kind_words(found.seller_kind),
        "where": where_words(found.territory),
    }
    return render(
        request, "observed_prices/set_aside.html", context, status=422 if form.errors else 200
    )


@require_http_methods(METHODS)
@page(ADVISE)
def ceilings(request: HttpRequest) -> HttpResponse:
    """List the ceilings advised, and advise one more."""
    at = timezone.now()
    today = legal_day(at)
    form = CeilingForm(request.POST or None, today=today, initial={"from_on": today})
    if form.is_valid():
        typed = form.cleaned_data
        territory = typed["territory"]
        try:
            require(request.user, ADVISE, PriceCeiling(territory=territory))
            services.set_ceiling(
                procedure=typed["procedure"], ceiling_cents=cents_of(typed["amount"]),
                source=typed["source"], from_on=typed["from_on"],
                territory_id=territory.pk if territory else None, at=at,
                actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The ceiling is published beside the prices."))
            return redirect("observed_ceilings")
    advised = PriceCeiling.objects.select_related("territory").order_by("-from_on", "-pk")
    shown = Paginator(advised, ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "today": today,
        "shown": shown,
        "rows": [
            (one, say.procedure_words(one.procedure), where_words(one.territory),
             one.until_on is None and allowed(request.user, ADVISE, one))
            for one in shown.object_list
        ],
    }  # fmt: skip
    return render(
        request, "observed_prices/ceilings.html", context, status=422 if form.errors else 200
    )


@require_http_methods(METHODS)
@page(ADVISE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Advise a ceiling no longer."""
    found = PriceCeiling.objects.select_related("territory").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, ADVISE, found)
    at = timezone.now()
    context = {
        "title": _("End the ceiling for “%(name)s”?")
        % {"name": say.procedure_words(found.procedure)},
        "consequence": _("From tomorrow on, no price is compared with it. It stays on record."),
        "label": _("End it"),
        "danger": True,
        "back_url": reverse("observed_ceilings"),
    }
    return ask_then_act(
        request,
        context,
        lambda: services.end_ceiling(
            ceiling_id=found.pk, on=legal_day(at), at=at, actor=user_of(request).actor
        ),
        done=_("This ceiling ends today."),
    )
