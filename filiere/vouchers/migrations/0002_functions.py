"""The only way to lower what is left of a voucher, or to replace a lost one."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = [
    "vouchers_refusal",
    "vouchers_quote",
    "vouchers_redeem",
    "vouchers_next_serial",
    "vouchers_replace",
]


def _install(name: str) -> migrations.RunSQL:
    """Install one function; only logins that were granted it may call it."""
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        f"DROP FUNCTION {name};",
    )


class Migration(migrations.Migration):
    """``vouchers_redeem`` and its siblings run with their owner's rights."""

    dependencies = [("vouchers", "0001_initial"), ("ledger", "0002_functions")]
    operations = [_install(name) for name in FUNCTIONS]
