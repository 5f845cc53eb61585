"""Three pages behind the same middleware: nothing, a redemption, the same one row by row."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from benchmarks.peers import by_rows
from benchmarks.redeem_scene import AT, ON, SERVICE
from filiere.vouchers import services
from filiere.web.access import public


@csrf_exempt
@public
def empty(_request: HttpRequest) -> HttpResponse:
    """Answer nothing."""
    return HttpResponse("ok", content_type="text/plain")


@csrf_exempt
@public
def redeem(request: HttpRequest) -> HttpResponse:
    """Redeem through the service."""
    paid = services.redeem(**_asked(request.POST))
    return HttpResponse(str(paid.taken_cents), content_type="text/plain")


@csrf_exempt
@public
def redeem_by_rows(request: HttpRequest) -> HttpResponse:
    """Redeem row by row."""
    paid = by_rows.redeem(**_asked(request.POST))
    return HttpResponse(str(paid.amount_cents), content_type="text/plain")


def _asked(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": form["code"],
        "reference": form["reference"],
        "provider_id": int(form["provider"]),
        "wanted_cents": 700,
        "service": SERVICE,
        "commune_id": int(form["commune"]),
        "on": ON,
        "at": AT,
        "actor": "bench",
    }


urlpatterns = [
    path("empty", empty, name="empty"),
    path("redeem", redeem, name="redeem"),
    path("redeem-by-rows", redeem_by_rows, name="redeem_by_rows"),
]
