"""Django registration of the app."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Programmes of commissioners, their funders' tranches and the cash received."""

    name = "filiere.programmes"
    label = "programmes"

    def ready(self) -> None:
        """Declare what must always be true."""
        from filiere.programmes import checks  # noqa: PLC0415

        checks.declare()
