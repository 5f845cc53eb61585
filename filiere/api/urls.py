"""Addresses of the API: operations under /api/v1/, their list for people at /api/."""

from django.urls import path

from filiere.api import views
from filiere.api.interface import api

urlpatterns = [
    path("", views.reference, name="api_reference"),
    path("v1/", api.urls),
    path("v1/<path:rest>", views.unknown, name="api_unknown"),
]
