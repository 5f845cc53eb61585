"""The ring-fenced account: is there enough, its statements, the receipts they confirm."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts.models import Role
from filiere.billing.queries.ring_fence import ring_fence_cover
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, memberships
from filiere.programmes import queries, services
from filiere.programmes.models import (
    BankLine,
    BankStatement,
    Commission,
    FunderReturn,
    Programme,
    ProgrammeState,
    Receipt,
    Tranche,
)
from filiere.web import programme_words as words
from filiere.web.access import page, user_of
from filiere.web.formats import euros
from filiere.web.forms.bank import (
    AccountForm,
    BounceForm,
    ReceiptForm,
    ReturnForm,
    StatementForm,
)

SEE, READ = "programmes.see_ring_fence", "programmes.see_statements"
IMPORT, CONFIRM = "programmes.import_statement", "programmes.confirm_receipt"
# What each row of the ring-fenced account is made of: the first page whose right the reader holds.
DOORS = {
    "tranches": ((READ, "receipts"), ("observatory.see_programmes", "programmes")),
    "pockets": (("vouchers.see_lot", "lots"),),
    "payables": (("settlement.see_payables", "payables"), ("settlement.see_batches", "batches")),
    "transit": (("settlement.see_batches", "batches"),),
    "returns": ((READ, "bank_statements"),),
}
ROWS = 50
METHODS = ["GET", "HEAD", "POST"]


def _act(request: HttpRequest) -> dict[str, Any]:
    return {"actor": user_of(request).actor, "at": timezone.now()}


def _status(form: Any) -> int:
    return 422 if form.errors else 200


@require_safe
@page(SEE)
def ring_fence(request: HttpRequest) -> HttpResponse:
    """Tell whether the ring-fenced account holds what is owed."""
    now = timezone.now()
    cover = ring_fence_cover(at=now)
    context = {
        "cover": cover,
        "now": now,
        "title": words.ring_fence_title(cover),
        "tone": words.VERDICT_TONES[cover.verdict],
        "why": words.ring_fence_why(cover),
        "rows": [(_door(request, kind), *row) for kind, *row in words.ring_fence_rows(cover)],
        "accounts": list(queries.ring_fence_accounts()),
        "bounces": list(queries.unresolved_bounces()),
        "may_read": allowed(request.user, READ),
        "to_return": _to_return() if allowed(request.user, CONFIRM) else [],
    }
    return render(request, "bank/ring_fence.html", context)


def _door(request: HttpRequest, kind: str) -> str:
    """Address of what a row is made of; blank when the reader may open none."""
    doors = DOORS.get(kind, ())
    names = (name for action, name in doors if allowed(request.user, action))
    name = next(names, "")
    return reverse(name) if name else ""


def _to_return() -> list[tuple[Tranche, int]]:
    """Money still free in programmes that are closed: only its funder may have it back, in cents."""
    closed = (
        Tranche.objects.filter(programme__state=ProgrammeState.CLOSED)
        .select_related("funder", "programme")
        .order_by("programme__ends_on", "pk")
    )
    free = queries.available_by_tranche([one.pk for one in closed])
    return [(one, free[one.pk]) for one in closed if free[one.pk]]


@require_http_methods(METHODS)
@page(READ)
def statements(request: HttpRequest) -> HttpResponse:
    """List the statements of the bank, and import one."""
    may_import = allowed(request.user, IMPORT)
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and may_import and form.is_valid():
        try:
            made = services.import_statement(content=form.content(), **_act(request))
        except FiliereError as refusal:
            form.add_error("text" if not form.cleaned_data["file"] else "file", str(refusal))
        else:
            messages.success(request, words.imported(made))
            return redirect("bank_statement", pk=made.pk)
    found = BankStatement.objects.select_related("ring_fence").order_by("-dated_on", "-pk")
    context = {
        "form": form,
        "may_import": may_import,
        "accounts": list(queries.ring_fence_accounts()),
        "shown": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "title": words.statements_title(found.first()),
    }
    return render(request, "bank/statements.html", context, status=_status(form))


@require_http_methods(METHODS)
@page(IMPORT)
def account_new(request: HttpRequest) -> HttpResponse:
    """Declare the dedicated account of one's organisation."""
    mine = [one for one in memberships(request.user) if one.role == Role.OPERATOR]
    form = AccountForm(request.POST or None)
    if form.is_valid():
        try:
            services.declare_ring_fence(
                operator_id=mine[0].organisation_id, **form.cleaned_data, **_act(request)
            )
        except FiliereError as refusal:
            form.add_error("iban", str(refusal))
        else:
            messages.success(request, _("The account is declared. Import its statements."))
            return redirect("bank_statements")
    return render(request, "bank/account.html", {"form": form}, status=_status(form))


@require_safe
@page(READ)
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one statement, line by line, and what each line confirms."""
    found = BankStatement.objects.select_related("ring_fence").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    lines = (
        BankLine.objects.filter(statement=found)
        .select_related("use", "receipt__tranche__funder", "bounce", "funder_return", "commission")
        .order_by("booked_on", "pk")
    )
    shown = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    context = {
        "statement": found,
        "title": words.statement_title(found),
        "shown": shown,
        "rows": [(one, words.line_words(one)) for one in shown],
        "may_confirm": allowed(request.user, CONFIRM),
    }
    return render(request, "bank/statement.html", context)


def _line(pk: int) -> BankLine:
    found = BankLine.objects.select_related("statement", "receipt").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    return found


def _promises() -> dict[str, Tranche]:
    """Promises of programmes not closed, by key; the latest programme first."""
    open_ones = Programme.objects.exclude(state=ProgrammeState.CLOSED)
    found = Tranche.objects.filter(programme__in=open_ones).select_related("funder", "programme")
    return {str(one.pk): one for one in found.order_by("-programme__starts_on", "pk")}


@require_http_methods(METHODS)
@page(CONFIRM)
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what one line of the statement is: the payment of a promise, or money gone back."""
    found = _line(pk)
    if found.amount_cents > 0:
        return _confirm(request, found)
    return _debit(request, found)


def _confirm(request: HttpRequest, found: BankLine) -> HttpResponse:
    promises = _promises()
    money = {one.tranche_id: one for one in queries.money_of(list(promises.values()))}
    choices = []
    for key, one in promises.items():
        awaited = max(0, one.cap_cents - money[one.pk].received_cents)
        label = _("%(funder)s, %(programme)s (%(amount)s awaited)") % {
            "funder": one.funder.name,
            "programme": one.programme.name,
            "amount": euros(awaited),
        }
        choices.append((awaited != found.amount_cents, awaited == 0, key, label))
    rows = [(key, label) for _other, _done, key, label in sorted(choices, key=lambda c: c[:2])]
    form = ReceiptForm(request.POST or None, tranches=rows)
    if form.is_valid():
        tranche = promises[form.cleaned_data["tranche"]]
        try:
            services.confirm_line(tranche=tranche, bank_line=found, **_act(request))
        except FiliereError as refusal:
            form.add_error("tranche", str(refusal))
        else:
            messages.success(
                request,
                _("%(amount)s of %(funder)s are there: they can pay vouchers.")
                % {"amount": euros(found.amount_cents), "funder": tranche.funder.name},
            )
            return redirect("bank_statement", pk=found.statement_id)
    context = {"line": found, "form": form, "used_for": words.line_words(found)}
    return render(request, "bank/confirm.html", context, status=_status(form))


def _debit(request: HttpRequest, found: BankLine) -> HttpResponse:
    """A debit takes a receipt back, or pays a return or a commission: choose which, of the same amount."""
    receipts = list(queries.receipts().filter(amount_cents=-found.amount_cents, bounce=None))
    returns = list(
        FunderReturn.objects.filter(amount_cents=-found.amount_cents, bank_line=None)
        .select_related("tranche__funder")
        .order_by("pk")
    )
    commissions = Commission.objects.filter(amount_cents=-found.amount_cents, bank_line=None)
    choices = [(f"r{one.pk}", words.receipt_words(one)) for one in receipts]
    choices += [(f"c{one.pk}", words.commission_words(one)) for one in commissions.order_by("pk")]
    choices += [(f"b{one.pk}", words.return_words(one)) for one in returns]
    form = ReceiptForm(request.POST or None, tranches=choices)
    form.fields["tranche"].label = _("What is this money?")
    if form.is_valid():
        kind, key = form.cleaned_data["tranche"][0], int(form.cleaned_data["tranche"][1:])
        try:
            _use_debit(request, found, kind, key)
        except FiliereError as refusal:
            form.add_error("tranche", str(refusal))
        else:
            messages.success(request, _("It is noted."))
            return redirect("bank_statement", pk=found.statement_id)
    context = {"line": found, "form": form, "has_choices": bool(choices)}
    return render(request, "bank/debit.html", context, status=_status(form))


def _use_debit(request: HttpRequest, found: BankLine, kind: str, key: int) -> None:
    if kind == "c":
        services.confirm_commission(
            commission=Commission.objects.get(pk=key), bank_line=found, **_act(request)
        )
        return
    if kind == "b":
        services.confirm_return(
            funder_return=FunderReturn.objects.get(pk=key), bank_line=found, **_act(request)
        )
        return
    services.undo_receipt(
        receipt=Receipt.objects.get(pk=key),
        bounced_on=found.booked_on,
        reason=found.label[:200],
        bank_line=found,
        **_act(request),
    )


@require_safe
@page(READ)
def receipts(request: HttpRequest) -> HttpResponse:
    """List what funders paid, and what the bank took back."""
    found = queries.receipts()
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "rows": [(one, getattr(one, "bounce", None)) for one in shown],
        "title": words.receipts_title(found),
        "waiting": queries.lines_without_use().filter(amount_cents__gt=0).count(),
        "may_confirm": allowed(request.user, CONFIRM),
    }
    return render(request, "bank/receipts.html", context)


@require_http_methods(METHODS)
@page(CONFIRM)
def receipt_bounced(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the bank took a payment back, before its statement shows it."""
    found = queries.receipts().filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    form = BounceForm(request.POST or None, initial={"bounced_on": legal_day(timezone.now())})
    if form.is_valid():
        noted = services.undo_receipt(receipt=found, **form.cleaned_data, **_act(request))
        if noted.undone_at:
            messages.success(request, _("It is noted: this money no longer counts."))
        else:
            messages.warning(
                request,
                _("It is noted. This money is already in vouchers: it is counted as missing."),
            )
        return redirect("receipts")
    context = {"receipt": found, "form": form}
    return render(request, "bank/bounce.html", context, status=_status(form))


@require_http_methods(METHODS)
@page(CONFIRM)
def tranche_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the free money of a promise aside for its funder."""
    found = Tranche.objects.select_related("funder", "programme").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    free = queries.available_cents(found)
    form = ReturnForm(request.POST or None)
    if free and form.is_valid():
        try:
            services.return_to_funder(
                tranche=found,
                amount_cents=free,
                cause=form.cleaned_data["cause"],
                **_act(request),
            )
        except FiliereError as refusal:
            form.add_error("cause", str(refusal))
        else:
            messages.success(request, _("It is set aside. Pay it from the bank."))
            return redirect(reverse("ring_fence"))
    context = {"tranche": found, "free_cents": free, "form": form}
    return render(request, "bank/return.html", context, status=_status(form))
