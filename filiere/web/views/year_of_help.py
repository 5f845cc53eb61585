"""A person's year of help: all of it for the person alone, its own part for a place."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.agenda import queries as agenda
from filiere.agenda.models import Registration
from filiere.kernel import services as kernel
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed
from filiere.observatory.statements import (
    OF_SESSIONS,
    Line,
    LineKind,
    Statement,
    what_is_left,
    years_of_help,
)
from filiere.observatory.statements import (
    year_of_help as read_year,
)
from filiere.persons import queries as persons
from filiere.web import bookings, statement_papers
from filiere.web import statement_words as say
from filiere.web.access import page, public, user_of
from filiere.web.formats import day_words
from filiere.web.numbers import whole
from filiere.web.views.day import own_registration
from filiere.web.views.personal_file import EXPORT

SEE = "observatory.see_year_of_help"


def _signed(ref: str, token: str) -> Registration:
    found = agenda.registration_by_ref(ref)
    if (
        found is None
        or not bookings.booked_alone(found)
        or not constant_time_compare(token, bookings.year_token(found.ref))
    ):
        raise NotFound(reference=ref)
    return found


@require_safe
@public
def my_year(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """Show the person what a year of help cost, and who paid it; nobody else has the address."""
    registration = _signed(ref, token)
    context = _context(request, registration, None)
    context |= {
        "yours": True,
        "pdf_url": _of_year("my_year_pdf", context, registration.ref, token),
        "back_url": "",
    }
    return _private(render(request, "statements/year.html", context))


@require_safe
@public
def my_year_pdf(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """Print the same."""
    registration = _signed(ref, token)
    return _pdf(_context(request, registration, None), name="", sender="", yours=True)


@require_safe
@page(SEE)
def year_of_help(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what the sessions given here cost the person; the reading is written in the audit."""
    registration = own_registration(request, ref, SEE)
    context = _context(request, registration, registration.slot.offer.place.organisation_id)
    _audit(request, registration)
    context |= {
        "yours": False,
        "pdf_url": _of_year("year_of_help_pdf", context, registration.ref),
        "back_url": reverse("session_receipt", args=[registration.ref]),
        "file_url": reverse("personal_file", args=[registration.ref])
        if allowed(request.user, EXPORT, registration)
        else "",
    }
    return _private(render(request, "statements/year.html", context))


@require_safe
@page(SEE)
def year_of_help_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """Print the same for the person to keep, with its name when it is kept."""
    registration = own_registration(request, ref, SEE)
    organisation = registration.slot.offer.place.organisation
    context = _context(request, registration, organisation.pk)
    _audit(request, registration)
    names = persons.name_of(
        [registration.person_id], reader=user_of(request).actor, at=timezone.now()
    )
    name = names.get(registration.person_id, "")
    return _pdf(context, name=name, sender=organisation.name, yours=False)


def _of_year(name: str, context: dict[str, Any], *args: str) -> str:
    return f"{reverse(name, args=args)}?annee={context['year']}"


def _audit(request: HttpRequest, registration: Registration) -> None:
    kernel.record(
        actor=user_of(request).actor,
        action="observatory.year_of_help_read",
        subject=f"person:{registration.person_id}",
        at=timezone.now(),
    )


def _context(
    request: HttpRequest, registration: Registration, provider_id: int | None
) -> dict[str, Any]:
    """Read the year asked for: that of the address, else the latest one, else this one."""
    today, person = legal_day(timezone.now()), registration.person_id
    years = years_of_help(person, provider_id=provider_id) or [today.year]
    asked = whole(request.GET.get("annee", ""))
    year = asked if asked in years else years[0]
    statement = read_year(person, year=year, provider_id=provider_id)
    left = what_is_left(person, on=today, provider_id=provider_id)
    price = _price(statement)
    paid = _paid_of_sessions(statement)
    paid_by = _("Paid by you") if provider_id is None else _("Paid by the person")
    return {
        "statement": statement,
        "left": left,
        "year": year,
        "years": years,
        "rows": [_row(line, paid_by) for line in statement.lines if line.kind in OF_SESSIONS],
        "sums": [
            (_("Price of the sessions"), price),
            (_("Paid by others"), paid - price),
        ],
        "sum_total": (paid_by, paid),
        "invoices": say.invoice_rows(statement),
        "invoices_total": say.invoice_total(statement),
        "vouchers": [
            say.voucher_left(one.serial, one.remaining_cents, one.use_until)
            for one in left.vouchers
        ],
        "packages": [say.package_left(one) for one in left.packages],
        "titles": (say.year_title(statement, yours=True), say.year_title(statement, yours=False)),
    }


BACK = (LineKind.REFUND, LineKind.PACKAGE_BACK)


def _price(statement: Statement) -> int:
    """Add up the prices of the sessions settled, less those refunded in the year."""
    return sum(
        -line.about.amount_cents if line.kind in BACK else line.about.amount_cents
        for line in statement.lines
        if line.about.state in ("split", "refunded")
    )


def _paid_of_sessions(statement: Statement) -> int:
    """Add up what the person paid of its sessions, less those refunded in the year."""
    return sum(one.paid_cents for one in statement.totals if one.kind in OF_SESSIONS)


def _row(line: Line, paid_by: str) -> dict[str, Any]:
    """Put a session, or its refund, as a receipt: the price, who paid, what the person paid."""
    about, waits = line.about, ""
    lines = [(_("Price of the session"), about.amount_cents)]
    lines += [(name, -cents) for name, cents in about.parts]
    refund = ""
    package = say.package_words(line)
    if package:
        lines = []
    elif line.kind == LineKind.REFUND:
        refund = _("Refunded: %(reason)s") % {"reason": about.reason}
        lines = []
    elif about.state in ("open", "unstated"):
        waits = say.price_words(about)
    return {
        "day": day_words(line.at, year=True),
        "session": package or say.session_words(about, day=not _same_day(line), ref=False),
        "ref": about.session_ref,
        "refund": refund,
        "waits": waits,
        "lines": lines,
        "total": (paid_by, line.paid_cents),
    }


def _same_day(line: Line) -> bool:
    """Tell whether the heading of a line already bears the day of its session."""
    at = line.about.session_at
    return at is not None and legal_day(at) == legal_day(line.at)


def _pdf(context: dict[str, Any], *, name: str, sender: str, yours: bool) -> HttpResponse:
    content = statement_papers.year_pdf(
        context["statement"], context["left"], name=name, sender=sender, yours=yours,
        at=timezone.now(),
    )  # fmt: skip
    answer = HttpResponse(content, content_type="application/pdf")
    file_name = _("year-of-help-%(year)s") % {"year": context["year"]}
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}.pdf"'
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep an answer out of every cache, and its address out of every other site."""
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
