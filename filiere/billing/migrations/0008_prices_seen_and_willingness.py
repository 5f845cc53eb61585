import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0007_invoices'),
        ('directory', '0003_statements_and_decisions'),
        ('territories', '0003_covers_function'),
    ]

    operations = [
        migrations.CreateModel(
            name='ObservedPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure', models.CharField(max_length=60, verbose_name='démarche')),
                ('seller_kind', models.CharField(choices=[('public', 'lieu public'), ('association', 'association'), ('shop', 'commerce'), ('website', 'site privé'), ('independent', 'professionnel indépendant')], max_length=11, verbose_name='type de lieu')),
                ('seller_name', models.CharField(blank=True, max_length=120, verbose_name='vendeur')),
                ('price_cents', models.BigIntegerField(verbose_name='prix (centimes)')),
                ('seen_on', models.DateField(verbose_name='vu le')),
                ('seen_how', models.CharField(choices=[('link', 'sur une page'), ('on_site', 'affiché sur place'), ('reported', 'rapporté par une personne aidée')], max_length=8, verbose_name='vu')),
                ('source_url', models.CharField(blank=True, max_length=500, verbose_name='adresse de la page')),
                ('state', models.CharField(choices=[('noted', 'noté'), ('confirmed', 'confirmé'), ('set_aside', 'écarté')], default='noted', max_length=9, verbose_name='état')),
                ('noted_at', models.DateTimeField(verbose_name='noté le')),
                ('noted_by', models.CharField(max_length=40, verbose_name='noté par')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='décidé le')),
                ('decided_by', models.CharField(blank=True, max_length=40, verbose_name='décidé par')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='motif')),
                ('is_invented', models.BooleanField(default=False, verbose_name='inventé')),
                ('territory', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.territory')),
            ],
            options={
                'verbose_name': 'prix vu',
                'verbose_name_plural': 'prix vus',
            },
        ),
        migrations.CreateModel(
            name='PriceCeiling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('procedure', models.CharField(max_length=60, verbose_name='démarche')),
                ('ceiling_cents', models.BigIntegerField(verbose_name='prix plafond conseillé (centimes)')),
                ('from_on', models.DateField(verbose_name='à partir du')),
                ('until_on', models.DateField(null=True, verbose_name="jusqu'au")),
                ('source', models.CharField(max_length=300, verbose_name='source')),
                ('set_at', models.DateTimeField(verbose_name='fixé le')),
                ('set_by', models.CharField(max_length=40, verbose_name='fixé par')),
                ('is_invented', models.BooleanField(default=False, verbose_name='inventé')),
                ('territory', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.territory')),
            ],
            options={
                'verbose_name': 'prix plafond conseillé',
                'verbose_name_plural': 'prix plafonds conseillés',
            },
        ),
        migrations.CreateModel(
            name='WillingnessSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=8, unique=True, verbose_name='référence')),
                ('place_kind', models.CharField(choices=[('public', 'lieu public'), ('association', 'association'), ('shop', 'commerce'), ('website', 'site privé'), ('independent', 'professionnel indépendant')], max_length=11, verbose_name='type de lieu')),
                ('procedure', models.CharField(blank=True, max_length=60, verbose_name='démarche')),
                ('starts_on', models.DateField(verbose_name='premier jour')),
                ('ends_on', models.DateField(verbose_name='dernier jour')),
                ('opened_at', models.DateTimeField(verbose_name='ouverte le')),
                ('opened_by', models.CharField(max_length=40, verbose_name='ouverte par')),
                ('is_invented', models.BooleanField(default=False, verbose_name='inventée')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.place')),
            ],
            options={
                'verbose_name': 'enquête sur les prix',
                'verbose_name_plural': 'enquêtes sur les prix',
            },
        ),
        migrations.CreateModel(
            name='WillingnessAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('public', 'lieu public'), ('association', 'association'), ('shop', 'commerce'), ('website', 'site privé'), ('independent', 'professionnel indépendant')], max_length=11, verbose_name='à propos de')),
                ('up_to_cents', models.BigIntegerField(verbose_name="jusqu'à (centimes)")),
                ('on_paper', models.BooleanField(default=False, verbose_name='sur papier')),
                ('answered_on', models.DateField(verbose_name='répondu le')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='billing.willingnesssurvey')),
            ],
            options={
                'verbose_name': 'réponse sur les prix',
                'verbose_name_plural': 'réponses sur les prix',
            },
        ),
        migrations.AddIndex(
            model_name='observedprice',
            index=models.Index(condition=models.Q(('state', 'confirmed')), fields=['procedure', 'seen_on'], name='observedprice_published'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(('seller_kind__in', ['public', 'association', 'shop', 'website', 'independent'])), name='observedprice_seller_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(('seen_how__in', ['link', 'on_site', 'reported'])), name='observedprice_seen_how_known'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['noted', 'confirmed', 'set_aside'])), name='observedprice_state_known'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(('price_cents__gte', 0)), name='observedprice_price_cents_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.UniqueConstraint(fields=('procedure', 'seller_kind', 'seller_name', 'territory', 'seen_on', 'price_cents', 'source_url'), name='observedprice_noted_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seen_how', 'link'), models.Q(('source_url', ''), _negated=True)), models.Q(models.Q(('seen_how', 'link'), _negated=True), ('source_url', '')), _connector='OR'), name='observedprice_link_iff_read_on_a_page'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(('territory__isnull', False), ('seller_kind', 'website'), _connector='OR'), name='observedprice_is_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='observedprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('reason', ''), ('state', 'noted')), models.Q(('decided_at__isnull', False), ('reason', ''), ('state', 'confirmed'), models.Q(('decided_by', ''), _negated=True)), models.Q(('decided_at__isnull', False), ('state', 'set_aside'), models.Q(('decided_by', ''), _negated=True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='observedprice_decision_is_signed'),
        ),
        migrations.AddConstraint(
            model_name='priceceiling',
            constraint=models.CheckConstraint(condition=models.Q(('ceiling_cents__gte', 0)), name='priceceiling_ceiling_cents_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='priceceiling',
            constraint=models.UniqueConstraint(fields=('procedure', 'territory', 'from_on'), name='priceceiling_once_a_day', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='priceceiling',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='priceceiling_has_a_source'),
        ),
        migrations.AddConstraint(
            model_name='priceceiling',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='priceceiling_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='willingnesssurvey',
            index=models.Index(fields=['place', '-ends_on'], name='willingnesssurvey_by_place'),
        ),
        migrations.AddConstraint(
            model_name='willingnesssurvey',
            constraint=models.CheckConstraint(condition=models.Q(('place_kind__in', ['public', 'association', 'shop', 'website', 'independent'])), name='willingnesssurvey_place_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='willingnesssurvey',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='willingnesssurvey_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='willingnessanswer',
            constraint=models.CheckConstraint(condition=models.Q(('about__in', ['public', 'association', 'shop', 'website', 'independent'])), name='willingnessanswer_about_known'),
        ),
        migrations.AddConstraint(
            model_name='willingnessanswer',
            constraint=models.CheckConstraint(condition=models.Q(('up_to_cents__gte', 0)), name='willingnessanswer_up_to_cents_not_negative'),
        ),
    ]
