"""What a reminder says, in French, by who owes and how firm it is; nothing of a person's name.

To a company and a public body, the sums the law adds are told from the second reminder on. To a
person, never: what is told is that she may pay bit by bit, and that the help goes on.
"""

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiere.accounts.models import Membership, Role
from filiere.billing.models import Invoice, Reminder, ReminderStep
from filiere.billing.queries.receivables import KINDS
from filiere.kernel.wording import Day, Euros
from filiere.rules.reminders import DebtorKind


def addresses_of(invoice: Invoice) -> list[str]:
    """E-mail addresses of who reads the invoices of the organisation invoiced; none for a person."""
    if invoice.recipient_id is None:
        return []
    found = Membership.objects.filter(
        ended_on=None,
        user__is_active=True,
        organisation=invoice.recipient_id,
        role__in=(Role.MANAGER, Role.COMMISSIONER),
    )
    return sorted(set(found.order_by("pk").values_list("user__email", flat=True)))


def message_of(reminder: Reminder) -> tuple[str, str]:
    """Give the subject and the text of a reminder, paragraphs separated by an empty line."""
    invoice = reminder.invoice
    kind = KINDS[invoice.recipient_kind]
    with override("fr"):
        words = {
            "number": invoice.number,
            "amount": Euros(reminder.open_cents),
            "issued": Day(invoice.issued_on),
            "due": Day(invoice.due_on),
            "fee": Euros(reminder.fee_cents),
            "interest": Euros(reminder.interest_cents),
            "iban": invoice.iban,
            "issuer": invoice.issuer.legal_name,
        }
        paragraphs = [_("Good day,"), *_asked(kind, reminder.step)]
        if invoice.iban:
            paragraphs.append(
                _("You can pay by transfer to the account %(iban)s, with the reference %(number)s.")
            )
        paragraphs += [_end(kind), "%(issuer)s"]
        body = "\n\n".join(paragraph % words for paragraph in paragraphs)
        return _subject(kind, reminder.step) % words, f"{body}\n"


def _subject(kind: DebtorKind, step: str) -> str:
    if kind != DebtorKind.PERSON and step == ReminderStep.FORMAL:
        return _("Formal notice: invoice %(number)s, %(amount)s left to pay")
    return _("Invoice %(number)s: %(amount)s left to pay")


def _asked(kind: DebtorKind, step: str) -> list[str]:
    if kind == DebtorKind.PERSON:
        return [
            _("%(amount)s is left to pay on the invoice %(number)s of %(issued)s. If you have just "
              "paid it, take no account of this letter."),
            _("If paying all of it at once is difficult, tell us: we can agree on smaller sums, "
              "month by month. It costs nothing more, and the help you receive goes on."),
        ]  # fmt: skip
    first = _(
        "Our invoice %(number)s of %(issued)s was due on %(due)s: %(amount)s is left to pay. If you "
        "have just paid it, take no account of this message."
    )
    if step == ReminderStep.FIRST:
        return [first]
    if kind == DebtorKind.PUBLIC:
        law = _(
            "The law adds interest for late payment, and %(fee)s for the cost of recovery (Code de "
            "la commande publique, art. L. 2192-13 and D. 2192-35)."
        )
    else:
        law = _(
            "The law adds %(fee)s for the cost of recovery, and late penalties: %(interest)s to "
            "this day (Code de commerce, art. L. 441-10 and D. 441-5)."
        )
    if step == ReminderStep.SECOND:
        return [first, law]
    notice = _(
        "This letter is a formal notice (mise en demeure) to pay it within eight days. After that, "
        "we may ask a judge for it."
    )
    return [first, law, notice]


def _end(kind: DebtorKind) -> str:
    if kind == DebtorKind.PERSON:
        return _("If this invoice seems wrong to you, come and see us, or write to us.")
    return _("If something is wrong with it, answer us: nothing is asked while we look.")
