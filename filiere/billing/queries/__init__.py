"""Reads of prices, charges and shares. Amounts are integer euro cents."""

from filiere.billing.queries.charges import (
    Earnings,
    Receipt,
    ReceiptLine,
    charge_of,
    charges_of,
    charges_of_provider,
    earnings,
    payable_shares,
    receipt_lines,
)
from filiere.billing.queries.commitments import (
    Awaited,
    CommitmentAccount,
    awaited_from_third_parties,
    commitment_account,
)
from filiere.billing.queries.direct import paid_to_places
from filiere.billing.queries.employers import (
    HoursAccount,
    HoursEvent,
    hours_accounts,
    hours_events,
    told_hours,
)
from filiere.billing.queries.guarantees import (
    GuaranteeFund,
    claimed_charges,
    guarantee_funds,
    guarantee_funds_for,
)
from filiere.billing.queries.home_help import (
    Attestation,
    AttestedSession,
    YearAtHome,
    attestation,
    credit_of,
    credits_of_offers,
    home_help_of,
    people_at_home,
)
from filiere.billing.queries.packages import (
    PackageLeft,
    SubsidyBalance,
    packages_for_sale,
    packages_of,
    subsidy_balances,
)
from filiere.billing.queries.prices import (
    StatedPrice,
    price_history,
    price_of,
    prices_of,
    rules_in_force,
)
from filiere.billing.queries.quote import QuoteFacts, quote_facts

__all__ = [
    "Attestation",
    "AttestedSession",
    "Awaited",
    "CommitmentAccount",
    "Earnings",
    "GuaranteeFund",
    "HoursAccount",
    "HoursEvent",
    "PackageLeft",
    "QuoteFacts",
    "Receipt",
    "ReceiptLine",
    "StatedPrice",
    "SubsidyBalance",
    "YearAtHome",
    "attestation",
    "awaited_from_third_parties",
    "charge_of",
    "charges_of",
    "charges_of_provider",
    "claimed_charges",
    "commitment_account",
    "credit_of",
    "credits_of_offers",
    "earnings",
    "guarantee_funds",
    "guarantee_funds_for",
    "home_help_of",
    "hours_accounts",
    "hours_events",
    "packages_for_sale",
    "packages_of",
    "paid_to_places",
    "payable_shares",
    "people_at_home",
    "price_history",
    "price_of",
    "prices_of",
    "quote_facts",
    "receipt_lines",
    "rules_in_force",
    "subsidy_balances",
    "told_hours",
]
