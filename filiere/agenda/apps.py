"""Django registration of the app."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """Everything that can be booked: units, occupations, slots, registrations."""

    name = "filiere.agenda"
    label = "agenda"

    def ready(self) -> None:
        """Follow what lower apps tell."""
        from filiere.agenda import checks, handlers  # noqa: PLC0415
        from filiere.directory.events import PlaceClosed  # noqa: PLC0415
        from filiere.kernel.events import subscribe  # noqa: PLC0415
        from filiere.persons.events import PersonsErased  # noqa: PLC0415

        subscribe(PlaceClosed, handlers.cancel_slots_of_closed_place)
        subscribe(PersonsErased, handlers.cancel_seats_of_erased_persons)
        checks.declare()
