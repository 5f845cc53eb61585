"""Django registration of the app."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Payables, batches, bank files."""

    name = "filiere.settlement"
    label = "settlement"
