"""What accounts refuse. Each code is documented in docs/errors.md."""

from django.utils.translation import gettext_lazy as _

from filiere.kernel.errors import FiliereError


class AccountUnknown(FiliereError):
    """Nobody active signs in with this address."""

    code = "accounts.account_unknown"
    message = _("No open account uses the address “%(email)s”.")
    remedy = _("Check the address, or invite this person first.")
    http_status = 404


class TokenNameTaken(FiliereError):
    """One account has two live tokens of the same name: nobody could tell them apart."""

    code = "accounts.token_name_taken"
    message = _("This account already has a token named “%(name)s”.")
    remedy = _("Choose another name, or revoke the first token with --revoke.")
    http_status = 409


class TokenUnknown(FiliereError):
    """No live token of this account has this name."""

    code = "accounts.token_unknown"
    message = _("This account has no live token named “%(name)s”.")
    remedy = _("Check the name: a token that was revoked stays so.")
    http_status = 404


class RoleNotInvited(FiliereError):
    """A manager opens the desks of their own place, nothing wider."""

    code = "accounts.role_not_invited"
    message = _("This role is not given by an invitation of a place.")
    remedy = _("Choose mediator, manager or prescriber; for another role, ask the operator.")


class AlreadyMember(FiliereError):
    """The person holds this role here already."""

    code = "accounts.already_member"
    message = _("“%(email)s” already has this role in this organisation.")
    remedy = _("Nothing is left to do. To give another role, choose it and invite again.")
    http_status = 409


class ManagerExists(FiliereError):
    """Whoever manages an organisation invites its people; nobody does it over their head."""

    code = "accounts.manager_exists"
    message = _("“%(organisation)s” already has a manager.")
    remedy = _("Ask this manager to invite the person.")
    http_status = 409


class InvitationGone(FiliereError):
    """The link is unknown, used, withdrawn or too old."""

    code = "accounts.invitation_gone"
    message = _("This invitation no longer works: it was used or withdrawn, or it is too old.")
    remedy = _("If you accepted it, sign in. Otherwise ask whoever invited you for another one.")
    http_status = 410


class InvitationForAnother(FiliereError):
    """Whoever is signed in is not whoever was invited."""

    code = "accounts.invitation_for_another"
    message = _("This invitation is for “%(email)s”.")
    remedy = _("Sign in with this address, then open the link of the message again.")
    http_status = 409


class LastManager(FiliereError):
    """Without manager an organisation could invite nobody."""

    code = "accounts.last_manager"
    message = _("This is the last manager of “%(organisation)s”.")
    remedy = _("Invite another manager first; remove this one once the invitation is accepted.")
    http_status = 409
