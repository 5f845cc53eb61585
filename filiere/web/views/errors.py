"""Pages for what went wrong: what happened, why, what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from filiere.kernel.errors import FiliereError, NotAllowed
from filiere.kernel.permissions import allowed

MINUTE = 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500. Kept free of the database, which may be what is broken."""
    return HttpResponse(render_to_string("500.html"), status=500)


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form sent without its token, or after the session ended."""
    return render(request, "csrf.html", status=403)


def too_many(request: HttpRequest, error: FiliereError | None = None) -> HttpResponse:
    """Answer 429: our own limits with their error, those of django-allauth without."""
    seconds = error.parameters.get("seconds", MINUTE) if error else MINUTE
    response = render(request, "429.html", {"error": error}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def refusal(request: HttpRequest, error: FiliereError) -> HttpResponse:
    """Answer a refusal nobody caught; some have a page that says more than their sentence."""
    if isinstance(error, NotAllowed) and not allowed(request.user, error.parameters["action"]):
        return forbidden(request, error)
    if error.http_status == 429:
        return too_many(request, error)
    return render(request, "refusal.html", {"error": error}, status=error.http_status)
