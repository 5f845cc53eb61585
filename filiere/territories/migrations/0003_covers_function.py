"""Whether a commune lies in one of several territories, asked from inside the database."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    """Redemption asks it in its one round trip."""

    dependencies = [("territories", "0002_former_communes")]
    operations = [
        migrations.RunSQL(
            (SQL / "territories_covers.sql").read_text(encoding="utf-8")
            + "\nREVOKE ALL ON FUNCTION territories_covers FROM PUBLIC;",
            "DROP FUNCTION territories_covers;",
        )
    ]
