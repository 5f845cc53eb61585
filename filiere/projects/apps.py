"""Django registration of the app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Project files, their budget and funders, and what became of each request."""

    name = "filiere.projects"
    label = "projects"

    def ready(self) -> None:
        """Declare what must always be true."""
        from filiere.projects import checks  # noqa: PLC0415

        checks.declare()
