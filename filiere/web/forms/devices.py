"""Shape of what registers a device: its place, its name, and the key it made itself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiere.directory.models import Place


class DeviceForm(forms.Form):
    """A device to register; the script of the page fills in its public key."""

    place = forms.ChoiceField(label=_("At which place is it used?"))
    name = forms.CharField(
        label=_("Name of this device"),
        max_length=80,
        help_text=_("For example “tablet of the bus”. Not the name of a person."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    public_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, places: Iterable[Place], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]
