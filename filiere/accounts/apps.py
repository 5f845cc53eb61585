"""Django registration of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, the organisations they act for, and their roles."""

    name = "filiere.accounts"
    label = "accounts"
