"""Where providers are paid, and whose payments are held. Called through ``settlement.services``."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from filiere.kernel.errors import translate
from filiere.kernel.services import record
from filiere.rules.iban import Account, read_iban
from filiere.rules.sepa import sepa_text
from filiere.settlement.errors import IbanNotPayable, IbanOfAnother, IbanWrong
from filiere.settlement.models import BankAccount, ProviderHold
from filiere.settlement.notices import tell_new_account

HOLD = timedelta(hours=72)


@transaction.atomic
def register_bank_account(
    *,
    organisation_id: int,
    iban: str,
    holder_name: str,
    at: datetime,
    actor: str,
    hold: timedelta = HOLD,
) -> BankAccount:
    """Say where an organisation is paid. A new account is paid only after a hold.

    The account before it is closed. The same IBAN given again changes nothing, unless the bank
    refused it: it is then confirmed, and held again. Who runs the organisation and the operators
    are told by e-mail.

    Args:
        iban: any spacing; its control digits are verified.
        holder_name: name of the account's holder, cut to what banks accept.
        hold: time during which nothing is paid to a new account, against payments diverted just
            before a batch; 72 hours.

    Raises:
        IbanWrong: the control digits do not match.
        IbanNotPayable: the country is outside the SEPA area.
        IbanOfAnother: an open account of another organisation bears this IBAN.
    """
    account = _checked(iban)
    current = (
        BankAccount.objects.select_for_update()
        .filter(organisation_id=organisation_id, closed_at=None)
        .first()
    )
    if current is not None and current.iban == account.iban and current.refused_at is None:
        return current
    if current is not None:
        current.closed_at = at
        current.save(update_fields=["closed_at"])
    try:
        with transaction.atomic():
            opened = BankAccount.objects.create(
                organisation_id=organisation_id,
                iban=account.iban,
                bic=account.bic,
                holder_name=sepa_text(holder_name),
                registered_at=at,
                usable_from=at + hold,
            )
    except IntegrityError as error:
        raise translate(error, {"bankaccount_iban_once": IbanOfAnother()}) from error
    record(
        actor=actor,
        action="settlement.bank_account_registered",
        subject=f"organisation:{organisation_id}",
        at=at,
        iban_end=opened.iban[-4:],
        usable_from=opened.usable_from.isoformat(),
    )
    tell_new_account(opened, at=at)
    return opened


def _checked(iban: str) -> Account:
    try:
        account = read_iban(iban)
    except ValueError as error:
        raise IbanWrong from error
    if not account.is_sepa:
        raise IbanNotPayable(country=account.country)
    return account


@transaction.atomic
def hold_payments(*, provider_id: int, reason: str, at: datetime, actor: str) -> ProviderHold:
    """Hold what a provider is owed: no batch takes it until the hold is lifted. Twice is once.

    Args:
        reason: what the provider reads, at most 200 characters.
    """
    held, is_new = ProviderHold.objects.get_or_create(
        provider_id=provider_id,
        lifted_at=None,
        defaults={"reason": reason[:200], "held_at": at, "held_by": actor},
    )
    if is_new:
        record(
            actor=actor,
            action="settlement.payments_held",
            subject=f"organisation:{provider_id}",
            at=at,
            reason=held.reason,
        )
    return held


@transaction.atomic
def lift_hold(*, provider_id: int, at: datetime, actor: str) -> None:
    """Let a provider be paid again; nothing happens when nothing is held."""
    lifted = ProviderHold.objects.filter(provider_id=provider_id, lifted_at=None).update(
        lifted_at=at, lifted_by=actor
    )
    if lifted:
        record(
            actor=actor,
            action="settlement.payments_released",
            subject=f"organisation:{provider_id}",
            at=at,
        )
