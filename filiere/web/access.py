"""How a view says who may see it. A view that says nothing is refused to everyone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from filiere.accounts.models import User
from filiere.kernel.permissions import require

View = Callable[..., HttpResponse]
PUBLIC = "public"


def public(view: View) -> View:
    """Open a page to everyone, signed in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def page(action: str) -> Callable[[View], View]:
    """Keep a page for those who hold ``action``; others sign in first, or read why not.

    The check here is on the role. A view that shows one object also calls
    ``permissions.require(request.user, action, object)``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request.user, action)
            return view(request, *args, **kwargs)

        guarded.access = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def user_of(request: HttpRequest) -> User:
    """Give who is signed in, on a page that ``page`` keeps from everyone else."""
    return cast("User", request.user)
