"""URLs of the public side: no account, no JavaScript."""

from django.urls import URLPattern, path

from filiere.web.views import booking, diagnosis, finder, home, places

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("aide/besoin", finder.need, name="finder_need"),
    path("aide/commune", finder.commune, name="finder_commune"),
    path("aide/moments", finder.moments, name="finder_moments"),
    path("aide/venir", finder.coming, name="finder_coming"),
    path("aide/resultats", finder.results, name="results"),
    path("aide/feuille", finder.sheet, name="finder_sheet"),
    path("aide/sans-reponse", finder.unmet, name="unmet"),
    path("diagnostic", diagnosis.diagnosis, name="diagnosis"),
    path("lieux", places.places, name="places"),
    path("lieux/<int:pk>", places.place, name="place"),
    path("rendez-vous/<int:slot_id>", booking.book, name="book"),
    path("rendez-vous/<str:ref>/<str:token>", booking.booked, name="booked"),
    path("rendez-vous/<str:ref>/<str:token>/feuille", booking.sheet, name="booked_sheet"),
    path("rendez-vous/<str:ref>/<str:token>/annuler", booking.cancel, name="booked_cancel"),
]
