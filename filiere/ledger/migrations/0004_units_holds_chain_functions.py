"""Three units, the foreign keys that carry them, and the functions of holds, snapshots and seals."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
RENEWED = ["ledger_fingerprint", "ledger_post_many", "ledger_post", "ledger_guard"]
NEW = [
    "ledger_post_guarded",
    "ledger_post_rest",
    "ledger_place_hold",
    "ledger_open_hold",
    "ledger_capture_hold",
    "ledger_void_hold",
    "ledger_expire_holds",
    "ledger_group_digest",
    "ledger_seal_hash",
    "ledger_seal_groups",
    "ledger_roll_up",
]
UNITS = """
    INSERT INTO ledger_accountunit (code, name, decimals)
    VALUES ('EUR', 'euros', 2), ('MIN', 'minutes', 0), ('PTS', 'points', 0);
"""
KEYS = """
    ALTER TABLE ledger_account
      ADD CONSTRAINT account_unit_known FOREIGN KEY (unit) REFERENCES ledger_accountunit (code);
    ALTER TABLE ledger_hold
      ADD CONSTRAINT hold_debit_account_of_unit FOREIGN KEY (debit_account_id, unit)
          REFERENCES ledger_account (id, unit),
      ADD CONSTRAINT hold_credit_account_of_unit FOREIGN KEY (credit_account_id, unit)
          REFERENCES ledger_account (id, unit);
"""
NO_KEYS = """
    ALTER TABLE ledger_hold DROP CONSTRAINT hold_debit_account_of_unit,
                            DROP CONSTRAINT hold_credit_account_of_unit;
    ALTER TABLE ledger_account DROP CONSTRAINT account_unit_known;
"""


def _text(name: str) -> str:
    """Read one function; only logins that were granted it may call it."""
    body = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return f"{body}\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;"


class Migration(migrations.Migration):
    """Functions already there are run again: their bodies know the new columns."""

    dependencies = [("ledger", "0003_units_holds_chain")]
    operations = [
        migrations.RunSQL(UNITS, migrations.RunSQL.noop),
        migrations.RunSQL(KEYS, NO_KEYS),
        *(migrations.RunSQL(_text(name), migrations.RunSQL.noop) for name in RENEWED),
        *(migrations.RunSQL(_text(name), f"DROP FUNCTION {name};") for name in NEW),
    ]
