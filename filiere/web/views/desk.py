"""The first page after signing in: what this person does here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from filiere.kernel.permissions import allowed
from filiere.web.access import page

# In order: the first action a person holds opens their home page.
HOMES = [
    ("agenda.see_day", "day"),
    ("orientation.send_referral", "referrals"),
    ("settlement.see_batches", "batches"),
    ("observatory.see_programmes", "programmes"),
    ("billing.sign_till", "tills"),
    ("projects.open", "projects"),
    ("observatory.see_board", "board"),
]


@page("web.see_desk")
def desk(request: HttpRequest) -> HttpResponse:
    """Go to one's own home page; without any role, say whom to ask."""
    for action, name in HOMES:
        if allowed(request.user, action):
            return redirect(name)
    return render(request, "desk/desk.html")
