"""Django registration of the app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """What crosses all apps: the loop, demo data, roles, the check of the stored state."""

    name = "filiere.operations"
    label = "operations"

    def ready(self) -> None:
        """Fill the registries of permissions and of cross-app checks."""
        from filiere.operations import checks, roles  # noqa: PLC0415

        roles.declare()
        checks.declare()
