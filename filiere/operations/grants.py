"""What the application's database login may do. Run as the owner after each migration.

The application is not the owner: it cannot write the journal, cannot lower what is left of a
voucher, cannot change the schema. Those things go through functions that run with the owner's
rights (``ledger_post``, ``vouchers_redeem``…), each with a fixed search path.
"""

from typing import Any

READ_ONLY = [
    "ledger_account",
    "ledger_balancesnapshot",
    "ledger_guardedbalance",
    "ledger_hold",
    "ledger_holdresolution",
    "ledger_postinggroup",
    "ledger_seal",
    "ledger_transfer",
    "programmes_banklineuse",
    "vouchers_movement",
    "vouchers_reversal",
]
INSERT_ONLY = [
    "billing_allocation",
    "billing_creditrefund",
    "billing_instalment",
    "billing_invoice",
    "billing_invoicedshare",
    "billing_invoiceline",
    "billing_invoicepayment",
    "billing_invoicevat",
    "billing_packagesale",
    "billing_packageuse",
    "billing_paymentbounce",
    "billing_refund",
    "billing_tillcount",
    "billing_tilldeposit",
    "billing_tillreceipt",
    "billing_willingnessanswer",
    "directory_qualification",
    "kernel_auditentry",
    "kernel_parametersignature",
    "ledger_accountunit",
    "programmes_bankline",
    "programmes_bankstatement",
    "programmes_matchrule",
    "projects_aidrecord",
    "projects_answerversion",
    "projects_fileversion",
    "projects_grantpayment",
    "settlement_bankanswer",
    "settlement_bankanswerline",
    "settlement_bankmatch",
    "vouchers_claimstep",
    "vouchers_latereturn",
    "vouchers_lotalert",
    "vouchers_offlineclaim",
    "vouchers_withdrawal",
]
# Everything of a voucher the application may change by itself; the rest only the functions do.
VOUCHER_COLUMNS = "state, holder_id, handed_out_at, handed_out_by_id"


def grant_application(cursor: Any, *, login: str) -> None:
    """Give ``login`` exactly the rights the application needs, whatever it had before.

    Args:
        cursor: a cursor of the owner's connection.
        login: name of the application's database role.
    """
    cursor.execute(f'GRANT USAGE ON SCHEMA public TO "{login}"')
    cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{login}"')
    cursor.execute(
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{login}"'
    )
    cursor.execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{login}"')
    cursor.execute(f'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{login}"')
    for table in READ_ONLY:
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON {table} FROM "{login}"')
    for table in INSERT_ONLY:
        cursor.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{login}"')
    cursor.execute(f'REVOKE UPDATE, DELETE ON vouchers_voucher FROM "{login}"')
    cursor.execute(f'GRANT UPDATE ({VOUCHER_COLUMNS}) ON vouchers_voucher TO "{login}"')
    cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM "{login}"')
