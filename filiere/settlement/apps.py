"""Django registration of the app."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Payables, batches, bank files."""

    name = "filiere.settlement"
    label = "settlement"

    def ready(self) -> None:
        """Listen to refunds and bank statements; declare what must always be true of payments."""
        from filiere.billing.events import ChargeRefunded  # noqa: PLC0415
        from filiere.kernel import events  # noqa: PLC0415
        from filiere.programmes.events import StatementImported  # noqa: PLC0415
        from filiere.settlement import checks, handlers  # noqa: PLC0415

        events.subscribe(ChargeRefunded, handlers.on_charge_refunded)
        events.subscribe(StatementImported, handlers.on_statement_imported)
        checks.declare()
