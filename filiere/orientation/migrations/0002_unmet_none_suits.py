"""A person may say that none of the places shown suits them: a cause of its own."""

from django.db import migrations, models

CAUSES = [
    ("no_offer", "aucun lieu ne propose ce service"),
    ("no_seat", "aucune place libre"),
    ("all_refused", "aucun lieu n'a accepté"),
    ("none_suits", "aucun lieu proposé ne convient"),
]


class Migration(migrations.Migration):

    dependencies = [("orientation", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="unmetneed",
            name="cause",
            field=models.CharField(choices=CAUSES, max_length=11, verbose_name="cause"),
        ),
        migrations.RemoveConstraint(model_name="unmetneed", name="unmetneed_cause_known"),
        migrations.AddConstraint(
            model_name="unmetneed",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", [key for key, _words in CAUSES])),
                name="unmetneed_cause_known",
            ),
        ),
    ]
