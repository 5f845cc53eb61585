"""What settlement refuses. Each code is documented in docs/errors.md."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class IbanWrong(FiliereError):
    """The IBAN fails its own check digits, or is not of the euro payment area."""

    code = "settlement.iban_wrong"
    message = _("This IBAN is not right: its control digits do not match the rest.")
    remedy = _("Copy it again from the bank's document, spaces included or not.")


class IbanNotPayable(FiliereError):
    """A real IBAN, outside the area of SEPA transfers."""

    code = "settlement.iban_not_payable"
    message = _("This account (%(country)s) cannot receive a SEPA transfer.")
    remedy = _("Give an account in a country of the SEPA area.")


class IbanOfAnother(FiliereError):
    """Another organisation is already paid on this account."""

    code = "settlement.iban_of_another"
    message = _("Another organisation is already paid on this account.")
    remedy = _("Check the IBAN. If both organisations do share it, write to the operator.")
    http_status = 409


class BatchLabelWrong(FiliereError):
    """A label goes into the bank's references: few characters are allowed there."""

    code = "settlement.batch_label_wrong"
    message = _("The bank does not accept the batch name “%(label)s”.")
    remedy = _("Use 1 to 26 capital letters, digits and hyphens, for example VIR-2026-47.")


class BatchLabelTaken(FiliereError):
    """Two batches may not bear one name."""

    code = "settlement.batch_label_taken"
    message = _("A batch is already named “%(label)s”.")
    remedy = _("Choose another name, or open the existing batch.")
    http_status = 409


class NothingToPay(FiliereError):
    """No share is payable to a usable account, once debit notes are taken off."""

    code = "settlement.nothing_to_pay"
    message = _("There is nothing to pay: no provider is owed money on a usable bank account.")
    remedy = _("See who is owed money without a usable account, or wait for new sessions.")


class ShareAlreadyInBatch(FiliereError):
    """Another batch took the same share at the same moment."""

    code = "settlement.share_already_in_batch"
    message = _("Another batch was prepared at the same moment and holds some of these payments.")
    remedy = _("Start again: what is left will be in your batch.")
    http_status = 409


class SecondPersonNeeded(FiliereError):
    """Whoever prepares a batch does not approve it."""

    code = "settlement.second_person_needed"
    message = _("You prepared this batch, so you cannot approve it.")
    remedy = _("Ask another person of the team to check it and approve it.")
    http_status = 403


class BatchNotInState(FiliereError):
    """The step asked for does not follow the batch's state."""

    code = "settlement.batch_not_in_state"
    message = _("The batch “%(label)s” is at the step “%(state)s”, so this step is not possible.")
    remedy = _("Open the batch to see which step comes next.")
    http_status = 409


class AccountChanged(FiliereError):
    """A provider changed its bank account after the batch was prepared."""

    code = "settlement.account_changed"
    message = _("%(provider)s changed its bank account after this batch was prepared.")
    remedy = _("Cancel the batch and prepare it again.")
    http_status = 409


class PaidOnAnotherDay(FiliereError):
    """The batch was marked paid with another date."""

    code = "settlement.paid_on_another_day"
    message = _("This batch is already marked as paid on %(paid_on)s.")
    remedy = _("Keep this date, or ask the auditor to look at the bank statement.")
    http_status = 409


class BankFileRefused(FiliereError):
    """The file does not follow the banks' schema; nothing was emitted."""

    code = "settlement.bank_file_refused"
    message = _("The bank file would be refused: %(reason)s")
    remedy = _("Check the payer's name, IBAN and BIC, then try again.")


class AnotherPersonCancels(FiliereError):
    """What another person approved is not cancelled by the one who prepared it, alone."""

    code = "settlement.another_person_cancels"
    message = _("You prepared this batch and another person approved it.")
    remedy = _("Ask another person of the team to cancel it.")
    http_status = 403


class AlertsToRead(FiliereError):
    """The batch has alerts that the approver has not read."""

    code = "settlement.alerts_to_read"
    message = _("Some alerts of this batch have not been read: %(count)s.")
    remedy = _("Read each alert and tick it, or cancel the batch.")


class AnswerUnreadable(FiliereError):
    """The file is not a bank's answer that can be read safely."""

    code = "settlement.answer_unreadable"
    message = _("This file is not a bank's answer that Filière can read (%(reason)s).")
    remedy = _("Take the payment report of your bank, in the format pain.002.001.03, unchanged.")


class AnswerOfUnknownFile(FiliereError):
    """The answer is about a file that was not emitted here."""

    code = "settlement.answer_of_unknown_file"
    message = _("This answer is about the file “%(reference)s”, which was not made here.")
    remedy = _("Check that it is the answer to one of your batches.")


class ChargeBeingPaid(FiliereError):
    """A batch holds the session and its file is not made yet."""

    code = "settlement.charge_being_paid"
    message = _("This session is in the batch of payments “%(label)s”, which is being prepared.")
    remedy = _("Cancel the batch, or wait until its file is made, then refund the session.")
    http_status = 409


class ReturnAfterSetOff(FiliereError):
    """A returned payment holds a session already taken back from another payment."""

    code = "settlement.return_after_set_off"
    message = _(
        "The payment %(reference)s holds a session already taken back from another payment."
    )
    remedy = _("Ask the auditor: the two payments must be looked at together.")
    http_status = 409


class LineDoesNotMatch(FiliereError):
    """A line of the account is not this payment."""

    code = "settlement.line_does_not_match"
    message = _("This line of the account is not the payment %(reference)s.")
    remedy = _("Compare the amounts to the cent, and check that neither is matched already.")
    http_status = 409


class NothingEarned(FiliereError):
    """The operator took all that it earned so far."""

    code = "settlement.nothing_earned"
    message = _("Nothing is due to the operator now.")
    remedy = _("Come back once more sessions are paid to providers.")
    http_status = 409
