"""A line of the bank statement stands for one thing, whoever writes it."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
HOLDERS = {
    "receipt": "programmes_receipt",
    "bounce": "programmes_receiptbounce",
    "funder_return": "programmes_funderreturn",
    "commission": "programmes_commission",
}
CARRIED = """
    INSERT INTO programmes_banklineuse (line_id, kind)
    SELECT bank_line_id, '{kind}' FROM {table} WHERE bank_line_id IS NOT NULL;
"""
TRIGGER = """
    CREATE TRIGGER {kind}_uses_its_line AFTER INSERT OR DELETE OR UPDATE OF bank_line_id ON {table}
        FOR EACH ROW EXECUTE FUNCTION programmes_use_bank_line('{kind}', 'bank_line_id');
"""
NO_TRIGGER = "DROP TRIGGER {kind}_uses_its_line ON {table};"


def _for_each(text: str) -> str:
    return "".join(text.format(kind=kind, table=table) for kind, table in HOLDERS.items())


class Migration(migrations.Migration):
    """The table of uses, what is already used, and the triggers that keep it."""

    dependencies = [("programmes", "0004_commissions")]

    operations = [
        migrations.CreateModel(
            name="BankLineUse",
            fields=[
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="use",
                        serialize=False,
                        to="programmes.bankline",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "encaissement"),
                            ("bounce", "encaissement rejeté"),
                            ("funder_return", "argent rendu"),
                            ("commission", "commission"),
                            ("payment", "virement"),
                        ],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
            ],
            options={"verbose_name": "emploi d'une ligne"},
        ),
        migrations.AddConstraint(
            model_name="banklineuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["receipt", "bounce", "funder_return", "commission", "payment"])
                ),
                name="banklineuse_kind_known",
            ),
        ),
        migrations.RunSQL(
            (SQL / "programmes_use_bank_line.sql").read_text(encoding="utf-8")
            + "\nREVOKE ALL ON FUNCTION programmes_use_bank_line FROM PUBLIC;"
            + _for_each(CARRIED)
            + _for_each(TRIGGER),
            _for_each(NO_TRIGGER) + "DROP FUNCTION programmes_use_bank_line();",
        ),
    ]
