"""Open accounts: what everyone may read of every programme, small groups merged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.observatory import portfolio
from filiere.observatory import queries as observatory
from filiere.programmes.models import Tranche
from filiere.rules import parameters
from filiere.web import money_sentences as say
from filiere.web.access import public


@require_safe
@public
def open_accounts(request: HttpRequest) -> HttpResponse:
    """Show each programme from the promise to the payment, and towns where it was used."""
    today = legal_day(timezone.now())
    accounts = portfolio.open_accounts(on=today)
    tranches = Tranche.objects.order_by("pk").values_list("pk", flat=True)
    rows = observatory.rows_of_tranches(list(tranches), by=observatory.By.COMMUNE, public_on=today)
    context = {
        "title": say.accounts_title(accounts),
        "accounts": accounts,
        "rows": rows,
        "day": today,
        "threshold": parameters.whole("small_cells.threshold", today),
    }
    return render(request, "open_accounts/open_accounts.html", context)
