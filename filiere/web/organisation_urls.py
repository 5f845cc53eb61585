"""URLs of the pages where an organisation runs itself, and where a steward decides."""

from django.urls import path

from filiere.web.views import (
    decisions,
    first_manager,
    left_hours,
    my_places,
    organisation,
    prices,
    qualifications,
    tokens,
)

urlpatterns = [
    path("structure", organisation.organisation, name="organisation"),
    path("structure/agir-pour", organisation.acting_choose, name="acting_choose"),
    path("structure/equipe", organisation.members, name="members"),
    path("structure/equipe/<int:pk>/retirer", organisation.member_remove, name="member_remove"),
    path("structure/equipe/<int:pk>/creneaux", left_hours.left_hours, name="left_hours"),
    path(
        "structure/invitations/<int:pk>/retirer",
        organisation.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("structure/premier-responsable", first_manager.first_manager, name="first_manager"),
    path("structure/cles", tokens.tokens, name="tokens"),
    path("structure/cles/<int:pk>/revoquer", tokens.token_revoke, name="token_revoke"),
    path("structure/lieux", my_places.my_places, name="my_places"),
    path("structure/lieux/<int:pk>", my_places.my_place, name="my_place"),
    path("structure/lieux/<int:pk>/modifier", my_places.my_place_facts, name="my_place_facts"),
    path(
        "structure/lieux/<int:pk>/retablir/<slug:fact>",
        my_places.statement_withdraw,
        name="statement_withdraw",
    ),
    path("structure/lieux/<int:pk>/intervenants", my_places.worker_add, name="worker_add"),
    path(
        "structure/lieux/<int:pk>/intervenants/<int:worker>/retirer",
        my_places.worker_remove,
        name="worker_remove",
    ),
    path("structure/lieux/<int:pk>/fermer", my_places.place_close, name="place_close"),
    path("structure/lieux/<int:pk>/rouvrir", my_places.place_reopen, name="place_reopen"),
    path("structure/lieux/<int:pk>/tarifs", prices.prices, name="prices"),
    path(
        "structure/lieux/<int:pk>/tarifs/<int:rule>/retirer",
        prices.price_withdraw,
        name="price_withdraw",
    ),
    path("habilitations", qualifications.qualifications, name="qualifications"),
    path("habilitations/<int:pk>", qualifications.qualification, name="qualification"),
    path("decider/<slug:kind>/<str:code>/<slug:what>", decisions.decision_rows, name="decision"),
    path("invitation/<str:token>", organisation.invitation, name="invitation"),
]
