"""What billing does: prices, charges, their split between payers. Amounts in euro cents."""

from filiere.billing.services.bearing import give_up_claim
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
from filiere.billing.services.observed import (
    PriceSeen,
    confirm_price,
    end_ceiling,
    note_price,
    set_ceiling,
    set_price_aside,
)
from filiere.billing.services.observed_sheets import (
    PriceSheetReport,
    WrongLine,
    note_price_sheet,
)
from filiere.billing.services.offline import upload_sessions
from filiere.billing.services.plans import (
    agree_plan,
    close_dispute,
    end_plan,
    open_dispute,
)
from filiere.billing.services.prices import (
    Package,
    Solidarity,
    open_subsidy_group,
    set_price,
    withdraw_price,
)
from filiere.billing.services.quoting import OfferQuote, QuotedShare, quote_offer
from filiere.billing.services.receivables import (
    bounce_payment,
    record_payment,
    refund_credit,
    use_credit,
)
from filiere.billing.services.refunding import lock_payments, refund_charge
from filiere.billing.services.reminders import (
    bring_up_to,
    prepare_reminders,
    send_reminder,
    set_reminder_aside,
)
from filiere.billing.services.splitting import SplitPreview, preview_split, split_charge
from filiere.billing.services.third_parties import receive_third_party, release_covered_shares
from filiere.billing.services.willingness import (
    PAPER_DELAY,
    answer_survey,
    close_survey,
    enter_paper_answers,
    open_survey,
)

__all__ = [
    "PAPER_DELAY",
    "Address",
    "BillingIdentity",
    "LineWanted",
    "OfferQuote",
    "Package",
    "PriceSeen",
    "PriceSheetReport",
    "QuotedShare",
    "Solidarity",
    "SplitPreview",
    "WrongLine",
    "agree_plan",
    "answer_survey",
    "bounce_payment",
    "bring_up_to",
    "cancel_charge",
    "close_dispute",
    "close_survey",
    "confirm_price",
    "declare_home_help",
    "end_ceiling",
    "end_home_help",
    "end_plan",
    "enter_paper_answers",
    "finish_invoice_run",
    "give_up_claim",
    "invoice_shares",
    "issue_credit_note",
    "issue_invoice",
    "lock_payments",
    "note_price",
    "note_price_sheet",
    "open_dispute",
    "open_guarantee_fund",
    "open_invoice_run",
    "open_subsidy_group",
    "open_survey",
    "pay_from_guarantee",
    "prepare_reminders",
    "preview_split",
    "quote_offer",
    "raise_charge",
    "receive_third_party",
    "record_payment",
    "refund_charge",
    "refund_credit",
    "release_covered_shares",
    "reprice_charge",
    "save_customer",
    "save_issuer",
    "send_reminder",
    "set_ceiling",
    "set_price",
    "set_price_aside",
    "set_reminder_aside",
    "split_charge",
    "upload_sessions",
    "use_credit",
    "withdraw_price",
]
