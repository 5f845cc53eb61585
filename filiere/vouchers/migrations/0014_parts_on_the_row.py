"""The parts of a voucher and of a movement go onto its own row: see docs/decisions/0022."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import filiere.vouchers.models.parts

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = [
    "vouchers_redeem",
    "vouchers_take_many",
    "vouchers_redeem_many",
    "vouchers_replace",
    "vouchers_reverse",
]
# What is written stays as it is: the triggers that protect it are put aside for this alone.
MOVE = """
    ALTER TABLE vouchers_voucher DISABLE TRIGGER USER;
    UPDATE vouchers_voucher voucher
       SET tranche_ids = part.tranches, face_parts = part.faces, left_parts = part.lefts
      FROM (SELECT voucher_id, array_agg(tranche_id ORDER BY tranche_id) AS tranches,
                   array_agg(face_cents ORDER BY tranche_id) AS faces,
                   array_agg(remaining_cents ORDER BY tranche_id) AS lefts
              FROM vouchers_voucherpart GROUP BY voucher_id) AS part
     WHERE part.voucher_id = voucher.id;
    ALTER TABLE vouchers_voucher ENABLE TRIGGER USER;
    ALTER TABLE vouchers_movement DISABLE TRIGGER USER;
    UPDATE vouchers_movement movement
       SET tranche_ids = part.tranches, given_parts = part.cents
      FROM (SELECT movement_id, array_agg(tranche_id ORDER BY tranche_id) AS tranches,
                   array_agg(amount_cents ORDER BY tranche_id) AS cents
              FROM vouchers_movementpart GROUP BY movement_id) AS part
     WHERE part.movement_id = movement.id;
    ALTER TABLE vouchers_movement ENABLE TRIGGER USER;
    DROP TABLE vouchers_voucherpart;
    DROP TABLE vouchers_movementpart;
    CREATE VIEW vouchers_voucherpart AS
        SELECT voucher.id AS voucher_id, part.*
          FROM vouchers_voucher voucher
         CROSS JOIN LATERAL unnest(voucher.tranche_ids, voucher.face_parts, voucher.left_parts)
               AS part (tranche_id, face_cents, remaining_cents);
    CREATE VIEW vouchers_movementpart AS
        SELECT movement.id AS movement_id, part.*
          FROM vouchers_movement movement
         CROSS JOIN LATERAL unnest(movement.tranche_ids, movement.given_parts)
               AS part (tranche_id, amount_cents);
"""


def _install(name: str) -> migrations.RunSQL:
    """Run a function's file; only logins that were granted it may call it."""
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_siren'),
        ('directory', '0003_statements_and_decisions'),
        ('ledger', '0007_posting_in_one_statement'),
        ('persons', '0001_initial'),
        ('vouchers', '0013_claim_steps_and_withdrawals'),
    ]

    operations = [
        _install("vouchers_parts_hold"),
        _install("vouchers_take"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='voucher',
            name='voucher_born_whole',
        ),
        migrations.AddField(
            model_name='movement',
            name='given_parts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='parts (centimes)'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='movement',
            name='tranche_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='tranches'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='voucher',
            name='face_parts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='valeur par tranche (centimes)'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='voucher',
            name='left_parts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='reste par tranche (centimes)'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='voucher',
            name='tranche_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='tranches'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='movement',
            name='posting_group',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MOVE)],
            state_operations=[
                migrations.DeleteModel(name="voucherpart"),
                migrations.DeleteModel(name="movementpart"),
                migrations.CreateModel(
                    name="VoucherPart",
                    fields=[
                        ("pk", models.CompositePrimaryKey(
                            "voucher_id", "tranche_id", blank=True, editable=False,
                            primary_key=True, serialize=False)),
                        ("voucher", models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING, related_name="parts",
                            to="vouchers.voucher")),
                        ("tranche", models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING,
                            related_name="voucher_parts", to="programmes.tranche")),
                        ("face_cents", models.BigIntegerField()),
                        ("remaining_cents", models.BigIntegerField()),
                    ],
                    options={
                        "managed": False, "db_table": "vouchers_voucherpart",
                        "verbose_name": "part d'un chèque",
                    },
                ),
                migrations.CreateModel(
                    name="MovementPart",
                    fields=[
                        ("pk", models.CompositePrimaryKey(
                            "movement_id", "tranche_id", blank=True, editable=False,
                            primary_key=True, serialize=False)),
                        ("movement", models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING, related_name="parts",
                            to="vouchers.movement")),
                        ("tranche", models.ForeignKey(
                            on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
                            to="programmes.tranche")),
                        ("amount_cents", models.BigIntegerField()),
                    ],
                    options={
                        "managed": False, "db_table": "vouchers_movementpart",
                        "verbose_name": "part d'une utilisation",
                    },
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucher',
            trigger=pgtrigger.compiler.Trigger(name='voucher_keeps_its_funders', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "tranche_ids", "face_parts" rows from % table\', TG_TABLE_NAME;', hash='5efb582e9b6ce06aad4549eb97f76e807afc327b', operation='UPDATE OF "tranche_ids", "face_parts"', pgid='pgtrigger_voucher_keeps_its_funders_08cff', table='vouchers_voucher', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucher',
            trigger=pgtrigger.compiler.Trigger(name='voucher_born_whole', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_wrong boolean;', func="\n                    EXECUTE $query$\n                        SELECT 0 < (\n                            SELECT count(*) FROM added\n                              LEFT JOIN vouchers_lot lot ON lot.id = added.lot_id\n                             WHERE lot.id IS NULL OR added.remaining_cents <> added.face_cents\n                                OR added.replaces_id IS NULL\n                                   AND (lot.state <> 'draft' OR added.state <> 'created'\n                                        OR added.face_cents <> lot.face_cents))\n                    $query$ INTO is_wrong;\n                    IF NOT is_wrong AND EXISTS (\n                        SELECT FROM added WHERE replaces_id IS NOT NULL) THEN\n                        EXECUTE $query$\n                            SELECT 0 < (\n                                SELECT count(*) FROM added\n                                  JOIN vouchers_voucher lost ON lost.id = added.replaces_id\n                                 WHERE lost.state <> 'void' OR lost.remaining_cents <> 0\n                                    OR lost.lot_id <> added.lot_id\n                                    OR lost.face_cents - added.face_cents <> coalesce((\n                                        SELECT sum(paid.amount_cents)\n                                               - coalesce(sum(undone.amount_cents), 0)\n                                          FROM vouchers_movement paid\n                                          LEFT JOIN vouchers_reversal undone\n                                                 ON undone.movement_id = paid.id\n                                         WHERE paid.voucher_id = lost.id), 0))\n                        $query$ INTO is_wrong;\n                    END IF;\n                    IF is_wrong THEN\n                        RAISE EXCEPTION 'a voucher must be new, whole, and of a lot not yet active'\n                              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_born_whole';\n                    END IF;\n                    EXECUTE $query$\n                        SELECT 0 < (\n                            SELECT count(*)\n                              FROM (SELECT lot_id, face_cents, tranche_ids, face_parts, left_parts\n                                      FROM added GROUP BY 1, 2, 3, 4, 5) alike\n                             WHERE left_parts <> face_parts\n                                OR NOT vouchers_parts_hold(face_cents, face_parts, face_parts)\n                                OR cardinality(tranche_ids) <> cardinality(face_parts)\n                                OR tranche_ids <> ARRAY(\n                                       SELECT tranche_id FROM vouchers_lotpart paid\n                                        WHERE paid.lot_id = alike.lot_id\n                                          AND paid.tranche_id = ANY (alike.tranche_ids)\n                                        ORDER BY tranche_id))\n                    $query$ INTO is_wrong;\n                    IF is_wrong THEN\n                        RAISE EXCEPTION 'the parts of a voucher must be whole and add up to its face'\n                              USING ERRCODE = 'check_violation',\n                                    CONSTRAINT = 'voucherpart_born_whole';\n                    END IF;\n                    RETURN NULL;\n                ", hash='1b63be252c2c53c6d949f0b5fbef24cbd23cda8d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_voucher_born_whole_73ff8', referencing='REFERENCING NEW TABLE AS added ', table='vouchers_voucher', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=filiere.vouchers.models.parts.PartsHold('amount_cents', 'given_parts'), name='movement_parts_hold'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=filiere.vouchers.models.parts.PartsHold('remaining_cents', 'left_parts', 'face_parts'), name='voucher_parts_hold'),
        ),
        *(_install(name) for name in FUNCTIONS),
    ]
