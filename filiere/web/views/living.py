"""The living page: each part in each state, with the words that make it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from filiere.web import formats
from filiere.web.access import public
from filiere.web.icons import ICONS

# An invented day, so that the page (and its pictures) never changes by itself.
SAMPLE_AT = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))

PARTS: tuple[tuple[str, Promise | str], ...] = (
    ("living/_colours.html", gettext_lazy("Colours")),
    ("living/_type.html", gettext_lazy("Type")),
    ("living/_icons.html", gettext_lazy("Icons")),
    ("living/_buttons.html", gettext_lazy("Buttons")),
    ("living/_fields.html", gettext_lazy("Fields and errors")),
    ("living/_choices.html", gettext_lazy("Choice rows")),
    ("living/_steps.html", gettext_lazy("Steps")),
    ("living/_day.html", gettext_lazy("The thread of a day")),
    ("living/_messages.html", gettext_lazy("Messages")),
    ("living/_tags.html", gettext_lazy("Tags")),
    ("living/_answers.html", gettext_lazy("Answers given")),
    ("living/_result.html", gettext_lazy("Result")),
    ("living/_verdict.html", gettext_lazy("Verdict and words to say")),
    ("living/_receipt.html", gettext_lazy("Receipt")),
    ("living/_table.html", gettext_lazy("Table")),
    ("living/_aims.html", gettext_lazy("Aims")),
    ("living/_figure.html", gettext_lazy("Figure")),
    ("living/_equation.html", gettext_lazy("Equation")),
    ("living/_wait.html", gettext_lazy("Waiting, nothing, next page")),
    ("living/_confirm.html", gettext_lazy("Confirm or undo")),
    ("living/_paper.html", gettext_lazy("Paper")),
    ("living/_words.html", gettext_lazy("Amounts, dates, distances")),
)


@dataclass(frozen=True, slots=True)
class LivingPart:
    """One part: its title, what it looks like, and the template that makes it."""

    key: str
    title: str
    drawn: SafeString
    source: str


class SampleForm(forms.Form):
    """Fields of every shape, for show."""

    town = forms.CharField(label=gettext_lazy("Your town"))
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We write only about this appointment."),
    )
    voucher = forms.CharField(
        label=gettext_lazy("Type the code written under the square"),
        help_text=gettext_lazy("8 letters or figures. O and 0, I and 1 are all accepted."),
    )
    moment = forms.ChoiceField(
        label=gettext_lazy("When are you free?"),
        choices=[
            ("week", gettext_lazy("This week")),
            ("later", gettext_lazy("The week after")),
        ],
        widget=forms.Select,
    )
    show = forms.BooleanField(label=gettext_lazy("Show the password"), required=False)
    need = forms.ChoiceField(
        label=gettext_lazy("What do you need?"),
        widget=forms.RadioSelect,
        choices=[
            (
                gettext_lazy("It is urgent"),
                [
                    ("procedure", gettext_lazy("Do a procedure online")),
                    ("broken", gettext_lazy("My phone or computer no longer works")),
                ],
            ),
            (gettext_lazy("I have some time"), [("learn", gettext_lazy("Learn to use a device"))]),
        ],
    )


def _sample_form() -> SampleForm:
    form = SampleForm(
        {
            "town": "Gueretz",
            "email": "odile@exemple.fr",
            "voucher": "7F3K-28Q4",
            "moment": "week",
            "need": "procedure",
        }
    )
    form.add_error("town", _("“Gueretz” does not exist. Perhaps Guéret (23000)?"))
    return form


def _samples() -> dict[str, Any]:
    """Invented values that the samples show."""
    return {
        "at": SAMPLE_AT,
        "icons": list(ICONS),
        "form": _sample_form(),
        "details": {
            "procedure": ("document", _("Taxes, family benefits, pension, permits…")),
            "broken": ("phone-broken", _("Breakdown, lost password, no space left")),
            "learn": ("laptop", _("Computer, phone, tablet, Internet")),
        },
        "steps": [
            {"label": _("Your need"), "url": "#steps"},
            _("Your town"),
            _("Your free moments"),
            _("Getting there"),
        ],
        "given": [
            {"label": _("Do a procedure online"), "url": "#answers"},
            {"label": "Guéret", "url": "#answers"},
            {"label": _("This week"), "url": "#answers"},
        ],
        "facts": [
            ("calendar", _("When"), _("Tuesday 24, 9:30 am")),
            ("pin", _("Trip"), _("900 m, 12 min on foot")),
            ("euro", _("Price"), _("Free")),
            ("person", _("With"), _("Karim, mediator")),
        ],
        "lines": [(_("Displayed price"), 2500), (_("Voucher of the Département"), -1500)],
        "total": (_("Left for Odile"), 1000),
        "ratio": formats.number(1.4, places=1),
        "half": formats.percent(0.5),
        "reach": formats.percent(0.74),
        "nearly_all": formats.percent(0.9),
        "worst": formats.percent(0.31),
        "figure_columns": [_("Month"), _("Sessions")],
        "figure_rows": [[_("September"), "40"], [_("October"), "90"], [_("November"), "120"]],
        "rows_page": Paginator(range(30), 10).page(2),
    }


@require_safe
@public
def parts(request: HttpRequest) -> HttpResponse:
    """Show each part in each state, drawn and as code, in the language of the reader."""
    samples = _samples()
    living = [
        LivingPart(
            key=name.removeprefix("living/_").removesuffix(".html"),
            title=str(title),
            drawn=SafeString(render_to_string(name, samples, request)),
            source=get_template(name).template.source.strip(),  # type: ignore[attr-defined]
        )
        for name, title in PARTS
    ]
    return render(request, "living/parts.html", {"parts": living})
