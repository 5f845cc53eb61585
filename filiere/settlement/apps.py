"""Django registration of the app."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Payables, batches, bank files."""

    name = "filiere.settlement"
    label = "settlement"

    def ready(self) -> None:
        """Declare what must always be true of payments."""
        from filiere.settlement import checks  # noqa: PLC0415

        checks.declare()
