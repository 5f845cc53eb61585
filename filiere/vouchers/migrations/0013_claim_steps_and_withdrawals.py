"""What follows a claim that was not paid; what devices refuse by themselves."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two append-only tables; vouchers withdrawn before are read by devices too."""
    dependencies = [
        ("agreements", "0002_employer_hours"),
        ("vouchers", "0012_lighter_redemption"),
    ]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("blocked", "bloqué"), ("lost", "perdu"), ("restored", "rétabli")],
                        max_length=8,
                        verbose_name="changement",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="le")),
                (
                    "voucher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="vouchers.voucher",
                    ),
                ),
            ],
            options={
                "verbose_name": "retrait d'un chèque",
                "verbose_name_plural": "retraits de chèques",
            },
        ),
        migrations.CreateModel(
            name="ClaimStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contested", "contestée par le lieu"),
                            ("given_up", "abandonnée par le lieu"),
                            ("paid", "payée par le fonds de garantie"),
                            ("upheld", "refus confirmé"),
                        ],
                        max_length=9,
                        verbose_name="suite",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="motif")),
                (
                    "paid_cents",
                    models.BigIntegerField(default=0, verbose_name="payé par le fonds (centimes)"),
                ),
                ("at", models.DateTimeField(verbose_name="le")),
                ("by", models.CharField(max_length=40, verbose_name="par")),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="vouchers.offlineclaim",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.commitment",
                    ),
                ),
            ],
            options={
                "verbose_name": "suite d'une demande refusée",
                "verbose_name_plural": "suites des demandes refusées",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["contested", "given_up", "paid", "upheld"])
                        ),
                        name="claimstep_kind_known",
                    ),
                    models.UniqueConstraint(fields=("claim", "kind"), name="claimstep_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["given_up", "paid", "upheld"])),
                        fields=("claim",),
                        name="claimstep_closed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("commitment__isnull", False),
                                ("kind", "paid"),
                                ("paid_cents__gt", 0),
                            ),
                            models.Q(
                                models.Q(("kind", "paid"), _negated=True),
                                ("commitment__isnull", True),
                                ("paid_cents", 0),
                            ),
                            _connector="OR",
                        ),
                        name="claimstep_paid_names_its_fund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "given_up"),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="claimstep_says_why",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimstep",
            trigger=pgtrigger.compiler.Trigger(
                name="claimstep_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ca142b0a9fb58fa72cb4c5beb934dcca6a613d78",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_claimstep_append_only_e385f",
                    table="vouchers_claimstep",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimstep",
            trigger=pgtrigger.compiler.Trigger(
                name="claimstep_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'claimstep is append-only: it cannot be truncated';",
                    hash="98852e268c3e4532d75625b78b7bb58e5cceb768",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_claimstep_no_truncate_5fb58",
                    table="vouchers_claimstep",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["blocked", "lost", "restored"])),
                name="withdrawal_kind_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="withdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="withdrawal_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3a9606c8422df4b4eaa45e9d887589473c9e7cb4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_withdrawal_append_only_30b44",
                    table="vouchers_withdrawal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="withdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="withdrawal_no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'withdrawal is append-only: it cannot be truncated';",
                    hash="7fb29da346d58553a53dfe9686b9fd08895976e6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_withdrawal_no_truncate_9a283",
                    table="vouchers_withdrawal",
                    when="BEFORE",
                ),
            ),
        ),
        # Devices learn what was withdrawn before too.
        migrations.RunSQL(
            """
            INSERT INTO vouchers_withdrawal (voucher_id, kind, at)
            SELECT id, CASE state WHEN 'void' THEN 'lost' ELSE 'blocked' END, now()
              FROM vouchers_voucher WHERE state IN ('void', 'blocked') ORDER BY serial
            """,
            migrations.RunSQL.noop,
        ),
    ]
