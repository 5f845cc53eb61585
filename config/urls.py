"""URLs of the whole site: pages at the root, API under /api/."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("filiere.api.urls")),
    path("", include("filiere.web.urls")),
]

handler400 = "filiere.web.views.errors.bad_request"
handler403 = "filiere.web.views.errors.forbidden"
handler404 = "filiere.web.views.errors.not_found"
handler429 = "filiere.web.views.errors.too_many"  # asked for by django-allauth
handler500 = "filiere.web.views.errors.broken"
