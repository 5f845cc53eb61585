"""A redemption costs fewer statements and fewer checks: see docs/decisions/0015."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = ["vouchers_refusal", "vouchers_redeem"]
# The same conditions under the same names, written so that they are read faster: PostgreSQL
# reads a constraint again for each statement, and a list of literals is one word for it.
RESTATED = {
    ("vouchers_voucher", "voucher_state_known"): """
        state::text = ANY ('{created,active,handed_out,spent,blocked,void,expired}'::text[])""",
    ("vouchers_voucher", "voucher_spent_is_empty"): """
        CASE WHEN remaining_cents > 0 THEN state::text <> 'spent'
             ELSE state::text = ANY ('{spent,void,expired}'::text[]) END""",
    ("vouchers_movement", "movement_channel_known"): """
        channel::text = ANY ('{qr,typed,serial_pin,offline,batch}'::text[])""",
}


def _install(name: str) -> migrations.RunSQL:
    """Run a function already there again: same signature, new body."""
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        migrations.RunSQL.noop,
    )


def _restate(table: str, name: str, condition: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({condition})",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    """Keys that the only door to these tables proves by itself have no constraint any more."""

    dependencies = [
        ("ledger", "0005_lighter_posting"),
        ("programmes", "0001_to_0002"),
        ("vouchers", "0011_checks_in_one_pass"),
    ]

    operations = [
        migrations.AlterField(
            model_name="movement",
            name="voucher",
            field=models.ForeignKey(
                db_constraint=False, db_index=False,
                on_delete=django.db.models.deletion.PROTECT, related_name="movements",
                to="vouchers.voucher",
            ),
        ),
        migrations.AlterField(
            model_name="movement",
            name="posting_group",
            field=models.OneToOneField(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="ledger.postinggroup",
            ),
        ),
        migrations.AlterField(
            model_name="movementpart",
            name="movement",
            field=models.ForeignKey(
                db_constraint=False, db_index=False,
                on_delete=django.db.models.deletion.PROTECT, related_name="parts",
                to="vouchers.movement",
            ),
        ),
        migrations.AlterField(
            model_name="movementpart",
            name="tranche",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="programmes.tranche",
            ),
        ),
        *(_restate(table, name, condition) for (table, name), condition in RESTATED.items()),
        *(_install(name) for name in FUNCTIONS),
    ]  # fmt: skip
