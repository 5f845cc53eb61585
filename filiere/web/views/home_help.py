"""Help at home: what is declared, and the yearly attestation of each person."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.billing import queries as billing
from filiere.billing import services
from filiere.billing.models import HomeHelp
from filiere.directory.models import Offer
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.persons import queries as persons
from filiere.rules.tax_credit import attestation_due
from filiere.web import attesting
from filiere.web.access import page, user_of
from filiere.web.acting import acting_for
from filiere.web.credit_words import bases
from filiere.web.forms.prices import HomeHelpForm
from filiere.web.numbers import whole
from filiere.web.place_words import labels

ATTEST = "billing.attest_home_help"
FIRST_YEAR = 2017
ROWS = 50


def _offers(organisation_id: int) -> list[tuple[str, str]]:
    own = Offer.objects.filter(place__organisation=organisation_id, closed_on=None)
    return [
        (str(one.pk), f"{labels('services', [one.service])[0]}, {one.place.name}")
        for one in own.select_related("place").order_by("place__name", "service")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page(ATTEST)
def home_help(request: HttpRequest) -> HttpResponse:
    """List what is given at home and who is owed an attestation for a year; declare a service."""
    organisation, at = acting_for(request), timezone.now()
    require(request.user, ATTEST, organisation)
    today = legal_day(at)
    year = whole(request.GET.get("annee", "")) or today.year - 1
    year = min(max(year, FIRST_YEAR), today.year)
    form = HomeHelpForm(
        request.POST or None, offers=_offers(organisation.pk), initial={"from_on": today}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.declare_home_help(
                offer_id=int(given["offer"]), number=given["number"], nature=given["nature"],
                from_on=given["from_on"], at=at, actor=user_of(request).actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("It is noted. Receipts now estimate the tax credit."))
            return redirect("home_help")
    context = _context(organisation.pk, year, today, request.GET.get("page"))
    context |= {"form": form, "organisation": organisation}
    return render(request, "home_help/list.html", context, status=422 if form.errors else 200)


def _context(organisation_id: int, year: int, today: date, asked: str | None) -> dict[str, object]:
    people = billing.people_at_home(organisation_id, year=year)
    shown = Paginator(people, ROWS).get_page(asked)
    initials = persons.initials([one.person_id for one in shown])
    declared = (
        HomeHelp.objects.filter(offer__place__organisation=organisation_id)
        .select_related("offer__place")
        .order_by("ends_on", "-from_on", "pk")
    )
    return {
        "year": year,
        "years": list(range(today.year, max(FIRST_YEAR, today.year - 4) - 1, -1)),
        "is_over": year < today.year,
        "due_on": attestation_due(year),
        "bases": bases(date(year, 12, 31)),
        "shown": shown,
        "people": [(one, initials.get(one.person_id, "")) for one in shown],
        "total": sum(one.paid_cents for one in people),
        "declared": [(one, labels("services", [one.offer.service])[0]) for one in declared],
    }


@require_POST
@page(ATTEST)
def home_help_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a declaration today: the service is given at home no more."""
    found = HomeHelp.objects.select_related("offer__place__organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, ATTEST, found.offer.place.organisation)
    at = timezone.now()
    services.end_home_help(home_help_id=pk, on=legal_day(at), at=at, actor=user_of(request).actor)
    messages.success(request, _("It ends today. The years before keep their attestations."))
    return redirect("home_help")


@require_safe
@page(ATTEST)
def attestation_pdf(request: HttpRequest, year: int, person: UUID) -> HttpResponse:
    """Print the attestation of one person's year; reading its name is written in the audit."""
    organisation, at = acting_for(request), timezone.now()
    require(request.user, ATTEST, organisation)
    found = billing.attestation(organisation.pk, person, year=year, on=legal_day(at))
    names = persons.name_of([person], reader=user_of(request).actor, at=at)
    content = attesting.attestation_pdf(
        found, provider=organisation, name=names.get(person, ""), at=at
    )
    answer = HttpResponse(content, content_type="application/pdf")
    name = _("attestation-%(year)s") % {"year": year}
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
