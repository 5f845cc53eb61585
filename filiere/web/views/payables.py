"""What a provider is owed and was paid, and who paid each payment."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.accounts.models import Organisation, Role
from filiere.billing import queries as billing
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.observatory import queries as observatory
from filiere.settlement import queries as settlement
from filiere.settlement.models import PaymentOrder
from filiere.web import money_sentences as say
from filiere.web.access import page
from filiere.web.acting import acting
from filiere.web.numbers import whole

LINES = 50
SEE = "settlement.see_payables"
PROVIDING = (Role.MEDIATOR, Role.MANAGER)


def _own_organisations(request: HttpRequest) -> list[Organisation]:
    """Give the providers one works for, once each, the one acted for first."""
    held = memberships(request.user)
    found = {one.organisation_id: one.organisation for one in held if one.role in PROVIDING}
    here = acting(request)
    first = here.organisation.pk if here else 0
    return sorted(found.values(), key=lambda one: (one.pk != first, one.folded, one.pk))


@require_safe
@page(SEE)
def payables(request: HttpRequest) -> HttpResponse:
    """Show the statement of one's own organisation; an auditor first chooses one."""
    own = _own_organisations(request)
    chosen = request.GET.get("organisation", "")
    pk = whole(chosen) or (own[0].pk if own else None)
    if pk is None:
        return _choose(request)
    organisation = Organisation.objects.filter(pk=pk).first()
    if organisation is None:
        raise NotFound(reference=chosen)
    require(request.user, SEE, organisation)
    statement = observatory.provider_statement(organisation.pk)
    context = {
        "organisation": organisation,
        "others": [one for one in own if one.pk != organisation.pk],
        "statement": statement,
        "lines": Paginator(statement.payable.lines, LINES).get_page(request.GET.get("page")),
        "awaited": billing.awaited_from_third_parties(organisation.pk),
        "account": settlement.open_account(organisation.pk),
        "notes": settlement.notes_of_provider(organisation.pk)[:LINES],
        "held": settlement.open_hold(organisation.pk),
        "may_change": allowed(request.user, "settlement.change_account", organisation),
        "now": timezone.now(),
        "title": say.payables_title(statement),
    }
    return render(request, "payables/payables.html", context)


@require_safe
@page(SEE)
def payments(request: HttpRequest, pk: int) -> HttpResponse:
    """List every payment of one organisation, the latest first, with who paid each."""
    organisation = Organisation.objects.filter(pk=pk).first()
    if organisation is None:
        raise NotFound(reference=pk)
    require(request.user, SEE, organisation)
    every = settlement.orders_of_provider(organisation.pk)
    shown = Paginator(every, LINES).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "shown": shown,
        "orders": observatory.with_payers(shown.object_list),
        "title": say.payments_title(shown.paginator.count),
    }
    return render(request, "payables/payments.html", context)


def _choose(request: HttpRequest) -> HttpResponse:
    owed = settlement.payables()
    names = Organisation.objects.in_bulk(owed)
    rows = [(names[pk], cents) for pk, cents in owed.items()]
    rows.sort(key=lambda row: (-row[1], row[0].name))
    shown = Paginator(rows, LINES).get_page(request.GET.get("page"))
    return render(request, "payables/choose.html", {"shown": shown, "total": sum(owed.values())})


@require_safe
@page(SEE)
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one payment: who paid it, and which session each line is."""
    order = PaymentOrder.objects.select_related("provider", "batch").filter(pk=pk).first()
    if order is None:
        raise NotFound(reference=pk)
    require(request.user, SEE, order.provider)
    trace = observatory.trace_payment_order(order.pk)
    context = {
        "order": order,
        "trace": trace,
        "lines": Paginator(trace.lines, LINES).get_page(request.GET.get("page")),
        "title": say.payment_title(trace),
    }
    return render(request, "payables/payment.html", context)
