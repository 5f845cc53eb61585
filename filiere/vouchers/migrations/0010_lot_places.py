"""A lot keeps the places its programme names; a voucher is refused elsewhere."""

from pathlib import Path
from typing import Any

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
DROPPED, REPLACED = (
    ["vouchers_refusal", "vouchers_quote"], ["vouchers_redeem", "vouchers_redeem_many"]
)  # fmt: skip


def keep_places(apps: Any, editor: Any) -> None:
    """Give lots already prepared the places of their programme, frozen since it was signed."""
    # On the connection that migrates: another one would wait for its locks for ever.
    lots = apps.get_model("vouchers", "Lot").objects.using(editor.connection.alias)
    for lot in lots.filter(programme__places__isnull=False).distinct():
        lot.place_ids = sorted(lot.programme.places.values_list("pk", flat=True))
        lot.save(update_fields=["place_ids"])


def _install(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        (f"DROP FUNCTION IF EXISTS {name};\n" if name in DROPPED else "")
        + (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0001_to_0002"),
        ("vouchers", "0001_to_0009"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="lot",
            name="lot_terms_frozen",
        ),
        migrations.AddField(
            model_name="lot",
            name="place_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None, verbose_name="lieux"
            ),
        ),
        migrations.RunPython(keep_places, migrations.RunPython.noop),
        *(_install(name) for name in [*DROPPED, *REPLACED]),
        pgtrigger.migrations.AddTrigger(
            model_name="lot",
            trigger=pgtrigger.compiler.Trigger(
                name="lot_terms_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."count" IS DISTINCT FROM (NEW."count") OR OLD."face_cents" IS DISTINCT FROM (NEW."face_cents") OR OLD."mode" IS DISTINCT FROM (NEW."mode") OR OLD."booklet_size" IS DISTINCT FROM (NEW."booklet_size") OR OLD."use_until" IS DISTINCT FROM (NEW."use_until") OR OLD."tolerance_until" IS DISTINCT FROM (NEW."tolerance_until") OR OLD."present_until" IS DISTINCT FROM (NEW."present_until") OR OLD."services" IS DISTINCT FROM (NEW."services") OR OLD."territory_ids" IS DISTINCT FROM (NEW."territory_ids") OR OLD."provider_ids" IS DISTINCT FROM (NEW."provider_ids") OR OLD."place_ids" IS DISTINCT FROM (NEW."place_ids") OR OLD."publics" IS DISTINCT FROM (NEW."publics") OR OLD."cap_cents_per_person_year" IS DISTINCT FROM (NEW."cap_cents_per_person_year"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8fc774a5484365b6b6a62f5b265b2d4d24f8a727",
                    operation="UPDATE",
                    pgid="pgtrigger_lot_terms_frozen_07384",
                    table="vouchers_lot",
                    when="BEFORE",
                ),
            ),
        ),
    ]
