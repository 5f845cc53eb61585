import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FreeHoursCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mac', models.BinaryField(max_length=16, unique=True, verbose_name='empreinte du code')),
                ('issued_at', models.DateTimeField(verbose_name='émise le')),
                ('minutes_left', models.IntegerField(null=True, verbose_name='minutes restantes')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='retirée le')),
            ],
            options={
                'verbose_name': "carte d'heures offertes",
            },
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_kind_known',
        ),
        migrations.AddField(
            model_name='commitment',
            name='quota_minutes',
            field=models.PositiveIntegerField(null=True, verbose_name='minutes achetées'),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='kind',
            field=models.CharField(choices=[('referral', "contrat d'orientation"), ('third_party', 'tiers payant'), ('funding', 'convention de financement'), ('partnership', 'protocole de partenariat'), ('employer', 'heures offertes par un employeur'), ('guarantee', 'fonds de garantie')], max_length=12, verbose_name='nature'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['referral', 'third_party', 'funding', 'partnership', 'employer', 'guarantee'])), name='agreement_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('quota_minutes__isnull', True), models.Q(('quota_minutes__gte', 1), ('rate_ppm', 0)), _connector='OR'), name='commitment_quota_is_hours'),
        ),
        migrations.AddField(
            model_name='freehourscard',
            name='commitment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='agreements.commitment'),
        ),
        migrations.AddIndex(
            model_name='freehourscard',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['commitment'], name='freehourscard_live'),
        ),
        migrations.AddConstraint(
            model_name='freehourscard',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_left__isnull', True), ('minutes_left__gte', 0), _connector='OR'), name='freehourscard_minutes_not_negative'),
        ),
    ]
