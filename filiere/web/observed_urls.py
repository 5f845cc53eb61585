"""URLs of prices seen, and of what people say they would pay."""

from django.urls import path

from filiere.web.views import observed_desk, observed_prices, willingness

urlpatterns = [
    path("prix", observed_prices.procedures, name="observed_prices"),
    path("prix.csv", observed_prices.as_csv, name="observed_prices_csv"),
    path("prix/demarche/<slug:key>", observed_prices.of_procedure, name="observed_procedure"),
    path("prix/demarche/<slug:key>/payer", observed_prices.public_cost, name="observed_cost"),
    path("prix/noter", observed_desk.note, name="observed_note"),
    path("prix/importer", observed_desk.sheet, name="observed_sheet"),
    path("prix/a-relire", observed_desk.review, name="observed_review"),
    path("prix/vus/<int:pk>/confirmer", observed_desk.confirm, name="observed_confirm"),
    path("prix/vus/<int:pk>/ecarter", observed_desk.set_aside, name="observed_set_aside"),
    path("prix/plafonds", observed_desk.ceilings, name="observed_ceilings"),
    path("prix/plafonds/<int:pk>/finir", observed_desk.end, name="observed_ceiling_end"),
    path("combien", willingness.results, name="willingness_results"),
    path("combien/<slug:ref>", willingness.answer, name="willingness_answer"),
    path("combien/<slug:ref>/papier", willingness.paper, name="willingness_paper"),
    path("enquetes-prix", willingness.surveys, name="willingness_surveys"),
    path("enquetes-prix/<int:pk>/finir", willingness.close, name="willingness_close"),
    path("enquetes-prix/<int:pk>/feuilles", willingness.enter, name="willingness_enter"),
]
