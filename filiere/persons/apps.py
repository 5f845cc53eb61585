"""Django registration of the app."""

from django.apps import AppConfig


class PersonsConfig(AppConfig):
    """People who are helped: pseudonymous file, encrypted identity, consent, retention."""

    name = "filiere.persons"
    label = "persons"
