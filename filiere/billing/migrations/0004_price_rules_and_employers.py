import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agenda', '0001_initial'),
        ('agreements', '0002_employer_hours'),
        ('billing', '0003_programme_terms'),
        ('directory', '0003_statements_and_decisions'),
        ('persons', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('free', 'gratuit'), ('session', 'par séance'), ('hourly', "à l'heure"), ('pack', 'forfait'), ('subscription', 'abonnement')], max_length=12, verbose_name='mode')),
                ('begins_on', models.DateField(verbose_name='début')),
                ('ends_on', models.DateField(verbose_name='dernier jour')),
                ('sessions_total', models.PositiveSmallIntegerField(null=True, verbose_name='séances achetées')),
                ('sessions_left', models.SmallIntegerField(null=True, verbose_name='séances restantes')),
                ('minutes_total', models.PositiveIntegerField(null=True, verbose_name='minutes achetées')),
                ('minutes_left', models.IntegerField(null=True, verbose_name='minutes restantes')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='annulé le')),
            ],
            options={
                'verbose_name': 'forfait',
            },
        ),
        migrations.CreateModel(
            name='PackageUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sessions', models.SmallIntegerField(verbose_name='séances')),
                ('minutes', models.IntegerField(verbose_name='minutes')),
                ('used_at', models.DateTimeField(verbose_name='pris le')),
            ],
            options={
                'verbose_name': "utilisation d'un forfait",
            },
        ),
        migrations.CreateModel(
            name='PriceBand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('income', 'quotient familial déclaré'), ('public', 'public')], max_length=6, verbose_name='critère')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('label', models.CharField(max_length=80, verbose_name='tranche ou public')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
            ],
            options={
                'verbose_name': 'tarif selon le revenu ou le public',
            },
        ),
        migrations.CreateModel(
            name='SubsidyGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='nom')),
            ],
            options={
                'verbose_name': 'caisse de solidarité',
            },
        ),
        migrations.RemoveConstraint(
            model_name='payershare',
            name='payershare_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='payershare',
            name='payershare_names_its_payer',
        ),
        migrations.RemoveConstraint(
            model_name='pricerule',
            name='pricerule_kind_known',
        ),
        migrations.AddField(
            model_name='charge',
            name='cost_cents',
            field=models.BigIntegerField(null=True, verbose_name='coût de revient de la séance (centimes)'),
        ),
        migrations.AddField(
            model_name='charge',
            name='priced_as',
            field=models.JSONField(default=dict, verbose_name='explication du prix'),
        ),
        migrations.AddField(
            model_name='payershare',
            name='minutes',
            field=models.PositiveIntegerField(null=True, verbose_name='minutes offertes'),
        ),
        migrations.AddField(
            model_name='pricerule',
            name='cost_cents',
            field=models.BigIntegerField(null=True, verbose_name='coût de revient (centimes)'),
        ),
        migrations.AddField(
            model_name='pricerule',
            name='pack_minutes',
            field=models.PositiveIntegerField(null=True, verbose_name='minutes du forfait'),
        ),
        migrations.AddField(
            model_name='pricerule',
            name='pack_sessions',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='séances du forfait'),
        ),
        migrations.AddField(
            model_name='pricerule',
            name='single_cents',
            field=models.BigIntegerField(null=True, verbose_name="prix d'une séance seule (centimes)"),
        ),
        migrations.AddField(
            model_name='pricerule',
            name='valid_days',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='jours de validité'),
        ),
        migrations.AlterField(
            model_name='payershare',
            name='kind',
            field=models.CharField(choices=[('voucher', 'chèque'), ('third_party', 'tiers payeur'), ('employer', 'employeur'), ('person', 'la personne')], max_length=11, verbose_name='payeur'),
        ),
        migrations.AlterField(
            model_name='pricerule',
            name='kind',
            field=models.CharField(choices=[('free', 'gratuit'), ('session', 'par séance'), ('hourly', "à l'heure"), ('pack', 'forfait'), ('subscription', 'abonnement')], max_length=12, verbose_name='mode'),
        ),
        migrations.AddConstraint(
            model_name='payershare',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['voucher', 'third_party', 'employer', 'person'])), name='payershare_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='payershare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('commitment__isnull', True), ('kind', 'voucher'), ('movement__isnull', False)), models.Q(('commitment__isnull', False), ('kind__in', ['third_party', 'employer']), ('movement__isnull', True)), models.Q(('commitment__isnull', True), ('kind', 'person'), ('movement__isnull', True)), _connector='OR'), name='payershare_names_its_payer'),
        ),
        migrations.AddConstraint(
            model_name='payershare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'employer'), ('minutes__gte', 1)), models.Q(models.Q(('kind', 'employer'), _negated=True), ('minutes__isnull', True)), _connector='OR'), name='payershare_employer_gives_minutes'),
        ),
        migrations.AddField(
            model_name='package',
            name='charge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='billing.charge'),
        ),
        migrations.AddField(
            model_name='package',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='directory.offer'),
        ),
        migrations.AddField(
            model_name='package',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='persons.person'),
        ),
        migrations.AddField(
            model_name='packageuse',
            name='package',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='billing.package'),
        ),
        migrations.AddField(
            model_name='packageuse',
            name='registration',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='package_uses', to='agenda.registration'),
        ),
        migrations.AddField(
            model_name='packageuse',
            name='reverses',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversal', to='billing.packageuse'),
        ),
        migrations.AddField(
            model_name='priceband',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bands', to='billing.pricerule'),
        ),
        migrations.AddField(
            model_name='subsidygroup',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subsidy_groups', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='charge',
            name='group',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='billing.subsidygroup'),
        ),
        migrations.AddField(
            model_name='pricerule',
            name='group',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='billing.subsidygroup'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost_cents__isnull', True), ('group__isnull', True)), models.Q(('cost_cents__gte', 0), ('group__isnull', False)), _connector='OR'), name='charge_group_knows_its_cost'),
        ),
        migrations.AddConstraint(
            model_name='pricerule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['free', 'session', 'hourly', 'pack', 'subscription'])), name='pricerule_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='pricerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pack'), ('pack_minutes__isnull', True), ('pack_sessions__gte', 1), ('valid_days__gte', 1)), models.Q(('kind', 'pack'), ('pack_minutes__gte', 1), ('pack_sessions__isnull', True), ('valid_days__gte', 1)), models.Q(('kind', 'subscription'), ('pack_minutes__isnull', True), ('pack_sessions__isnull', True), ('valid_days__gte', 1)), models.Q(('kind__in', ['free', 'session', 'hourly']), ('pack_minutes__isnull', True), ('pack_sessions__isnull', True), ('single_cents__isnull', True), ('valid_days__isnull', True)), _connector='OR'), name='pricerule_package_says_what_it_holds'),
        ),
        migrations.AddConstraint(
            model_name='pricerule',
            constraint=models.CheckConstraint(condition=models.Q(('single_cents__isnull', True), ('single_cents__gte', 0), _connector='OR'), name='pricerule_single_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='pricerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost_cents__isnull', True), ('group__isnull', True)), models.Q(('cost_cents__gt', 0), ('group__isnull', False), ('kind__in', ['free', 'session', 'hourly'])), _connector='OR'), name='pricerule_group_knows_its_cost'),
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(fields=['person', 'offer', 'ends_on'], name='package_by_person'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['free', 'session', 'hourly', 'pack', 'subscription'])), name='package_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True)), fields=('charge',), name='package_one_live_per_charge'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['pack', 'subscription'])), name='package_kind_is_one'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('begins_on'))), name='package_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sessions_left__isnull', True), ('sessions_total__isnull', True)), models.Q(('sessions_left__gte', 0), ('sessions_left__lte', models.F('sessions_total'))), _connector='OR'), name='package_sessions_left_in_range'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('minutes_left__isnull', True), ('minutes_total__isnull', True)), models.Q(('minutes_left__gte', 0), ('minutes_left__lte', models.F('minutes_total'))), _connector='OR'), name='package_minutes_left_in_range'),
        ),
        migrations.AddIndex(
            model_name='packageuse',
            index=models.Index(fields=['registration'], name='packageuse_by_session'),
        ),
        migrations.AddConstraint(
            model_name='packageuse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('minutes__gt', 0), ('reverses__isnull', True), ('sessions', 1)), models.Q(('minutes__lt', 0), ('reverses__isnull', False), ('sessions', -1)), _connector='OR'), name='packageuse_takes_or_gives_back'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packageuse',
            trigger=pgtrigger.compiler.Trigger(name='packageuse_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b94545b64f8e422adf581c403a272582fd9178ce', operation='UPDATE OR DELETE', pgid='pgtrigger_packageuse_append_only_06816', table='billing_packageuse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packageuse',
            trigger=pgtrigger.compiler.Trigger(name='packageuse_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'packageuse is append-only: it cannot be truncated';", hash='e3ea56fa662180283aa01e8db3687e8027a6ba34', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_packageuse_no_truncate_95b51', table='billing_packageuse', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='packageuse',
            trigger=pgtrigger.compiler.Trigger(name='packageuse_lowers_package', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    UPDATE billing_package\n                       SET sessions_left = sessions_left - NEW.sessions,\n                           minutes_left = minutes_left - NEW.minutes\n                     WHERE id = NEW.package_id;\n                    RETURN NEW;\n                ', hash='c977779c998f52029bbf428cdcb8aebbb7e38661', operation='INSERT', pgid='pgtrigger_packageuse_lowers_package_12287', table='billing_packageuse', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='priceband',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['income', 'public'])), name='priceband_basis_known'),
        ),
        migrations.AddConstraint(
            model_name='priceband',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gte', 0)), name='priceband_amount_cents_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='priceband',
            constraint=models.UniqueConstraint(fields=('rule', 'label'), name='priceband_label_once'),
        ),
        migrations.AddConstraint(
            model_name='priceband',
            constraint=models.UniqueConstraint(fields=('rule', 'rank'), name='priceband_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='priceband',
            constraint=models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='priceband_is_named'),
        ),
        migrations.AddConstraint(
            model_name='subsidygroup',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='subsidygroup_once'),
        ),
    ]
