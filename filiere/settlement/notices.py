"""Messages about payments, queued in the caller's transaction. Accounts are always masked."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from filiere.accounts.models import Membership, Role
from filiere.kernel.calendar import legal_day
from filiere.kernel.models import Channel
from filiere.kernel.services import enqueue
from filiere.kernel.wording import Day, Euros
from filiere.settlement.models import BankAccount, PaymentOrder
from filiere.settlement.reasons import words_of


def tell_new_account(account: BankAccount, *, at: datetime) -> None:
    """Tell who runs the organisation, and the operators, that it is paid elsewhere."""
    with override("fr"):
        words = {
            "organisation": account.organisation.name,
            "account": str(account),
            "day": Day(legal_day(account.usable_from)),
        }
        subject = _("New bank account of %(organisation)s") % words
        body = (
            _(
                "Good day,\n\nFrom %(day)s on, %(organisation)s will be paid on the account "
                "%(account)s. Nothing is paid to it before.\n\nIf you did not ask for this, write "
                "to the operator now: the change can still be stopped.\n"
            )
            % words
        )
    people = _managers(account.organisation_id) | _operators()
    _send(people, f"bank-account:{account.pk}", subject, body, at)


def tell_refused(order: PaymentOrder, *, at: datetime) -> None:
    """Tell who runs a provider that the bank did not pay, and why."""
    with override("fr"):
        words = {
            "amount": Euros(order.amount_cents),
            "batch": order.batch.label,
            "account": str(order.bank_account),
            "reason": words_of(order.refused_code),
        }
        subject = _("Your payment %(batch)s was refused by the bank") % words
        body = (
            _(
                "Good day,\n\nThe bank did not pay %(amount)s to the account %(account)s: "
                "%(reason)s.\n\nNothing is lost. This sum joins your next payment. Check your "
                "bank account on Filière, and change it if it is wrong.\n"
            )
            % words
        )
    _send(_managers(order.provider_id), f"order-refused:{order.pk}", subject, body, at)


def propose_batch(*, owed_cents: int, providers: int, at: datetime) -> None:
    """Tell the operators what a batch prepared now would pay; once a day at most."""
    with override("fr"):
        organisations = ngettext("%(count)s organisation", "%(count)s organisations", providers)
        words = {
            "amount": Euros(owed_cents),
            "organisations": organisations % {"count": providers},
        }
        subject = _("%(amount)s to pay to %(organisations)s") % words
        body = (
            _(
                "Good day,\n\n%(amount)s can be paid now to %(organisations)s.\n\nOpen the page "
                "“Payments” to prepare the batch. Another person must then approve it.\n"
            )
            % words
        )
    _send(_operators(), f"batch-proposed:{legal_day(at).isoformat()}", subject, body, at)


def _managers(organisation_id: int) -> set[str]:
    return _addresses(organisation_id=organisation_id, role=Role.MANAGER)


def _operators() -> set[str]:
    return _addresses(role=Role.OPERATOR)


def _addresses(**held: object) -> set[str]:
    found = Membership.objects.filter(ended_on=None, user__is_active=True, **held)
    return set(found.order_by("pk").values_list("user__email", flat=True))


def _send(people: Iterable[str], key: str, subject: str, body: str, at: datetime) -> None:
    for rank, address in enumerate(sorted(people)):
        enqueue(
            key=f"{key}:{rank}",
            channel=Channel.EMAIL,
            recipient=address,
            subject=subject,
            body=body,
            at=at,
        )
