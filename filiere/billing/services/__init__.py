"""What billing does: prices, charges, their split between payers. Amounts in euro cents."""

from filiere.billing.services.charges import cancel_charge, raise_charge, reprice_charge
from filiere.billing.services.credit_notes import issue_credit_note
from filiere.billing.services.guarantees import open_guarantee_fund, pay_from_guarantee
from filiere.billing.services.home_help import declare_home_help, end_home_help
from filiere.billing.services.invoice_runs import finish_invoice_run, open_invoice_run
from filiere.billing.services.invoicing import LineWanted, invoice_shares, issue_invoice
from filiere.billing.services.issuers import (
    Address,
    BillingIdentity,
    save_customer,
    save_issuer,
)
from filiere.billing.services.offline import upload_sessions
from filiere.billing.services.prices import (
    Package,
    Solidarity,
    open_subsidy_group,
    set_price,
    withdraw_price,
)
from filiere.billing.services.quoting import OfferQuote, QuotedShare, quote_offer
from filiere.billing.services.refunding import lock_payments, refund_charge
from filiere.billing.services.splitting import SplitPreview, preview_split, split_charge
from filiere.billing.services.third_parties import receive_third_party, release_covered_shares

__all__ = [
    "Address",
    "BillingIdentity",
    "LineWanted",
    "OfferQuote",
    "Package",
    "QuotedShare",
    "Solidarity",
    "SplitPreview",
    "cancel_charge",
    "declare_home_help",
    "end_home_help",
    "finish_invoice_run",
    "invoice_shares",
    "issue_credit_note",
    "issue_invoice",
    "lock_payments",
    "open_guarantee_fund",
    "open_invoice_run",
    "open_subsidy_group",
    "pay_from_guarantee",
    "preview_split",
    "quote_offer",
    "raise_charge",
    "receive_third_party",
    "refund_charge",
    "release_covered_shares",
    "reprice_charge",
    "save_customer",
    "save_issuer",
    "set_price",
    "split_charge",
    "upload_sessions",
    "withdraw_price",
]
