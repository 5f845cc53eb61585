"""Django registration of the app."""

from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    """Diagnosis, session notes and follow-up of each person's pathway."""

    name = "filiere.pathways"
    label = "pathways"

    def ready(self) -> None:
        """Follow what lower apps tell."""
        from filiere.agenda.events import AttendanceUndone  # noqa: PLC0415
        from filiere.kernel.events import subscribe  # noqa: PLC0415
        from filiere.pathways import checks, handlers  # noqa: PLC0415
        from filiere.persons.events import ConsentWithdrawn, PersonsErased  # noqa: PLC0415

        subscribe(AttendanceUndone, handlers.drop_note_of_undone_session)
        subscribe(ConsentWithdrawn, handlers.stop_asking_those_who_refuse)
        subscribe(PersonsErased, handlers.forget_answers_of_erased_persons)
        checks.declare()
