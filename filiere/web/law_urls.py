"""URLs of what the law allows: decision aids, their figures, the compliance of an organisation."""

from django.urls import URLPattern, path

from filiere.web.views import compliance, law, law_values, projects_model

urlpatterns: list[URLPattern] = [
    path("regles/", law.rules, name="rules"),
    path("regles/valeurs", law_values.rule_values, name="rule_values"),
    path("regles/valeurs/<str:key>", law_values.rule_sign, name="rule_sign"),
    path("regles/<slug:key>", law.rule, name="rule"),
    path("regles/<slug:key>/note", law.rule_note, name="rule_note"),
    path("projets/<int:ref>/modele", projects_model.project_model, name="project_model"),
    path(
        "projets/<int:ref>/modele/demande-dla",
        projects_model.project_model_request,
        name="project_model_request",
    ),
    path("structure/conformite", compliance.compliance, name="compliance"),
    path(
        "structure/conformite/registre.csv",
        compliance.compliance_register,
        name="compliance_register",
    ),
]
