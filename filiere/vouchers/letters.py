"""What is written to people about lots and vouchers. No secret code is written here."""

from django.utils import translation
from django.utils.translation import gettext as _

from filiere.kernel.wording import Day, Euros
from filiere.vouchers.models import AlertKind, Lot


def alert(lot: Lot, kind: AlertKind, unused_cents: int) -> tuple[str, str]:
    """Subject and body of a warning before the last day of a lot, in French."""
    with translation.override("fr"):
        parameters = {
            "lot": str(lot),
            "programme": lot.programme.name,
            "day": Day(lot.use_until),
            "unused": Euros(unused_cents),
        }
        subjects = {
            AlertKind.SOON: _("Vouchers of %(programme)s: last day of use on %(day)s"),
            AlertKind.REALLOCATE: _("Vouchers of %(programme)s: move what will not be used?"),
            AlertKind.LAST: _("Vouchers of %(programme)s: seven days left"),
        }
        advice = {
            AlertKind.SOON: _("Ask the organisations that hold booklets to hand them out now."),
            AlertKind.REALLOCATE: _(
                "Booklets that nobody hands out can go to another organisation, from the page of"
                " the lot. What is left at the end goes back to each funder, or into another lot."
            ),
            AlertKind.LAST: _(
                "Sessions of the last days can still be recorded for a few weeks. After that, what"
                " is left goes back to each funder."
            ),
        }
        opening = _(
            "Hello,\n\n%(unused)s are left on the vouchers of %(lot)s. They can be used until %(day)s."
        )
        body = "\n\n".join([opening % parameters, advice[kind], "Filière"])
        return subjects[kind] % parameters, body
