"""Payments on invoices, credit balances, plans, disputes, reminders."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

LINE_USES = {"invoice_payment": "billing_invoicepayment", "invoice_bounce": "billing_paymentbounce"}
USES = """
    CREATE TRIGGER {kind}_uses_its_line AFTER INSERT OR DELETE OR UPDATE OF bank_line_id ON {table}
        FOR EACH ROW EXECUTE FUNCTION programmes_use_bank_line('{kind}', 'bank_line_id');
"""
NO_USES = "DROP TRIGGER {kind}_uses_its_line ON {table};"


def _for_each(text: str) -> str:
    return "".join(text.format(kind=kind, table=table) for kind, table in LINE_USES.items())


class Migration(migrations.Migration):
    """Their tables, what judges them, and the triggers that take their bank lines."""

    dependencies = [
        ('accounts', '0005_accountant'),
        ('billing', '0008_prices_seen_and_willingness'),
        ('ledger', '0007_posting_in_one_statement'),
        ('persons', '0001_initial'),
        ('programmes', '0006_lines_of_invoices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant imputé (centimes)')),
                ('cause', models.CharField(choices=[('paid', 'paiement reçu'), ('credit_used', 'solde créditeur utilisé'), ('credited', 'avoir émis'), ('bounced', 'paiement rejeté')], max_length=11, verbose_name='cause')),
                ('allocated_at', models.DateTimeField(verbose_name='imputé le')),
                ('allocated_by', models.CharField(max_length=40, verbose_name='imputé par')),
            ],
            options={
                'verbose_name': 'imputation',
            },
        ),
        migrations.CreateModel(
            name='CreditRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant rendu (centimes)')),
                ('means', models.CharField(choices=[('transfer', 'virement'), ('card', 'carte bancaire'), ('cheque', 'chèque bancaire'), ('cash', 'espèces')], max_length=8, verbose_name='moyen de paiement')),
                ('reference', models.CharField(blank=True, max_length=70, verbose_name='référence')),
                ('given_on', models.DateField(verbose_name='rendu le')),
                ('request_key', models.CharField(max_length=100, verbose_name='clé de la demande')),
                ('recorded_at', models.DateTimeField(verbose_name='noté le')),
                ('recorded_by', models.CharField(max_length=40, verbose_name='noté par')),
            ],
            options={
                'verbose_name': 'solde rendu',
                'verbose_name_plural': 'soldes rendus',
            },
        ),
        migrations.CreateModel(
            name='Debtor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'débiteur',
            },
        ),
        migrations.CreateModel(
            name='Instalment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rang')),
                ('due_on', models.DateField(verbose_name='à payer le')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
            ],
            options={
                'verbose_name': 'échéance',
            },
        ),
        migrations.CreateModel(
            name='InvoiceDispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='motif')),
                ('opened_on', models.DateField(verbose_name='contestée le')),
                ('opened_at', models.DateTimeField(verbose_name='noté le')),
                ('opened_by', models.CharField(max_length=40, verbose_name='noté par')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='close le')),
                ('closed_by', models.CharField(blank=True, max_length=40, verbose_name='close par')),
                ('outcome', models.CharField(blank=True, max_length=300, verbose_name='suite')),
            ],
            options={
                'verbose_name': 'contestation de facture',
                'verbose_name_plural': 'contestations de facture',
            },
        ),
        migrations.CreateModel(
            name='InvoicePayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant reçu (centimes)')),
                ('received_on', models.DateField(verbose_name='reçu le')),
                ('means', models.CharField(choices=[('transfer', 'virement'), ('card', 'carte bancaire'), ('cheque', 'chèque bancaire'), ('cash', 'espèces')], max_length=8, verbose_name='moyen de paiement')),
                ('reference', models.CharField(blank=True, max_length=70, verbose_name='référence')),
                ('request_key', models.CharField(max_length=100, verbose_name='clé de la demande')),
                ('recorded_at', models.DateTimeField(verbose_name='noté le')),
                ('recorded_by', models.CharField(max_length=40, verbose_name='noté par')),
            ],
            options={
                'verbose_name': 'paiement reçu',
                'verbose_name_plural': 'paiements reçus',
            },
        ),
        migrations.CreateModel(
            name='PaymentBounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bounced_on', models.DateField(verbose_name='rejeté le')),
                ('reason', models.CharField(max_length=200, verbose_name='motif')),
                ('recorded_at', models.DateTimeField(verbose_name='noté le')),
                ('recorded_by', models.CharField(max_length=40, verbose_name='noté par')),
            ],
            options={
                'verbose_name': 'paiement rejeté',
                'verbose_name_plural': 'paiements rejetés',
            },
        ),
        migrations.CreateModel(
            name='PaymentPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant étalé (centimes)')),
                ('settled_cents', models.BigIntegerField(verbose_name="déjà payé à l'accord (centimes)")),
                ('agreed_on', models.DateField(verbose_name='convenu le')),
                ('agreed_at', models.DateTimeField(verbose_name='noté le')),
                ('agreed_by', models.CharField(max_length=40, verbose_name='noté par')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='terminé le')),
                ('ended_by', models.CharField(blank=True, max_length=40, verbose_name='terminé par')),
            ],
            options={
                'verbose_name': 'échéancier',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('first', 'premier rappel'), ('second', 'deuxième rappel'), ('formal', 'mise en demeure')], max_length=6, verbose_name='étape')),
                ('state', models.CharField(choices=[('prepared', 'à confirmer'), ('sent', 'envoyé'), ('set_aside', 'écarté')], default='prepared', max_length=9, verbose_name='état')),
                ('prepared_on', models.DateField(verbose_name='préparé le')),
                ('open_cents', models.BigIntegerField(verbose_name='reste à payer (centimes)')),
                ('fee_cents', models.BigIntegerField(verbose_name='indemnité forfaitaire (centimes)')),
                ('interest_cents', models.BigIntegerField(verbose_name='pénalités de retard (centimes)')),
                ('way', models.CharField(blank=True, choices=[('email', 'courriel'), ('letter', 'lettre')], max_length=6, verbose_name='envoyé par')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='décidé le')),
                ('decided_by', models.CharField(blank=True, max_length=40, verbose_name='décidé par')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='motif')),
            ],
            options={
                'verbose_name': 'relance',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='invoice_paid_within', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    IF NEW.corrects_id IS NULL THEN RETURN NULL; END IF;\n    PERFORM pg_advisory_xact_lock(hashtextextended('billing.invoice_money', NEW.corrects_id));\n    IF EXISTS (\n        SELECT FROM (\n    SELECT invoice.id, notes.credited, paid.refunded, settled.cents AS settled,\n           GREATEST(paid.elsewhere, invoice.paid_cents) AS elsewhere,\n           GREATEST(0, invoice.total_cents - GREATEST(paid.elsewhere, invoice.paid_cents)\n                       - GREATEST(0, notes.credited - paid.refunded_elsewhere)) AS due\n      FROM billing_invoice AS invoice\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(note.total_cents), 0) AS credited\n             FROM billing_invoice AS note WHERE note.corrects_id = invoice.id) AS notes\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(cents) FILTER (WHERE is_paid), 0) AS elsewhere,\n                  COALESCE(SUM(cents) FILTER (WHERE is_back), 0) AS refunded,\n                  COALESCE(SUM(cents) FILTER (WHERE is_paid AND is_back), 0) AS refunded_elsewhere\n             FROM (SELECT share.amount_cents AS cents, charge.state = 'refunded' AS is_back,\n                          share.kind = 'person' OR share.released_group_id IS NOT NULL AS is_paid\n                     FROM billing_invoiceline AS line\n                     JOIN billing_invoicedshare AS asked ON asked.line_id = line.id\n                     JOIN billing_payershare AS share ON share.id = asked.share_id\n                     JOIN billing_charge AS charge ON charge.id = share.charge_id\n                    WHERE line.invoice_id = invoice.id) AS share) AS paid\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(amount_cents), 0) AS cents\n             FROM billing_allocation WHERE invoice_id = invoice.id) AS settled\n     WHERE invoice.kind = 'invoice'\n AND invoice.id = NEW.corrects_id) AS one\n         WHERE one.settled NOT BETWEEN 0 AND one.due) THEN\n        RAISE EXCEPTION 'invoice % would be paid more than it asks', NEW.corrects_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_paid_within';\n    END IF;\n    RETURN NULL;", hash='28c31faf82d4dc671cfd389809644c02e5620caa', operation='INSERT', pgid='pgtrigger_invoice_paid_within_5072c', table='billing_invoice', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.AddField(
            model_name='allocation',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.invoice'),
        ),
        migrations.AddField(
            model_name='allocation',
            name='posting_group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        migrations.AddField(
            model_name='creditrefund',
            name='posting_group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        migrations.AddField(
            model_name='debtor',
            name='issuer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='debtors', to='billing.issuer'),
        ),
        migrations.AddField(
            model_name='debtor',
            name='organisation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='debtor',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='persons.person'),
        ),
        migrations.AddField(
            model_name='invoicedispute',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='billing.invoice'),
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='bank_line',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.bankline'),
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='debtor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.debtor'),
        ),
        migrations.AddField(
            model_name='invoicepayment',
            name='posting_group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        migrations.AddField(
            model_name='creditrefund',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='billing.invoicepayment'),
        ),
        migrations.AddField(
            model_name='allocation',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.invoicepayment'),
        ),
        migrations.AddField(
            model_name='paymentbounce',
            name='bank_line',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.bankline'),
        ),
        migrations.AddField(
            model_name='paymentbounce',
            name='payment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='bounce', to='billing.invoicepayment'),
        ),
        migrations.AddField(
            model_name='paymentbounce',
            name='posting_group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        migrations.AddField(
            model_name='paymentplan',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='billing.invoice'),
        ),
        migrations.AddField(
            model_name='instalment',
            name='plan',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='billing.paymentplan'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='invoice',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='billing.invoice'),
        ),
        migrations.AddConstraint(
            model_name='debtor',
            constraint=models.UniqueConstraint(fields=('issuer', 'organisation', 'person'), name='debtor_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='debtor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', True), ('person__isnull', False)), models.Q(('organisation__isnull', False), ('person__isnull', True)), _connector='OR'), name='debtor_is_one_party'),
        ),
        migrations.AddConstraint(
            model_name='invoicedispute',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('invoice',), name='invoicedispute_one_open'),
        ),
        migrations.AddConstraint(
            model_name='invoicedispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by', ''), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('closed_by', ''), _negated=True), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='invoicedispute_closed_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicedispute',
            trigger=pgtrigger.compiler.Trigger(name='invoicedispute_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4f9bc9c2a37b6d68f4b40e9f2a2c62915b4afeaa', operation='DELETE', pgid='pgtrigger_invoicedispute_kept_0a1f0', table='billing_invoicedispute', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ['transfer', 'card', 'cheque', 'cash'])), name='invoicepayment_means_known'),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='invoicepayment_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.CheckConstraint(condition=models.Q(('bank_line__isnull', True), ('means', 'transfer'), _connector='OR'), name='invoicepayment_line_is_a_transfer'),
        ),
        migrations.AddConstraint(
            model_name='invoicepayment',
            constraint=models.UniqueConstraint(fields=('debtor', 'request_key'), name='invoicepayment_request_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicepayment',
            trigger=pgtrigger.compiler.Trigger(name='invoicepayment_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3f567da2b14d0bf5baf4769b38de40a576c4afe3', operation='UPDATE OR DELETE', pgid='pgtrigger_invoicepayment_append_only_5da41', table='billing_invoicepayment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicepayment',
            trigger=pgtrigger.compiler.Trigger(name='invoicepayment_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'invoicepayment is append-only: it cannot be truncated';", hash='43463d7ddd41b1c7f423fcfe8a08863e10eda421', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_invoicepayment_no_truncate_d2548', table='billing_invoicepayment', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='creditrefund',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ['transfer', 'card', 'cheque', 'cash'])), name='creditrefund_means_known'),
        ),
        migrations.AddConstraint(
            model_name='creditrefund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='creditrefund_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='creditrefund',
            constraint=models.UniqueConstraint(fields=('payment', 'request_key'), name='creditrefund_request_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditrefund',
            trigger=pgtrigger.compiler.Trigger(name='creditrefund_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='299a5a1b68ad5b77a67eeb8ad417a4afa9cbe51b', operation='UPDATE OR DELETE', pgid='pgtrigger_creditrefund_append_only_ba407', table='billing_creditrefund', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditrefund',
            trigger=pgtrigger.compiler.Trigger(name='creditrefund_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'creditrefund is append-only: it cannot be truncated';", hash='fec5a79a12f4e72f712ba76216722425f5f3ac88', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_creditrefund_no_truncate_aeca7', table='billing_creditrefund', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditrefund',
            trigger=pgtrigger.compiler.Trigger(name='creditrefund_within', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('billing.payment_money', NEW.payment_id));\n    IF EXISTS (\n        SELECT FROM billing_invoicepayment AS payment\n         WHERE payment.id = NEW.payment_id\n           AND ((SELECT COALESCE(SUM(amount_cents), 0) FROM billing_allocation\n                  WHERE payment_id = payment.id)\n              + (SELECT COALESCE(SUM(amount_cents), 0) FROM billing_creditrefund\n                  WHERE payment_id = payment.id)\n              > CASE WHEN EXISTS (SELECT FROM billing_paymentbounce\n                                   WHERE payment_id = payment.id)\n                     THEN 0 ELSE payment.amount_cents END\n             OR EXISTS (SELECT FROM billing_allocation WHERE payment_id = payment.id\n                         GROUP BY invoice_id HAVING SUM(amount_cents) < 0))) THEN\n        RAISE EXCEPTION 'payment % would be used for more than it holds', NEW.payment_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicepayment_used_within';\n    END IF;\n    RETURN NULL;", hash='8c533f7c46338c699e35aa55c1344726ba6fb978', operation='INSERT', pgid='pgtrigger_creditrefund_within_e862d', table='billing_creditrefund', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['paid', 'credit_used', 'credited', 'bounced'])), name='allocation_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_cents__gt', 0), ('cause__in', ['paid', 'credit_used'])), models.Q(('amount_cents__lt', 0), ('cause__in', ['credited', 'bounced'])), _connector='OR'), name='allocation_sign_is_its_cause'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allocation',
            trigger=pgtrigger.compiler.Trigger(name='allocation_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c1107599edb86d5a6e681ea01ecdc11296536ed', operation='UPDATE OR DELETE', pgid='pgtrigger_allocation_append_only_5f896', table='billing_allocation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allocation',
            trigger=pgtrigger.compiler.Trigger(name='allocation_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'allocation is append-only: it cannot be truncated';", hash='b6e36b0a8e396b88631248dc64c34b0fbf407907', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_allocation_no_truncate_332bf', table='billing_allocation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allocation',
            trigger=pgtrigger.compiler.Trigger(name='allocation_within', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    IF NOT EXISTS (\n        SELECT FROM billing_invoice AS invoice\n          JOIN billing_debtor AS debtor ON debtor.issuer_id = invoice.issuer_id\n           AND debtor.organisation_id IS NOT DISTINCT FROM invoice.recipient_id\n           AND debtor.person_id IS NOT DISTINCT FROM invoice.person_id\n          JOIN billing_invoicepayment AS payment ON payment.debtor_id = debtor.id\n         WHERE invoice.id = NEW.invoice_id AND invoice.kind = 'invoice'\n           AND payment.id = NEW.payment_id) THEN\n        RAISE EXCEPTION 'payment % is not of the debtor of invoice %', NEW.payment_id, NEW.invoice_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_of_its_debtor';\n    END IF;\n\n    IF NEW.invoice_id IS NULL THEN RETURN NULL; END IF;\n    PERFORM pg_advisory_xact_lock(hashtextextended('billing.invoice_money', NEW.invoice_id));\n    IF EXISTS (\n        SELECT FROM (\n    SELECT invoice.id, notes.credited, paid.refunded, settled.cents AS settled,\n           GREATEST(paid.elsewhere, invoice.paid_cents) AS elsewhere,\n           GREATEST(0, invoice.total_cents - GREATEST(paid.elsewhere, invoice.paid_cents)\n                       - GREATEST(0, notes.credited - paid.refunded_elsewhere)) AS due\n      FROM billing_invoice AS invoice\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(note.total_cents), 0) AS credited\n             FROM billing_invoice AS note WHERE note.corrects_id = invoice.id) AS notes\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(cents) FILTER (WHERE is_paid), 0) AS elsewhere,\n                  COALESCE(SUM(cents) FILTER (WHERE is_back), 0) AS refunded,\n                  COALESCE(SUM(cents) FILTER (WHERE is_paid AND is_back), 0) AS refunded_elsewhere\n             FROM (SELECT share.amount_cents AS cents, charge.state = 'refunded' AS is_back,\n                          share.kind = 'person' OR share.released_group_id IS NOT NULL AS is_paid\n                     FROM billing_invoiceline AS line\n                     JOIN billing_invoicedshare AS asked ON asked.line_id = line.id\n                     JOIN billing_payershare AS share ON share.id = asked.share_id\n                     JOIN billing_charge AS charge ON charge.id = share.charge_id\n                    WHERE line.invoice_id = invoice.id) AS share) AS paid\n     CROSS JOIN LATERAL (\n           SELECT COALESCE(SUM(amount_cents), 0) AS cents\n             FROM billing_allocation WHERE invoice_id = invoice.id) AS settled\n     WHERE invoice.kind = 'invoice'\n AND invoice.id = NEW.invoice_id) AS one\n         WHERE one.settled NOT BETWEEN 0 AND one.due) THEN\n        RAISE EXCEPTION 'invoice % would be paid more than it asks', NEW.invoice_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_paid_within';\n    END IF;\n    \n    PERFORM pg_advisory_xact_lock(hashtextextended('billing.payment_money', NEW.payment_id));\n    IF EXISTS (\n        SELECT FROM billing_invoicepayment AS payment\n         WHERE payment.id = NEW.payment_id\n           AND ((SELECT COALESCE(SUM(amount_cents), 0) FROM billing_allocation\n                  WHERE payment_id = payment.id)\n              + (SELECT COALESCE(SUM(amount_cents), 0) FROM billing_creditrefund\n                  WHERE payment_id = payment.id)\n              > CASE WHEN EXISTS (SELECT FROM billing_paymentbounce\n                                   WHERE payment_id = payment.id)\n                     THEN 0 ELSE payment.amount_cents END\n             OR EXISTS (SELECT FROM billing_allocation WHERE payment_id = payment.id\n                         GROUP BY invoice_id HAVING SUM(amount_cents) < 0))) THEN\n        RAISE EXCEPTION 'payment % would be used for more than it holds', NEW.payment_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicepayment_used_within';\n    END IF;\n    RETURN NULL;", hash='d416ea44b7e36814863c41d15c5bc6f9de10d8cf', operation='INSERT', pgid='pgtrigger_allocation_within_27f2a', table='billing_allocation', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentbounce',
            trigger=pgtrigger.compiler.Trigger(name='paymentbounce_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d99f34f451cafd72079c4c077e8cab080d35a7a8', operation='UPDATE OR DELETE', pgid='pgtrigger_paymentbounce_append_only_f610a', table='billing_paymentbounce', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentbounce',
            trigger=pgtrigger.compiler.Trigger(name='paymentbounce_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'paymentbounce is append-only: it cannot be truncated';", hash='a71e3eb2f33ab9757bc2028e76546c4073e4a8f5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_paymentbounce_no_truncate_25b20', table='billing_paymentbounce', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentbounce',
            trigger=pgtrigger.compiler.Trigger(name='paymentbounce_within', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('billing.payment_money', NEW.payment_id));\n    IF EXISTS (\n        SELECT FROM billing_invoicepayment AS payment\n         WHERE payment.id = NEW.payment_id\n           AND ((SELECT COALESCE(SUM(amount_cents), 0) FROM billing_allocation\n                  WHERE payment_id = payment.id)\n              + (SELECT COALESCE(SUM(amount_cents), 0) FROM billing_creditrefund\n                  WHERE payment_id = payment.id)\n              > CASE WHEN EXISTS (SELECT FROM billing_paymentbounce\n                                   WHERE payment_id = payment.id)\n                     THEN 0 ELSE payment.amount_cents END\n             OR EXISTS (SELECT FROM billing_allocation WHERE payment_id = payment.id\n                         GROUP BY invoice_id HAVING SUM(amount_cents) < 0))) THEN\n        RAISE EXCEPTION 'payment % would be used for more than it holds', NEW.payment_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicepayment_used_within';\n    END IF;\n    RETURN NULL;", hash='5387b2e652372b7ff97c3ed53063e35e9fc75124', operation='INSERT', pgid='pgtrigger_paymentbounce_within_b333e', table='billing_paymentbounce', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='paymentplan',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('invoice',), name='paymentplan_one_open'),
        ),
        migrations.AddConstraint(
            model_name='paymentplan',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='paymentplan_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='paymentplan',
            constraint=models.CheckConstraint(condition=models.Q(('settled_cents__gte', 0)), name='paymentplan_settled_cents_not_negative'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentplan',
            trigger=pgtrigger.compiler.Trigger(name='paymentplan_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='58ecf0eaa461ba714d7a6a350d9322c6ecef2549', operation='DELETE', pgid='pgtrigger_paymentplan_kept_56b43', table='billing_paymentplan', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentplan',
            trigger=pgtrigger.compiler.Trigger(name='paymentplan_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."invoice_id" IS DISTINCT FROM (NEW."invoice_id") OR OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."settled_cents" IS DISTINCT FROM (NEW."settled_cents") OR OLD."agreed_on" IS DISTINCT FROM (NEW."agreed_on") OR OLD."agreed_at" IS DISTINCT FROM (NEW."agreed_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0dd40e19a7950a7b089c2302e5d6dcde27f9c976', operation='UPDATE', pgid='pgtrigger_paymentplan_frozen_cd7bc', table='billing_paymentplan', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(fields=('plan', 'rank'), name='instalment_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='instalment_amount_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='instalment_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ffbe2bea6f279819988a0e8c04958741e21b1dfe', operation='UPDATE OR DELETE', pgid='pgtrigger_instalment_append_only_a3ee7', table='billing_instalment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='instalment_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'instalment is append-only: it cannot be truncated';", hash='8e6a746b86d578cf68d8c2c0a2a31cb04b9554ca', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_instalment_no_truncate_dc5f7', table='billing_instalment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='instalment_add_up', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n    IF EXISTS (\n        SELECT FROM billing_paymentplan AS plan\n         WHERE plan.id = NEW.plan_id\n           AND plan.amount_cents <> (SELECT COALESCE(SUM(amount_cents), 0)\n                                       FROM billing_instalment WHERE plan_id = plan.id)) THEN\n        RAISE EXCEPTION 'the instalments of plan % are not its amount', NEW.plan_id\n              USING ERRCODE = 'check_violation', CONSTRAINT = 'paymentplan_adds_up';\n    END IF;\n    RETURN NULL;\n", hash='b88ee22a88b4d54d1bbf1a518159440e50e8eb5f', operation='INSERT', pgid='pgtrigger_instalment_add_up_65cce', table='billing_instalment', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['state', 'prepared_on'], name='reminder_to_confirm'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['first', 'second', 'formal'])), name='reminder_step_known'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['prepared', 'sent', 'set_aside'])), name='reminder_state_known'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('way', ''), ('way__in', ['email', 'letter']), _connector='OR'), name='reminder_way_known'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('invoice', 'step'), name='reminder_step_once'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('fee_cents__gte', 0), ('interest_cents__gte', 0), ('open_cents__gt', 0)), name='reminder_amounts'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('reason', ''), ('state', 'prepared'), ('way', '')), models.Q(('decided_at__isnull', False), ('reason', ''), ('state', 'sent'), models.Q(('way', ''), _negated=True)), models.Q(('decided_at__isnull', False), ('state', 'set_aside'), ('way', ''), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='reminder_decided_says_how'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='reminder_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6ab9e0f8bbf86c15acb32b0ba6c0dbe330fc38b3', operation='DELETE', pgid='pgtrigger_reminder_kept_7a76f', table='billing_reminder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='reminder_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."invoice_id" IS DISTINCT FROM (NEW."invoice_id") OR OLD."step" IS DISTINCT FROM (NEW."step") OR OLD."prepared_on" IS DISTINCT FROM (NEW."prepared_on") OR OLD."open_cents" IS DISTINCT FROM (NEW."open_cents") OR OLD."fee_cents" IS DISTINCT FROM (NEW."fee_cents") OR OLD."interest_cents" IS DISTINCT FROM (NEW."interest_cents"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='54617aafaac02f5fb5670890a722a7e8607ead2e', operation='UPDATE', pgid='pgtrigger_reminder_frozen_05ea2', table='billing_reminder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reminder',
            trigger=pgtrigger.compiler.Trigger(name='reminder_sent_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD."state" = \'prepared\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d00a97b102c5a86b0ea4aa7aac7dab7d9f2ee4e0', operation='UPDATE', pgid='pgtrigger_reminder_sent_once_a6930', table='billing_reminder', when='BEFORE')),
        ),
        migrations.RunSQL(_for_each(USES), _for_each(NO_USES)),
    ]
