"""URLs of the plan of a project, its cash, its proofs, what looking for money takes."""

from django.urls import path

from filiere.web.views import (
    cash,
    plan_effort,
    plan_money,
    plan_optimum,
    plan_sources,
    plans,
    project_claims,
    proofs,
)

PLAN = "projets/<int:ref>/plan"
SOURCE = f"{PLAN}/financeurs/<int:pk>"
PROOFS = "projets/<int:ref>/preuves"
CLAIM = f"{PROOFS}/financeurs/<int:pk>"
EFFORT = "projets/<int:ref>/cout-de-la-recherche"

urlpatterns = [
    path(PLAN, plans.plan, name="project_plan"),
    path(f"{PLAN}/repartition", plans.matrix, name="project_matrix"),
    path(f"{PLAN}/lignes/<int:pk>", plans.line_parts, name="project_line_parts"),
    path(f"{PLAN}/financeurs/nouveau", plan_sources.source_new, name="project_source_new"),
    path(SOURCE, plan_sources.source, name="project_source"),
    path(f"{SOURCE}/modifier", plan_sources.source_edit, name="project_source_edit"),
    path(f"{SOURCE}/demande", plan_sources.source_ask, name="project_source_ask"),
    path(f"{SOURCE}/etat/<slug:state>", plan_sources.source_move, name="project_source_move"),
    path(f"{SOURCE}/reponse", plan_sources.source_answer, name="project_source_answer"),
    path(f"{SOURCE}/echeancier", plan_money.schedule, name="project_source_schedule"),
    path(f"{SOURCE}/versement", plan_money.payment, name="project_source_payment"),
    path(f"{SOURCE}/reprise", plan_money.clawback, name="project_source_clawback"),
    path(f"{PLAN}/proposition", plan_optimum.optimum, name="project_optimum"),
    path("projets/<int:ref>/tresorerie", cash.cash, name="project_cash"),
    path(PROOFS, proofs.proofs, name="project_proofs"),
    path(f"{PROOFS}/lignes/<int:pk>", proofs.line_proofs, name="project_line_proofs"),
    path(f"{PROOFS}/<int:pk>/retirer", proofs.untag, name="project_proof_untag"),
    path(f"{PROOFS}/depense", proofs.cost_new, name="project_cost_new"),
    path(f"{PROOFS}/seances", proofs.sessions, name="project_sessions"),
    path(CLAIM, project_claims.claim, name="project_claim"),
    path(f"{CLAIM}/demande.pdf", project_claims.claim_pdf, name="project_claim_pdf"),
    path(f"{CLAIM}/compte-rendu.pdf", project_claims.report_pdf, name="project_report_pdf"),
    path(f"{CLAIM}/preuves.csv", project_claims.claim_csv, name="project_claim_csv"),
    path(EFFORT, plan_effort.effort, name="project_effort"),
    path(f"{EFFORT}/temps", plan_effort.hours_new, name="project_hours_new"),
    path(f"{EFFORT}/temps/<int:pk>", plan_effort.hours_removed, name="project_hours_removed"),
]
