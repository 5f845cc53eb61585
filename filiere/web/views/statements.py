"""The statement of an organisation: on a page, as a table, on paper."""

import io
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.accounts.models import Organisation, Role
from filiere.billing.queries import hours_accounts
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import memberships, require
from filiere.kernel.tables import write_table
from filiere.observatory import portfolio
from filiere.observatory.statements import (
    Party,
    Period,
    organisations_with_a_statement,
    parties_of,
    statement_of,
)
from filiere.observatory.statements.funder import put_on_vouchers
from filiere.programmes.models import Tranche
from filiere.rules.text import fold
from filiere.web import statement_papers, statement_telling
from filiere.web import statement_words as say
from filiere.web.access import page
from filiere.web.acting import acting
from filiere.web.forms.statements import PeriodForm
from filiere.web.numbers import whole

SEE = "observatory.see_statements"
LINES, ORGANISATIONS = 50, 50
READS_ALL = (Role.OPERATOR, Role.AUDITOR)
READS_OWN = (Role.MANAGER, Role.COMMISSIONER)


@require_safe
@page(SEE)
def statements(request: HttpRequest) -> HttpResponse:
    """Open the only statement of one's organisation, or choose one of several."""
    held = memberships(request.user)
    own = {one.organisation_id for one in held if one.role in READS_OWN}
    here = acting(request)
    asked = request.GET.get("organisation", "")
    if not asked and any(one.role in READS_ALL for one in held):
        return _choose(request)
    pk = whole(asked)
    if not asked:
        first = here.organisation.pk if here and here.organisation.pk in own else None
        pk = first or next(iter(sorted(own)), None)
    organisation = _organisation(request, pk)
    parties = parties_of(organisation.pk)
    if len(parties) == 1:
        return redirect("statement", organisation.pk, say.SLUG_OF[parties[0]])
    period, on = _this_year(), legal_day(timezone.now())
    rows = [
        (
            say.SLUG_OF[party],
            say.party_words(party),
            say.title(statement_of(party, organisation.pk, period, on=on, count=0)),
        )
        for party in parties
    ]
    return render(request, "statements/parties.html", {"organisation": organisation, "rows": rows})


def _choose(request: HttpRequest) -> HttpResponse:
    """Let the operator and the auditor find an organisation by its name."""
    asked = request.GET.get("q", "").strip()
    every = organisations_with_a_statement()
    if asked:
        every = every.filter(folded__contains=fold(asked))
    shown = Paginator(every, ORGANISATIONS).get_page(request.GET.get("page"))
    return render(request, "statements/choose.html", {"shown": shown, "asked": asked})


def _organisation(request: HttpRequest, pk: int | None) -> Organisation:
    found = Organisation.objects.filter(pk=pk).first() if pk else None
    if found is None:
        raise NotFound(reference=str(pk or ""))
    require(request.user, SEE, found)
    return found


def _asked(request: HttpRequest, pk: int, party: str) -> tuple[Organisation, Party]:
    organisation = _organisation(request, pk)
    if party not in say.SLUGS:
        raise NotFound(reference=party)
    return organisation, say.SLUGS[party]


def _this_year() -> Period:
    today = legal_day(timezone.now())
    return Period(date(today.year, 1, 1), today)


def _period(request: HttpRequest) -> tuple[PeriodForm, Period]:
    """Read the days asked for; this year when none is, or when they cannot be read."""
    default = _this_year()
    initial = {"du": default.first_on, "au": default.last_on}
    given = "du" in request.GET or "au" in request.GET
    form = PeriodForm(request.GET if given else None, initial=initial)
    if given and form.is_valid():
        return form, Period(form.cleaned_data["du"], form.cleaned_data["au"])
    return form, default


@require_safe
@page(SEE)
def statement(request: HttpRequest, pk: int, party: str) -> HttpResponse:
    """Show the lines of a period by pages, each explained, with the balance after it."""
    organisation, which = _asked(request, pk, party)
    form, period = _period(request)
    on, number = legal_day(timezone.now()), max(1, whole(request.GET.get("page", "")) or 1)
    first = min((number - 1) * LINES, 10**9)
    found = statement_of(which, pk, period, on=on, first=first, count=LINES)
    shown = Paginator(range(found.count), LINES).get_page(number)
    if shown.number != number:  # past the last page: the last one
        first = (shown.number - 1) * LINES
        found = statement_of(which, pk, period, on=on, first=first, count=LINES)
    opens = _opens(request, pk)
    context: dict[str, Any] = {
        "organisation": organisation,
        "party": which,
        "slug": party,
        "statement": found,
        "title": say.title(found),
        "what": say.party_words(which),
        "columns": say.columns(which),
        "lines": statement_telling.tell_all(found, opens),
        "may_open": opens.acts,
        "totals": [(say.kind_words(which, one.kind), one) for one in found.totals],
        "shown": shown,
        "form": form,
        "years": [on.year, on.year - 1],
        "query": f"du={period.first_on.isoformat()}&au={period.last_on.isoformat()}",
        "others": [(say.SLUG_OF[one], say.party_words(one)) for one in parties_of(pk) if one != which],
    } | _beside(which, pk, on)  # fmt: skip
    return render(request, "statements/statement.html", context, status=422 if form.errors else 200)


def _opens(request: HttpRequest, organisation_id: int) -> statement_telling.Opens:
    """Say which links this reader may follow: never one that is refused at its end."""
    held = memberships(request.user)
    own = {one.role for one in held if one.organisation_id == organisation_id}
    audits = any(one.role == Role.AUDITOR for one in held)
    return statement_telling.Opens(
        sessions=Role.MANAGER in own,
        payments=Role.MANAGER in own or audits,
        acts=Role.COMMISSIONER in own or audits,
        invoices=bool(own & {Role.MANAGER, Role.COMMISSIONER}) or audits,
    )


def _beside(party: Party, organisation_id: int, on: date) -> dict[str, Any]:
    """What stands beside the lines: a funder's promises, an employer's agreements."""
    if party == Party.FUNDER:
        own = Tranche.objects.filter(funder=organisation_id).order_by("-programme_id", "pk")
        programmes = {
            one.programme_id: one.programme.name for one in own.select_related("programme")
        }
        totals = portfolio.totals_of_programmes(list(programmes))
        mine = [one for one in totals if one.funder_id == organisation_id]
        put = put_on_vouchers([one.tranche_id for one in mine])
        return {
            "promises": [
                (programmes[one.programme_id], one, put.get(one.tranche_id, 0)) for one in mine
            ]
        }
    if party == Party.EMPLOYER:
        return {"accounts": hours_accounts(organisation_id, on=on)}
    return {}


@require_safe
@page(SEE)
def statement_pdf(request: HttpRequest, pk: int, party: str) -> HttpResponse:
    """Print every line of a period."""
    organisation, which = _asked(request, pk, party)
    at, (_form, period) = timezone.now(), _period(request)
    found = statement_of(which, pk, period, on=legal_day(at))
    content = statement_papers.statement_pdf(
        found, name=organisation.name, sender=settings.PAYER_NAME, at=at
    )
    return _file(content, "application/pdf", _file_name(which, period, "pdf"))


@require_safe
@page(SEE)
def statement_csv(request: HttpRequest, pk: int, party: str) -> HttpResponse:
    """Give every line of a period as a table; a cell is never read as a formula."""
    _named, which = _asked(request, pk, party)
    _form, period = _period(request)
    found = statement_of(which, pk, period, on=legal_day(timezone.now()))
    charged, paid, balance = say.columns(which)
    names = [_("Day"), _("What happened"), _("Session or agreement"), charged, paid, balance]
    text = io.StringIO(newline="")
    told = statement_telling.tell_all(found, statement_telling.Opens())
    write_table(text, names, (dict(zip(names, _cells(one), strict=True)) for one in told))
    content = ("\ufeff" + text.getvalue()).encode()
    return _file(content, "text/csv; charset=utf-8", _file_name(which, period, "csv"))


def _cells(told: statement_telling.Told) -> list[str]:
    line = told.line
    return [
        legal_day(line.at).isoformat(), told.sentence, told.detail, _decimal(line.charged_cents),
        _decimal(line.paid_cents), _decimal(line.balance_cents),
    ]  # fmt: skip


def _decimal(cents: int) -> str:
    euros, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{euros}.{rest:02}"


def _file_name(party: Party, period: Period, ending: str) -> str:
    days = f"{period.first_on.isoformat()}-{period.last_on.isoformat()}"
    return f"releve-{say.SLUG_OF[party]}-{days}.{ending}"


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
