"""Shapes of what a manager types about a team, and a program's name."""

from typing import Any

from allauth.account.forms import SetPasswordForm
from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.accounts.inviting import INVITED_ROLES
from filiere.web.role_words import ROLE_WORDS


class InviteForm(forms.Form):
    """Whom to invite, and to do what."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254,
        help_text=_("The person receives a link that works once, for seven days."),
    )  # fmt: skip
    role = forms.ChoiceField(
        label=_("What will this person do?"),
        choices=[(role.value, ROLE_WORDS[role]) for role in INVITED_ROLES],
        widget=forms.RadioSelect,
        initial=INVITED_ROLES[0].value,
    )


class FirstManagerForm(forms.Form):
    """Who will manage an organisation that nobody manages yet."""

    email = forms.EmailField(
        label=_("E-mail address of the manager"), max_length=254,
        help_text=_("The person receives a link that works once, for seven days."),
    )  # fmt: skip


class JoinForm(SetPasswordForm):  # type: ignore[misc]
    """A name and a password for a new account; the rules for passwords are allauth's."""

    display_name = forms.CharField(
        label=_("Your first name and name"), max_length=120,
        help_text=_("Your colleagues read it. The public reads your first name only."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    field_order = ("display_name", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Choose a password")
        self.fields["password2"].label = _("The same password again")
        self.fields["password1"].help_text = _(
            "At least twelve characters; a short sentence is good."
        )
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LeftHoursForm(forms.Form):
    """Who receives people in hours somebody left; the view fills in the colleagues."""

    to = forms.ChoiceField(
        label=_("Who will receive people instead?"), widget=forms.RadioSelect, required=False
    )


class TokenForm(forms.Form):
    """What a token is for."""

    name = forms.CharField(
        label=_("Which program will use it?"), max_length=80,
        help_text=_("For instance “shared calendar”. You will recognise it in the list."),
    )  # fmt: skip

    def clean_name(self) -> str:
        """Forget the spaces around."""
        return str(self.cleaned_data["name"]).strip()
