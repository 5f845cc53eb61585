import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_tills'),
        ('directory', '0003_statements_and_decisions'),
        ('persons', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HomeHelp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, verbose_name='numéro de déclaration')),
                ('nature', models.CharField(choices=[('training', 'formation'), ('installation', 'installation'), ('maintenance', 'maintenance logicielle'), ('delivery', 'livraison'), ('remote', 'aide à distance'), ('repair', 'réparation'), ('sale', 'vente')], max_length=12, verbose_name='nature')),
                ('from_on', models.DateField(verbose_name='à partir du')),
                ('ends_on', models.DateField(null=True, verbose_name='dernier jour')),
                ('is_invented', models.BooleanField(default=False, verbose_name='inventé')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='home_help', to='directory.offer')),
            ],
            options={
                'verbose_name': 'aide à domicile',
                'constraints': [models.CheckConstraint(condition=models.Q(('nature__in', ['training', 'installation', 'maintenance', 'delivery', 'remote', 'repair', 'sale'])), name='homehelp_nature_known'), models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='homehelp_is_declared'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('from_on')), _connector='OR'), name='homehelp_dates_in_order'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('offer',), name='homehelp_one_open')],
            },
        ),
    ]
