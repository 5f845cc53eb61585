"""Redemption in one round trip with every rule, in batches, and undone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
CHANGED = ["vouchers_refusal", "vouchers_quote", "vouchers_redeem"]
NEW = ["vouchers_cap_left", "vouchers_take_many", "vouchers_redeem_many", "vouchers_reverse"]


def _install(name: str) -> migrations.RunSQL:
    """Install one function; only logins that were granted it may call it."""
    return migrations.RunSQL(
        f"DROP FUNCTION IF EXISTS {name};\n"
        + (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        f"DROP FUNCTION IF EXISTS {name};" if name in NEW else migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    """The yearly cap, the tolerance, recalls and publics; where the act took place."""

    dependencies = [("vouchers", "0005_redemption"), ("territories", "0003_covers_function")]
    operations = [_install(name) for name in [*CHANGED, *NEW]]
