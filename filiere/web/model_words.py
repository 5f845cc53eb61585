"""The model of a project in words: its nine boxes, the figures of a year, what they amount to."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filiere.rules.business_model import CriticalSize, Year
from filiere.web.formats import number

# Box → its question, and what to write.
BOX_WORDS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "people": (gettext_lazy("Whom do you help?"), gettext_lazy("How many, where, what stops them.")),
    "help": (gettext_lazy("What do you bring them?"), gettext_lazy("What changes for them.")),
    "ways": (
        gettext_lazy("How do they come to you?"),
        gettext_lazy("Who sends them, where and when you receive."),
    ),
    "bond": (
        gettext_lazy("How do you follow them?"), gettext_lazy("Once, or until they do it alone."),
    ),
    "work": (gettext_lazy("What do you do all year?"), gettext_lazy("Sessions, tours, training.")),
    "means": (gettext_lazy("With what?"), gettext_lazy("Posts, volunteers, rooms, equipment.")),
    "partners": (gettext_lazy("With whom?"), gettext_lazy("And what each one brings.")),
    "costs": (gettext_lazy("What costs most?"), gettext_lazy("What falls each month, whatever happens.")),
    "income": (
        gettext_lazy("Where does the money come from?"),
        gettext_lazy("Who pays, for how long, who might pay tomorrow."),
    ),
}  # fmt: skip
# Field of a year → its words.
FIGURE_WORDS: Mapping[str, str | Promise] = {
    "volume": gettext_lazy("Sessions"),
    "price": gettext_lazy("One session brings, in euros"),
    "session": gettext_lazy("One session costs more, in euros"),
    "fixed": gettext_lazy("Costs that fall in any case, in euros"),
    "grants": gettext_lazy("Subsidies and gifts, in euros"),
}
FIGURE_HELP: Mapping[str, str | Promise] = {
    "price": gettext_lazy("Whoever pays: person, voucher, employer."),
    "session": gettext_lazy("Travel, paper, hours paid by the session. 0 when it costs nothing."),
    "fixed": gettext_lazy("Posts, rent, vehicle, insurance."),
}


def headline(first: Year | None, size: CriticalSize | None) -> str:
    """Say in one sentence whether the model holds in its first year."""
    if first is None or size is None:
        return _("From how many sessions does this model hold?")
    if size.with_grants is None:
        return _("No number of sessions makes this model hold")
    if size.with_grants == 0:
        return _("This model holds from its subsidies and gifts alone")
    many = number(size.with_grants)
    if first.volume >= size.with_grants:
        return ngettext(
            "This model holds: it needs %(many)s session a year",
            "This model holds: it needs %(many)s sessions a year",
            size.with_grants,
        ) % {"many": many}
    lacks = size.with_grants - first.volume
    return ngettext(
        "This model lacks %(lacks)s session a year",
        "This model lacks %(lacks)s sessions a year",
        lacks,
    ) % {"lacks": number(lacks)}


def size_words(count: int | None) -> str:
    """Say a critical size."""
    if count is None:
        return _("never: a session brings no more than it costs")
    return ngettext("%(many)s session a year", "%(many)s sessions a year", count) % {
        "many": number(count)
    }
