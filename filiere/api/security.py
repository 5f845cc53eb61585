"""Who calls, and whether they may: every operation declares it, by the registry of the pages.

A program shows a token; a browser shows its session, with its CSRF token when it writes.
An operation that declares nothing is refused to everyone (``Undeclared``).
"""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja.utils import check_csrf

from filiere.accounts.models import User
from filiere.accounts.services import user_of_token
from filiere.api.errors import FormTokenMissing, SignInNeeded, TokenWrong
from filiere.kernel.errors import NotAllowed
from filiere.kernel.permissions import require

PUBLIC = "public"
SAFE = ("GET", "HEAD", "OPTIONS")


class SignedIn(HttpRequest):
    """A request whose caller is known: what operations kept for a role receive."""

    user: User


class Access:
    """What an operation declares: ``public``, or an action of the registry."""

    def __init__(self, access: str) -> None:
        self.access = access

    def __call__(self, request: HttpRequest) -> Any:
        """Recognise the caller, then let in or refuse.

        Raises:
            TokenWrong, FormTokenMissing: who calls cannot be trusted.
            SignInNeeded: nobody is signed in.
            NotAllowed: no role of the caller carries the action.
        """
        recognise(request)
        if self.access == PUBLIC:
            return request.user
        if not request.user.is_authenticated:
            raise SignInNeeded
        require(request.user, self.access)
        return request.user


class Public(Access):
    """Open to everyone, signed in or not."""

    def __init__(self) -> None:
        super().__init__(PUBLIC)


class Token(Access):
    """Kept for those who hold an action; the name is the scheme's in the OpenAPI description."""

    openapi_security_schema: ClassVar[dict[str, str]] = {"type": "http", "scheme": "bearer"}


class Undeclared(Access):
    """What an operation without declaration gets: a refusal."""

    def __init__(self) -> None:
        super().__init__("")

    def __call__(self, request: HttpRequest) -> Any:
        """Refuse."""
        raise NotAllowed(action=request.path)


def recognise(request: HttpRequest) -> None:
    """Set ``request.user`` from the token shown, or trust the session if it may write.

    Raises:
        TokenWrong: the token is unknown, revoked, or of a closed account.
        FormTokenMissing: a session tries to write without its CSRF token.
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        user = user_of_token(token=token.strip(), at=timezone.now())
        if scheme.lower() != "bearer" or user is None:
            raise TokenWrong
        request.user = user
    elif request.user.is_authenticated and request.method not in SAFE and check_csrf(request):
        raise FormTokenMissing


public = Public()


def holds(action: str) -> Token:
    """Keep an operation for those who hold an action of the registry."""
    return Token(action)
