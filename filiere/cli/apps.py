"""Django registration of the app."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    """Commands: thin, the same services as the pages."""

    name = "filiere.cli"
    label = "cli"
