"""Payables frozen into batches and transfers, their states, debit notes, alerts."""

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models



class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("settlement", "0001_initial"),
        ("settlement", "0002_order_states_debit_notes"),
    ]

    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0002_refunds"),
        ("ledger", "0001_initial"),
        ("programmes", "0001_to_0002"),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iban', models.CharField(max_length=34, verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('holder_name', models.CharField(max_length=70, verbose_name='titulaire')),
                ('registered_at', models.DateTimeField(null=True, verbose_name='donné le')),
                ('usable_from', models.DateTimeField(verbose_name='utilisable à partir du')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='fermé le')),
                ('refused_at', models.DateTimeField(null=True, verbose_name='refusé par la banque le')),
                ('refused_code', models.CharField(blank=True, max_length=4, verbose_name='motif du refus')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_accounts', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'compte bancaire',
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('organisation',), name='bankaccount_one_open'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('iban',), name='bankaccount_iban_once')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=35, unique=True, verbose_name='nom')),
                ('cutoff_at', models.DateTimeField(verbose_name='arrêté au')),
                ('state', models.CharField(choices=[('frozen', 'figé'), ('approved', 'approuvé'), ('emitted', 'fichier émis'), ('paid', 'payé'), ('rejected', 'rejeté par la banque'), ('cancelled', 'annulé')], default='frozen', max_length=9, verbose_name='état')),
                ('total_cents', models.BigIntegerField(verbose_name='total (centimes)')),
                ('orders_count', models.PositiveIntegerField(verbose_name='nombre de virements')),
                ('prepared_by', models.CharField(max_length=40, verbose_name='préparé par')),
                ('prepared_at', models.DateTimeField(verbose_name='préparé le')),
                ('approved_by', models.CharField(blank=True, max_length=40, verbose_name='approuvé par')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='approuvé le')),
                ('file_sha256', models.CharField(max_length=64, null=True, unique=True, verbose_name='empreinte du fichier')),
                ('file_xml', models.TextField(blank=True, verbose_name='fichier de virements')),
                ('paid_on', models.DateField(null=True, verbose_name='payé le')),
                ('paid_group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
            ],
            options={
                'verbose_name': 'lot de virements',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['frozen', 'approved', 'emitted', 'paid', 'rejected', 'cancelled'])), name='batch_state_known'), models.CheckConstraint(condition=models.Q(('approved_by', ''), models.Q(('approved_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='batch_approved_by_another'), models.CheckConstraint(condition=models.Q(('state__in', ['frozen', 'cancelled']), models.Q(('approved_by', ''), _negated=True), _connector='OR'), name='batch_approved_before_emission'), models.CheckConstraint(condition=models.Q(models.Q(('paid_on__isnull', False), ('state', 'paid')), models.Q(models.Q(('state', 'paid'), _negated=True), ('paid_group__isnull', True), ('paid_on__isnull', True)), _connector='OR'), name='batch_paid_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='BankAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('message_id', models.CharField(max_length=35, verbose_name='référence de la banque')),
                ('read_at', models.DateTimeField(verbose_name='lu le')),
                ('read_by', models.CharField(max_length=40, verbose_name='lu par')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='settlement.batch')),
            ],
            options={
                'verbose_name': 'réponse de la banque',
            },
        ),
        migrations.CreateModel(
            name='PaymentOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('prepared', 'préparé'), ('sent', 'envoyé à la banque'), ('accepted', 'accepté par la banque'), ('paid', 'payé'), ('rejected', 'rejeté par la banque'), ('returned', 'revenu de la banque'), ('cancelled', 'annulé')], default='prepared', max_length=9, verbose_name='état')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('gross_cents', models.BigIntegerField(default=0, verbose_name='montant des lignes (centimes)')),
                ('set_off_cents', models.BigIntegerField(default=0, verbose_name='retenu pour des avoirs (centimes)')),
                ('commission_cents', models.BigIntegerField(default=0, verbose_name='commission retenue (centimes)')),
                ('end_to_end_id', models.CharField(max_length=35, unique=True, verbose_name='référence de bout en bout')),
                ('paid_on', models.DateField(null=True, verbose_name='payé le')),
                ('refused_on', models.DateField(null=True, verbose_name='refusé le')),
                ('refused_code', models.CharField(blank=True, max_length=4, verbose_name='motif de la banque')),
                ('refused_text', models.CharField(blank=True, max_length=140, verbose_name='précision de la banque')),
                ('bank_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='settlement.bankaccount')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='settlement.batch')),
                ('paid_group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('posting_group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_orders', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'virement',
                'indexes': [models.Index(fields=['state', 'amount_cents'], name='paymentorder_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'sent', 'accepted', 'paid', 'rejected', 'returned', 'cancelled'])), name='paymentorder_state_known'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='paymentorder_amount_positive'), models.CheckConstraint(condition=models.Q(('set_off_cents__gte', 0)), name='paymentorder_set_off_cents_not_negative'), models.CheckConstraint(condition=models.Q(('commission_cents__gte', 0)), name='paymentorder_commission_cents_not_negative'), models.CheckConstraint(condition=models.Q(('gross_cents', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount_cents'), '+', models.F('set_off_cents')), '+', models.F('commission_cents')))), name='paymentorder_adds_up'), models.CheckConstraint(condition=models.Q(models.Q(('paid_on__isnull', False), ('state__in', ['paid', 'returned'])), models.Q(models.Q(('state__in', ['paid', 'returned']), _negated=True), ('paid_group', None), ('paid_on', None)), _connector='OR'), name='paymentorder_paid_is_dated'), models.CheckConstraint(condition=models.Q(models.Q(('refused_on__isnull', False), ('state__in', ['rejected', 'returned'])), models.Q(models.Q(('state__in', ['rejected', 'returned']), _negated=True), ('refused_on', None)), _connector='OR'), name='paymentorder_refused_is_dated'), models.CheckConstraint(condition=models.Q(models.Q(('posting_group', None), ('state__in', ['prepared', 'cancelled'])), models.Q(('state__in', ['prepared', 'cancelled']), _negated=True), _connector='OR'), name='paymentorder_posted_once_sent'), models.UniqueConstraint(fields=('batch', 'provider'), name='paymentorder_once_per_batch')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('cancelled', models.BooleanField(default=False, verbose_name='annulée')),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_lines', to='billing.payershare')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='settlement.paymentorder')),
            ],
            options={
                'verbose_name': 'ligne de virement',
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled', False)), fields=('share',), name='orderline_share_paid_once'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='orderline_amount_positive')],
            },
        ),
        migrations.CreateModel(
            name='DebitNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='année')),
                ('number', models.PositiveIntegerField(verbose_name="numéro dans l'année")),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('state', models.CharField(choices=[('open', 'à retenir'), ('set_off', 'retenu sur un virement'), ('cancelled', 'annulé')], default='open', max_length=9, verbose_name='état')),
                ('reason', models.CharField(max_length=200, verbose_name='motif')),
                ('raised_at', models.DateTimeField(verbose_name='émis le')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='debit_notes', to='accounts.organisation')),
                ('share', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='debit_note', to='billing.payershare')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='debit_notes', to='settlement.paymentorder')),
            ],
            options={
                'verbose_name': 'avoir à récupérer',
                'verbose_name_plural': 'avoirs à récupérer',
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['provider'], name='debitnote_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'set_off', 'cancelled'])), name='debitnote_state_known'), models.UniqueConstraint(fields=('year', 'number'), name='debitnote_number_once'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='debitnote_amount_positive'), models.CheckConstraint(condition=models.Q(models.Q(('order__isnull', False), ('state', 'set_off')), models.Q(models.Q(('state', 'set_off'), _negated=True), ('order', None)), _connector='OR'), name='debitnote_set_off_names_its_order')],
            },
        ),
        migrations.CreateModel(
            name='BankMatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_return', models.BooleanField(default=False, verbose_name='retour')),
                ('matched_at', models.DateTimeField(verbose_name='rapproché le')),
                ('matched_by', models.CharField(max_length=40, verbose_name='rapproché par')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment_match', to='programmes.bankline')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='settlement.batch')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='settlement.paymentorder')),
            ],
            options={
                'verbose_name': 'rapprochement',
                'constraints': [models.CheckConstraint(condition=models.Q(('is_return', False), ('order__isnull', False), _connector='OR'), name='bankmatch_return_names_its_order')],
            },
        ),
        migrations.CreateModel(
            name='BankAnswerLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=35, verbose_name='référence de bout en bout')),
                ('outcome', models.CharField(choices=[('accepted', 'accepté'), ('rejected', 'rejeté'), ('waiting', 'en cours à la banque'), ('known', 'déjà connu'), ('unknown', 'référence inconnue'), ('other_amount', 'autre montant'), ('too_late', 'trop tard')], max_length=12, verbose_name='suite')),
                ('code', models.CharField(blank=True, max_length=4, verbose_name='motif de la banque')),
                ('text', models.CharField(blank=True, max_length=140, verbose_name='précision de la banque')),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='settlement.bankanswer')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='settlement.paymentorder')),
            ],
            options={
                'verbose_name': 'ligne de réponse',
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['accepted', 'rejected', 'waiting', 'known', 'unknown', 'other_amount', 'too_late'])), name='bankanswerline_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('self_prescription', 'chèques remis et encaissés par la même organisation'), ('outside_hours', "encaissements hors des horaires d'ouverture"), ('serial_run', 'chèques qui se suivent, en quelques minutes')], max_length=17, verbose_name='nature')),
                ('sessions', models.PositiveIntegerField(verbose_name='séances concernées')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant concerné (centimes)')),
                ('read_by', models.CharField(blank=True, max_length=40, verbose_name='lue par')),
                ('read_at', models.DateTimeField(null=True, verbose_name='lue le')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='settlement.paymentorder')),
            ],
            options={
                'verbose_name': 'alerte',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['self_prescription', 'outside_hours', 'serial_run'])), name='alert_kind_known'), models.UniqueConstraint(fields=('order', 'kind'), name='alert_once_per_order')],
            },
        ),
        migrations.CreateModel(
            name='ProviderHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='motif')),
                ('held_at', models.DateTimeField(verbose_name='suspendu le')),
                ('held_by', models.CharField(max_length=40, verbose_name='suspendu par')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='levé le')),
                ('lifted_by', models.CharField(blank=True, max_length=40, verbose_name='levé par')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_holds', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'suspension de paiement',
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('provider',), name='providerhold_one_open')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='batch_adds_up', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE wrong bigint;', func="\n    SELECT batch.id INTO wrong\n      FROM settlement_batch AS batch\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(o.amount_cents), 0) AS total,\n                  COALESCE(SUM(o.gross_cents), 0) AS gross, COUNT(*) AS count\n             FROM settlement_paymentorder AS o WHERE o.batch_id = batch.id) AS orders\n     WHERE batch.id = NEW.id\n       AND batch.state <> 'cancelled'\n       AND (batch.total_cents, batch.orders_count::bigint, orders.gross) IS DISTINCT FROM (\n           orders.total, orders.count,\n           (SELECT COALESCE(SUM(l.amount_cents), 0)\n              FROM settlement_orderline AS l\n              JOIN settlement_paymentorder AS o ON o.id = l.order_id\n             WHERE o.batch_id = batch.id));\n    IF wrong IS NOT NULL THEN\n        RAISE EXCEPTION 'the orders and lines of batch % do not add up to its total', wrong\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_adds_up';\n    END IF;\n    RETURN NULL;\n", hash='3402a302bf43618605350b509eec8db3069b373a', operation='INSERT OR UPDATE', pgid='pgtrigger_batch_adds_up_d0f64', table='settlement_batch', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentorder',
            trigger=pgtrigger.compiler.Trigger(name='paymentorder_state_steps', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{prepared:sent,prepared:cancelled,sent:accepted,sent:paid,sent:rejected,accepted:paid,accepted:rejected,paid:returned}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='253e86d47a13c48450e9127e58a610489731dbf2', operation='UPDATE', pgid='pgtrigger_paymentorder_state_steps_8d902', table='settlement_paymentorder', when='BEFORE')),
        ),
    ]
