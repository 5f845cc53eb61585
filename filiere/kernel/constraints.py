"""Database constraints every app declares the same way."""

from django.db import models


def known_value(
    model: str, field: str, choices: type[models.TextChoices]
) -> models.CheckConstraint:
    """Refuse a value outside ``choices``; the name is ``<model>_<field>_known``."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": choices.values}), name=f"{model}_{field}_known"
    )


def not_negative(model: str, field: str) -> models.CheckConstraint:
    """Refuse a number under zero; the name is ``<model>_<field>_not_negative``."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": 0}), name=f"{model}_{field}_not_negative"
    )
