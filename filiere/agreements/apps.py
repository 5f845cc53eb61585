"""Django registration of the app."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Commitments promised and delivered between organisations."""

    name = "filiere.agreements"
    label = "agreements"
