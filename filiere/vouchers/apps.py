"""Django registration of the app."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Lots, vouchers and their movements."""

    name = "filiere.vouchers"
    label = "vouchers"

    def ready(self) -> None:
        """Declare what must always be true, and who gives the code of a voucher that is texted."""
        from filiere.kernel import messages  # noqa: PLC0415
        from filiere.vouchers import checks  # noqa: PLC0415
        from filiere.vouchers.services import texting  # noqa: PLC0415

        checks.declare()
        messages.keep_secret(texting.SECRET, texting.code_to_text)
