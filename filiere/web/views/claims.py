"""The yearly list of who claimed a commissioner's vouchers: a page, a table, a paper."""

import io

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.accounts.models import Organisation, Role
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import memberships, require
from filiere.kernel.tables import write_table
from filiere.settlement.claims import Claim, yearly_claims
from filiere.web import papers
from filiere.web.access import page
from filiere.web.numbers import whole

SEE = "settlement.see_claims"
ROWS = 100
FIRST_YEAR, LAST_YEAR = 2000, 9998


def _asked(request: HttpRequest) -> tuple[Organisation, int]:
    """Whose list, and of which year: one's own organisation, the year under way."""
    own = [one.organisation for one in memberships(request.user) if one.role == Role.COMMISSIONER]
    pk = whole(request.GET.get("organisation", "")) or (own[0].pk if own else 0)
    found = Organisation.objects.filter(pk=pk).first()
    year = whole(request.GET.get("annee", "")) or legal_day(timezone.now()).year
    if found is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(reference=request.GET.get("organisation", "") or year)
    require(request.user, SEE, found)
    return found, year


@require_safe
@page(SEE)
def programme_claims(request: HttpRequest) -> HttpResponse:
    """List who claimed the value of vouchers in a year, and how much."""
    organisation, year = _asked(request)
    claims = yearly_claims(commissioner_id=organisation.pk, year=year)
    context = {
        "organisation": organisation,
        "year": year,
        "claims": Paginator(claims, ROWS).get_page(request.GET.get("page")),
        "total": sum(one.amount_cents for one in claims),
        "count": len(claims),
    }
    return render(request, "euro/claims.html", context)


@require_safe
@page(SEE)
def programme_claims_csv(request: HttpRequest) -> HttpResponse:
    """Give the same list as a table; a cell is never read as a formula."""
    organisation, year = _asked(request)
    text = io.StringIO(newline="")
    names = [
        _("Organisation"), _("SIREN or RNA"), _("Address"), _("Sessions"), _("Amount (euros)"),
    ]  # fmt: skip
    claims = yearly_claims(commissioner_id=organisation.pk, year=year)
    write_table(text, names, (dict(zip(names, _cells(one), strict=True)) for one in claims))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"beneficiaires-{year}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@page(SEE)
def programme_claims_pdf(request: HttpRequest) -> HttpResponse:
    """Print the same list, to keep or to hand over."""
    organisation, year = _asked(request)
    content = papers.claims_list(
        yearly_claims(commissioner_id=organisation.pk, year=year),
        commissioner=organisation.name,
        year=year,
        sender=settings.PAYER_NAME,
        at=timezone.now(),
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="beneficiaires-{year}.pdf"'
    return answer


def _cells(one: Claim) -> list[str]:
    euros, cents = divmod(one.amount_cents, 100)
    return [one.name, one.number, one.address, str(one.sessions), f"{euros}.{cents:02}"]
