"""Django registration of the app."""

from django.apps import AppConfig


class PersonsConfig(AppConfig):
    """People who are helped: pseudonymous file, encrypted identity, consent, retention."""

    name = "filiere.persons"
    label = "persons"

    def ready(self) -> None:
        """Declare what must stay true here."""
        from filiere.persons import checks  # noqa: PLC0415

        checks.declare()
