"""One way to do what cannot be undone: a page says the consequence, then the act is done."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from filiere.kernel.errors import FiliereError

Done = TypeVar("Done")


def ask_then_act(
    request: HttpRequest,
    words: Mapping[str, object],
    act: Callable[[], Done],
    *,
    done: str | Callable[[Done], str],
    then: Callable[[Done], str] | None = None,
    template: str = "step.html",
) -> HttpResponse:
    """Ask, then act; a refusal is shown on the same page, nothing is lost.

    Args:
        words: what the page says: ``title``, ``consequence``, ``label`` of the button, ``danger``,
            and ``back_url``, where one goes back to, and on to unless ``then`` is given.
        act: called once the person has confirmed.
        done: what is said when it is done, or what says it of what ``act`` gave.
        then: gives the address to go on to, from what ``act`` gave.
    """
    context, status = dict(words), 200
    if request.method == "POST":
        try:
            made = act()
        except FiliereError as refusal:
            context["refusal"], status = refusal, refusal.http_status
        else:
            messages.success(request, done if isinstance(done, str) else done(made))
            return redirect(then(made) if then else str(words["back_url"]))
    return render(request, template, context, status=status)
