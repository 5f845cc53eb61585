"""The list of operations, for people: plain HTML, made from the OpenAPI description."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja.operation import Operation

from filiere.api.errors import AddressUnknown
from filiere.api.interface import api
from filiere.api.problems import problem_of
from filiere.api.security import PUBLIC, Access


@dataclass(frozen=True, slots=True)
class Listed:
    """One operation: how it is called, what it does, who may call it."""

    area: str
    method: str
    address: str
    name: str
    summary: str
    access: str
    keyed: bool


def access_of(operation: Operation) -> str:
    """Give what an operation declares: ``public``, an action, or blank when it says nothing."""
    declared = [one for one in operation.auth_callbacks if isinstance(one, Access)]
    return declared[0].access if len(declared) == len(operation.auth_callbacks) == 1 else ""


def operations() -> Iterator[Listed]:
    """Give every operation of the API, in the order of its areas."""
    for prefix, router in api._routers:
        for address, view in router.path_operations.items():
            for operation in view.operations:
                yield Listed(
                    area=(operation.tags or router.tags or [""])[0],
                    method=operation.methods[0],
                    address="/api/v1" + re.sub(r"{\w+:", "{", prefix + address),
                    name=operation.operation_id or "",
                    summary=(operation.description or operation.summary or "").split("\n")[0],
                    access=access_of(operation),
                    keyed=bool(operation.openapi_extra),
                )


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """List the operations, area by area."""
    areas: dict[str, list[Listed]] = {}
    for one in operations():
        areas.setdefault(one.area, []).append(one)
    context = {"areas": list(areas.items()), "public": PUBLIC, "title": _("The API")}
    return render(request, "api/reference.html", context)


reference.access = PUBLIC  # type: ignore[attr-defined]


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> JsonResponse:
    """Answer an address nobody knows in the shape of every refusal."""
    refusal = AddressUnknown()
    return JsonResponse(problem_of(refusal).model_dump(), status=refusal.http_status)


unknown.access = PUBLIC  # type: ignore[attr-defined]
