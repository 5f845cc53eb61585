"""Django registration of the app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """What every app needs: errors, events, permissions, audit, outbox. Knows no app above."""

    name = "filiere.kernel"
    label = "kernel"
