"""The one base class of everything Filière refuses, and how a refusal is worded.

A refusal has a stable ``code`` (documented in docs/errors.md), says what happened and why
(``message``), and what to do (``remedy``). Both sentences are translated when they are shown,
so an error raised by the worker reads in the language of whoever looks at it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from filiere.kernel.wording import day_words


class FiliereError(Exception):
    """Something Filière refuses to do. Subclass it beside the service that raises it.

    Args:
        parameters: values named in ``message`` and ``remedy`` with ``%(name)s``.
    """

    code: ClassVar[str] = "filiere.refused"
    message: ClassVar[str | Promise] = _("This cannot be done.")
    remedy: ClassVar[str | Promise] = _("Go back and try again.")
    http_status: ClassVar[int] = 422

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters
        super().__init__(parameters)

    @property
    def sentence(self) -> str:
        """What happened and why, in the current language."""
        return self._worded(self.message)

    @property
    def next_step(self) -> str:
        """What to do about it, in the current language."""
        return self._worded(self.remedy)

    def _worded(self, text: str | Promise) -> str:
        """Put the parameters in the text; days and moments are written in the current language."""
        if not self.parameters:
            return str(text)
        return str(text) % {name: _readable(value) for name, value in self.parameters.items()}

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".strip()


def _readable(value: object) -> object:
    """Write days and moments as people read them; leave the rest."""
    if isinstance(value, datetime):
        return day_words(localtime(value), "DATETIME_FORMAT")
    return day_words(value) if isinstance(value, date) else value


class NotAllowed(FiliereError):
    """The signed-in person's roles do not include this."""

    code = "kernel.not_allowed"
    message = _("Your role does not allow this.")
    remedy = _("Ask the person in charge of your organisation to give you the role.")
    http_status = 403


class NotFound(FiliereError):
    """Nothing bears this reference, or it is not yours to see."""

    code = "kernel.not_found"
    message = _("Nothing here bears the reference “%(reference)s”.")
    remedy = _("Check the reference, or start again from your home page.")
    http_status = 404


def constraint_of(error: IntegrityError) -> str | None:
    """Name the database constraint that refused, if the driver tells."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return getattr(diagnostic, "constraint_name", None)


def translate(error: IntegrityError, refusals: Mapping[str, FiliereError]) -> Exception:
    """Return the domain error that stands for the violated constraint, else ``error`` itself.

    Args:
        refusals: constraint name → the refusal it means.
    """
    return refusals.get(constraint_of(error) or "", error)
