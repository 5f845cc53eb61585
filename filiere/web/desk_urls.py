"""URLs of the mediators' and prescribers' desks."""

from datetime import date

from django.urls import path, register_converter

from filiere.web.views import counter, day, desk, follow_ups, referrals, slots


class Day:
    """A day of this century in an address, as 2026-11-24."""

    regex = r"20\d{2}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Read it; an impossible day is no page."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """Write it."""
        return value.isoformat()


register_converter(Day, "day")

urlpatterns = [
    path("espace", desk.desk, name="desk"),
    path("journee", day.day, name="day"),
    path("journee/<day:on>", day.day, name="day_on"),
    path("seance/<str:ref>/venue", day.attend, name="day_attend"),
    path("seance/<str:ref>/issue", day.conclude, name="day_conclude"),
    path("seance/<str:ref>/annuler", day.undo, name="day_undo"),
    path("seance/<str:ref>/encaisser", counter.counter, name="counter"),
    path("seance/<str:ref>/tarif", counter.session_price_said, name="session_price"),
    path("seance/<str:ref>/recu", counter.session_receipt, name="session_receipt"),
    path("creneaux/ouvrir", slots.publish, name="slots_publish"),
    path("creneaux/maintenant", slots.walk_in, name="walk_in"),
    path("creneaux/<int:pk>/fermer", slots.cancel, name="slot_cancel"),
    path("suivis", follow_ups.follow_ups, name="follow_ups"),
    path("suivis/<int:pk>", follow_ups.answer, name="follow_up_answer"),
    path("orientations", referrals.referrals, name="referrals"),
    path("orientations/nouvelle", referrals.new, name="referral_new"),
    path("orientations/demande/<int:pk>/accepter", referrals.accept, name="referral_accept"),
    path("orientations/demande/<int:pk>/refuser", referrals.refuse, name="referral_refuse"),
    path("orientations/<str:ref>", referrals.referral, name="referral"),
]
