"""What a filled form still wants, in sentences: what is missing, cut, or not accepted."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiere.projects.forms import question_bank
from filiere.rules.funder_forms.shape import Cut, FilledForm, Missing, Problem, Wanting


def progress_words(filled: FilledForm) -> str:
    """Say how far the form is in one sentence.

    Required fields only; “ready” is said when nothing is missing and nothing is refused.
    """
    left = len(filled.missing)
    if left:
        return ngettext(
            "%(percent)s%% filled: one question is left.",
            "%(percent)s%% filled: %(left)s questions are left.",
            left,
        ) % {"percent": filled.percent, "left": left}
    if filled.problems:
        wrong = len(filled.problems)
        return ngettext(
            "Everything is filled; one answer is not accepted as it is.",
            "Everything is filled; %(wrong)s answers are not accepted as they are.",
            wrong,
        ) % {"wrong": wrong}
    return _("Everything this funder asks is filled.")


def missing_words(filled: FilledForm, missing: Missing, *, language: str = "fr") -> str:
    """Say what to answer and where, so that it is written once for every funder when it can be."""
    label = filled.spec.field(missing.field).label.words(language)
    if missing.wanting == Wanting.FORM:
        return _("“%(label)s”: to answer here, for this form alone.") % {"label": label}
    if missing.wanting == Wanting.BANK and missing.path in question_bank():
        asked = question_bank()[missing.path].label.words(language)
        return _("“%(label)s”: answer “%(asked)s” once, every funder will read it.") % {
            "label": label, "asked": asked,
        }  # fmt: skip
    return _("“%(label)s”: to state in the project file.") % {"label": label}


def cut_words(filled: FilledForm, cut: Cut, *, language: str = "fr") -> str:
    """Say that a text was shortened, and what the funder will not read."""
    label = filled.spec.field(cut.field).label.words(language)
    return _(
        "“%(label)s” is longer than %(limit)s characters. This will not be read: “%(lost)s”."
    ) % {"label": label, "limit": cut.limit, "lost": cut.lost}


def problem_words(filled: FilledForm, problem: Problem, *, language: str = "fr") -> str:
    """Say what this funder does not accept, and what to do."""
    known = {field.key: field.label.words(language) for field in filled.spec.fields}
    sentences = {
        "maxLength": _("“%(label)s”: %(limit)s characters at most. Shorten it for this form."),
        "minLength": _("“%(label)s”: %(limit)s characters at least."),
        "pattern": _("“%(label)s” is not written as this funder reads it. Check it."),
        "minimum": _("“%(label)s” is below what this funder accepts. Check the amount."),
        "maximum": _("“%(label)s” is above what this funder accepts. Check the amount."),
        "enum": _("“%(label)s”: choose one of the answers offered."),
        "const": _("“%(label)s”: this funder asks for a yes."),
        "minItems": _("“%(label)s”: %(limit)s lines at least."),
        "maxItems": _("“%(label)s”: %(limit)s lines at most."),
        "own_answer_not_used": _(
            "“%(label)s” comes from the project file: change it there, not on this form."
        ),
    }
    sentence = sentences.get(problem.code, _("“%(label)s” is not what this funder accepts."))
    label = known.get(problem.field, problem.field)
    return sentence % {"label": label, "limit": problem.limit}
