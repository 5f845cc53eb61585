"""What the demonstration shows of the law: small aid received, one source read by a steward."""

import datetime as dt

from django.db import transaction

from filiere.accounts.models import OrganisationKind, User
from filiere.kernel import signatures
from filiere.kernel.calendar import legal_day
from filiere.operations.demo.projects import CARRIER, TITLE
from filiere.operations.loop.world import organisation
from filiere.projects import services
from filiere.projects.models import AidRecord, AidRegime, ProjectFile
from filiere.rules.business_model import Year

STEWARD = "hub@demo.example"
DAY = dt.timedelta(days=1)
# (authority, days ago, cents, regime, form of the aid)
AID = (
    ("Région (démonstration)", 700, 15_000_000, AidRegime.DE_MINIMIS, "subvention"),
    ("Département (démonstration)", 200, 9_500_000, AidRegime.DE_MINIMIS, "subvention"),
    ("Communauté d’agglomération (démonstration)", 60, 1_200_000, AidRegime.DE_MINIMIS_SGEI,
     "mise à disposition de locaux"),
)  # fmt: skip
BOXES = {
    "people": "1 400 personnes de sept villes, surtout des seniors loin des guichets.",
    "help": "Une démarche faite, puis trois séances pour la refaire seul.",
    "ways": "Les CCAS et les bibliothèques nous les envoient ; le camion vient le jour du marché.",
    "means": "Deux médiateurs, un camion équipé, huit bénévoles.",
    "partners": "Les sept villes prêtent une salle ; les CCAS suivent le retour.",
    "costs": "Les deux postes et le camion.",
    "income": "Deux ans de subventions, puis les chèques et les villes.",
}
READ = ("association.fund_raising_events", "Légifrance, CGI, article 261")


@transaction.atomic
def fill(*, at: dt.datetime) -> None:
    """Note the aid of the project carrier, and one reading by the steward. Once."""
    carrier = organisation(CARRIER, OrganisationKind.ASSOCIATION)
    if AidRecord.objects.filter(organisation=carrier, source=None).exists():
        return
    for grantor, days, cents, regime, form in AID:
        services.record_aid(
            organisation_id=carrier.pk, grantor_name=grantor,
            granted_on=legal_day(at) - days * DAY, gross_cents=cents, regime=regime,
            instrument=form, sector="Services aux personnes", actor="demo", at=at,
        )  # fmt: skip
    _read(at=at)
    _model(at=at)


def _model(*, at: dt.datetime) -> None:
    """Write the model of the project of seven towns: it does not quite hold yet."""
    project = ProjectFile.objects.filter(title=TITLE).order_by("pk").first()
    if project is None:
        return
    services.save_model(
        project_id=project.pk, boxes=BOXES, edition=0, actor="demo", at=at,
        years=[
            Year(volume, 3_000, 450, 9_000_000, grants)
            for volume, grants in ((1_100, 5_600_000), (1_500, 5_000_000), (1_900, 4_000_000))
        ],
    )  # fmt: skip


def _read(*, at: dt.datetime) -> None:
    key, source = READ
    steward = User.objects.filter(email=STEWARD).first()
    on = legal_day(at)
    waiting = [one for one in signatures.doubts(on) if one.sign_key == key]
    if steward is None or not waiting:
        return
    signatures.sign(
        key=key, on=on, reading=signatures.said(waiting[0]), source_read=source, is_right=True,
        actor=steward.actor, at=at,
    )  # fmt: skip
