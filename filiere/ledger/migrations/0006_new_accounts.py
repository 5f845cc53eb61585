"""Posting many groups plans anew which accounts to create: a kept plan read them all for each."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "ledger_post_many.sql"


class Migration(migrations.Migration):
    """The same function, one statement of it planned each time: nobody's rights change."""

    dependencies = [("ledger", "0005_lighter_posting")]

    operations = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop, elidable=False)
    ]
