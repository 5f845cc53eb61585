"""URLs of the devices that take vouchers without network, and of the page they keep."""

from django.urls import path

from filiere.web.views import devices, offline

urlpatterns = [
    path("structure/appareils", devices.devices, name="devices"),
    path("structure/appareils/nouveau", devices.device_new, name="device_new"),
    path("structure/appareils/<int:pk>", devices.device, name="device"),
    path("structure/appareils/<int:pk>/retirer", devices.device_revoke, name="device_revoke"),
    path("comptoir/", offline.offline_counter, name="offline_counter"),
    path("comptoir/gardien.js", offline.offline_worker, name="offline_worker"),
    path("comptoir/manifeste", offline.offline_manifest, name="offline_manifest"),
]
