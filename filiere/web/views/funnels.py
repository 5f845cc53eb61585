"""What became of the vouchers of a programme, and the lots activated in spite of their reach.

Public when the programme says so; groups of few people are left out then.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import NotFound
from filiere.kernel.permissions import allowed
from filiere.observatory import queries as observatory
from filiere.programmes.models import Programme
from filiere.rules import parameters
from filiere.vouchers import queries as vouchers
from filiere.vouchers.models import Lot
from filiere.web.access import public

SEE, SEE_LOT = "observatory.see_programmes", "vouchers.see_lot"
GROUPINGS = {
    "lot": observatory.UsageBy.LOT,
    "prescripteur": observatory.UsageBy.PRESCRIBER,
    "commune": observatory.UsageBy.COMMUNE,
}
OVERRIDES = 100


@require_safe
@public
def usage(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the five stages of a programme; in private to those who run it, else if published."""
    programme = Programme.objects.select_related("commissioner").filter(pk=pk).first()
    if programme is None:
        raise NotFound(reference=pk)
    inside = request.user.is_authenticated and allowed(request.user, SEE, programme)
    if not inside and not programme.funnel_is_public:
        raise NotFound(reference=pk)
    today = legal_day(timezone.now())
    by = GROUPINGS.get(request.GET.get("par", ""), observatory.UsageBy.COMMUNE)
    found = observatory.usage_of_programme(programme, by=by, public_on=None if inside else today)
    stages = found.stages
    context = {
        "programme": programme,
        "found": found,
        "stages": [
            (_("Ordered"), stages.ordered),
            (_("Activated"), stages.activated),
            (_("Handed out"), stages.handed_out),
            (_("Used"), stages.used),
            (_("Paid to places"), stages.paid),
        ],
        "links": [
            (_("by town"), "?par=commune", by == observatory.UsageBy.COMMUNE),
            (_("by prescriber"), "?par=prescripteur", by == observatory.UsageBy.PRESCRIBER),
            (_("by lot"), "?par=lot", by == observatory.UsageBy.LOT),
        ],
        "threshold": parameters.whole("small_cells.threshold", today),
        "inside": inside,
        "may_open_lots": by == observatory.UsageBy.LOT and _may_open_lots(request, programme),
    }
    return render(request, "lots/usage.html", context)


def _may_open_lots(request: HttpRequest, programme: Programme) -> bool:
    """Whether the reader opens the lots of this programme: all of them, or none."""
    return allowed(request.user, SEE_LOT, Lot(programme=programme))


@require_safe
@public
def overrides(request: HttpRequest) -> HttpResponse:
    """List the lots activated in spite of their reach, and why."""
    rows = list(vouchers.published_overrides()[:OVERRIDES])
    return render(request, "lots/overrides.html", {"rows": rows})
