"""Lots in people's hands: entrust booklets, call vouchers back, let them pay again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from filiere.kernel.errors import FiliereError, NotFound
from filiere.vouchers import queries, services
from filiere.vouchers.models import Booklet, Lot, RecallScope
from filiere.web.access import page
from filiere.web.formats import number
from filiere.web.forms.lots import EntrustForm, RecallForm
from filiere.web.views.lots import METHODS, RUN, act, found_lot


@require_http_methods(METHODS)
@page(RUN)
def entrust(request: HttpRequest, pk: int) -> HttpResponse:
    """Entrust booklets to an organisation that sends people."""
    found = found_lot(request, pk, RUN)
    _booklets, first, last = queries.booklets_to_entrust(found)
    form = EntrustForm(
        request.POST or None, initial={"serial_from": first or None, "serial_to": last or None}
    )
    if form.is_valid():
        keeper = form.cleaned_data["organisation"]
        try:
            moved = services.entrust(
                lot=found,
                organisation_id=keeper.pk if keeper else None,
                serial_from=form.cleaned_data["serial_from"],
                serial_to=form.cleaned_data["serial_to"],
                **act(request),
            )
        except FiliereError as refusal:
            form.add_error("serial_from", str(refusal))
        else:
            done = ngettext(
                "%(count)s booklet changed hands.", "%(count)s booklets changed hands.", moved
            )
            messages.success(request, done % {"count": number(moved)})
            return redirect("lot", pk=pk)
    context = {"lot": found, "form": form}
    return render(request, "lots/entrust.html", context, status=422 if form.errors else 200)


@require_http_methods(METHODS)
@page(RUN)
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Call back a voucher, a booklet or the lot: counters refuse them from now on."""
    found = found_lot(request, pk, RUN)
    form = RecallForm(request.POST or None, initial={"scope": RecallScope.UNIT.value})
    if form.is_valid():
        scope = RecallScope(form.cleaned_data["scope"])
        try:
            services.recall(
                scope=scope,
                target=_target(found, scope, form.cleaned_data["serial"]),
                reason=form.cleaned_data["reason"],
                **act(request),
            )
        except FiliereError as refusal:
            form.add_error("serial", str(refusal))
        else:
            messages.success(request, _("Called back: counters refuse it from now on."))
            return redirect("lot", pk=pk)
    context = {"lot": found, "form": form}
    return render(request, "lots/recall.html", context, status=422 if form.errors else 200)


def _target(lot: Lot, scope: RecallScope, serial: int | None) -> int:
    """What the scope calls back; 0, which nothing bears, for a number of another lot."""
    if scope == RecallScope.LOT:
        return lot.pk
    booklet = Booklet.objects.filter(
        lot=lot, serial_from__lte=serial or 0, serial_to__gte=serial or 0
    ).first()
    if booklet is None:
        return 0
    return booklet.pk if scope == RecallScope.BOOKLET else serial or 0


@require_POST
@page(RUN)
def lift(request: HttpRequest, pk: int, recall_id: int) -> HttpResponse:
    """Let called-back vouchers pay again."""
    found = found_lot(request, pk, RUN)
    if not queries.recalls_of(found).filter(pk=recall_id).exists():
        raise NotFound(reference=recall_id)
    services.lift_recall(recall_id=recall_id, **act(request))
    messages.success(request, _("They can be used again."))
    return redirect("lot", pk=pk)
