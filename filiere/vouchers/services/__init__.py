"""What can be done with lots and vouchers. Amounts are integer euro cents."""

from filiere.vouchers.services.activation import (
    activate_lot,
    ask_reach_override,
    confirm_reach_override,
)
from filiere.vouchers.services.batch import Act, redeem_many
from filiere.vouchers.services.counter import Quote, Redeemed, quote, redeem, redeem_typed
from filiere.vouchers.services.custody import (
    block,
    declare_lost,
    entrust,
    hand_out,
    hand_out_many,
    unblock,
)
from filiere.vouchers.services.devices import (
    register_device,
    require_signature,
    revoke_device,
    set_limits,
)
from filiere.vouchers.services.disputes import (
    close_as_paid,
    contest_claim,
    give_up_claim,
    is_upheld,
    lock_claim,
    uphold_refusal,
)
from filiere.vouchers.services.issue import (
    IssuedCode,
    code_of,
    create_lot,
    generate_vouchers,
    make_vouchers,
)
from filiere.vouchers.services.lifecycle import (
    acknowledge_statement,
    close_lot,
    closing_alerts,
    draw_statement,
    sweep_closed_lot,
)
from filiere.vouchers.services.offline import Answer, Asked, Claim, Pay, Upload, upload_claims
from filiere.vouchers.services.recalls import lift_recall, recall
from filiere.vouchers.services.reversal import reverse_movement
from filiere.vouchers.services.sheets import (
    LineReport,
    SheetReport,
    hand_out_new,
    hand_out_sheet,
)
from filiere.vouchers.services.signing import (
    public_keys,
    revoke_signing_key,
    sign_vouchers,
    signing_key,
)
from filiere.vouchers.services.terms import (
    VoucherTerms,
    terms_by_digest,
    terms_of,
    terms_of_voucher,
)
from filiere.vouchers.services.texting import send_by_sms
from filiere.vouchers.services.typed import Typed, count_try, unlock_typing

__all__ = [
    "Act",
    "Answer",
    "Asked",
    "Claim",
    "IssuedCode",
    "LineReport",
    "Pay",
    "Quote",
    "Redeemed",
    "SheetReport",
    "Typed",
    "Upload",
    "VoucherTerms",
    "acknowledge_statement",
    "activate_lot",
    "ask_reach_override",
    "block",
    "close_as_paid",
    "close_lot",
    "closing_alerts",
    "code_of",
    "confirm_reach_override",
    "contest_claim",
    "count_try",
    "create_lot",
    "declare_lost",
    "draw_statement",
    "entrust",
    "generate_vouchers",
    "give_up_claim",
    "hand_out",
    "hand_out_many",
    "hand_out_new",
    "hand_out_sheet",
    "is_upheld",
    "lift_recall",
    "lock_claim",
    "make_vouchers",
    "public_keys",
    "quote",
    "recall",
    "redeem",
    "redeem_many",
    "redeem_typed",
    "register_device",
    "require_signature",
    "reverse_movement",
    "revoke_device",
    "revoke_signing_key",
    "send_by_sms",
    "set_limits",
    "sign_vouchers",
    "signing_key",
    "sweep_closed_lot",
    "terms_by_digest",
    "terms_of",
    "terms_of_voucher",
    "unblock",
    "unlock_typing",
    "uphold_refusal",
    "upload_claims",
]
