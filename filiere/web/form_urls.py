"""URLs of funders' forms, of the schemes one may ask, of what was granted."""

from django.urls import URLPattern, path

from filiere.web.views import (
    awards,
    funder_forms,
    funder_forms_sent,
    funder_templates,
    prefill,
    schemes,
    schemes_kept,
)

FORMS = "projets/<int:ref>/formulaires"
SENT = f"{FORMS}/envois/<int:pk>"
TEMPLATES = f"{FORMS}/modeles/<int:pk>"
FORM = f"{FORMS}/<int:pk>/<slug:key>"

urlpatterns: list[URLPattern] = [
    path(FORMS, funder_forms.project_forms, name="project_forms"),
    path(SENT, funder_forms_sent.project_sent, name="project_sent"),
    path(
        f"{SENT}/fichier/<slug:kind>", funder_forms_sent.project_sent_file, name="project_sent_file"
    ),
    path(TEMPLATES, funder_templates.project_templates, name="project_templates"),
    path(f"{TEMPLATES}/<int:file>", funder_templates.project_template, name="project_template"),
    path(
        f"{TEMPLATES}/<int:file>/rempli",
        funder_templates.project_template_filled,
        name="project_template_filled",
    ),
    path(FORM, funder_forms.project_form, name="project_form"),
    path(f"{FORM}/champ/<slug:field>", funder_forms.project_form_field, name="project_form_field"),
    path(f"{FORM}/fichier/<slug:kind>", funder_forms.project_form_file, name="project_form_file"),
    path(f"{FORM}/envoyer", funder_forms_sent.project_form_send, name="project_form_send"),
    path(f"{FORM}/demarche", prefill.project_form_prefill, name="project_form_prefill"),
    path("projets/<int:ref>/dispositifs", schemes.project_schemes, name="project_schemes"),
    path("projets/<int:ref>/attributions", awards.project_awards, name="project_awards"),
    path(
        "projets/<int:ref>/attributions.json",
        awards.project_awards_file,
        name="project_awards_file",
    ),
    path("dispositifs/", schemes.schemes, name="schemes"),
    path("dispositifs/<int:pk>", schemes.scheme, name="scheme"),
    path("dispositifs/nouveau", schemes_kept.scheme_new, name="scheme_new"),
    path("dispositifs/<int:pk>/modifier", schemes_kept.scheme_edit, name="scheme_edit"),
    path("dispositifs/importer", schemes_kept.schemes_import, name="schemes_import"),
    path("dispositifs/imports/<int:pk>", schemes_kept.schemes_imported, name="schemes_imported"),
]
