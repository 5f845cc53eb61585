"""What every answer goes through: default deny, content security, worded refusals."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from filiere.kernel.errors import FiliereError
from filiere.web.views.errors import bad_request, refusal

POLICY = "; ".join(  # noqa: FLY002 - one directive a line reads better
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
# Views of installed packages cannot carry our decorator; each is opened here by name, on purpose.
FOREIGN_PUBLIC = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_inactive",
    "set_language",
    "javascript_catalogue",
}
# Open to whoever holds the address, and they name someone.
APPOINTMENTS = {
    "invitation",
    "book",
    "booked",
    "booked_sheet",
    "booked_cancel",
    "api:book",
    "api:cancel_booking",
}
SEEN = "seen_at"
MINUTE = 60
logger = logging.getLogger(__name__)


class ContentSecurityPolicy:
    """Only our own scripts and styles run; nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - Django's protocol
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self)")
        return response


class NoTrace:
    """Pages of someone signed in, and of an appointment, stay in no cache: desks are shared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - Django's protocol
        response = self.get_response(request)
        match = request.resolver_match
        personal = match is not None and match.view_name in APPOINTMENTS
        if personal or request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store, private"
        return response


class IdleSession:
    """Sign out whoever opened no page for a while; the sign-in page says why.

    A program that shows a token has no session. The time is written at most once a minute.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - Django's protocol
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(timezone.now().timestamp())
        seen = int(request.session.get(SEEN, now))
        if now - seen > settings.IDLE_MINUTES * MINUTE:
            logout(request)
            if not request.path.startswith("/api/"):
                return redirect(f"{reverse('account_login')}?{_after_pause(request)}")
        elif SEEN not in request.session or now - seen >= MINUTE:
            request.session[SEEN] = now
        return self.get_response(request)


def _after_pause(request: HttpRequest) -> str:
    """Say why one signs in again, and where to go on; what was sent is not sent again."""
    back = {"next": request.get_full_path()} if request.method == "GET" else {}
    return urlencode({"pause": "1"} | back)


class DefaultDeny:
    """Refuse any view that does not say who may see it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - Django's protocol
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Look at what the view declares before it runs."""
        match = request.resolver_match
        if match is None or getattr(view, "access", None):
            return
        # The API checks each operation itself (filiere.api.security), by the same registry.
        if "api" in match.namespaces or match.view_name in FOREIGN_PUBLIC:
            return
        raise PermissionDenied(f"{match.view_name} does not say who may see it")


class DomainErrors:
    """Show a refusal nobody caught as a page: what happened, why, what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:  # noqa: D102 - Django's protocol
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Only our own refusals, and values no column can hold; anything else stays a fault."""
        if isinstance(error, DataError):
            logger.warning("%s refused: %s", request.path, type(error).__name__)
            return bad_request(request, error)
        if not isinstance(error, FiliereError):
            return None
        return refusal(request, error)
