"""The front page: the need first, the professions below."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from filiere.rules.needs import all_needs
from filiere.web.access import public
from filiere.web.answers import Answers

SHOWN = ("procedure", "breakdown", "learn", "unsure")
LEADS_TO = {"unsure": "diagnosis"}


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """Ask what the person wants to do; four needs are one press away."""
    language = get_language() or "fr"
    needs = [
        {
            "icon": one.icon,
            "label": one.label(language),
            "url": Answers(need=one).url(LEADS_TO.get(one.key, "finder_commune")),
        }
        for one in all_needs()
        if one.key in SHOWN
    ]
    return render(request, "home/home.html", {"needs": needs})
