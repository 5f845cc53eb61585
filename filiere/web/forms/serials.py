"""The number printed on a voucher, typed as it is read."""

import re
from typing import Any

from django import forms

_SIGNS = re.compile(r"^n[°ºo]\.?", re.IGNORECASE)


class SerialField(forms.IntegerField):
    """A voucher's public number, with or without “n°” and the spaces printed in it."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1} | kwargs))
        self.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}

    def to_python(self, value: Any) -> int | None:
        """Forget what is not a figure around and between the figures of the number."""
        return super().to_python(_SIGNS.sub("", "".join(str(value or "").split())))
