"""The header's links: what the signed-in roles may do, at most five."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from filiere.kernel.permissions import allowed

# (url name, words, action that opens it; None = everyone signed out).
PUBLIC_LINKS = [
    ("home", _("Find help")),
    ("places", _("Places")),
    ("open_accounts", _("Open accounts")),
    ("desk", _("Professional area")),
]
DESK_LINKS = [
    ("day", _("My day"), "agenda.see_day"),
    ("referrals", _("Referrals"), "orientation.see_referrals"),
    ("booklets", _("Vouchers to hand out"), "vouchers.hand_out"),
    ("follow_ups", _("To call back"), "pathways.follow_up"),
    ("programmes", _("Follow the euro"), "observatory.see_programmes"),
    ("payables", _("What I am owed"), "settlement.see_payables"),
    ("tills", _("Till"), "billing.sign_till"),
    ("lots", _("Lots of vouchers"), "vouchers.see_lot"),
    ("free_hours", _("Free hours"), "agreements.offer_hours"),
    ("batches", _("Payments"), "settlement.see_batches"),
    ("projects", _("My projects"), "projects.open"),
    ("schemes", _("Funders"), "projects.open"),
    ("rules", _("Rules"), "projects.open"),
    ("qualifications", _("Places to qualify"), "directory.qualify_place"),
    ("board", _("The three aims"), "observatory.see_board"),
    ("observed_review", _("Prices seen"), "billing.review_prices"),
    ("check", _("Check"), "operations.see_check"),
    ("ring_fence", _("Ring-fenced money"), "programmes.see_ring_fence"),
]

# Pages that belong to a link of the header without being it: beginning of their name → link.
SECTIONS = {
    "finder": "home", "results": "home", "diagnosis": "home", "book": "home", "booked": "home",
    "place": "places", "referral": "referrals", "qualification": "qualifications",
    "decision": "board", "lot": "lots", "recall": "lots", "bank": "ring_fence", "receipt": "ring_fence", "receipts": "ring_fence",
    "project": "projects", "scheme": "schemes", "rule": "rules",
    "usage": "programmes", "hand": "booklets", "voucher": "booklets", "batch": "batches", "payment": "payables", "payout": "payables", "invoice": "payables", "invoices": "payables", "receivable": "payables", "receivables": "payables", "statement": "payables", "statements": "payables",
    "observed": "observed_review", "willingness": "my_places", "till": "tills", "ring": "ring_fence", "free": "free_hours", "programme": "programmes", "tranche": "programmes", "match": "programmes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the header."""

    label: str
    url: str
    current: bool


def navigation_of(request: HttpRequest) -> list[Link]:
    """Links for this visitor; the current page's is marked."""
    match = getattr(request, "resolver_match", None)
    name = (match.view_name if match else "").split(":")[0]
    here = SECTIONS.get(name.split("_")[0], name)
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        links = [(name, label) for name, label, action in DESK_LINKS if allowed(user, action)]
        links = [("home", _("Find help")), *links][:6]
    else:
        links = PUBLIC_LINKS
    return [Link(str(label), reverse(link), here == link) for link, label in links]
