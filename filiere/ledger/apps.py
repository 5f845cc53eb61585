"""Django registration of the app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The only door through which value moves: append-only transfers between accounts."""

    name = "filiere.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Declare what must always be true."""
        from filiere.ledger import checks  # noqa: PLC0415

        checks.declare()
