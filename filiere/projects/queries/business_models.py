"""Reading the model of a project and who pays it. Integer euro cents."""

from collections.abc import Mapping
from dataclasses import dataclass

from filiere.projects.models import BusinessModel, FundingSource
from filiere.projects.models.sources import LOST
from filiere.rules.business_model import Year


@dataclass(frozen=True, slots=True)
class WrittenModel:
    """What is written; ``edition`` is 0 as long as nothing is."""

    boxes: Mapping[str, str]
    years: tuple[Year, ...]
    edition: int


def model_of(project_id: int) -> WrittenModel:
    """Give the model of a project, blank when nobody wrote it."""
    found = BusinessModel.objects.filter(project=project_id).first()
    if found is None:
        return WrittenModel({}, (), 0)
    return WrittenModel(found.boxes, tuple(Year(**one) for one in found.years), found.edition)


def payers_of(project_id: int) -> dict[str, int]:
    """Give who pays a project and how much: what was granted, or asked while no answer came."""
    payers: dict[str, int] = {}
    sources = FundingSource.objects.filter(project=project_id).exclude(state__in=LOST)
    for one in sources.order_by("pk"):
        cents = one.asked_cents if one.granted_cents is None else one.granted_cents
        payers[one.funder_name] = payers.get(one.funder_name, 0) + cents
    return payers
