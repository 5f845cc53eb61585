"""Writing the model of a project; see ``rules.business_model`` for what it is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from filiere.kernel import services as kernel
from filiere.projects.errors import ModelNotPossible
from filiere.projects.models import BusinessModel
from filiere.projects.services.budget import MOST_CENTS
from filiere.projects.services.locking import hold_project, require_edition
from filiere.rules.business_model import BOXES, YEARS, Year

MOST_TEXT = 2_000
MOST_SESSIONS = 1_000_000


@transaction.atomic
def save_model(
    *,
    project_id: int,
    boxes: Mapping[str, str],
    years: Sequence[Year],
    edition: int,
    actor: str,
    at: datetime,
) -> BusinessModel:
    """Write the whole model. The same again writes nothing.

    Args:
        boxes: key of ``rules.business_model.BOXES`` → a text of at most 2,000 characters.
        years: those that are known, the first first, three at most.
        edition: the one that was read, 0 when there was none: optimistic lock.

    Raises:
        ProjectEnded: the file changes no more.
        ModelNotPossible: another box, a text too long, more years, a figure out of range.
        ProjectChanged: somebody saved it since.
    """
    texts = {key: text.replace("\r\n", "\n").strip() for key, text in boxes.items()}
    _require_sound(texts, years)
    project = hold_project(project_id)
    said = {
        "boxes": {key: text for key, text in texts.items() if text},
        "years": [asdict(one) for one in years],
    }
    found = BusinessModel.objects.filter(project=project).first()
    if found is not None and (found.boxes, found.years) == (said["boxes"], said["years"]):
        return found
    require_edition(edition, found.edition if found else 0)
    saved, _is_new = BusinessModel.objects.update_or_create(
        project=project,
        defaults={**said, "edition": edition + 1, "saved_at": at, "saved_by": actor},
    )
    kernel.record(
        actor=actor, action="projects.model_saved", subject=f"project:{project.pk}", at=at,
        edition=saved.edition,
    )  # fmt: skip
    return saved


def _require_sound(texts: Mapping[str, str], years: Sequence[Year]) -> None:
    if not set(texts) <= set(BOXES) or len(years) > YEARS:
        raise ModelNotPossible(most=MOST_TEXT)
    if any(len(text) > MOST_TEXT or "\0" in text for text in texts.values()):
        raise ModelNotPossible(most=MOST_TEXT)
    for one in years:
        amounts = (one.price_cents, one.session_cents, one.fixed_cents, one.grants_cents)
        if one.volume > MOST_SESSIONS or max(amounts) > MOST_CENTS:
            raise ModelNotPossible(most=MOST_TEXT)
