"""A session whose voucher nobody paid may be borne by its place, which gave the voucher up."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_receivables"),
        ("vouchers", "0014_parts_on_the_row"),
    ]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="waived_claim",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vouchers.offlineclaim",
            ),
        ),
        migrations.RemoveConstraint(model_name="charge", name="charge_terms_are_a_programmes"),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=Q(off_cents=0, waived_cents=0)
                | Q(programme__isnull=False, state__in=["split", "refunded"])
                | Q(waived_claim__isnull=False, off_cents=0),
                name="charge_terms_are_a_programmes",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=Q(waived_claim=None)
                | Q(programme=None, waived_cents__gt=0, state__in=["split", "refunded"]),
                name="charge_borne_by_its_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                fields=["waived_claim"],
                condition=Q(waived_claim__isnull=False),
                name="charge_one_per_claim_given_up",
            ),
        ),
    ]
