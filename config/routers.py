"""Both logins reach the same database: everything goes through the application's login,
and only migrations run as the owner.
"""

from typing import Any


class OneDatabase:
    """Send reads and writes to ``default``, schema changes to ``owner``."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        """Reads use the application's login."""
        return "default"

    def db_for_write(self, model: type, **hints: Any) -> str:
        """Writes use the application's login."""
        return "default"

    def allow_relation(self, first: object, second: object, **hints: Any) -> bool:
        """Both logins see one database, so any two rows may be related."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only the owner may change the schema."""
        return db == "owner"
