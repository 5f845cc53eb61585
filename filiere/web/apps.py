"""Django registration of the app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages: thin, they alone know HTML."""

    name = "filiere.web"
    label = "web"
