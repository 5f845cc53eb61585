"""Counters shared by every process, in unlogged tables: a crash may empty them."""

from pathlib import Path

from django.db import migrations, models

ADMIT = Path(__file__).resolve().parent.parent / "sql" / "kernel_admit.sql"
CACHE = """
    CREATE UNLOGGED TABLE kernel_cache (
        cache_key varchar(255) PRIMARY KEY,
        value text NOT NULL,
        expires timestamptz NOT NULL
    );
    CREATE INDEX kernel_cache_expires ON kernel_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = [("kernel", "0003_keyed_answers")]

    operations = [
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="empreinte")),
                ("busy_until", models.DateTimeField(verbose_name="occupé jusqu'à")),
            ],
            options={
                "verbose_name": "compteur d'essais",
                "verbose_name_plural": "compteurs d'essais",
                "indexes": [models.Index(fields=["busy_until"], name="throttle_busy_until")],
            },
        ),
        migrations.RunSQL("ALTER TABLE kernel_throttle SET UNLOGGED", migrations.RunSQL.noop),
        migrations.RunSQL(CACHE, "DROP TABLE kernel_cache"),
        migrations.RunSQL(
            ADMIT.read_text(encoding="utf-8") + "\nREVOKE ALL ON FUNCTION kernel_admit FROM PUBLIC;",
            "DROP FUNCTION kernel_admit",
        ),
    ]
