"""What is refused about budget lines, funders, allocations, submissions and payments."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class BudgetLineNotPossible(FiliereError):
    """An amount, a year, an account or a product that means nothing."""

    code = "projects.line_not_possible"
    message = _("This line of the budget cannot be kept: %(term)s is missing or not possible.")
    remedy = _(
        "Give a label, an account of the list, a year of the project and an amount above zero;"
        " without VAT it is not dearer than with it."
    )


class BudgetLineUsed(FiliereError):
    """Sources pay it, or facts prove it."""

    code = "projects.line_used"
    message = _("Funders pay %(given)s of the line “%(line)s”, or facts prove it.")
    remedy = _("Take those parts away first, or keep the line at that amount at least.")
    http_status = 409


class AllocationNotPossible(FiliereError):
    """An amount that is not above zero, or a line and a source of two projects."""

    code = "projects.allocation_not_possible"
    message = _("This part cannot be kept: its amount, its line or its funder is not possible.")
    remedy = _("Give an amount of zero or more, for a line and a funder of this project.")


class AllocationOverLine(FiliereError):
    """Never over-funded: the parts of a line stay within its cost."""

    code = "projects.allocation_over_line"
    message = _(
        "The line “%(line)s” costs %(cost)s, and other funders leave %(left)s of it to pay."
    )
    remedy = _("Lower this part, or that of another funder.")
    http_status = 409


class AllocationOverSource(FiliereError):
    """A funder gives what it was asked or has granted, not more."""

    code = "projects.allocation_over_source"
    message = _("%(funder)s brings %(amount)s, and %(left)s of it is still free.")
    remedy = _("Lower this part, or what it pays of another line.")
    http_status = 409


class SourceNotPossible(FiliereError):
    """A funder without name or amount, or twice the same scheme."""

    code = "projects.source_not_possible"
    message = _("This funder cannot be kept: %(term)s is missing or not possible.")
    remedy = _("Give its name and an amount above zero; ask one scheme once.")


class SourceAsked(FiliereError):
    """What was sent is not rewritten: a new request is sent."""

    code = "projects.source_asked"
    message = _("%(funder)s has already been asked: the amount changes with a new request only.")
    remedy = _("Send a new request, or note the funder's answer.")
    http_status = 409


class SourceMoveNotPossible(FiliereError):
    """The state asked for does not follow the present one."""

    code = "projects.source_move_not_possible"
    message = _("%(funder)s cannot go from “%(before)s” to “%(after)s”.")
    remedy = _("Look at the funder's file again: somebody may have moved it since.")
    http_status = 409


class AwardNotPossible(FiliereError):
    """Nothing, or less than what was already paid."""

    code = "projects.award_not_possible"
    message = _("This award cannot be kept: it is not above zero, or less than what was paid.")
    remedy = _("Type the amount of the letter, in euros; a refusal is noted as a refusal.")


class AwardOverAsked(FiliereError):
    """More than what was asked is rare: it is said on purpose."""

    code = "projects.award_over_asked"
    message = _("%(funder)s was asked %(asked)s, and this award is %(granted)s.")
    remedy = _("Check the number of zeros; if it is right, say why it is more.")
    http_status = 409


class ScheduleNotPossible(FiliereError):
    """Sums that are not above zero, or more than the award."""

    code = "projects.schedule_not_possible"
    message = _("These payments come to %(total)s, for %(amount)s.")
    remedy = _("Give sums above zero that come to the award at most.")


class GrantPaymentNotPossible(FiliereError):
    """Paid without award, or more than it."""

    code = "projects.payment_not_possible"
    message = _("%(funder)s granted %(granted)s and has paid %(paid)s: %(amount)s is too much.")
    remedy = _("Note the award first, or check the amount.")
    http_status = 409


class ClawbackNotPossible(FiliereError):
    """More taken back than was paid, or without a reason."""

    code = "projects.clawback_not_possible"
    message = _(
        "%(funder)s has paid %(paid)s: it cannot take %(amount)s back, nor without a reason."
    )
    remedy = _("Check the amount, and say why it is taken back.")


class PaymentDemandReused(FiliereError):
    """The same demand with another content."""

    code = "projects.payment_key_reused"
    message = _("This payment was already recorded with another amount, day or funder.")
    remedy = _("Open the page again and type it once more.")
    http_status = 409


class DeadlinePassed(FiliereError):
    """The call closed while it was being written."""

    code = "projects.deadline_passed"
    message = _("%(funder)s took requests until %(deadline)s: this one was not sent.")
    remedy = _("Everything you wrote is kept. Ask for another date, or choose another call.")
    http_status = 409


class ReplyNotPossible(FiliereError):
    """Already answered, or an answer that contradicts its amount."""

    code = "projects.reply_not_possible"
    message = _("This request already has an answer, or the answer and its amount disagree.")
    remedy = _("Note a reduced award with its amount, a refusal without any.")
    http_status = 409


class HoursNotPossible(FiliereError):
    """No time, more than a day, or the source of another project."""

    code = "projects.hours_not_possible"
    message = _("This time cannot be kept: one minute at least, one day at most.")
    remedy = _("Give the minutes of one day, for a funder of this project.")


class ProofNotPossible(FiliereError):
    """A fact that did not take place, an amount, a year of another line."""

    code = "projects.proof_not_possible"
    message = _("This proof cannot be kept: %(term)s is missing or not possible.")
    remedy = _("Choose a session that took place, a settled charge or a cost with its day.")


class FactAlreadyProves(FiliereError):
    """The same cost would be paid twice."""

    code = "projects.fact_already_proves"
    message = _("This fact already proves the line “%(line)s” of the project “%(project)s”.")
    remedy = _("One cost is proved once. Choose another fact, or take it away from that line.")
    http_status = 409


class AidNotPossible(FiliereError):
    """An amount, a day, or a cancellation that means nothing."""

    code = "projects.aid_not_possible"
    message = _("This aid cannot be recorded: %(term)s is missing or not possible.")
    remedy = _("Give who grants it, its day and an amount above zero; cancel a record once.")


class UndertakingTaken(FiliereError):
    """One organisation belongs to one undertaking at a time."""

    code = "projects.undertaking_taken"
    message = _("%(organisation)s already belongs to the undertaking “%(undertaking)s”.")
    remedy = _("End that link first, on the day control changed.")
    http_status = 409


class SchemeListUnreadable(FiliereError):
    """Not the columns of a list of schemes."""

    code = "projects.scheme_list_unreadable"
    message = _("This file is not a list of schemes: the columns %(columns)s are missing.")
    remedy = _("Give a CSV file in UTF-8 with a first line of titles, of at most 10 MB.")
