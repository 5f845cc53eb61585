"""Tokens of programs that act for oneself: made once, shown once, revoked at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiere.accounts import queries as accounts
from filiere.accounts import services
from filiere.kernel.errors import FiliereError, NotFound
from filiere.web.access import page, user_of
from filiere.web.forms.organisation import TokenForm

USE = "accounts.use_tokens"


@require_http_methods(["GET", "HEAD", "POST"])
@page(USE)
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; make one more, whose text is on this answer and nowhere else."""
    user, made, status = user_of(request), "", 200
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.issue_token(
                email=user.email, name=form.cleaned_data["name"], at=timezone.now(),
                actor=user.actor,
            )  # fmt: skip
        except FiliereError as refusal:
            form.add_error("name", refusal.sentence)
        else:
            form = TokenForm()
    if form.errors:
        status = 422
    context = {"form": form, "made": made, "live": accounts.live_tokens(user.pk)}
    return render(request, "organisation/tokens.html", context, status=status)


@require_POST
@page(USE)
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the API to one program."""
    user = user_of(request)
    token = accounts.live_tokens(user.pk).filter(pk=pk).first()
    if token is None:
        raise NotFound(reference=pk)
    services.revoke_token(email=user.email, name=token.name, at=timezone.now(), actor=user.actor)
    messages.success(request, _("The token is revoked: this program no longer gets in."))
    return redirect("tokens")
