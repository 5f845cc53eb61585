"""Addresses of funders' forms, schemes and awards: one project in full, one just begun."""

from django.urls import reverse

from filiere.operations.demo import projects as demo
from filiere.projects.models import ProjectFile, Scheme, SchemeImport, Submission

CARRIER, HUB = "projet@demo.example", "hub@demo.example"


def form_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them: each kind of state, little data and much."""
    large = ProjectFile.objects.get(title=demo.TITLE)
    small = ProjectFile.objects.get(title=demo.SMALL)
    town = small.sources.get(kind="commune")
    asked = large.sources.filter(scheme__form_key="departement").order_by("pk")[0]
    refused, waiting = (
        Submission.objects.filter(source__project=large, reply=reply).earliest("pk")
        for reply in ("refused", "waiting")
    )
    file = small.attachments.filter(name__endswith=".docx").earliest("pk")
    call = Scheme.objects.get(external_key="demo:open 1")
    forms = ((small, town, "commune"), (large, asked, "departement"), (small, town, "feder_fse"))

    def on_forms(name: str) -> list[tuple[str, str]]:
        return [(CARRIER, reverse(name, args=[of.pk, one.pk, key])) for of, one, key in forms]

    on_each = {
        name: [(CARRIER, reverse(name, args=[one.pk])) for one in (large, small)]
        for name in ("project_forms", "project_schemes", "project_awards")
    }
    on_each["project_schemes"].append(
        (CARRIER, reverse("project_schemes", args=[large.pk]) + "?tous=1")
    )
    field = reverse("project_form_field", args=[small.pk, town.pk, "commune", "summary"])
    return on_each | {
        "project_form": on_forms("project_form"),
        "project_form_send": on_forms("project_form_send")[:2],
        "project_form_prefill": on_forms("project_form_prefill")[:1],
        "project_form_field": [(CARRIER, field)],
        "project_sent": [
            (CARRIER, reverse("project_sent", args=[large.pk, one.pk])) for one in (refused, waiting)
        ],
        "project_templates": [
            (CARRIER, reverse("project_templates", args=[small.pk, town.pk]))
        ],
        "project_template": [
            (CARRIER, reverse("project_template", args=[small.pk, town.pk, file.pk]))
        ],
        "schemes": [
            (CARRIER, reverse("schemes")),
            (HUB, reverse("schemes") + "?q=petits&ouverts=1"),
            (CARRIER, reverse("schemes") + "?q=martien"),
        ],
        "scheme": [(who, reverse("scheme", args=[call.pk])) for who in (CARRIER, HUB)],
        "scheme_new": [(CARRIER, reverse("scheme_new"))],
        "scheme_edit": [(HUB, reverse("scheme_edit", args=[call.pk]))],
        "schemes_imported": [
            (HUB, reverse("schemes_imported", args=[SchemeImport.objects.earliest("pk").pk]))
        ],
        "schemes_import": [(HUB, reverse("schemes_import"))],
    }  # fmt: skip
