"""Programmes and their signed terms, tranches and receipts, matching, bank statements."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import filiere.programmes.models.funding
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
LINKS = ["territories", "providers", "places"]
FROZEN = """
    CREATE TRIGGER {link}_frozen BEFORE INSERT OR UPDATE OR DELETE ON programmes_programme_{link}
        FOR EACH ROW EXECUTE FUNCTION programmes_terms_frozen();
"""
FREE = "DROP TRIGGER {link}_frozen ON programmes_programme_{link};"


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("programmes", "0001_initial"),
        ("programmes", "0002_terms_matching_bank"),
    ]

    dependencies = [
        ("accounts", "0002_api_tokens"),
        ("directory", "0002_import_undo"),
        ("ledger", "0002_functions"),
        ("territories", "0002_former_communes"),
    ]

    operations = [
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='référence du relevé')),
                ('dated_on', models.DateField(verbose_name='arrêté au')),
                ('opening_balance_cents', models.BigIntegerField(verbose_name='solde initial (centimes)')),
                ('closing_balance_cents', models.BigIntegerField(verbose_name='solde final (centimes)')),
                ('lines_total_cents', models.BigIntegerField(verbose_name='total des lignes (centimes)')),
                ('lines_known', models.PositiveIntegerField(default=0, verbose_name='lignes déjà connues')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte du fichier')),
                ('imported_at', models.DateTimeField(verbose_name='importé le')),
                ('imported_by', models.CharField(max_length=40, verbose_name='importé par')),
            ],
            options={
                'verbose_name': 'relevé bancaire',
            },
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=60, verbose_name='identifiant de la ligne')),
                ('booked_on', models.DateField(verbose_name='opération du')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('counterpart', models.CharField(blank=True, max_length=140, verbose_name='autre partie')),
                ('reference', models.CharField(blank=True, max_length=70, verbose_name='référence')),
                ('label', models.CharField(blank=True, max_length=300, verbose_name='libellé')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='programmes.bankstatement')),
            ],
            options={
                'verbose_name': 'ligne de relevé',
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('state', models.CharField(choices=[('draft', 'brouillon'), ('signed', 'signé'), ('closed', 'clos')], default='draft', max_length=6, verbose_name='état')),
                ('services', models.JSONField(default=list, verbose_name='services')),
                ('publics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='publics')),
                ('starts_on', models.DateField(verbose_name='début')),
                ('ends_on', models.DateField(verbose_name='fin')),
                ('regulated_price_cents', models.BigIntegerField(null=True, verbose_name='prix réglementé (centimes)')),
                ('person_pays_nothing', models.BooleanField(default=False, verbose_name='gratuit pour la personne')),
                ('cap_cents_per_person_year', models.BigIntegerField(null=True, verbose_name='plafond par personne et par an (centimes)')),
                ('payer_order', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=filiere.programmes.models.funding.first_order, size=None, verbose_name='ordre des payeurs')),
                ('reach_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='minutes de trajet')),
                ('reach_share_percent', models.PositiveSmallIntegerField(default=80, verbose_name='part à portée (%)')),
                ('funnel_is_public', models.BooleanField(default=False, verbose_name='usage publié')),
                ('is_invented', models.BooleanField(default=False, verbose_name='inventé')),
                ('signed_at', models.DateTimeField(null=True, verbose_name='signé le')),
                ('signed_by', models.CharField(blank=True, max_length=40, verbose_name='signé par')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='clos le')),
                ('commissioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='accounts.organisation')),
                ('places', models.ManyToManyField(blank=True, related_name='+', to='directory.place')),
                ('providers', models.ManyToManyField(blank=True, related_name='+', to='accounts.organisation')),
                ('territories', models.ManyToManyField(related_name='programmes', to='territories.territory')),
            ],
            options={
                'verbose_name': 'programme',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'signed', 'closed'])), name='programme_state_known'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='programme_dates_in_order'), models.CheckConstraint(condition=models.Q(('publics__contained_by', ['young', 'students', 'families', 'seniors', 'women', 'deafness', 'motor', 'mental', 'illiteracy', 'english', 'languages', 'sight'])), name='programme_publics_known'), models.CheckConstraint(condition=models.Q(('payer_order', ['voucher', 'third_party', 'person']), ('payer_order', ['third_party', 'voucher', 'person']), _connector='OR'), name='programme_payer_order_known'), models.CheckConstraint(condition=models.Q(('regulated_price_cents', None), ('regulated_price_cents__gte', 0), _connector='OR'), name='programme_regulated_price_not_negative'), models.CheckConstraint(condition=models.Q(('cap_cents_per_person_year', None), ('cap_cents_per_person_year__gt', 0), _connector='OR'), name='programme_cap_positive'), models.CheckConstraint(condition=models.Q(('reach_minutes__range', (1, 240)), ('reach_share_percent__lte', 100)), name='programme_reach_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('signed_at', None), ('state', 'draft')), models.Q(('closed_at', None), ('signed_at__isnull', False), ('state', 'signed')), models.Q(('closed_at__isnull', False), ('signed_at__isnull', False), ('state', 'closed')), _connector='OR'), name='programme_state_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant reçu (centimes)')),
                ('received_on', models.DateField(verbose_name='reçu le')),
                ('bank_reference', models.CharField(max_length=60, unique=True, verbose_name='référence bancaire')),
                ('bank_line', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='programmes.bankline')),
                ('posting_group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
            ],
            options={
                'verbose_name': 'encaissement',
            },
        ),
        migrations.CreateModel(
            name='ReceiptBounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bounced_on', models.DateField(verbose_name='rejeté le')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='motif')),
                ('recorded_at', models.DateTimeField(verbose_name='noté le')),
                ('recorded_by', models.CharField(max_length=40, verbose_name='noté par')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='annulé le')),
                ('bank_line', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bounce', to='programmes.bankline')),
                ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='bounce', to='programmes.receipt')),
            ],
            options={
                'verbose_name': 'encaissement rejeté',
            },
        ),
        migrations.CreateModel(
            name='RingFence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iban', models.CharField(max_length=34, unique=True, verbose_name='IBAN')),
                ('label', models.CharField(max_length=80, verbose_name='nom du compte')),
                ('opened_at', models.DateTimeField(verbose_name='déclaré le')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='clos le')),
                ('is_invented', models.BooleanField(default=False, verbose_name='inventé')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ring_fences', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'compte cantonné',
                'constraints': [models.CheckConstraint(condition=models.Q(('iban__regex', '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$')), name='ringfence_iban_shape')],
            },
        ),
        migrations.AddField(
            model_name='bankstatement',
            name='ring_fence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='programmes.ringfence'),
        ),
        migrations.AddField(
            model_name='bankline',
            name='ring_fence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='programmes.ringfence'),
        ),
        migrations.CreateModel(
            name='Tranche',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cap_cents', models.BigIntegerField(verbose_name='montant promis (centimes)')),
                ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='rang')),
                ('earmark_publics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='publics fléchés')),
                ('earmark_territories', models.ManyToManyField(blank=True, related_name='+', to='territories.territory')),
                ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tranches', to='accounts.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tranches', to='programmes.programme')),
            ],
            options={
                'verbose_name': 'tranche',
                'constraints': [models.CheckConstraint(condition=models.Q(('cap_cents__gte', 0)), name='tranche_cap_cents_not_negative'), models.CheckConstraint(condition=models.Q(('rank__range', (1, 99))), name='tranche_rank_in_range'), models.CheckConstraint(condition=models.Q(('earmark_publics__contained_by', ['young', 'students', 'families', 'seniors', 'women', 'deafness', 'motor', 'mental', 'illiteracy', 'english', 'languages', 'sight'])), name='tranche_earmark_publics_known')],
            },
        ),
        migrations.AddField(
            model_name='receipt',
            name='tranche',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='programmes.tranche'),
        ),
        migrations.CreateModel(
            name='MatchRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called_cents', models.BigIntegerField(verbose_name='appelle (centimes)')),
                ('per_cents', models.BigIntegerField(verbose_name='pour (centimes)')),
                ('cap_cents', models.BigIntegerField(verbose_name='plafond (centimes)')),
                ('matching', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='match_rule', to='programmes.tranche')),
                ('trigger', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='programmes.tranche')),
            ],
            options={
                'verbose_name': "règle d'abondement",
                'constraints': [models.CheckConstraint(condition=models.Q(('called_cents__gt', 0), ('per_cents__gt', 0)), name='matchrule_ratio_positive'), models.CheckConstraint(condition=models.Q(('cap_cents__gt', 0)), name='matchrule_cap_positive'), models.CheckConstraint(condition=models.Q(('matching', models.F('trigger')), _negated=True), name='matchrule_two_tranches')],
            },
        ),
        migrations.CreateModel(
            name='FunderReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(max_length=60, verbose_name='motif')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant rendu (centimes)')),
                ('returned_at', models.DateTimeField(verbose_name='rendu le')),
                ('returned_by', models.CharField(max_length=40, verbose_name='rendu par')),
                ('bank_line', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='funder_return', to='programmes.bankline')),
                ('paid_group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('posting_group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('tranche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='programmes.tranche')),
            ],
            options={
                'verbose_name': 'argent rendu',
                'constraints': [models.UniqueConstraint(fields=('tranche', 'cause'), name='funderreturn_once_per_cause'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='funderreturn_amount_positive'), models.CheckConstraint(condition=models.Q(models.Q(('bank_line', None), ('paid_group', None)), models.Q(('bank_line__isnull', False), ('paid_group__isnull', False)), _connector='OR'), name='funderreturn_paid_on_a_line')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='programme_state_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:signed,signed:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='2d75514eb38ed5aa1f56266ba89b91b87f47d2d7', operation='UPDATE', pgid='pgtrigger_programme_state_moves_1022e', table='programmes_programme', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='programme',
            trigger=pgtrigger.compiler.Trigger(name='programme_terms_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'signed\', \'closed\') AND (OLD."commissioner_id" IS DISTINCT FROM (NEW."commissioner_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."services" IS DISTINCT FROM (NEW."services") OR OLD."publics" IS DISTINCT FROM (NEW."publics") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."regulated_price_cents" IS DISTINCT FROM (NEW."regulated_price_cents") OR OLD."person_pays_nothing" IS DISTINCT FROM (NEW."person_pays_nothing") OR OLD."cap_cents_per_person_year" IS DISTINCT FROM (NEW."cap_cents_per_person_year") OR OLD."payer_order" IS DISTINCT FROM (NEW."payer_order") OR OLD."reach_minutes" IS DISTINCT FROM (NEW."reach_minutes") OR OLD."reach_share_percent" IS DISTINCT FROM (NEW."reach_share_percent") OR OLD."funnel_is_public" IS DISTINCT FROM (NEW."funnel_is_public") OR OLD."is_invented" IS DISTINCT FROM (NEW."is_invented") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at") OR OLD."signed_by" IS DISTINCT FROM (NEW."signed_by")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='12a3cb2d4d42df5020587812a5ef1a4c3c3e7237', operation='UPDATE', pgid='pgtrigger_programme_terms_frozen_f4222', table='programmes_programme', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receiptbounce',
            trigger=pgtrigger.compiler.Trigger(name='receiptbounce_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='60a0f9caa1d896d13c16983e35d107182567c199', operation='DELETE', pgid='pgtrigger_receiptbounce_kept_1d67e', table='programmes_receiptbounce', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='bankstatement',
            index=models.Index(fields=['ring_fence', '-dated_on'], name='bankstatement_latest'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.CheckConstraint(condition=models.Q(('closing_balance_cents', django.db.models.expressions.CombinedExpression(models.F('opening_balance_cents'), '+', models.F('lines_total_cents')))), name='bankstatement_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='bankstatement',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='bankstatement_sha256_shape'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankstatement',
            trigger=pgtrigger.compiler.Trigger(name='bankstatement_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b60090283685150290e9c2aa4e115c753af2108e', operation='UPDATE OR DELETE', pgid='pgtrigger_bankstatement_append_only_9459c', table='programmes_bankstatement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankstatement',
            trigger=pgtrigger.compiler.Trigger(name='bankstatement_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'bankstatement is append-only: it cannot be truncated';", hash='89a4e79ea5800e5a2090afc3ff7f024ebc21a6e8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_bankstatement_no_truncate_312f6', table='programmes_bankstatement', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='bankline',
            index=models.Index(fields=['reference'], name='bankline_reference'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.UniqueConstraint(fields=('ring_fence', 'external_id'), name='bankline_once_per_account'),
        ),
        migrations.AddConstraint(
            model_name='bankline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents', 0), _negated=True), name='bankline_moves_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankline',
            trigger=pgtrigger.compiler.Trigger(name='bankline_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='65170c52b46e0e069dd270871fb32cfbd991f5c5', operation='UPDATE OR DELETE', pgid='pgtrigger_bankline_append_only_48643', table='programmes_bankline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bankline',
            trigger=pgtrigger.compiler.Trigger(name='bankline_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'bankline is append-only: it cannot be truncated';", hash='6e72ba1c86c0e5f7aa27d24b0f80669c023c1579', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_bankline_no_truncate_a6e69', table='programmes_bankline', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tranche',
            trigger=pgtrigger.compiler.Trigger(name='tranche_promise_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."funder_id" IS DISTINCT FROM (NEW."funder_id") OR OLD."rank" IS DISTINCT FROM (NEW."rank") OR OLD."earmark_publics" IS DISTINCT FROM (NEW."earmark_publics"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='73585a2141234a6165de2b05e38c3b7fa33831c8', operation='UPDATE', pgid='pgtrigger_tranche_promise_frozen_8243a', table='programmes_tranche', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='receipt_amount_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matchrule',
            trigger=pgtrigger.compiler.Trigger(name='matchrule_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3b0ab14387daf1633ff3e36264cb4e4084c9ca4d', operation='UPDATE OR DELETE', pgid='pgtrigger_matchrule_frozen_fe5fd', table='programmes_matchrule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='funderreturn',
            trigger=pgtrigger.compiler.Trigger(name='funderreturn_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a7a4600b1bc84d5812f643491363c6e44a59de96', operation='DELETE', pgid='pgtrigger_funderreturn_kept_2cead', table='programmes_funderreturn', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='funderreturn',
            trigger=pgtrigger.compiler.Trigger(name='funderreturn_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."tranche_id" IS DISTINCT FROM (NEW."tranche_id") OR OLD."cause" IS DISTINCT FROM (NEW."cause") OR OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."posting_group_id" IS DISTINCT FROM (NEW."posting_group_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b4b6898b13b89c7ec7d390b0be005f5c23d7aaf0', operation='UPDATE', pgid='pgtrigger_funderreturn_frozen_f51f2', table='programmes_funderreturn', when='BEFORE')),
        ),
        migrations.RunSQL(
            (SQL / "programmes_terms_frozen.sql").read_text(encoding="utf-8")
            + "\nREVOKE ALL ON FUNCTION programmes_terms_frozen FROM PUBLIC;"
            + "".join(f"\n{FROZEN.format(link=link)}" for link in LINKS),
            "".join(f"{FREE.format(link=link)}\n" for link in LINKS)
            + "DROP FUNCTION programmes_terms_frozen();",
        ),
    ]
