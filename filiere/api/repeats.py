"""The header ``Idempotency-Key``: the same request sent again does nothing more."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema

from filiere.kernel.keyed import once

Operation = TypeVar("Operation", bound=Callable[..., Any])

KEYED: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "minLength": 16, "maxLength": 100},
            "description": "a random key; the same request with the same key is done once",
        }
    ]
}


def repeatable(operation: Operation) -> Operation:
    """Answer a repeated request, named by its key, with its first answer."""

    @wraps(operation)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return operation(request, *args, **kwargs)

        def act() -> dict[str, Any]:
            made: Schema = operation(request, *args, **kwargs)
            return made.model_dump(mode="json")

        return once(
            actor=getattr(request.user, "actor", "public"),
            key=key,
            operation=f"{request.method} {request.path}"[:80],
            request=request.body,
            at=timezone.now(),
            act=act,
        )

    return cast("Operation", guarded)
