"""Who works on a project, with which right; its named versions and what changed since."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.accounts import queries as accounts
from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.models import FileVersion, ProjectMember
from filiere.web import project_words as say
from filiere.web.access import page, user_of
from filiere.web.forms.projects import MemberForm, VersionForm
from filiere.web.money_words import actor_names
from filiere.web.numbers import whole
from filiere.web.project_access import RUN, SEE, HeldProject, held_project
from filiere.web.project_changes import told_changes
from filiere.web.steps import ask_then_act


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def project_team(request: HttpRequest, ref: int) -> HttpResponse:
    """List the members; an owner adds one, or changes a right by adding again."""
    held = held_project(request, ref, run=request.method == "POST")
    form = MemberForm(request.POST or None)
    if form.is_valid() and _share(request, held, form):
        messages.success(request, _("It is noted: they find the file under “My projects”."))
        return redirect("project_team", ref=ref)
    members = held.project.members.select_related("organisation", "user")
    context = {
        "held": held,
        "project": held.project,
        "form": form,
        "details": {right: ("", words) for right, words in say.RIGHT_EXAMPLES.items()},
        "rows": [(one, say.RIGHTS[one.right]) for one in members.order_by("-is_lead", "pk")],
    }
    return render(request, "projects/team.html", context, status=422 if form.errors else 200)


def _share(request: HttpRequest, held: HeldProject, form: MemberForm) -> bool:
    """Give the right; a refusal goes to the field it is about."""
    given = form.cleaned_data
    user_id = None
    if given["email"]:
        acting = accounts.members_of(given["organisation"])
        user_id = (
            acting.filter(user__email__iexact=given["email"]).values_list("user", flat=True).first()
        )
        if user_id is None:
            form.add_error("email", _("Nobody with this address acts for this organisation."))
            return False
    try:
        services.share_project(
            project_id=held.project.pk,
            organisation_id=given["organisation"],
            user_id=user_id,
            right=given["right"],
            at=timezone.now(),
            actor=user_of(request).actor,
        )
    except FiliereError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def project_member_remove(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Ask, then take a member away."""
    held = held_project(request, ref, run=True)
    found = held.project.members.filter(pk=pk).select_related("organisation", "user").first()
    if found is None:
        raise NotFound(reference=pk)
    words = {
        "title": _("Take %(name)s off this project?") % {"name": _name(found)},
        "consequence": _("They open the file no more. What they wrote stays."),
        "label": _("Take them off"),
        "danger": True,
        "back_url": reverse("project_team", args=[ref]),
    }
    act = partial(
        services.unshare_project, member=found, at=timezone.now(), actor=user_of(request).actor
    )
    return ask_then_act(request, words, act, done=_("It is noted."))


def _name(member: ProjectMember) -> str:
    return str(member.user) if member.user else member.organisation.name


@require_http_methods(["GET", "HEAD", "POST"])
@page(SEE)
def project_versions(request: HttpRequest, ref: int) -> HttpResponse:
    """List the named versions; name what is there now."""
    held = held_project(request, ref, edit=request.method == "POST")
    form = VersionForm(request.POST or None)
    if form.is_valid():
        try:
            services.name_version(
                project_id=ref,
                name=form.cleaned_data["name"],
                at=timezone.now(),
                actor=user_of(request).actor,
            )
        except FiliereError as refusal:
            form.add_error("name", say.told(refusal))
        else:
            messages.success(request, _("This version is kept."))
            return redirect("project_versions", ref=ref)
    versions = list(held.project.versions.defer("content").order_by("-number"))
    names = actor_names(one.made_by for one in versions)
    context = {
        "held": held,
        "project": held.project,
        "form": form,
        "rows": [(one, names[one.made_by]) for one in versions],
    }
    return render(request, "projects/versions.html", context, status=422 if form.errors else 200)


@require_safe
@page(SEE)
def project_version(request: HttpRequest, ref: int, number: int) -> HttpResponse:
    """Say what changed since a version, until now or until the version ``?jusqu=``."""
    held = held_project(request, ref)
    version = _version_of(held, number)
    until = whole(request.GET.get("jusqu", ""))
    later = held.project.versions.filter(number__gt=number).defer("content").order_by("number")
    if until is None:
        changes = queries.changes_since_version(version, timezone.now())
    else:
        changes = queries.differences(version.content, _version_of(held, until).content)
    context = {
        "held": held,
        "project": held.project,
        "version": version,
        "author": actor_names([version.made_by])[version.made_by],
        "later": later,
        "until": until,
        "groups": told_changes(changes),
        "count": len(changes),
    }
    return render(request, "projects/version.html", context)


def _version_of(held: HeldProject, number: int) -> FileVersion:
    found = held.project.versions.filter(number=number).first()
    if found is None:
        raise NotFound(reference=number)
    return found
