"""The only way into the journal, and the foreign keys that carry the unit of account."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = ["ledger_fingerprint", "ledger_post_many", "ledger_post", "ledger_reverse", "ledger_guard"]
UNIT_KEYS = """
    ALTER TABLE ledger_transfer
      ADD CONSTRAINT transfer_debit_account_of_unit FOREIGN KEY (debit_account_id, unit)
          REFERENCES ledger_account (id, unit),
      ADD CONSTRAINT transfer_credit_account_of_unit FOREIGN KEY (credit_account_id, unit)
          REFERENCES ledger_account (id, unit)
"""
NO_UNIT_KEYS = """
    ALTER TABLE ledger_transfer
      DROP CONSTRAINT transfer_debit_account_of_unit,
      DROP CONSTRAINT transfer_credit_account_of_unit
"""


def _install(name: str) -> migrations.RunSQL:
    """Install one function; only logins that were granted it may call it."""
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        f"DROP FUNCTION {name};",
    )


class Migration(migrations.Migration):
    """``ledger_post`` and its siblings run with their owner's rights."""

    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(UNIT_KEYS, NO_UNIT_KEYS),
        *(_install(name) for name in FUNCTIONS),
    ]
