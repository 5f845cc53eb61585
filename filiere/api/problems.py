"""Every refusal in one shape: a stable code, what happened, what to do."""

import math
from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from filiere.api.errors import AddressUnknown, RequestWrong, SignInNeeded, TooManyRequests
from filiere.kernel.errors import FiliereError

REFUSED = frozenset({401, 403, 404, 409, 422, 429})


class Fault(Schema):
    """One field that is wrong: where it is, and why."""

    field: str
    reason: str


class Problem(Schema):
    """A refusal, in the language of ``Accept-Language``."""

    code: str = Field(description="stable; listed in docs/errors.md")
    what_happened: str
    what_to_do: str
    to_say_aloud: str | None = Field(None, description="at a counter, for the person")
    fields: list[Fault] = []


def answers(schema: Any) -> dict[Any, Any]:
    """Say what an operation answers, refusals included."""
    return {200: schema, REFUSED: Problem}


def problem_of(error: FiliereError, *, fields: list[Fault] | None = None) -> Problem:
    """Put a refusal in words."""
    return Problem(
        code=error.code,
        what_happened=error.sentence,
        what_to_do=error.next_step,
        to_say_aloud=getattr(error, "to_say", None),
        fields=fields or [],
    )


def attach(api: NinjaAPI) -> None:
    """Give the API its handlers of errors."""

    def answer(request: HttpRequest, error: Any, fields: list[Fault] | None = None) -> HttpResponse:
        content = problem_of(error, fields=fields)
        return api.create_response(request, content, status=error.http_status)

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(request, error)

    def wrong_shape(request: HttpRequest, error: Any) -> HttpResponse:
        faults = [
            Fault(field=".".join(map(str, one["loc"][1:])), reason=str(one["msg"]))
            for one in error.errors
        ]
        return answer(request, RequestWrong(), faults)

    def too_many(request: HttpRequest, error: Any) -> HttpResponse:
        down = getattr(request, "throttle_down", None)
        if down is not None:
            return answer(request, down)
        seconds = math.ceil(getattr(request, "seconds_to_wait", 0)) or 1
        response = answer(request, TooManyRequests(seconds=seconds))
        response.headers["Retry-After"] = str(seconds)
        return response

    api.add_exception_handler(FiliereError, refused)
    api.add_exception_handler(ValidationError, wrong_shape)
    api.add_exception_handler(Throttled, too_many)
    api.add_exception_handler(
        AuthenticationError, lambda request, _error: answer(request, SignInNeeded())
    )
    # A value that no column can hold, as a character NUL.
    api.add_exception_handler(DataError, lambda request, _error: answer(request, RequestWrong()))
    api.add_exception_handler(Http404, lambda request, _error: answer(request, AddressUnknown()))
    api.add_exception_handler(HttpError, lambda request, _error: answer(request, RequestWrong()))
