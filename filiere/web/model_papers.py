"""The request for support by a DLA, filled with what a project says of itself. Euro cents.

A DLA (dispositif local d'accompagnement) is a local scheme of support to the social economy. The
sheet is ours, not an official form: what each DLA asks is to be checked with it.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from filiere.projects.models import ProjectFile
from filiere.projects.queries import WrittenModel
from filiere.rules.business_model import BOXES, Diagnosis
from filiere.web import model_words as say
from filiere.web.formats import date_words, euros, number, percent
from filiere.web.papers import document


def support_request_pdf(
    project: ProjectFile, model: WrittenModel, found: Diagnosis, *, at: dt.datetime
) -> bytes:
    """Draw the request: who asks, the model in nine texts, three years, what to work on."""
    carrier = project.carrier
    numbers = carrier.siret or carrier.rna or carrier.siren or _("to be written by hand")
    blocks: list[dict[str, Any]] = [
        {
            "is": "facts",
            "rows": [
                [_("Organisation"), carrier.name],
                [_("SIRET or RNA"), numbers],
                [_("Project"), project.title],
                [
                    _("Dates"),
                    _("from %(first)s to %(last)s")
                    % {
                        "first": date_words(project.starts_on),
                        "last": date_words(project.ends_on),
                    },
                ],
            ],
        }
    ]
    if project.need:
        blocks += [
            {"is": "heading", "text": _("The need")}, {"is": "text", "text": project.need},
        ]  # fmt: skip
    for key in BOXES:
        blocks += [
            {"is": "heading", "text": str(say.BOX_WORDS[key][0])},
            {"is": "text", "text": model.boxes.get(key) or _("Not written yet.")},
        ]
    blocks += _figures(project, found)
    blocks += [
        {"is": "heading", "text": _("What we would like to work on")},
        *({"is": "text", "text": "\u2026" * 50} for _line in range(3)),
        {"is": "text", "text": _("Person to call, telephone, signature:")},
    ]
    return document(
        kind=_("Support"),
        reference="DLA",
        sender=carrier.name,
        heading=_("Request for support to our model"),
        blocks=blocks,
        at=at,
        foot=_("Our own sheet: ask your DLA which form it uses."),
    )


def _figures(project: ProjectFile, found: Diagnosis) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if found.years:
        blocks += [
            {"is": "heading", "text": _("Three years, in euros")},
            {
                "is": "table",
                "head": [_("Year"), _("Sessions"), _("Comes in"), _("Goes out"), _("Result")],
                "numbers": 4,
                "rows": [
                    [
                        str(project.starts_on.year + one.number - 1), number(one.year.volume),
                        euros(one.year.receipts_cents), euros(one.year.costs_cents),
                        euros(one.year.result_cents),
                    ]
                    for one in found.years
                ],
            },
        ]  # fmt: skip
    if found.size:
        rows = [
            [_("Critical size with grants"), say.size_words(found.size.with_grants)],
            [_("Critical size without grants"), say.size_words(found.size.alone)],
        ]
        blocks.append({"is": "facts", "rows": rows})
    if found.rests_on:
        blocks.append(
            {
                "is": "text",
                "text": _("The largest payer, %(name)s, brings %(share)s of the money of the project.")
                % {"name": found.rests_on.largest, "share": percent(found.rests_on.share)},
            }
        )  # fmt: skip
    return blocks
