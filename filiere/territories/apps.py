"""Django registration of the app."""

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    """Communes to nation, and dated indicators about them. Blank stays unknown."""

    name = "filiere.territories"
    label = "territories"
