"""``filiere migrate``: change the schema as the database's owner, then renew the grants."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from filiere.operations.grants import grant_application


class Command(migrate.Command):
    """Django's migrate, always as the owner; the application's rights follow the new schema."""

    def add_arguments(self, parser: Any) -> None:
        """Make the owner the default login."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant (not when going back to a state without tables)."""
        super().handle(*args, **options)
        with connections["owner"].cursor() as cursor:
            if "settlement_orderline" in connections["owner"].introspection.table_names(cursor):
                grant_application(cursor, login=str(settings.DATABASES["default"]["USER"]))
