"""What the board says of each aim: figure, goal, sentence with its counts, what is not known."""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.rules.aims import Aim, AimResult, AimState, Conclusion
from filiere.web.formats import number, percent
from filiere.web.money_words import towns


def board_title(conclusion: Conclusion) -> str:
    """Say how many aims are reached, without hiding what is unknown."""
    if not conclusion.known:
        return _("None of the three aims can be measured yet")
    if not conclusion.reached:
        return ngettext(
            "The only aim that can be measured is not reached",
            "None of the %(count)s aims that can be measured is reached",
            conclusion.known,
        ) % {"count": conclusion.known}
    words = {"reached": conclusion.reached, "total": conclusion.total}
    return (
        ngettext(
            "%(reached)s aim out of %(total)s is reached",
            "%(reached)s aims out of %(total)s are reached",
            conclusion.reached,
        )
        % words
    )


def aim_name(aim: Aim) -> str:
    """Name one of the three aims."""
    return {
        Aim.TARGETING: _("The most fragile first"),
        Aim.AUTONOMY: _("Autonomy"),
        Aim.FLOOR: _("An answer everywhere"),
    }[aim]


def aim_figure(result: AimResult) -> str:
    """Write the figure of an aim: a ratio for the first, a share for the others; "" if unknown."""
    if result.value is None:
        return ""
    return number(result.value, places=1) if result.aim == Aim.TARGETING else percent(result.value)


def aim_goal(result: AimResult) -> str:
    """Write the goal of an aim."""
    if result.aim != Aim.TARGETING:
        return percent(result.goal)
    return number(result.goal, places=0 if result.goal.denominator == 1 else 1)


def aim_sentence(result: AimResult) -> str:
    """Say what an aim counts, with its numerator and denominator."""
    counts = {name: number(value) for name, value in result.counts.items()}
    say = {Aim.TARGETING: _targeting, Aim.AUTONOMY: _autonomy, Aim.FLOOR: _floor}
    return say[result.aim](result, counts)


def _targeting(result: AimResult, counts: dict[str, str]) -> str:
    if not result.counts["helped_known"]:
        return _("Nobody helped here has given a birth year or a town yet.")
    share = Fraction(result.counts["helped_fragile"], result.counts["helped_known"])
    words = {**counts, "share": percent(share)}
    if not result.value:
        return (
            _("%(share)s of the %(helped_known)s people helped are among the most fragile.") % words
        )
    words["population"] = percent(share / result.value)
    return (
        _(
            "The most fragile are %(share)s of the %(helped_known)s people helped, "
            "and %(population)s of the inhabitants."
        )
        % words
    )


def _autonomy(result: AimResult, counts: dict[str, str]) -> str:
    if not result.counts["answered"]:
        return _("Nobody has answered at six months yet.")
    return (
        ngettext(
            "%(alone)s of %(answered)s person does a similar procedure alone, six months on.",
            "%(alone)s of %(answered)s people do a similar procedure alone, six months on.",
            result.counts["answered"],
        )
        % counts
    )


def _floor(result: AimResult, counts: dict[str, str]) -> str:
    if result.value is None:
        return _("No town of this territory can be measured yet.")
    return _("of %(measured)s inhabitants have each minimum service within reach.") % counts


def aim_note(result: AimResult) -> str:
    """Say what is not known behind an aim; blank when nothing is missing."""
    counts = {name: number(value) for name, value in result.counts.items()}
    if result.aim == Aim.TARGETING and result.counts["helped_unknown"]:
        return ngettext(
            "Not known for %(count)s other person.",
            "Not known for %(count)s other people.",
            result.counts["helped_unknown"],
        ) % {"count": counts["helped_unknown"]}
    if result.aim == Aim.AUTONOMY and result.counts["non_response"]:
        return ngettext(
            "%(count)s did not answer.", "%(count)s did not answer.", result.counts["non_response"]
        ) % {"count": counts["non_response"]}
    lost = result.counts.get("communes", 0) - result.counts.get("communes_measured", 0)
    if result.aim == Aim.FLOOR and lost:
        return _("Not measured: %(towns)s.") % {"towns": towns(lost)}
    return ""


def aim_state(result: AimResult) -> str:
    """Give the state as the aim part knows it: reached, missed or unknown."""
    return {AimState.REACHED: "reached", AimState.NOT_REACHED: "missed"}.get(
        result.state, "unknown"
    )


def aim_counts(result: AimResult) -> list[tuple[str, str]]:
    """Every count behind an aim, in words, for the page that opens its figure."""
    words = {
        "helped_fragile": _("People helped who are among the most fragile"),
        "helped_known": _("People helped for whom the rule gives an answer"),
        "helped_unknown": _("People helped for whom it is not known"),
        "population_covered": _("Inhabitants of towns for which the rule has figures"),
        "population_total": _("Inhabitants of the territory"),
        "alone": _("People who do a similar procedure alone"),
        "answered": _("People who answered at six months"),
        "non_response": _("People asked who did not answer"),
        "served": _("Inhabitants with each minimum service within reach"),
        "measured": _("Inhabitants of the towns that can be measured"),
        "population": _("Inhabitants of the territory"),
        "communes_measured": _("Towns that can be measured"),
        "communes": _("Towns of the territory"),
    }
    return [(words[name], number(value)) for name, value in result.counts.items()]


def band_label(band: str) -> str:
    """Say how many of the minimum services a town has within reach."""
    return {
        "all": _("every minimum service"),
        "some": _("at least half of them"),
        "few": _("fewer than half"),
        "none": _("none"),
        "unknown": _("not measured"),
    }[band]
