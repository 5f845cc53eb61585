"""A commune's own territories are looked at first: nearly always the answer is there."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Asked at each redemption."""

    dependencies = [("territories", "0003_covers_function")]
    operations = [
        migrations.RunSQL(
            (SQL / "territories_covers.sql").read_text(encoding="utf-8"),
            migrations.RunSQL.noop,
        )
    ]
