"""Lots, booklets, vouchers, movements, devices; the only functions that move what is left."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = [
    "vouchers_cap_left",
    "vouchers_refusal",
    "vouchers_quote",
    "vouchers_take_many",
    "vouchers_redeem",
    "vouchers_redeem_many",
    "vouchers_next_serial",
    "vouchers_replace",
    "vouchers_reverse",
]


def _install(name: str) -> migrations.RunSQL:
    """Install one function; only logins that were granted it may call it."""
    return migrations.RunSQL(
        (SQL / f"{name}.sql").read_text(encoding="utf-8")
        + f"\nREVOKE ALL ON FUNCTION {name} FROM PUBLIC;",
        f"DROP FUNCTION {name};",
    )


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ("vouchers", "0001_initial"),
        ("vouchers", "0002_functions"),
        ("vouchers", "0003_lots_live"),
        ("vouchers", "0004_replace_in_booklets"),
        ("vouchers", "0005_redemption"),
        ("vouchers", "0006_redemption_functions"),
        ("vouchers", "0007_late_returns"),
        ("vouchers", "0008_redemption_indexes"),
        ("vouchers", "0009_vouchers_checked_together"),
    ]

    dependencies = [
        ("accounts", "0003_invitations"),
        ("directory", "0003_statements_and_decisions"),
        ("ledger", "0004_units_holds_chain_functions"),
        ("persons", "0001_initial"),
        ("programmes", "0001_to_0002"),
        ("territories", "0003_covers_function"),
    ]

    operations = [
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=40, verbose_name='acte payé')),
                ('service', models.CharField(blank=True, default='', max_length=80, verbose_name='service')),
                ('channel', models.CharField(choices=[('qr', 'QR code lu'), ('typed', 'code saisi'), ('serial_pin', 'numéro et code court'), ('offline', 'hors connexion'), ('batch', 'par liste')], default='typed', max_length=10, verbose_name='voie')),
                ('wanted_cents', models.BigIntegerField(verbose_name='montant demandé (centimes)')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('left_cents', models.BigIntegerField(verbose_name='reste du chèque ensuite (centimes)')),
                ('occurred_at', models.DateTimeField(verbose_name='date')),
                ('done_on', models.DateField(null=True, verbose_name="jour de l'acte")),
                ('received_at', models.DateTimeField(null=True, verbose_name='reçue le')),
            ],
            options={
                'verbose_name': 'utilisation',
            },
        ),
        migrations.CreateModel(
            name='PinAttempt',
            fields=[
                ('serial', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='numéro')),
                ('attempts', models.PositiveIntegerField(verbose_name='essais')),
                ('last_at', models.DateTimeField(verbose_name='dernier essai')),
            ],
            options={
                'verbose_name': 'essais de code court',
                'verbose_name_plural': 'essais de code court',
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name="nom de l'appareil")),
                ('public_key', models.BinaryField(max_length=32, unique=True, verbose_name='clé publique')),
                ('max_vouchers_per_day', models.PositiveIntegerField(default=50, verbose_name='chèques par jour')),
                ('max_cents_per_day', models.BigIntegerField(default=100000, verbose_name='centimes par jour')),
                ('last_seq', models.BigIntegerField(default=0, verbose_name='dernier numéro reçu')),
                ('registered_at', models.DateTimeField(verbose_name='enregistré le')),
                ('registered_by', models.CharField(max_length=40, verbose_name='enregistré par')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='retiré le')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='accounts.organisation')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.place')),
            ],
            options={
                'verbose_name': 'appareil',
                'constraints': [models.CheckConstraint(condition=models.Q(('max_cents_per_day__gte', 1), ('max_vouchers_per_day__gte', 1)), name='device_limits_positive'), models.CheckConstraint(condition=models.Q(('last_seq__gte', 0)), name='device_last_seq_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, max_length=80, verbose_name='nom du lot')),
                ('count', models.PositiveIntegerField(verbose_name='nombre de chèques')),
                ('face_cents', models.BigIntegerField(verbose_name="valeur d'un chèque (centimes)")),
                ('mode', models.CharField(choices=[('nominal', 'nominatif'), ('pseudonymous', 'sous pseudonyme'), ('bearer', 'au porteur')], default='pseudonymous', max_length=12, verbose_name='mode')),
                ('booklet_size', models.PositiveSmallIntegerField(default=10, verbose_name='chèques par carnet')),
                ('use_until', models.DateField(verbose_name="utilisable jusqu'au")),
                ('tolerance_until', models.DateField(verbose_name="enregistrable jusqu'au")),
                ('present_until', models.DateField(verbose_name="présentable jusqu'au")),
                ('salt', models.BinaryField(max_length=16, null=True, verbose_name='sel')),
                ('key_id', models.CharField(blank=True, max_length=8, verbose_name="clé d'émission")),
                ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None, verbose_name='services')),
                ('territory_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='territoires')),
                ('provider_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None, verbose_name='prestataires')),
                ('publics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='publics')),
                ('cap_cents_per_person_year', models.BigIntegerField(null=True, verbose_name='plafond par personne et par an (centimes)')),
                ('state', models.CharField(choices=[('draft', 'préparé'), ('active', 'activé'), ('closed', 'clos')], default='draft', max_length=6, verbose_name='état')),
                ('created_at', models.DateTimeField(verbose_name='créé le')),
                ('generation_asked_at', models.DateTimeField(null=True, verbose_name='fabrication demandée le')),
                ('activated_at', models.DateTimeField(null=True, verbose_name='activé le')),
                ('reach_percent', models.PositiveSmallIntegerField(null=True, verbose_name='part à portée (%)')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='clos le')),
                ('activation_group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('closing_group', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='programmes.programme')),
            ],
            options={
                'verbose_name': 'lot de chèques',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'active', 'closed'])), name='lot_state_known'), models.CheckConstraint(condition=models.Q(('mode__in', ['nominal', 'pseudonymous', 'bearer'])), name='lot_mode_known'), models.CheckConstraint(condition=models.Q(('use_until__lte', models.F('tolerance_until')), ('tolerance_until__lte', models.F('present_until'))), name='lot_dates_in_order'), models.CheckConstraint(condition=models.Q(('booklet_size__gte', 1), ('booklet_size__lte', 100)), name='lot_booklet_size_in_range'), models.CheckConstraint(condition=models.Q(('reach_percent', None), ('reach_percent__lte', 100), _connector='OR'), name='lot_reach_percent_in_range'), models.CheckConstraint(condition=models.Q(('cap_cents_per_person_year', None), ('cap_cents_per_person_year__gt', 0), _connector='OR'), name='lot_cap_positive'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', True), ('closing_group__isnull', True)), _connector='OR'), name='lot_closed_is_dated'), models.CheckConstraint(condition=models.Q(('face_cents__gt', 0)), name='lot_face_positive'), models.CheckConstraint(condition=models.Q(('count__gte', 1), ('count__lte', 1000000)), name='lot_count_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('activation_group__isnull', True), ('state', 'draft')), models.Q(models.Q(('state', 'draft'), _negated=True), ('activation_group__isnull', False)), _connector='OR'), name='lot_active_is_funded')],
            },
        ),
        migrations.CreateModel(
            name='LateReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('at', models.DateTimeField(verbose_name='rendu le')),
                ('posting_group', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_returns', to='vouchers.lot')),
            ],
            options={
                'verbose_name': 'retour tardif',
                'verbose_name_plural': 'retours tardifs',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='latereturn_amount_positive')],
            },
        ),
        migrations.CreateModel(
            name='ClosingStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawn_at', models.DateTimeField(verbose_name='établi le')),
                ('operator_by', models.CharField(blank=True, max_length=40, verbose_name="vu par l'opérateur")),
                ('operator_at', models.DateTimeField(null=True, verbose_name="vu par l'opérateur le")),
                ('commissioner_by', models.CharField(blank=True, max_length=40, verbose_name='vu par le financeur')),
                ('commissioner_at', models.DateTimeField(null=True, verbose_name='vu par le financeur le')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closing_statement', to='vouchers.lot')),
            ],
            options={
                'verbose_name': 'état contradictoire',
                'verbose_name_plural': 'états contradictoires',
                'constraints': [models.CheckConstraint(condition=models.Q(('operator_by', ''), models.Q(('operator_by', models.F('commissioner_by')), _negated=True), _connector='OR'), name='closingstatement_two_people')],
            },
        ),
        migrations.CreateModel(
            name='Booklet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='carnet')),
                ('serial_from', models.BigIntegerField(unique=True, verbose_name='premier numéro')),
                ('serial_to', models.BigIntegerField(verbose_name='dernier numéro')),
                ('entrusted_at', models.DateTimeField(null=True, verbose_name='confié le')),
                ('custodian', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='booklets', to='accounts.organisation')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booklets', to='vouchers.lot')),
            ],
            options={
                'verbose_name': 'carnet',
                'indexes': [models.Index(condition=models.Q(('custodian__isnull', False)), fields=['custodian', 'lot'], name='booklet_by_custodian')],
                'constraints': [models.UniqueConstraint(fields=('lot', 'number'), name='booklet_number_once'), models.CheckConstraint(condition=models.Q(('serial_to__gte', models.F('serial_from'))), name='booklet_serials_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('custodian', None), ('entrusted_at', None)), models.Q(('custodian__isnull', False), ('entrusted_at__isnull', False)), _connector='OR'), name='booklet_entrusted_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='LotAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('soon', 'fin proche'), ('reallocate', 'réaffecter'), ('last', 'dernier rappel')], max_length=10, verbose_name='nature')),
                ('unused_cents', models.BigIntegerField(verbose_name='reste (centimes)')),
                ('at', models.DateTimeField(verbose_name='donnée le')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='vouchers.lot')),
            ],
            options={
                'verbose_name': 'alerte de fin',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['soon', 'reallocate', 'last'])), name='lotalert_kind_known'), models.UniqueConstraint(fields=('lot', 'kind'), name='lotalert_once')],
            },
        ),
        migrations.CreateModel(
            name='LotPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='vouchers.lot')),
                ('tranche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lot_parts', to='programmes.tranche')),
            ],
            options={
                'verbose_name': "part d'un lot",
                'constraints': [models.UniqueConstraint(fields=('lot', 'tranche'), name='lotpart_once'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='lotpart_amount_positive')],
            },
        ),
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('movement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reversal', serialize=False, to='vouchers.movement')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant rendu (centimes)')),
                ('reason', models.CharField(max_length=200, verbose_name='motif')),
                ('reversed_at', models.DateTimeField(verbose_name='annulée le')),
                ('actor', models.CharField(max_length=40, verbose_name='auteur')),
            ],
            options={
                'verbose_name': "annulation d'une utilisation",
                'verbose_name_plural': "annulations d'utilisations",
            },
        ),
        migrations.AddField(
            model_name='movement',
            name='device',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='vouchers.device'),
        ),
        migrations.AddField(
            model_name='movement',
            name='place',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.place'),
        ),
        migrations.AddField(
            model_name='movement',
            name='posting_group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        migrations.AddField(
            model_name='movement',
            name='provider',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='accounts.organisation'),
        ),
        migrations.CreateModel(
            name='MovementPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_cents', models.BigIntegerField(verbose_name='montant (centimes)')),
                ('movement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='vouchers.movement')),
                ('tranche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.tranche')),
            ],
            options={
                'verbose_name': "part d'une utilisation",
                'constraints': [models.UniqueConstraint(fields=('movement', 'tranche'), name='movementpart_once'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='movementpart_amount_positive')],
            },
        ),
        migrations.CreateModel(
            name='ReachOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='motif')),
                ('asked_by', models.CharField(max_length=40, verbose_name='demandé par')),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('confirmed_by', models.CharField(blank=True, max_length=40, verbose_name='confirmé par')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmé le')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reach_override', to='vouchers.lot')),
            ],
            options={
                'verbose_name': 'dérogation de portée',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reachoverride_says_why'), models.CheckConstraint(condition=models.Q(('confirmed_by', models.F('asked_by')), _negated=True), name='reachoverride_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', '')), models.Q(models.Q(('confirmed_by', ''), _negated=True), ('confirmed_at__isnull', False)), _connector='OR'), name='reachoverride_confirmed_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('unit', 'un chèque'), ('booklet', 'un carnet'), ('lot', 'un lot'), ('provider', 'un prestataire'), ('device', 'un appareil')], max_length=8, verbose_name='portée')),
                ('serial_from', models.BigIntegerField(null=True, verbose_name='premier numéro')),
                ('serial_to', models.BigIntegerField(null=True, verbose_name='dernier numéro')),
                ('device_id', models.BigIntegerField(null=True, verbose_name='appareil')),
                ('reason', models.CharField(max_length=300, verbose_name='motif')),
                ('by', models.CharField(max_length=40, verbose_name='décidé par')),
                ('at', models.DateTimeField(verbose_name='décidé le')),
                ('lifted_by', models.CharField(blank=True, max_length=40, verbose_name='levé par')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='levé le')),
                ('booklet', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='vouchers.booklet')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recalls', to='vouchers.lot')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'rappel',
                'indexes': [models.Index(condition=models.Q(('lifted_at', None)), fields=['scope'], name='recall_standing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('scope__in', ['unit', 'booklet', 'lot', 'provider', 'device'])), name='recall_scope_known'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(models.Q(('booklet', None), ('scope', 'unit'), ('serial_from', models.F('serial_to'))), models.Q(('booklet__isnull', False), ('scope', 'booklet'), ('serial_to__gte', models.F('serial_from'))), _connector='OR'), ('device_id', None), ('lot', None), ('organisation', None)), models.Q(models.Q(models.Q(('device_id', None), ('lot__isnull', False), ('organisation', None), ('scope', 'lot')), models.Q(('device_id', None), ('lot', None), ('organisation__isnull', False), ('scope', 'provider')), models.Q(('device_id__isnull', False), ('lot', None), ('organisation', None), ('scope', 'device')), _connector='OR'), ('booklet', None), ('serial_from', None), ('serial_to', None)), _connector='OR'), name='recall_names_its_scope'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='recall_says_why')],
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='année')),
                ('public_key', models.BinaryField(max_length=32, unique=True, verbose_name='clé publique')),
                ('sealed_private_key', models.BinaryField(max_length=200, verbose_name='clé privée scellée')),
                ('created_at', models.DateTimeField(verbose_name='créée le')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='révoquée le')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signing_keys', to='programmes.programme')),
            ],
            options={
                'verbose_name': 'clé de signature',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('programme', 'year'), name='signingkey_one_live')],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.BigIntegerField(unique=True, verbose_name='numéro')),
                ('code_mac', models.BinaryField(max_length=16, unique=True, verbose_name='empreinte du code')),
                ('pin_mac', models.BinaryField(max_length=16, null=True, verbose_name='empreinte du code court')),
                ('face_cents', models.BigIntegerField(verbose_name='valeur (centimes)')),
                ('remaining_cents', models.BigIntegerField(verbose_name='reste (centimes)')),
                ('state', models.CharField(choices=[('created', 'créé'), ('active', 'activé'), ('handed_out', 'remis'), ('spent', 'utilisé'), ('blocked', 'bloqué'), ('void', 'annulé'), ('expired', 'périmé')], default='created', max_length=10, verbose_name='état')),
                ('handed_out_at', models.DateTimeField(null=True, verbose_name='remis le')),
                ('handed_out_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='persons.person')),
                ('lot', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='vouchers.lot')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='vouchers.voucher')),
            ],
            options={
                'verbose_name': 'chèque',
                'indexes': [models.Index(fields=['lot', 'state'], name='voucher_lot_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['created', 'active', 'handed_out', 'spent', 'blocked', 'void', 'expired'])), name='voucher_state_known'), models.CheckConstraint(condition=models.Q(('remaining_cents__gte', 0), ('remaining_cents__lte', models.F('face_cents'))), name='voucher_remaining_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('remaining_cents', 0), ('state', 'spent')), models.Q(('remaining_cents__gt', 0), ('state__in', ['created', 'active', 'handed_out', 'blocked'])), ('state__in', ['void', 'expired']), _connector='OR'), name='voucher_spent_is_empty')],
            },
        ),
        migrations.CreateModel(
            name='OfflineClaim',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(verbose_name="numéro d'ordre")),
                ('digest', models.BinaryField(max_length=16, verbose_name='empreinte')),
                ('reference', models.CharField(max_length=40, verbose_name='acte payé')),
                ('wanted_cents', models.BigIntegerField(verbose_name='montant demandé (centimes)')),
                ('taken_cents', models.BigIntegerField(default=0, verbose_name='montant payé (centimes)')),
                ('occurred_at', models.DateTimeField(verbose_name="date dite par l'appareil")),
                ('received_at', models.DateTimeField(verbose_name='reçue le')),
                ('state', models.CharField(choices=[('accepted', 'acceptée'), ('refused', 'refusée'), ('disputed', 'contestée')], max_length=8, verbose_name='état')),
                ('outcome', models.CharField(max_length=40, verbose_name='réponse')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='vouchers.device')),
                ('movement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='vouchers.movement')),
                ('voucher', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='vouchers.voucher')),
            ],
            options={
                'verbose_name': 'demande hors connexion',
                'verbose_name_plural': 'demandes hors connexion',
                'indexes': [models.Index(condition=models.Q(('state', 'disputed')), fields=['received_at'], name='offlineclaim_disputed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['accepted', 'refused', 'disputed'])), name='offlineclaim_state_known'), models.UniqueConstraint(fields=('device', 'seq'), name='offlineclaim_once'), models.CheckConstraint(condition=models.Q(('seq__gt', 0)), name='offlineclaim_seq_positive'), models.CheckConstraint(condition=models.Q(models.Q(('movement__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('movement__isnull', True), ('taken_cents', 0)), _connector='OR'), name='offlineclaim_paid_has_movement')],
            },
        ),
        migrations.AddField(
            model_name='movement',
            name='voucher',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='vouchers.voucher'),
        ),
        migrations.CreateModel(
            name='VoucherPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('face_cents', models.BigIntegerField(verbose_name='valeur (centimes)')),
                ('remaining_cents', models.BigIntegerField(verbose_name='reste (centimes)')),
                ('tranche', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='voucher_parts', to='programmes.tranche')),
                ('voucher', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='vouchers.voucher')),
            ],
            options={
                'verbose_name': "part d'un chèque",
                'constraints': [models.UniqueConstraint(fields=('voucher', 'tranche'), name='voucherpart_once'), models.CheckConstraint(condition=models.Q(('remaining_cents__gte', 0), ('remaining_cents__lte', models.F('face_cents'))), name='voucherpart_remaining_in_range')],
            },
        ),
        migrations.CreateModel(
            name='ClosingLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issued_cents', models.BigIntegerField(verbose_name='émis (centimes)')),
                ('handed_out_cents', models.BigIntegerField(verbose_name='remis (centimes)')),
                ('used_cents', models.BigIntegerField(verbose_name='utilisé (centimes)')),
                ('unused_cents', models.BigIntegerField(verbose_name='non utilisé (centimes)')),
                ('tranche', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programmes.tranche')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='vouchers.closingstatement')),
            ],
            options={
                'verbose_name': "ligne d'état contradictoire",
                'constraints': [models.UniqueConstraint(fields=('statement', 'tranche'), name='closingline_once'), models.CheckConstraint(condition=models.Q(('issued_cents', django.db.models.expressions.CombinedExpression(models.F('used_cents'), '+', models.F('unused_cents'))), ('unused_cents__gte', 0)), name='closingline_adds_up')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lot',
            trigger=pgtrigger.compiler.Trigger(name='lot_state_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:active,active:closed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='d3373779e8094f08fe9ee32cf0540d74addd2490', operation='UPDATE', pgid='pgtrigger_lot_state_moves_e6ee7', table='vouchers_lot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lot',
            trigger=pgtrigger.compiler.Trigger(name='lot_terms_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."count" IS DISTINCT FROM (NEW."count") OR OLD."face_cents" IS DISTINCT FROM (NEW."face_cents") OR OLD."mode" IS DISTINCT FROM (NEW."mode") OR OLD."booklet_size" IS DISTINCT FROM (NEW."booklet_size") OR OLD."use_until" IS DISTINCT FROM (NEW."use_until") OR OLD."tolerance_until" IS DISTINCT FROM (NEW."tolerance_until") OR OLD."present_until" IS DISTINCT FROM (NEW."present_until") OR OLD."services" IS DISTINCT FROM (NEW."services") OR OLD."territory_ids" IS DISTINCT FROM (NEW."territory_ids") OR OLD."provider_ids" IS DISTINCT FROM (NEW."provider_ids") OR OLD."publics" IS DISTINCT FROM (NEW."publics") OR OLD."cap_cents_per_person_year" IS DISTINCT FROM (NEW."cap_cents_per_person_year"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3dcdc04da9920b4a9b4d2aa8fc0af8c51fb380d3', operation='UPDATE', pgid='pgtrigger_lot_terms_frozen_07384', table='vouchers_lot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lot',
            trigger=pgtrigger.compiler.Trigger(name='lot_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='903dc09199a31b459a3a1f7555a9fb55020bd433', operation='DELETE', pgid='pgtrigger_lot_never_deleted_28905', table='vouchers_lot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lot',
            trigger=pgtrigger.compiler.Trigger(name='lot_salt_set_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."salt" IS NOT NULL)', func='RAISE EXCEPTION \'pgtrigger: Cannot update of "salt", "key_id" rows from % table\', TG_TABLE_NAME;', hash='8c6ad03c790f6b915e0e986230117bfe9062d9d7', operation='UPDATE OF "salt", "key_id"', pgid='pgtrigger_lot_salt_set_once_a75d0', table='vouchers_lot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='latereturn',
            trigger=pgtrigger.compiler.Trigger(name='latereturn_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7c7fc1a1914f2127dc5e608324daece37df7f826', operation='UPDATE OR DELETE', pgid='pgtrigger_latereturn_append_only_fe3ee', table='vouchers_latereturn', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='latereturn',
            trigger=pgtrigger.compiler.Trigger(name='latereturn_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'latereturn is append-only: it cannot be truncated';", hash='0763e8d8e257c841944fedd728c985e3790cfd28', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_latereturn_no_truncate_2c8a2', table='vouchers_latereturn', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='booklet',
            trigger=pgtrigger.compiler.Trigger(name='booklet_serials_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."lot_id" IS DISTINCT FROM (NEW."lot_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."serial_from" IS DISTINCT FROM (NEW."serial_from") OR OLD."serial_to" IS DISTINCT FROM (NEW."serial_to"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='45c28df6391543b44ca69f76d5e2c97655c68228', operation='UPDATE', pgid='pgtrigger_booklet_serials_frozen_85477', table='vouchers_booklet', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lotalert',
            trigger=pgtrigger.compiler.Trigger(name='lotalert_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2c1a6b109c9590e98500055a9d30085880a56e2f', operation='UPDATE OR DELETE', pgid='pgtrigger_lotalert_append_only_76d71', table='vouchers_lotalert', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lotalert',
            trigger=pgtrigger.compiler.Trigger(name='lotalert_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'lotalert is append-only: it cannot be truncated';", hash='f3d0f57cf98e6449d0342e84c7c5b4d8c2e0fc0b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_lotalert_no_truncate_6b0fc', table='vouchers_lotalert', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lotpart',
            trigger=pgtrigger.compiler.Trigger(name='lotpart_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ef8032cca7b9639335fd20d5c04e086b8a2477ff', operation='UPDATE OR DELETE', pgid='pgtrigger_lotpart_append_only_3c693', table='vouchers_lotpart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lotpart',
            trigger=pgtrigger.compiler.Trigger(name='lotpart_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'lotpart is append-only: it cannot be truncated';", hash='118de760fde79694e52fd70f86cebca662c04cad', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_lotpart_no_truncate_fae71', table='vouchers_lotpart', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='reversal',
            name='posting_group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.postinggroup'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='movementpart',
            trigger=pgtrigger.compiler.Trigger(name='movementpart_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e8bcbc6eec0993e21be4236f1f77ea90a3468862', operation='UPDATE OR DELETE', pgid='pgtrigger_movementpart_append_only_badaf', table='vouchers_movementpart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='movementpart',
            trigger=pgtrigger.compiler.Trigger(name='movementpart_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'movementpart is append-only: it cannot be truncated';", hash='b0b6d6a0bd8c5ca1fa4d2004dffb29c7cf885088', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_movementpart_no_truncate_fd9c2', table='vouchers_movementpart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucher',
            trigger=pgtrigger.compiler.Trigger(name='voucher_state_moves', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{created:active,active:handed_out,active:spent,handed_out:spent,active:blocked,handed_out:blocked,blocked:active,blocked:handed_out,active:void,handed_out:void,active:expired,handed_out:expired,blocked:expired,spent:active,spent:handed_out}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='18902e818b3bedf290ba4252e166ab343b14a63d', operation='UPDATE', pgid='pgtrigger_voucher_state_moves_fe31e', table='vouchers_voucher', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucher',
            trigger=pgtrigger.compiler.Trigger(name='voucher_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='977832d409c0a18fc68ab647860a09e98011b1fb', operation='DELETE', pgid='pgtrigger_voucher_never_deleted_da365', table='vouchers_voucher', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucher',
            trigger=pgtrigger.compiler.Trigger(name='voucher_stays_in_its_lot', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "lot_id" rows from % table\', TG_TABLE_NAME;', hash='62508fbe21142c0972c2212b4347d97c08019040', operation='UPDATE OF "lot_id"', pgid='pgtrigger_voucher_stays_in_its_lot_3522a', table='vouchers_voucher', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucher',
            trigger=pgtrigger.compiler.Trigger(name='voucher_born_whole', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_wrong boolean;', func="\n                    EXECUTE $query$\n                        SELECT 0 < (\n                            SELECT count(*) FROM added\n                              LEFT JOIN vouchers_lot lot ON lot.id = added.lot_id\n                             WHERE lot.id IS NULL OR added.remaining_cents <> added.face_cents\n                                OR added.replaces_id IS NULL\n                                   AND (lot.state <> 'draft' OR added.state <> 'created'\n                                        OR added.face_cents <> lot.face_cents)\n                        ) + (\n                            SELECT count(*) FROM added\n                              JOIN vouchers_voucher lost ON lost.id = added.replaces_id\n                             WHERE lost.state <> 'void' OR lost.remaining_cents <> 0\n                                OR lost.lot_id <> added.lot_id\n                                OR lost.face_cents - added.face_cents <> coalesce((\n                                    SELECT sum(paid.amount_cents)\n                                           - coalesce(sum(undone.amount_cents), 0)\n                                      FROM vouchers_movement paid\n                                      LEFT JOIN vouchers_reversal undone\n                                             ON undone.movement_id = paid.id\n                                     WHERE paid.voucher_id = lost.id), 0))\n                    $query$ INTO is_wrong;\n                    IF is_wrong THEN\n                        RAISE EXCEPTION 'a voucher must be new, whole, and of a lot not yet active'\n                              USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_born_whole';\n                    END IF;\n                    RETURN NULL;\n                ", hash='cc16727a43ddea00f86376307d4abd6537d40069', level='STATEMENT', operation='INSERT', pgid='pgtrigger_voucher_born_whole_73ff8', referencing='REFERENCING NEW TABLE AS added ', table='vouchers_voucher', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offlineclaim',
            trigger=pgtrigger.compiler.Trigger(name='offlineclaim_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a54a96a731733adab3962ef8914b29f721c2c20d', operation='UPDATE OR DELETE', pgid='pgtrigger_offlineclaim_append_only_efafc', table='vouchers_offlineclaim', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offlineclaim',
            trigger=pgtrigger.compiler.Trigger(name='offlineclaim_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'offlineclaim is append-only: it cannot be truncated';", hash='8452851debe55cfcf1a39a9cb395b98a200ab704', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_offlineclaim_no_truncate_91454', table='vouchers_offlineclaim', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(condition=models.Q(('device__isnull', False)), fields=['device'], name='movement_of_device'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['qr', 'typed', 'serial_pin', 'offline', 'batch'])), name='movement_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.UniqueConstraint(fields=('voucher', 'reference'), name='movement_once_per_act'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='movement_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__lte', models.F('wanted_cents'))), name='movement_not_over_wanted'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(('left_cents__gte', 0)), name='movement_left_cents_not_negative'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='movement',
            trigger=pgtrigger.compiler.Trigger(name='movement_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8f26c13a2333bd77ba80c63adc467b7e4a51cec2', operation='UPDATE OR DELETE', pgid='pgtrigger_movement_append_only_b0588', table='vouchers_movement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='movement',
            trigger=pgtrigger.compiler.Trigger(name='movement_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'movement is append-only: it cannot be truncated';", hash='1fbc6cfcbb18d64991907d3a7df168e9141a04d5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_movement_no_truncate_b63a0', table='vouchers_movement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucherpart',
            trigger=pgtrigger.compiler.Trigger(name='voucherpart_stays_where_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "voucher_id", "tranche_id" rows from % table\', TG_TABLE_NAME;', hash='9b14de7941b2aa37f67a395f86033bb5dcab2262', operation='UPDATE OF "voucher_id", "tranche_id"', pgid='pgtrigger_voucherpart_stays_where_it_is_180fe', table='vouchers_voucherpart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='voucherpart',
            trigger=pgtrigger.compiler.Trigger(name='voucherpart_born_whole', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_wrong boolean;', func="\n                    EXECUTE $query$\n                        SELECT 0 < (\n                            SELECT count(*) FROM added\n                              LEFT JOIN vouchers_voucher voucher ON voucher.id = added.voucher_id\n                              LEFT JOIN vouchers_lot lot ON lot.id = voucher.lot_id\n                              LEFT JOIN vouchers_lotpart paid ON paid.lot_id = voucher.lot_id\n                                                    AND paid.tranche_id = added.tranche_id\n                             WHERE paid.id IS NULL OR added.remaining_cents <> added.face_cents\n                                OR lot.state <> 'draft' AND voucher.face_cents <> (\n                                    SELECT sum(part.face_cents) FROM vouchers_voucherpart part\n                                     WHERE part.voucher_id = voucher.id))\n                    $query$ INTO is_wrong;\n                    IF is_wrong THEN\n                        RAISE EXCEPTION 'the parts of a voucher must be whole and add up to its face'\n                              USING ERRCODE = 'check_violation',\n                                    CONSTRAINT = 'voucherpart_born_whole';\n                    END IF;\n                    RETURN NULL;\n                ", hash='a4c745d792898e4fc8b827562a1ba76c416aa3a6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_voucherpart_born_whole_44cc1', referencing='REFERENCING NEW TABLE AS added ', table='vouchers_voucherpart', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='reversal_amount_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reversal',
            trigger=pgtrigger.compiler.Trigger(name='reversal_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='51b5ba0a8de5222a4e209eeb6ab0e8d7d4d34e5e', operation='UPDATE OR DELETE', pgid='pgtrigger_reversal_append_only_21c24', table='vouchers_reversal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reversal',
            trigger=pgtrigger.compiler.Trigger(name='reversal_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'reversal is append-only: it cannot be truncated';", hash='be80996ebe1f46b7e5d2470557307d07893579c4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_reversal_no_truncate_32c09', table='vouchers_reversal', when='BEFORE')),
        ),
        # Room on each page for a voucher to be lowered where it stands, without touching an index.
        migrations.RunSQL(
            "ALTER TABLE vouchers_voucher SET (fillfactor = 85);"
            "ALTER TABLE vouchers_voucherpart SET (fillfactor = 85);",
            "ALTER TABLE vouchers_voucher RESET (fillfactor);"
            "ALTER TABLE vouchers_voucherpart RESET (fillfactor);",
        ),
        *(_install(name) for name in FUNCTIONS),
    ]
