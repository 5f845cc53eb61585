"""Paper: booklets and letters of vouchers, receipts and statements as PDF.

A file that holds codes is answered to a POST, never kept by a cache, and written in the audit
trail; the address and the file's name hold no code.
"""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiere.accounts.models import Organisation, Role
from filiere.billing import queries as billing
from filiere.directory.models import Place
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, memberships, require
from filiere.observatory import queries as observatory
from filiere.operations.roles import organisations_of
from filiere.persons import queries as persons
from filiere.settlement.models import PaymentOrder
from filiere.vouchers.models import Booklet, Voucher, VoucherState
from filiere.vouchers.paper import printing
from filiere.web import at_till, papers
from filiere.web.access import page, user_of
from filiere.web.formats import phone_pairs
from filiere.web.numbers import whole
from filiere.web.sheets import words_of
from filiere.web.views.day import own_registration
from filiere.web.views.hand_outs import given_voucher

PRINT_BOOKLET, PRINT_LETTER = "vouchers.print_booklet", "vouchers.print_letter"
BOOKLETS, LETTERS = 25, 10


def _pdf(content: bytes, name: str) -> HttpResponse:
    """Answer a PDF to keep or print; no cache on the way keeps it."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _phone_of(organisation_id: int | None) -> str:
    """The telephone of an organisation's first place that states one; else blank."""
    stated = Place.objects.filter(organisation=organisation_id).exclude(phone="")
    phone = stated.order_by("pk").values_list("phone", flat=True).first()
    return phone_pairs(phone) if phone else ""


@require_safe
@page(PRINT_BOOKLET)
def booklets(request: HttpRequest) -> HttpResponse:
    """List the booklets one keeps, or all for an operator, and the vouchers one handed out.

    ``?lot=`` keeps the booklets of one lot, ``?numero=`` the voucher of that number.
    """
    mine = organisations_of(request.user)
    kept = Booklet.objects.select_related("lot__programme", "custodian").order_by("-lot", "number")
    if Role.OPERATOR not in {membership.role for membership in memberships(request.user)}:
        kept = kept.filter(custodian__in=mine)
    if lot := whole(request.GET.get("lot", "")):
        kept = kept.filter(lot=lot)
    given = (
        Voucher.objects.filter(handed_out_by__in=mine, state=VoucherState.HANDED_OUT)
        .select_related("lot__programme")
        .order_by("-handed_out_at", "-serial")
    )
    asked = "".join(request.GET.get("numero", "").split())
    if asked:
        given = given.filter(serial=whole(asked) or 0)
    shown = Paginator(kept, BOOKLETS).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "given": given[:LETTERS],
        "asked": asked,
        "may_hand_out": allowed(request.user, "vouchers.hand_out"),
    }
    return render(request, "paper/booklets.html", context)


@require_POST
@page(PRINT_BOOKLET)
def booklet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Print one booklet: its custodian's telephone is on it. The printing is audited."""
    found = Booklet.objects.select_related("lot__programme__commissioner").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, PRINT_BOOKLET, found)
    try:
        content = printing.print_booklets(
            lot=found.lot,
            booklets=[found],
            at=timezone.now(),
            actor=user_of(request).actor,
            phone=_phone_of(found.custodian_id),
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
        return redirect("booklets")
    return _pdf(content, f"lot-{found.lot_id}-carnet-{found.number}")


@require_POST
@page(PRINT_LETTER)
def voucher_letter(request: HttpRequest, serial: int) -> HttpResponse:
    """Print the letter that carries one voucher one's organisation handed out."""
    found = given_voucher(request, serial, PRINT_LETTER)
    sender = found.handed_out_by
    if sender is None:  # the query excludes it
        raise NotFound(reference=serial)
    at, actor = timezone.now(), user_of(request).actor
    holder = [found.holder_id] if found.holder_id else []
    try:
        content = printing.print_letter(
            voucher=found,
            name=next(iter(persons.name_of(holder, reader=actor, at=at).values()), ""),
            sender=sender.name,
            at=at,
            actor=actor,
            phone=_phone_of(sender.pk),
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
        return redirect("booklets")
    return _pdf(content, _("letter-%(serial)s") % {"serial": serial})


@require_safe
@page("billing.use_counter")
def session_receipt_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """Print who pays a session, for the person to keep."""
    registration = own_registration(request, ref, "billing.use_counter")
    charge = billing.charge_of(registration.pk)
    if charge is None:
        raise NotFound(reference=ref)
    at, actor = timezone.now(), user_of(request).actor
    names = persons.name_of([registration.person_id], reader=actor, at=at)
    content = papers.session_receipt(
        registration=registration,
        charge=charge,
        lines=observatory.trace_charge(charge.pk),
        name=names.get(registration.person_id, ""),
        what=words_of(registration),
        at=at,
        **at_till.on_paper(charge),
    )
    return _pdf(content, registration.ref)


@require_safe
@page("settlement.see_payables")
def payment_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the statement of one payment: its sessions, and who paid it."""
    order = PaymentOrder.objects.select_related("provider").filter(pk=pk).first()
    if order is None:
        raise NotFound(reference=pk)
    organisation: Organisation = order.provider
    require(request.user, "settlement.see_payables", organisation)
    trace = observatory.trace_payment_order(order.pk)
    content = papers.payment_statement(trace, sender=settings.PAYER_NAME, at=timezone.now())
    return _pdf(content, f"{trace.batch_label}-{order.pk}")
