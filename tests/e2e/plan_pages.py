"""Addresses of the plan of a project, its cash, its proofs; one in full, one just begun."""

from django.urls import reverse

from filiere.operations.demo import projects as demo
from filiere.projects.models import LineTag, ProjectFile, Scheme, SourceState

CARRIER = "projet@demo.example"


def plan_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them, for the seven towns of the demonstration and the small file beside."""
    large = ProjectFile.objects.get(title=demo.TITLE)
    small = ProjectFile.objects.get(title=demo.SMALL)
    sources = large.sources.order_by("pk")
    waiting = sources.filter(state=SourceState.EXAMINED)[0]
    paid = sources.filter(payments__amount_cents__lt=0)[0]
    owing = sources.filter(state=SourceState.CONTRACTED, schedule__isnull=False)[0]
    refused = sources.filter(state=SourceState.REFUSED)[0]
    line = large.lines.earliest("position")
    tag = LineTag.objects.filter(line__project=large).earliest("pk")
    spent = large.hours.latest("pk")
    call = Scheme.objects.earliest("pk")

    def at(name: str, *more: object, query: str = "") -> tuple[str, str]:
        return CARRIER, reverse(name, args=[large.pk, *more]) + query

    on_each = {
        name: [(CARRIER, reverse(name, args=[one.pk])) for one in (large, small)]
        for name in (
            "project_plan", "project_matrix", "project_cash", "project_proofs", "project_effort",
            "project_optimum", "project_source_new", "project_cost_new", "project_sessions",
            "project_hours_new",
        )
    }  # fmt: skip
    on_each["project_cash"].append(at("project_cash", query="?taux=4,5"))
    on_each["project_optimum"] += [
        at("project_optimum", query=f"?but={aim}") for aim in ("fewest_files", "smallest_cash_gap")
    ]
    on_each["project_source_new"].append(at("project_source_new", query=f"?dispositif={call.pk}"))
    pooled = "?structures=7&dossiers=22&seul=12&commun=15&propre=3&heure=30"
    on_each["project_effort"].append(at("project_effort", query=pooled))
    return on_each | {
        "project_source": [at("project_source", one.pk) for one in (waiting, paid, owing, refused)],
        "project_source_ask": [at("project_source_ask", waiting.pk)],
        "project_source_answer": [at("project_source_answer", waiting.pk)],
        "project_source_edit": [at("project_source_edit", waiting.pk)],
        "project_source_move": [at("project_source_move", waiting.pk, "withdrawn")],
        "project_source_schedule": [at("project_source_schedule", owing.pk)],
        "project_source_payment": [at("project_source_payment", owing.pk)],
        "project_source_clawback": [at("project_source_clawback", paid.pk)],
        "project_line_parts": [at("project_line_parts", line.pk)],
        "project_line_proofs": [at("project_line_proofs", line.pk)],
        "project_proof_untag": [at("project_proof_untag", tag.pk)],
        "project_hours_removed": [at("project_hours_removed", spent.pk)],
        "project_claim": [at("project_claim", one.pk) for one in (paid, owing)],
    }
