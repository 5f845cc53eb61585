"""How near one's organisation is to each threshold of the law, from its real figures."""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from filiere.accounts.models import Organisation
from filiere.kernel.calendar import legal_day
from filiere.kernel.permissions import require
from filiere.kernel.signatures import verified_keys
from filiere.kernel.tables import write_table
from filiere.observatory.compliance import PUBLIC_BODIES, aid_to_declare, compliance_of
from filiere.rules.aid_regimes import register_rows
from filiere.rules.compliance import Figure, Level, Watch
from filiere.web import law_words as say
from filiere.web.access import page
from filiere.web.acting import acting_for
from filiere.web.forms.law import ElsewhereForm

SEE = "observatory.see_compliance"
FIGURE_WORDS: dict[str, tuple[str | Promise, str]] = {
    Figure.LUCRATIVE_RECEIPTS: (gettext_lazy("Sold this year: threshold of associations"), "franchise"),
    Figure.VAT_SERVICES: (gettext_lazy("Sold this year: threshold of VAT"), "vat_regime"),
    Figure.VAT_SERVICES_BEFORE: (gettext_lazy("Sold last year: threshold of VAT"), "vat_regime"),
    Figure.SUBSIDY_OF_ONE: (
        gettext_lazy("Granted this year by one authority: agreement above"), "subsidies",
    ),
    Figure.SUBSIDIES: (
        gettext_lazy("Subsidies received this year: accounts audited above"), "subsidies",
    ),
    "de_minimis.ceiling_cents": (gettext_lazy("Small public aid over three years"), "de_minimis"),
    "de_minimis_sgei.ceiling_cents": (
        gettext_lazy("Small aid for services of general interest over three years"),
        "de_minimis_sgei",
    ),
}  # fmt: skip
LEVEL_WORDS: dict[Level, tuple[str | Promise, str]] = {
    Level.ABOVE: (gettext_lazy("above"), "error"),
    Level.NEAR: (gettext_lazy("close"), "warning"),
    Level.UNKNOWN: (gettext_lazy("no threshold known"), "neutral"),
    Level.FAR: (gettext_lazy("far"), "ok"),
}
REGISTER_COLUMNS = (
    "beneficiaire", "montant_euros", "accordee_le", "autorite", "instrument", "secteur", "reglement",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One threshold, ready to read."""

    words: str | Promise
    rule: str
    watch: Watch
    level: str | Promise
    tone: str
    source: str
    excess_cents: int


def _line(one: Watch) -> Line:
    words, rule = FIGURE_WORDS[one.key]
    level, tone = LEVEL_WORDS[one.level]
    left = one.left_cents
    return Line(
        words, rule, one, level, tone, say.source_words(one.source),
        -left if left is not None and left < 0 else 0,
    )  # fmt: skip


def _mine(request: HttpRequest) -> Organisation:
    found = acting_for(request)
    require(request.user, SEE, found)
    return found


@require_safe
@page(SEE)
def compliance(request: HttpRequest) -> HttpResponse:
    """Show the figures of the year beside their thresholds, the nearest first."""
    organisation = _mine(request)
    today = legal_day(timezone.now())
    form = ElsewhereForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    found = compliance_of(
        organisation,
        on=today,
        elsewhere_cents=given.get("ailleurs") or 0,
        elsewhere_before_cents=given.get("ailleurs_avant") or 0,
        verified=verified_keys(today),
    )
    lines = [_line(one) for one in found.watched]
    context: dict[str, Any] = {
        "organisation": organisation,
        "is_public": organisation.kind in PUBLIC_BODIES,
        "found": found,
        "lines": lines,
        "above": [one for one in lines if one.watch.level == Level.ABOVE],
        "near": [one for one in lines if one.watch.level == Level.NEAR],
        "form": form,
        "today": today,
        "has_aid": any(one.counted for one in found.headrooms),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "law/compliance.html", context, status=status)


@require_safe
@page(SEE)
def compliance_register(request: HttpRequest) -> HttpResponse:
    """Give the small aid received since the central register exists, as a table."""
    organisation = _mine(request)
    today: date = legal_day(timezone.now())
    rows = register_rows(aid_to_declare(organisation), today)
    text = io.StringIO(newline="")
    write_table(
        text,
        list(REGISTER_COLUMNS),
        (dict(zip(REGISTER_COLUMNS, row, strict=True)) for row in rows),
    )
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = _("small-aid") + f"-{today.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
