"""Calls still open, a form half answered and a town's own document. Everything is invented."""

import datetime as dt
import io
from typing import Any

import docx
from django.db import transaction

from filiere.kernel.calendar import legal_day
from filiere.operations.demo.projects import CARRIER, SMALL
from filiere.projects import services
from filiere.projects.models import Attachment, AttachmentKind, ProjectFile, Scheme
from filiere.territories.models import Kind, Territory

DAYS = dt.timedelta(days=1)
DOCUMENT = "demande-de-subvention-felletin.docx"
# Funder, name, origin, form, days left (None: at any time), most cents, what is said besides.
OPEN_CALLS: tuple[tuple[str, str, str, str, int | None, int, dict[str, Any]], ...] = (
    ("Fondation des Gestes simples", "Petits projets près de chez soi", "foundation",
     "foundation", 24, 800_000, {"beneficiaries": ["Associations"], "aid_types": ["Subvention"]}),
    ("Conseil départemental de la Creuse", "Aller vers les publics éloignés", "departement",
     "departement", 41, 1_500_000, {"beneficiaries": ["Associations", "Communes"],
      "aid_types": ["Subvention"], "rate_max_ppm": 500_000, "publics": ["seniors"]}),
    ("État, préfecture de région", "Tiers-lieux et autonomie numérique", "state", "state_call", 12,
     2_000_000, {"beneficiaries": ["Associations"], "aid_types": ["Subvention"],
                 "self_funding_min_ppm": 200_000}),
    ("Fonds pour la vie associative", "Fonctionnement et innovation", "state", "fdva", None,
     500_000, {"beneficiaries": ["Associations"], "aid_types": ["Subvention"],
               "recurrence": "permanent"}),
    ("Mécénat du Plateau", "Matériel reconditionné", "private", "sponsor", None, 300_000,
     {"beneficiaries": ["Associations"], "aid_types": ["Autre aide financière"],
      "recurrence": "permanent", "eligible_natures": ["60"]}),
    ("Agence des communes rurales", "Ingénierie pour les mairies", "state", "", 60, 1_000_000,
     {"beneficiaries": ["Communes"], "aid_types": ["Ingénierie technique"]}),
    ("Conseil régional d’ailleurs", "Culture numérique", "region", "common_grant", -20, 1_200_000,
     {"beneficiaries": ["Associations"], "aid_types": ["Subvention"]}),
)  # fmt: skip


LIST = """nom,lien,financeurs,beneficiaires,types_aide,aap_ami,recurrence,date_cloture
Coup de pouce aux ateliers,,Fondation du Pont (démonstration),Associations,Subvention,,Permanente,
Prêter du matériel,,Mairie de Felletin (démonstration),Associations,Autre aide financière,,Parfois,
,,Financeur sans dispositif,,,,,
"""


@transaction.atomic
def fill(*, at: dt.datetime) -> None:
    """Write the calls, begin the form of the small project and keep its town's document. Once."""
    if Scheme.objects.filter(external_key="demo:open 0").exists():
        return
    creuse = Territory.objects.filter(kind=Kind.DEPARTEMENT, code="23").first()
    for rank, (funder, name, kind, form, days, cents, more) in enumerate(OPEN_CALLS):
        services.save_scheme(
            external_key=f"demo:open {rank}", funder_name=funder, name=name, kind=kind,
            form_key=form, ceiling_cents=cents, is_invented=True, source="démonstration",
            territory_id=creuse.pk if creuse and kind == "departement" else None,
            closes_on=None if days is None else legal_day(at) + days * DAYS,
            actor="demo", at=at - DAYS, **more,
        )  # fmt: skip
    _import(at=at)
    small = ProjectFile.objects.filter(carrier__name=CARRIER, title=SMALL).first()
    if small is not None:
        _begin(small, at=at)


def _import(*, at: dt.datetime) -> None:
    """Read a short list, of which one line is refused, and say that its schemes are invented."""
    services.import_schemes(
        content=LIST.encode(), name="aides-inventees.csv", source="liste de démonstration",
        actor="demo", at=at - DAYS,
    )  # fmt: skip
    for one in Scheme.objects.filter(source="liste de démonstration").order_by("pk"):
        services.save_scheme(
            external_key=one.external_key, is_invented=True, actor="demo", at=at - DAYS
        )


def _begin(small: ProjectFile, *, at: dt.datetime) -> None:
    """Answer one question of the town's form, and keep the document the town gave."""
    town = small.sources.get(kind="commune")
    services.save_form_answers(
        source_id=town.pk, form_key="commune", editions={}, actor="demo", at=at - DAYS,
        answers={"town_help_in_kind": "La salle du conseil, chauffée, le mercredi après-midi."},
    )  # fmt: skip
    if not Attachment.objects.filter(project=small, name=DOCUMENT).exists():
        services.attach(
            project_id=small.pk, kind=AttachmentKind.OTHER, name=DOCUMENT, content=_document(),
            actor="demo", at=at - DAYS,
        )  # fmt: skip


def _document() -> bytes:
    """Make a town's form with marks, one of them misspelt."""
    made = docx.Document()
    made.add_heading("Ville de Felletin (démonstration) : demande de subvention", level=1)
    for line in (
        "Association : {{ organisation.name }}", "Projet : {{ project.title }}",
        "Du {{ project.starts_on }} au {{ project.ends_on }}", "Besoin : {{ question.neeed }}",
        "Montant demandé : {{ request.amount }}", "Coût total : {{ budget.total }}",
    ):  # fmt: skip
        made.add_paragraph(line)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()
