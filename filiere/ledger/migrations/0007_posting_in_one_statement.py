"""A group and its transfers are written by one statement; pockets and payables are never guarded."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def _install(name: str) -> migrations.RunSQL:
    """Run a function's file; only logins that were granted it may call it."""
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    """Same signatures, new bodies."""

    dependencies = [("ledger", "0006_new_accounts")]

    operations = [
        *(_install(name) for name in ("ledger_is_open", "ledger_post", "ledger_guard")),
        # Nobody guards one today; should somebody have, the bounds are taken off, nothing moves.
        migrations.RunSQL(
            "DELETE FROM ledger_guardedbalance guard USING ledger_account account"
            " WHERE account.id = guard.account_id AND ledger_is_open(ARRAY[account.code::text])",
            migrations.RunSQL.noop,
        ),
    ]
