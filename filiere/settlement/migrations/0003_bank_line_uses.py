"""A line that a payment explains stands for nothing else."""

from django.db import migrations


class Migration(migrations.Migration):
    """Matches take their line, as receipts do."""

    dependencies = [
        ("programmes", "0005_bank_line_uses"),
        ("settlement", "0001_to_0002"),
    ]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO programmes_banklineuse (line_id, kind)
            SELECT line_id, 'payment' FROM settlement_bankmatch;
            CREATE TRIGGER bankmatch_uses_its_line
                AFTER INSERT OR DELETE OR UPDATE OF line_id ON settlement_bankmatch
                FOR EACH ROW EXECUTE FUNCTION programmes_use_bank_line('payment', 'line_id');
            """,
            "DROP TRIGGER bankmatch_uses_its_line ON settlement_bankmatch;",
        ),
    ]
