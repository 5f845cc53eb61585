"""URLs of hours an employer offers and of help at home with its attestations."""

from django.urls import path

from filiere.web.views import employers, home_help

urlpatterns = [
    path("heures-offertes", employers.free_hours, name="free_hours"),
    path("heures-offertes/acheter", employers.free_hours_new, name="free_hours_new"),
    path("heures-offertes/<int:pk>/cartes", employers.free_hours_cards, name="free_hours_cards"),
    path("heures-offertes/<int:pk>/retirer", employers.free_hours_revoke, name="free_hours_revoke"),
    path("domicile", home_help.home_help, name="home_help"),
    path("domicile/<int:pk>/terminer", home_help.home_help_end, name="home_help_end"),
    path(
        "domicile/attestation/<int:year>/<uuid:person>.pdf",
        home_help.attestation_pdf,
        name="home_help_attestation",
    ),
]
