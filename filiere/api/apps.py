"""Django registration of the app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """REST API: thin, typed, the same services as the pages."""

    name = "filiere.api"
    label = "api"
