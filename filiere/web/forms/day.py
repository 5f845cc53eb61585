"""Shapes of what a mediator taps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.pathways.models import SentBy
from filiere.rules.procedures import all_operators, all_procedures
from filiere.web.forms.serials import SerialField

OUTCOMES = [
    ("done_together", _("Settled, done together")),
    ("done_alone", _("Settled, done alone")),
    ("to_continue", _("To be continued")),
]
SENDERS = [
    (SentBy.NOBODY, _("Nobody, came alone")),
    (SentBy.OPERATOR, _("An organisation (its site, phone or letter)")),
    (SentBy.COUNTER, _("A counter")),
    (SentBy.PRESCRIBER, _("A social worker or a place")),
    (SentBy.UNKNOWN, _("Not asked")),
]


class OutcomeForm(forms.Form):
    """The second tap: how it ended; and, already filled in, where the person came from."""

    outcome = forms.ChoiceField(choices=OUTCOMES)
    sent_by = forms.ChoiceField(choices=SENDERS, label=_("Who told the person to come?"))
    operator_key = forms.ChoiceField(required=False, label=_("Which organisation?"))
    procedure = forms.ChoiceField(required=False, label=_("Which procedure?"))
    is_emergency = forms.BooleanField(required=False, label=_("It was urgent"))

    def __init__(self, *args: Any, language: str = "fr", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = [("", _("Not stated"))]
        self.fields["operator_key"].choices = blank + [  # type: ignore[attr-defined]
            (operator.key, operator.label(language)) for operator in all_operators()
        ]
        self.fields["procedure"].choices = blank + [  # type: ignore[attr-defined]
            (one.key, one.label(language)) for one in all_procedures()
        ]


class CodeForm(forms.Form):
    """A voucher's code, as typed: spaces, lower case and look-alikes are forgiven."""

    code = forms.CharField(
        max_length=200,
        strip=False,  # the text of a signed square may end with a space
        label=_("Type the code written under the square"),
        help_text=_("Letters and digits. No difference between O and 0, nor between I and 1."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class NumberForm(forms.Form):
    """A voucher's public number and its short code, when the long one cannot be read."""

    serial = SerialField(
        label=_("Number of the voucher"), help_text=_("Written after “no.” on the voucher.")
    )
    pin = forms.CharField(
        max_length=20,
        label=_("Short code"),
        help_text=_("Eight letters and digits: the third and fourth groups of the code."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class CardForm(forms.Form):
    """A card of an employer's free hours, with a voucher's code when there is one too."""

    card = forms.CharField(
        max_length=40,
        label=_("Code of the card"),
        help_text=_("It begins with HO. Neither a name nor the session is told to the employer."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    voucher = forms.CharField(
        max_length=200, strip=False, required=False,
        label=_("Code of a voucher, if the person has one too"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )  # fmt: skip


class WaiverForm(forms.Form):
    """What a place agrees not to be paid, in cents, as the question before said it."""

    waiver = forms.IntegerField(required=False, min_value=0, max_value=10**12)


class WalkInForm(forms.Form):
    """Somebody who is here without appointment: which service, how long, how it ended."""

    offer = forms.ChoiceField(label=_("For which service?"))
    minutes = forms.ChoiceField(
        label=_("For how long?"),
        help_text=_("Your time is taken from now on, so that nobody books it meanwhile."),
        choices=[("15", "15 min"), ("30", "30 min"), ("60", "1 h"), ("120", "2 h")],
        initial="30",
    )
    outcome = forms.ChoiceField(
        label=_("How did it end?"), choices=OUTCOMES, widget=forms.RadioSelect
    )
    sent_by = forms.ChoiceField(
        choices=SENDERS, label=_("Who told the person to come?"), initial=SentBy.UNKNOWN
    )


class SlotsForm(forms.Form):
    """Hours to open on one day, for one offer."""

    offer = forms.ChoiceField(label=_("For which service?"))
    day = forms.DateField(
        label=_("Which day?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    starts = forms.MultipleChoiceField(
        label=_("At what times?"),
        choices=[(str(hour), f"{hour} h") for hour in range(8, 20)],
        widget=forms.CheckboxSelectMultiple,
    )
    minutes = forms.ChoiceField(
        label=_("For how long?"), choices=[("30", "30 min"), ("60", "1 h"), ("120", "2 h")],
        initial="60",
    )  # fmt: skip
    seats = forms.IntegerField(
        label=_("How many people at a time?"), min_value=1, max_value=50, initial=1
    )
    title = forms.CharField(
        label=_("Name of the workshop"), max_length=120, required=False,
        help_text=_("Only for a group."),
    )  # fmt: skip
