"""Transfers without foreign keys: the only door to the journal proves them (docs/decisions/0015)."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
RENEWED = ["ledger_guard", "ledger_post", "ledger_post_rest"]
NO_KEYS = """
    ALTER TABLE ledger_transfer
      DROP CONSTRAINT transfer_debit_account_of_unit,
      DROP CONSTRAINT transfer_credit_account_of_unit
"""
KEYS = """
    ALTER TABLE ledger_transfer
      ADD CONSTRAINT transfer_debit_account_of_unit FOREIGN KEY (debit_account_id, unit)
          REFERENCES ledger_account (id, unit),
      ADD CONSTRAINT transfer_credit_account_of_unit FOREIGN KEY (credit_account_id, unit)
          REFERENCES ledger_account (id, unit)
"""


def _text(name: str) -> str:
    """Read one function; only logins that were granted it may call it."""
    body = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return f"{body}\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;"


class Migration(migrations.Migration):
    """What a foreign key checked at each transfer is true by construction, and audited."""

    dependencies = [("ledger", "0004_units_holds_chain_functions")]

    operations = [
        migrations.RunSQL(NO_KEYS, KEYS),
        migrations.AlterField(
            model_name="transfer",
            name="group",
            field=models.ForeignKey(
                db_constraint=False, db_index=False,
                on_delete=django.db.models.deletion.PROTECT, related_name="transfers",
                to="ledger.postinggroup",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="eefa0ae4fd97f81ef43fa5a0e17381c45048f3c3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_account_append_only_af718",
                    table="ledger_account",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'account is append-only: it cannot be truncated';",
                    hash="40bbeeb5279d0deb2bfcc101ae988903b48dee12",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_account_no_truncate_4dd72",
                    table="ledger_account",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(_text("ledger_hold_account"), "DROP FUNCTION ledger_hold_account;"),
        *(migrations.RunSQL(_text(name), migrations.RunSQL.noop) for name in RENEWED),
    ]  # fmt: skip
