"""Django registration of the app."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Places, offers and workers; imports of the national standard with provenance."""

    name = "filiere.directory"
    label = "directory"

    def ready(self) -> None:
        """Follow what lower apps tell."""
        from filiere.accounts.events import MembershipEnded  # noqa: PLC0415
        from filiere.directory import handlers  # noqa: PLC0415
        from filiere.kernel.events import subscribe  # noqa: PLC0415

        subscribe(MembershipEnded, handlers.let_workers_go)
