"""URLs of the pages, by side: the public, the desks, the money, the account."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from filiere.web.views import about, living

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("filiere.web.public_urls")),
    path("", include("filiere.web.desk_urls")),
    path("", include("filiere.web.money_urls")),
    path("", include("filiere.web.invoice_urls")),
    path("", include("filiere.web.receivable_urls")),
    path("", include("filiere.web.lot_urls")),
    path("", include("filiere.web.employer_urls")),
    path("", include("filiere.web.organisation_urls")),
    path("", include("filiere.web.paper_urls")),
    path("", include("filiere.web.device_urls")),
    path("", include("filiere.web.till_urls")),
    path("", include("filiere.web.observed_urls")),
    path("", include("filiere.web.statement_urls")),
    path("", include("filiere.web.project_urls")),
    path("", include("filiere.web.law_urls")),
    path("", include("filiere.web.plan_urls")),
    path("", include("filiere.web.form_urls")),
    path("pieces/", living.parts, name="living"),
    path("accessibilite", about.accessibility, name="accessibility"),
    path("vos-donnees", about.your_data, name="your_data"),
    path("langue", set_language, name="set_language"),
    path("compte/entrer", account.login, name="account_login"),
    path("compte/sortir", account.logout, name="account_logout"),
    path("compte/ferme", account.account_inactive, name="account_inactive"),
    path("compte/mot-de-passe", account.password_reset, name="account_reset_password"),
    path(
        "compte/mot-de-passe/envoye",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "compte/mot-de-passe/<str:uidb36>-<str:key>",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "compte/mot-de-passe/change",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
