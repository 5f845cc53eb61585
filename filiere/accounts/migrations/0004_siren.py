"""An organisation known only by the number of its legal unit keeps it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0003_invitations")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="siren",
            field=models.CharField(max_length=9, null=True, unique=True, verbose_name="SIREN"),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("siren__isnull", True),
                    models.Q(
                        ("rna__isnull", True), ("siren__regex", "^\\d{9}$"), ("siret__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="organisation_siren_alone",
            ),
        ),
    ]
