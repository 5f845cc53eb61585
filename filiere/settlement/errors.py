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
    """No share is payable to a usable account."""

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
