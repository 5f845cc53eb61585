"""One's organisation: what one may do there, which one to act for, and its team."""

from functools import partial

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiere.accounts import inviting
from filiere.accounts import queries as accounts
from filiere.accounts.models import Invitation, Membership, User
from filiere.agenda import queries as agenda
from filiere.kernel.calendar import legal_day
from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import allowed, require
from filiere.kernel.services import record
from filiere.operations import staffing
from filiere.web.access import page, public, user_of
from filiere.web.acting import acting, acting_for, choose
from filiere.web.forms.organisation import InviteForm, JoinForm
from filiere.web.numbers import whole
from filiere.web.project_access import my_projects
from filiere.web.rates import refuse_too_many
from filiere.web.role_words import ROLE_EXAMPLES, role_words
from filiere.web.steps import ask_then_act

MANAGE = "accounts.manage_members"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# What the page of an organisation leads to: the right, and the page it opens.
DOORS = [
    ("directory.run_place", "my_places"),
    ("vouchers.run_devices", "devices"),
    ("billing.issue_invoices", "invoices"),
    ("observatory.see_statements", "statements"),
    ("observatory.see_compliance", "compliance"),
    (MANAGE, "members"),
    ("accounts.use_tokens", "tokens"),
    ("directory.qualify_place", "qualifications"),
    ("accounts.invite_manager", "first_manager"),
]


@require_safe
@page("web.see_desk")
def organisation(request: HttpRequest) -> HttpResponse:
    """Show what one may do for the organisation one acts for."""
    found = acting(request)
    doors = {name for action, name in DOORS if allowed(request.user, action)}
    if found and my_projects(request).exists():
        doors.add("projects")
    context = {
        "doors": doors,
        "roles": [role_words(role) for role in sorted(found.roles)] if found else [],
    }
    return render(request, "organisation/organisation.html", context)


@require_POST
@page("web.see_desk")
def acting_choose(request: HttpRequest) -> HttpResponse:
    """Act for another of one's organisations; come back where one was when that is a list."""
    chosen = choose(request, whole(request.POST.get("organisation", "")) or 0)
    record(
        actor=user_of(request).actor, action="web.acting_for_chosen",
        subject=f"organisation:{chosen.pk}", at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("You now act for %(name)s.") % {"name": chosen.name})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("desk")


def _own_team(request: HttpRequest) -> int:
    """Give the organisation acted for, if one manages it."""
    found = acting_for(request)
    require(request.user, MANAGE, found)
    return int(found.pk)


def link_of(request: HttpRequest, token: str) -> str:
    """Give the full address of an invitation."""
    return request.build_absolute_uri(reverse("invitation", args=[token]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def members(request: HttpRequest) -> HttpResponse:
    """List the team and the open invitations; invite one more person."""
    organisation_id, at = _own_team(request), timezone.now()
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.invite(
                organisation_id=organisation_id,
                **form.cleaned_data,
                link=lambda token: link_of(request, token),
                at=at,
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("email", str(refusal))
        else:
            sent = _("It is sent. %(email)s has seven days to accept.")
            messages.success(request, sent % {"email": form.cleaned_data["email"]})
            return redirect("members")
    context = {
        "form": form,
        "details": {role.value: ("", words) for role, words in ROLE_EXAMPLES.items()},
        "left": agenda.left_with_hours(organisation_id, after=at),
        "team": [(one, role_words(one.role)) for one in accounts.members_of(organisation_id)],
        "invited": [
            (one, role_words(one.role)) for one in accounts.open_invitations(organisation_id, at=at)
        ],
    }
    return render(request, "organisation/members.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def member_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a role back; the last manager stays."""
    held = Membership.objects.select_related("user", "organisation").filter(pk=pk).first()
    if held is None:
        raise NotFound(reference=pk)
    require(request.user, MANAGE, held.organisation)
    words = {"name": held.user.display_name, "role": role_words(held.role)}
    context = {
        "title": _("Take the role “%(role)s” back from %(name)s?") % words,
        "consequence": _(
            "%(name)s no longer opens the pages of this role here. Past sessions stay. Hours "
            "already open under this name stay open: the next page lets you hand "
            "them over or close them."
        )
        % words,
        "label": _("Take the role back"),
        "danger": True,
        "back_url": reverse("members"),
    }
    at = timezone.now()
    if agenda.slots_left_by(held.user_id, organisation_id=held.organisation_id, after=at):
        context["back_url"] = reverse("left_hours", args=[held.pk])
    end = partial(
        inviting.end_membership,
        membership_id=held.pk,
        on=legal_day(at),
        at=at,
        actor=user_of(request).actor,
    )
    return ask_then_act(request, context, end, done=_("It is noted. The role ended today."))


@require_POST
@page(MANAGE)
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = Invitation.objects.select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise NotFound(reference=pk)
    require(request.user, MANAGE, found.organisation)
    try:
        inviting.withdraw_invitation(
            invitation_id=found.pk, at=timezone.now(), actor=user_of(request).actor
        )
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is withdrawn. Its link works no more."))
    return redirect("members")


@require_http_methods(["GET", "HEAD", "POST"])
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: choose a password, or say yes with the account one has."""
    at = timezone.now()
    found = accounts.invitation_of(token, at=at)
    user = request.user if isinstance(request.user, User) else None
    known = accounts.has_account(found.email)
    # An address with an account accepts while signed in; a new one while nobody is.
    ready = (user is not None and user.email == found.email) if known else user is None
    form = JoinForm(User(email=found.email), request.POST or None)
    context = {
        "invitation": found, "role": role_words(found.role), "known": known, "ready": ready,
        "form": form, "here": request.path,
    }  # fmt: skip
    if request.method == "POST" and ready and (known or form.is_valid()):
        refuse_too_many(request, "invitation", at=at)
        held = staffing.join(
            token=token,
            at=at,
            user=user,
            display_name="" if known else form.cleaned_data["display_name"],
            password="" if known else form.cleaned_data["password1"],
        )
        if user is None:
            login(request, held.user, backend=BACKEND)
        choose_now = acting(request)
        if choose_now is not None and choose_now.has_choice:
            choose(request, held.organisation_id)
        messages.success(request, _("Welcome. You act for %(name)s.") % {
            "name": found.organisation.name
        })  # fmt: skip
        return redirect("desk")
    wrong = request.method == "POST"
    return render(request, "organisation/invitation.html", context, status=422 if wrong else 200)
