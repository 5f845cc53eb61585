"""Every dated figure of the rules with its history, and the signing of those to verify."""

from datetime import date
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel import signatures
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed
from filiere.kernel.signatures import Reading
from filiere.rules import parameter_names, parameters
from filiere.rules.assistants.registry import all_assistants
from filiere.web import law_words as say
from filiere.web.access import page, public, user_of
from filiere.web.forms.law import SignForm, ValuesForm
from filiere.web.law_words import ParameterLine

SIGN = "kernel.sign_rules"


def _titles() -> dict[str, str]:
    here = say.language()
    return {key: one.sheet.title.words(here) for key, one in all_assistants().items()}


def _lines(on: date, found: tuple[Reading, ...], *, doubtful: bool) -> list[ParameterLine]:
    by_key = {one.doubt.sign_key.partition("@")[0]: one for one in found if one.doubt.words is None}
    every = parameters.all_parameters()
    lines = [say.parameter_line(one, on, by_key.get(key)) for key, one in every.items()]
    return [one for one in lines if one.is_to_verify] if doubtful else lines


@require_safe
@public
def rule_values(request: HttpRequest) -> HttpResponse:
    """List every parameter in force on a day, by group, with its history and its sentences."""
    form = ValuesForm(request.GET or None)
    today = legal_day(timezone.now())
    given = form.cleaned_data if form.is_valid() else {}
    on = given.get("le") or today
    doubtful = bool(given.get("a_verifier"))
    found = signatures.readings(on)
    lines = _lines(on, found, doubtful=doubtful)
    lines.sort(key=lambda one: _rank(one.key))
    here = say.language()
    context = {
        "form": form,
        "on": on,
        "is_past": on != today,
        "count": len(lines),
        "doubtful": doubtful,
        "waiting": sum(not one.is_verified for one in found),
        "groups": [
            (group, parameter_names.group_words(group, here), list(rows))
            for group, rows in groupby(lines, key=lambda one: parameter_names.group_of(one.key))
        ],
        "sentences": [
            (one, say.doubt_words(one.doubt, _titles()))
            for one in found
            if one.doubt.words is not None
        ],
        "may_sign": allowed(request.user, SIGN),
        "readers": signatures.READERS,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "law/values.html", context, status=status)


def _rank(key: str) -> int:
    groups = list(parameters.load_yaml("parameter_names.yaml")["groups"])
    group = parameter_names.group_of(key)
    return groups.index(group) if group in groups else len(groups)


def _waiting(key: str, on: date) -> Reading:
    for one in signatures.readings(on):
        if one.doubt.sign_key == key:
            return one
    raise NotFound(reference=key)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SIGN)
def rule_sign(request: HttpRequest, key: str) -> HttpResponse:
    """Read the source of one figure or sentence, and say whether it says the same."""
    now = timezone.now()
    on = legal_day(now)
    waiting = _waiting(key, on)
    shown = signatures.said(waiting.doubt)
    form = SignForm(request.POST or None, initial={"reading": shown})
    refusal: FiliereError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            signatures.sign(
                key=key, on=on, reading=form.cleaned_data["reading"],
                source_read=form.cleaned_data["source_read"],
                is_right=form.cleaned_data["is_right"] == "1",
                actor=user_of(request).actor, at=now,
            )  # fmt: skip
        except FiliereError as error:
            refusal = error
        else:
            messages.success(request, _told(_waiting(key, on)))
            return redirect(reverse("rule_values") + "?a_verifier=on")
    context = {
        "form": form,
        "key": key,
        "words": say.doubt_words(waiting.doubt, _titles()),
        "waiting": waiting,
        "mine": [one for one in waiting.signatures if one.signed_by == user_of(request).actor],
        "left": say.readers_left(waiting),
        "refusal": refusal,
    }
    status = refusal.http_status if refusal else 422 if form.errors else 200
    return render(request, "law/sign.html", context, status=status)


def _told(waiting: Reading) -> str:
    if waiting.is_contested:
        return _("Noted: a source says something else. This rule stays to verify.")
    if waiting.is_verified:
        return _("Noted. Enough people have read the source: this rule is verified.")
    return _("Noted. One more person must read the source before this rule is verified.")
