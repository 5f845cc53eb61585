"""A request sent to a funder with its form: asked, frozen, read again, what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiere.kernel.errors import FiliereError, NotFound
from filiere.projects import queries, services
from filiere.projects.errors import DeadlinePassed
from filiere.projects.forms import catalogue
from filiere.projects.models import Reply, Submission
from filiere.rules.funder_forms.filling import fill
from filiere.rules.funder_forms.shape import FilledForm
from filiere.web import funder_form_words as say
from filiere.web import plan_words
from filiere.web.access import page, user_of
from filiere.web.form_pages import cuts_of, parts_of, wanted_of
from filiere.web.forms.funder_forms import SendForm
from filiere.web.money_words import actor_names
from filiere.web.project_access import SEE, WRITE, HeldProject, held_project
from filiere.web.project_changes import told_changes
from filiere.web.project_words import said
from filiere.web.views.funder_forms import METHODS, OpenForm, file_of, open_form, rewordings


@require_http_methods(METHODS)
@page(WRITE)
def project_form_send(request: HttpRequest, ref: int, pk: int, key: str) -> HttpResponse:
    """Say what is sent, then freeze it. Too late is said, and what was typed stays."""
    shown = open_form(request, ref, pk, key, edit=True)
    form = SendForm(request.POST or None, initial={"amount": shown.source.asked_cents})
    refusal, status, is_late = "", 200, False
    if form.is_valid():
        try:
            sent = _send(request, shown, form)
        except FiliereError as found:
            refusal, status = plan_words.told(found), found.http_status
            is_late = isinstance(found, DeadlinePassed)
        else:
            messages.success(request, _("It is noted as sent, as it was."))
            return redirect("project_sent", ref=ref, pk=sent.pk)
    context = shown.around() | {
        "form": form,
        "refusal": refusal,
        "is_late": is_late,
        "wanted": wanted_of(shown.filled, ref),
        "cuts": cuts_of(shown.filled),
        "deadline": services.deadline_of(shown.source),
        "can_send": shown.can_send,
        "state": plan_words.state_words(shown.source.state, shown.source.kind),
    }
    return render(
        request, "funder_forms/send.html", context, status=422 if form.errors else status
    )  # fmt: skip


def _send(request: HttpRequest, shown: OpenForm, form: SendForm) -> Submission:
    return services.submit(
        source_id=shown.source.pk,
        form_key=shown.spec.key,
        own_answers=queries.own_values(dict(shown.own)),
        asked_cents=form.cleaned_data["amount"],
        deadline_at=form.deadline(),
        actor=user_of(request).actor,
        at=timezone.now(),
    )


def _sent_of(held: HeldProject, pk: int) -> Submission:
    found = Submission.objects.filter(pk=pk, source__project=held.project)
    sent = found.select_related("source__scheme").first()
    if sent is None:
        raise NotFound(reference=pk)
    sent.source.project = held.project
    return sent


def _as_sent(sent: Submission) -> FilledForm | None:
    """Fill the form from what was frozen; None when it was sent without one of ours."""
    spec = catalogue().get(sent.form_key)
    if spec is None:
        return None
    facts: Any = sent.content
    return fill(spec, facts, sent.content.get("own_answers", {}))


@require_safe
@page(SEE)
def project_sent(request: HttpRequest, ref: int, pk: int) -> HttpResponse:
    """Show a request as it was sent, what its funder answered, what changed since."""
    held = held_project(request, ref)
    sent = _sent_of(held, pk)
    filled = _as_sent(sent)
    own = sent.content.get("own_answers", {})
    facts: Any = sent.content
    context: dict[str, Any] = {
        "held": held,
        "project": held.project,
        "source": sent.source,
        "sent": sent,
        "author": actor_names([sent.sent_by])[sent.sent_by],
        "reply": say.REPLIES[sent.reply],
        "tone": say.REPLY_TONES[sent.reply],
        "is_waiting": sent.reply == Reply.WAITING,
        "is_last": not sent.source.submissions.filter(number__gt=sent.number).exists(),
        "groups": told_changes(queries.changes_since_sent(sent, timezone.now())),
        "files": [],
        "parts": [],
        "cuts": [],
        "reworded": [],
        "form_title": "",
    }
    if filled is not None:
        context |= {
            "form_title": said(filled.spec.title),
            "parts": parts_of(filled, ref, own=own),
            "cuts": cuts_of(filled),
            "reworded": rewordings(filled.spec, facts, own),
            "files": [(kind.value, words) for kind, words in say.FILES.items()],
        }
    return render(request, "funder_forms/sent.html", context)


@require_safe
@page(SEE)
def project_sent_file(request: HttpRequest, ref: int, pk: int, kind: str) -> HttpResponse:
    """Give a request as it was sent, as a file."""
    filled = _as_sent(_sent_of(held_project(request, ref), pk))
    if filled is None:
        raise NotFound(reference=pk)
    return file_of(filled, kind)
