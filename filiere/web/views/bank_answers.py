"""What the bank answers: files of answers, and lines of the account that explain nothing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.programmes.models import BankLine
from filiere.settlement import queries, services
from filiere.settlement.models import BankAnswer, PaymentOrder
from filiere.settlement.reasons import words_of
from filiere.web.access import page, user_of
from filiere.web.forms.payouts import AnswerForm
from filiere.web.numbers import whole

PREPARE, SEE = "settlement.prepare_batch", "settlement.see_batches"
LINES = 100


@require_http_methods(["GET", "HEAD", "POST"])
@page(PREPARE)
def batch_answer_new(request: HttpRequest) -> HttpResponse:
    """Read a bank's answer, then show what it changed."""
    form = AnswerForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = services.import_status(
                content=form.cleaned_data["file"].read(),
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("batch_answer", pk=made.pk)
    status = 422 if form.errors else 200
    return render(request, "batches/answer_new.html", {"form": form}, status=status)


@require_safe
@page(SEE)
def batch_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what one answer said of each transfer, and what it changed."""
    answer = BankAnswer.objects.select_related("batch").filter(pk=pk).first()
    if answer is None:
        raise NotFound(reference=pk)
    lines = Paginator(queries.lines_of_answer(answer), LINES).get_page(request.GET.get("page"))
    context = {
        "answer": answer,
        "lines": lines,
        "rows": [(one, words_of(one.code, one.text) if one.code else "") for one in lines],
        "refused": answer.lines.filter(outcome="rejected").count(),
    }
    return render(request, "batches/answer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def batch_lines(request: HttpRequest) -> HttpResponse:
    """List the lines of the account no payment explains; a person may name the payment."""
    refusal, status = None, 200
    if request.method == "POST":
        require(request.user, PREPARE)
        line = BankLine.objects.filter(pk=whole(request.POST.get("line", "")) or 0).first()
        order = PaymentOrder.objects.filter(pk=whole(request.POST.get("order", "")) or 0).first()
        if line is None or order is None:
            raise NotFound(reference=request.POST.get("line", ""))
        try:
            services.match_line(
                line_id=line.pk,
                order_id=order.pk,
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as error:
            refusal, status = error, error.http_status
        else:
            messages.success(request, _("It is noted: this line is this payment."))
            return redirect("batch_lines")
    context = {
        "lines": queries.unmatched_lines(latest=LINES),
        "refusal": refusal,
        "may_match": allowed(request.user, PREPARE),
    }
    return render(request, "batches/lines.html", context, status=status)
