"""Extensions of PostgreSQL that later migrations rely on; all are trusted since PostgreSQL 13."""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations


class Migration(migrations.Migration):
    """Exclusion constraints, similarity search, accent-blind search."""

    initial = True
    dependencies = []
    operations = [BtreeGistExtension(), TrigramExtension(), UnaccentExtension()]
