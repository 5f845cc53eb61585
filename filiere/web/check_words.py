"""The sentences of the auditor's check, marked so that each one has its French.

The statements live beside each app (``checks.py``); a test compares the two lists.
"""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Every slot that is not cancelled occupies its worker for its whole time."),
    _("No one sits in a seat the slot does not have, nor two in one seat."),
    _("No unit has two live occupations at the same moment."),
    _("Every posting group was caused by a row of an upper app, or reverses another."),
    _("Every referral that no place could take is counted as an unmet need."),
    _("An open referral asks exactly one place; a closed one asks none."),
    _("A session is noted only for someone who came."),
    _("A name is kept only while the person's latest answer is yes."),
    _("A batch's total is the sum of its orders, and of their lines."),
    _("The bank file of each emitted batch is the one that was emitted."),
    _("Only payable shares are paid: vouchers', and third parties' whose cash came."),
    _("A payment is the sum of its lines, and each line is its share, of the same provider."),
    _("Each emitted payment left the payables for its amount; others left nothing."),
    _("Each provider's payable accounts hold exactly its shares not yet sent to the bank."),
    _("A share is in one live payment at most; a cancelled batch has no live line."),
    _("Only a session somebody came to has a live charge."),
    _("What a third party owes and a person paid is in the ledger, to the cent."),
    _("A third party never owes more than the envelope it signed."),
    _("Every use of a voucher pays a share of one session."),
    _("Third parties' shares are payable only up to the cash received."),
    _("The shares of a split charge add up to its price; other charges have none."),
    _("A voucher's share is its movement, for the same act and the same provider."),
    _("Every posting group has at least one transfer."),
    _("Every posting group still holds exactly the transfers that were asked for."),
    _("Every guarded balance is the sum of its account's transfers."),
    _("Every guarded balance is within its bounds."),
    _("Every transfer moves an amount above zero."),
    _("Every transfer belongs to a posting group."),
    _("Every transfer stays within one unit of account."),
    _("No posting group is claimed by two rows."),
    _("Each receipt moved exactly its amount from its funder to its tranche."),
    _("The cash of each tranche is guarded: it can never go under zero."),
    _("The parts of a lot add up to its number of vouchers times their face."),
    _("The vouchers of an active lot take from each tranche exactly its part."),
    _("The transfers of a movement's group are its parts, cent for cent, to its provider."),
    _("The parts of a movement add up to it."),
    _("Each pocket of the ledger holds exactly what is left on the vouchers it pays."),
    _("The parts of a voucher add up to it, at issue and now."),
    _("What is left of a voucher is its face less its movements, or passed to its heir."),
    _("The numbers of vouchers follow each other without a gap."),
)
