"""Django registration of the app."""

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    """Reads everything and writes nothing: follow the euro, boards, the three aims."""

    name = "filiere.observatory"
    label = "observatory"
