"""A replacement gets a derived code, and the booklet of one that says who keeps it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "vouchers_replace.sql"


class Migration(migrations.Migration):
    """``vouchers_replace`` takes the number and both digests; the caller derives them."""

    dependencies = [("vouchers", "0003_lots_live")]
    operations = [
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS vouchers_replace(bigint, bytea, date);\n"
            + SQL.read_text(encoding="utf-8")
            + "\nREVOKE ALL ON FUNCTION vouchers_replace FROM PUBLIC;",
            migrations.RunSQL.noop,
        )
    ]
