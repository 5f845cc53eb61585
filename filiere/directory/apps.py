"""Django registration of the app."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Places, offers and workers; imports of the national standard with provenance."""

    name = "filiere.directory"
    label = "directory"

    def ready(self) -> None:
        """Say who may do what."""
        from filiere.kernel import permissions  # noqa: PLC0415

        permissions.grant("directory.import_places", roles=["steward"])
        permissions.grant("directory.undo_import", roles=["steward"])
        permissions.grant("directory.qualify_place", roles=["steward"])
        permissions.grant(
            "directory.close_place", roles=["manager", "steward"], where=_own_or_steward
        )


def _own_or_steward(user: object, place: object) -> bool:
    """Tell whether the user manages the place's organisation, or is a steward."""
    from filiere.kernel.permissions import memberships  # noqa: PLC0415

    return any(
        held.role == "steward"
        or (held.role == "manager" and held.organisation_id == place.organisation_id)  # type: ignore[attr-defined]
        for held in memberships(user)
    )
