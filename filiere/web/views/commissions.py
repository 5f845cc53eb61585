"""What the operator earned on one programme, and taking it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.programmes.models import Commission, Programme
from filiere.settlement import commissions
from filiere.web import programme_words as words
from filiere.web.access import page, user_of
from filiere.web.formats import euros

SEE, TAKE = "settlement.see_commission", "settlement.take_commission"
SEE_PROGRAMMES = "observatory.see_programmes"
ROWS = 50


def _programme(request: HttpRequest, pk: int) -> Programme:
    programme = Programme.objects.select_related("commissioner").filter(pk=pk).first()
    if programme is None:
        raise NotFound(reference=pk)
    require(request.user, SEE, programme)
    return programme


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def commission(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what was earned and taken; the operator takes what is due."""
    programme = _programme(request, pk)
    if request.method == "POST":
        require(request.user, TAKE, programme)
        try:
            taken = commissions.take_commission(
                programme=programme, at=timezone.now(), actor=user_of(request).actor
            )
        except FiliereError as refusal:
            messages.error(request, str(refusal))
        else:
            amount = euros(sum(one.amount_cents for one in taken))
            done = _("%(amount)s are set aside for the operator, until the bank has paid them.")
            messages.success(request, done % {"amount": amount})
        return redirect("commission", pk=pk)
    account = commissions.commission_of(programme)
    every = (
        Commission.objects.filter(tranche__programme=programme)
        .select_related("tranche__funder", "bank_line")
        .order_by("-taken_at", "-pk")
    )
    context = {
        "programme": programme,
        "account": account,
        "title": words.commission_title(account),
        "terms": words.commission_terms(programme),
        "shown": Paginator(every, ROWS).get_page(request.GET.get("page")),
        "may_take": allowed(request.user, TAKE, programme) and account.possible_cents,
    }
    return render(request, "programmes/commission.html", context)


@require_safe
@page(SEE)
def commission_uses(request: HttpRequest, pk: int) -> HttpResponse:
    """List the uses a commission is counted on; they add up to what places were paid."""
    programme = _programme(request, pk)
    account = commissions.commission_of(programme)
    context = {
        "programme": programme,
        "account": account,
        "title": words.commission_uses_title(account),
        "shown": Paginator(commissions.settled_uses(programme), ROWS).get_page(
            request.GET.get("page")
        ),
        "may_open": allowed(request.user, SEE_PROGRAMMES, programme),
    }
    return render(request, "programmes/commission_uses.html", context)
