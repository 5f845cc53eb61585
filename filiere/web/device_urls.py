"""URLs of the devices that take vouchers without network, and of the page they keep."""

from django.urls import path

from filiere.web.views import devices, guarantees, offline, unpaid_claims

urlpatterns = [
    path("structure/appareils", devices.devices, name="devices"),
    path("structure/appareils/nouveau", devices.device_new, name="device_new"),
    path("structure/appareils/<int:pk>", devices.device, name="device"),
    path("structure/appareils/<int:pk>/retirer", devices.device_revoke, name="device_revoke"),
    path("structure/appareils/<int:pk>/plafonds", devices.device_limits, name="device_limits"),
    path("hors-reseau/impayes", unpaid_claims.unpaid_claims, name="unpaid_claims"),
    path("hors-reseau/impayes/<uuid:pk>", unpaid_claims.unpaid_claim, name="unpaid_claim"),
    path(
        "hors-reseau/impayes/<uuid:pk>/contester", unpaid_claims.claim_contest, name="claim_contest"
    ),
    path(
        "hors-reseau/impayes/<uuid:pk>/abandonner",
        unpaid_claims.claim_give_up,
        name="claim_give_up",
    ),
    path(
        "hors-reseau/impayes/<uuid:pk>/confirmer", unpaid_claims.claim_uphold, name="claim_uphold"
    ),
    path("hors-reseau/impayes/<uuid:pk>/payer", unpaid_claims.claim_pay, name="claim_pay"),
    path("hors-reseau/garantie", guarantees.guarantees, name="guarantees"),
    path("hors-reseau/garantie/nouveau", guarantees.guarantee_new, name="guarantee_new"),
    path("hors-reseau/garantie/<int:pk>/recu", guarantees.guarantee_cash, name="guarantee_cash"),
    path("comptoir/", offline.offline_counter, name="offline_counter"),
    path("comptoir/gardien.js", offline.offline_worker, name="offline_worker"),
    path("comptoir/manifeste", offline.offline_manifest, name="offline_manifest"),
]
