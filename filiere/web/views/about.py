"""Pages that say how the site behaves: accessibility, personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from filiere.web.access import public


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what works for everyone, what does not yet, and how to tell us."""
    return render(request, "about/accessibility.html")


@public
def your_data(request: HttpRequest) -> HttpResponse:
    """Say what is kept about a person, why, for how long, and how to have it erased."""
    return render(request, "about/your_data.html")
