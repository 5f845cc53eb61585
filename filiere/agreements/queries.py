"""Which agreements and commitments are in force on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from filiere.agreements.models import Agreement, AgreementKind, Commitment


def in_force(
    kind: AgreementKind | str | None = None,
    promiser_id: int | None = None,
    *,
    on: date,
    counterpart_id: int | None = None,
) -> QuerySet[Agreement]:
    """Give the signed agreements in force on a day, oldest first; both bounds included.

    Args:
        counterpart_id: keeps those signed with this organisation, and those open to all.
    """
    found = Agreement.objects.filter(_in_force("", on)).select_related("promiser", "counterpart")
    if kind is not None:
        found = found.filter(kind=kind)
    if promiser_id is not None:
        found = found.filter(promiser=promiser_id)
    if counterpart_id is not None:
        found = found.filter(Q(counterpart=counterpart_id) | Q(counterpart=None))
    return found.order_by("starts_on", "pk")


def agreement_in_force(agreement_id: int, *, on: date) -> Agreement | None:
    """Give one agreement if it is signed and in force on a day; else None."""
    return Agreement.objects.filter(_in_force("", on), pk=agreement_id).first()


def is_in_force(agreement_id: int, *, on: date) -> bool:
    """Tell whether one agreement is signed and in force on a day."""
    return agreement_in_force(agreement_id, on=on) is not None


def is_usable_by(agreement: Agreement, organisation_id: int) -> bool:
    """Tell whether an agreement binds an organisation: signed with it, or open to all."""
    return agreement.counterpart_id in (None, organisation_id)


def commitment_in_force(commitment_id: int, on: date) -> Commitment | None:
    """Give a commitment with its agreement, if signed and in force on a day; else None."""
    return (
        Commitment.objects.filter(_in_force("agreement__", on), pk=commitment_id)
        .select_related("agreement")
        .first()
    )


def commitments_in_force(
    kind: AgreementKind | str, *, on: date, counterpart_id: int, operator_key: str = ""
) -> QuerySet[Commitment]:
    """Give the commitments in force on a day that an organisation may use, oldest agreement first.

    Args:
        counterpart_id: keeps those signed with this organisation, and those open to all.
        operator_key: keeps those for this operator and those for every procedure; blank keeps
            only those for every procedure.
    """
    return (
        Commitment.objects.filter(
            _in_force("agreement__", on),
            Q(agreement__counterpart=counterpart_id) | Q(agreement__counterpart=None),
            agreement__kind=kind,
            operator_key__in={"", operator_key},
        )
        .select_related("agreement__promiser")
        .order_by("agreement__starts_on", "pk")
    )


def _in_force(prefix: str, on: date) -> Q:
    """Condition: signed, begun, not ended."""
    return Q(**{f"{prefix}signed_at__isnull": False, f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})
    )
