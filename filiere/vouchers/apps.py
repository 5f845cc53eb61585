"""Django registration of the app."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Lots, vouchers and their movements."""

    name = "filiere.vouchers"
    label = "vouchers"

    def ready(self) -> None:
        """Declare what must always be true."""
        from filiere.vouchers import checks  # noqa: PLC0415

        checks.declare()
