"""Two project files of the demonstration: one that seven towns pay with others, one just begun.

The first is of true size: 180,000 €, two years, twenty-two requests on nine forms, of which some
were refused, some reduced, some answered late. Everything is invented.
"""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

from django.db import transaction

from filiere.accounts.models import Organisation, OrganisationKind
from filiere.agenda.models import Slot, SlotState
from filiere.kernel.calendar import add_months, bounds_of_day, legal_day
from filiere.operations.demo.project_words import ANSWERS, LINES, OWN, PAID, REQUESTS, TOWNS
from filiere.operations.loop.world import organisation
from filiere.projects import services
from filiere.projects.models import (
    AidRegime,
    BudgetLine,
    FundingKind,
    FundingSource,
    MemberRight,
    ProjectFile,
    Reply,
    SourceState,
    Submission,
)
from filiere.territories.models import Kind, Territory

TITLE = "Atelier mobile : un réseau de sept villes"
SMALL = "Café numérique du mercredi"
CARRIER = "Association du fil (démonstration)"
DAY = dt.timedelta(days=1)
PAGE = (
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    "/Resources<</Font<</F1 5 0 R>>>>>>"
)


@transaction.atomic
def fill(*, at: dt.datetime) -> None:
    """Open both files for the project carrier, with all that happened to the first. Once."""
    carrier = organisation(CARRIER, OrganisationKind.ASSOCIATION)
    if ProjectFile.objects.filter(carrier=carrier, title=TITLE).exists():
        return
    towns = list(Territory.objects.filter(kind=Kind.COMMUNE, code__in=TOWNS).order_by("code"))
    project = _open(carrier, towns, at=at)
    _tell(project, at=at)
    lines = _lines(project, at=at)
    for request in REQUESTS:
        _ask(project, request, at=at)
    for name, kind, cents in OWN:
        _bring(project, name, kind, cents, at=at)
    _plan(project, lines, at=at)
    _receive(project, at=at)
    _prove(lines, at=at)
    services.name_version(
        project_id=project.pk, name="Après les réponses", actor="demo", at=at - DAY
    )
    _small(carrier, towns[-1:], at=at)


def _open(carrier: Organisation, towns: list[Territory], *, at: dt.datetime) -> ProjectFile:
    """Open the file of the seven towns and share it with them."""
    first = legal_day(at).replace(month=1, day=1)
    begun = at - 345 * DAY
    project = services.open_project(
        carrier_id=carrier.pk,
        title=TITLE,
        need=ANSWERS["need"]["medium"],
        publics=["seniors"],
        territory_ids=[one.pk for one in towns],
        starts_on=first,
        ends_on=first.replace(year=first.year + 1, month=12, day=31),
        actor="demo",
        at=begun,
        is_invented=True,
    )
    for town in towns:
        partner = organisation(f"Ville de {town.name} (démonstration)", OrganisationKind.COMMUNE)
        services.share_project(
            project_id=project.pk, organisation_id=partner.pk, right=MemberRight.READER,
            actor="demo", at=begun,
        )  # fmt: skip
    return project


def _tell(project: ProjectFile, *, at: dt.datetime) -> None:
    """Answer questions; say the calendar, the partners, what will be measured."""
    begun = at - 340 * DAY
    for question, texts in ANSWERS.items():
        for length, text in texts.items():
            services.save_answer(
                project_id=project.pk, question=question, length=length, text=text, number=0,
                actor="demo", at=begun,
            )  # fmt: skip
    months = [add_months(project.starts_on, n) for n in (0, 3, 12, 18, 24)]
    labels = ("Équiper le camion et former l’équipe", "Premières tournées", "Tournées dans les sept villes",
              "Étude extérieure et suite")  # fmt: skip
    services.set_calendar(
        project_id=project.pk,
        actions=[
            services.ActionWanted(label=label, starts_on=start, ends_on=end - DAY)
            for label, (start, end) in zip(labels, pairwise(months), strict=True)
        ],
        actor="demo",
        at=begun,
    )
    services.set_partners(
        project_id=project.pk,
        partners=[
            services.PartnerWanted(name="Les sept villes", part="Prêtent une salle et annoncent les tournées"),
            services.PartnerWanted(name="CCAS", part="Envoient les personnes et suivent le retour"),
        ],
        actor="demo",
        at=begun,
    )  # fmt: skip
    services.set_indicators(
        project_id=project.pk,
        indicators=[
            services.IndicatorWanted(label="Personnes aidées", unit="personnes", target=Decimal(1400),
                                     due_on=project.ends_on),
            services.IndicatorWanted(label="Démarches faites seul à six mois", unit="%", target=Decimal(50)),
        ],
        actor="demo",
        at=begun,
    )  # fmt: skip
    for kind, name, days in (("board", "dirigeants.pdf", -12), ("bank_details", "rib.pdf", None),
                             ("accounts", "comptes.pdf", 40)):  # fmt: skip
        services.attach(
            project_id=project.pk, kind=kind, name=name, content=_blank_pdf(name), actor="demo",
            at=begun, expires_on=None if days is None else legal_day(at) + days * DAY,
        )  # fmt: skip


def _lines(project: ProjectFile, *, at: dt.datetime) -> list[BudgetLine]:
    """Write the budget: 180,000 € to pay, and hours of volunteers."""
    return [
        services.add_line(
            project_id=project.pk, nature=nature, label=label, year=project.starts_on.year + after,
            quantity=Decimal(quantity), unit=unit, unit_price_cents=cents,
            is_investment=is_investment, is_indirect=is_indirect, actor="demo", at=at - 335 * DAY,
        )
        for after in (0, 1)
        for nature, label, quantity, unit, cents, years, is_investment, is_indirect in LINES
        if after in years
    ]  # fmt: skip


def _ask(
    project: ProjectFile,
    request: tuple[str, str, str, int, int | None, int],
    *,
    at: dt.datetime,
) -> None:
    """Send one request under its call, and note what its funder answered."""
    name, kind, form, asked, granted, days = request
    sent_at = at - days * DAY
    call = services.save_scheme(
        external_key=f"demo:{name}", funder_name=name, name=f"Soutien aux projets : {name}",
        kind=kind, form_key=form, ceiling_cents=asked, floor_cents=100_000, is_invented=True,
        opens_on=legal_day(sent_at - 60 * DAY), closes_on=legal_day(sent_at + 3 * DAY),
        recurrence="once", is_call=True, beneficiaries=["Associations"],
        aid_types=["Subvention"], source="démonstration", actor="demo", at=sent_at,
    )  # fmt: skip
    regime = AidRegime.DE_MINIMIS if name == "Région" else AidRegime.NONE
    source = services.add_source(
        project_id=project.pk, funder_name=name, kind=kind, asked_cents=asked, scheme_id=call.pk,
        regime=regime, likely_percent=60, actor="demo", at=sent_at,
    )  # fmt: skip
    sent = services.submit(source_id=source.pk, actor="demo", at=sent_at)
    for task, minutes in (("writing", 240 + asked // 10_000), ("meeting", 90)):
        services.note_hours(
            project_id=project.pk, source_id=source.pk, task=task, minutes=minutes,
            spent_on=legal_day(sent_at - 4 * DAY), actor="demo", at=sent_at,
        )  # fmt: skip
    if granted is None:
        services.move_source(source_id=source.pk, state="examined", actor="demo", at=at - 9 * DAY)
    else:
        _answered(sent, granted, at=sent_at + 70 * DAY)


def _answered(sent: Submission, granted: int, *, at: dt.datetime) -> None:
    """Note a yes, a smaller yes or a no; a yes is signed and says when it is paid."""
    reply = (
        Reply.REFUSED
        if not granted
        else Reply.ACCEPTED
        if granted == sent.asked_cents
        else Reply.REDUCED
    )
    services.record_reply(
        submission_id=sent.pk, reply=reply, replied_on=legal_day(at), actor="demo", at=at,
        granted_cents=granted if reply == Reply.REDUCED else None,
        text="Les demandes dépassaient l’enveloppe." if reply != Reply.ACCEPTED else "",
    )  # fmt: skip
    if reply == Reply.REFUSED:
        return
    source = sent.source
    services.move_source(source_id=source.pk, state="contracted", actor="demo", at=at + 5 * DAY)
    half = granted // 2
    services.schedule_payments(
        source_id=source.pk,
        dues=[
            services.DueWanted(kind="advance", due_on=legal_day(at + 30 * DAY), amount_cents=half),
            services.DueWanted(
                kind="balance", due_on=add_months(source.project.ends_on, 3),
                amount_cents=granted - half,
            ),
        ],
        actor="demo",
        at=at + 5 * DAY,
    )  # fmt: skip
    if source.regime == AidRegime.DE_MINIMIS:
        services.record_aid(
            organisation_id=source.project.carrier_id, grantor_name=source.funder_name,
            granted_on=legal_day(at), gross_cents=granted, regime=source.regime,
            source_id=source.pk, instrument="Subvention", actor="demo", at=at,
        )  # fmt: skip


def _bring(
    project: ProjectFile, name: str, kind: FundingKind, cents: int, *, at: dt.datetime
) -> None:
    """Count on what the association brings itself."""
    source = services.add_source(
        project_id=project.pk, funder_name=name, kind=kind, asked_cents=cents, actor="demo",
        at=at - 330 * DAY, regime=AidRegime.NONE,
    )  # fmt: skip
    services.record_award(
        source_id=source.pk, granted_cents=cents, answered_on=legal_day(at - 330 * DAY),
        actor="demo", at=at - 330 * DAY,
    )  # fmt: skip


def _plan(project: ProjectFile, lines: list[BudgetLine], *, at: dt.datetime) -> None:
    """Put each source on lines, in the order of the budget; hours of volunteers pay their own."""
    sources = list(FundingSource.objects.filter(project=project).order_by("pk"))
    free = {one.pk: one.amount_cents for one in sources}
    parts: dict[tuple[int, int], int] = {}
    for line in lines:
        left = line.amount_cents
        for source in sources:
            gives_time = source.kind == FundingKind.VOLUNTEERING
            cents = min(left, free[source.pk]) if gives_time == line.is_in_kind else 0
            if cents:
                parts[source.pk, line.pk] = cents
                free[source.pk] -= cents
                left -= cents
    services.set_plan(project_id=project.pk, parts=parts, actor="demo", at=at - 20 * DAY)
    services.move_project(project_id=project.pk, state="running", actor="demo", at=at - 20 * DAY)


def _receive(project: ProjectFile, *, at: dt.datetime) -> None:
    """Note what funders paid, some of it late; one took a little back."""
    today = legal_day(at)
    for source in project.sources.filter(state=SourceState.CONTRACTED).order_by("pk"):
        percent, late = PAID.get(source.funder_name, (0, 0))
        for due in source.schedule.order_by("rank")[: 2 if percent == 100 else 1]:
            day = min(source.schedule.order_by("rank")[0].due_on + late * DAY, today)
            cents = min(due.amount_cents, source.amount_cents * percent // 100)
            if cents:
                services.record_payment(
                    source_id=source.pk, amount_cents=cents, received_on=day,
                    scheduled_id=due.pk, key=f"demo {due.rank}", reference="VIR", actor="demo",
                    at=at - 2 * DAY,
                )  # fmt: skip
    mutual = project.sources.get(funder_name="Mutuelle du Limousin")
    services.claw_back(
        source_id=mutual.pk, amount_cents=60_000, taken_on=legal_day(at - 8 * DAY),
        reason="Deux ateliers prévus n’ont pas eu lieu.", key="demo back", actor="demo",
        at=at - 2 * DAY,
    )  # fmt: skip


def _prove(lines: list[BudgetLine], *, at: dt.datetime) -> None:
    """Tag sessions that took place, and write costs of the first months."""
    year = legal_day(at).year
    by_label = {one.label: one for one in lines if one.year == year}
    begins, _after = bounds_of_day(dt.date(year, 1, 1))
    slots = Slot.objects.filter(
        state=SlotState.REALISED, starts_at__gte=begins, starts_at__lt=at,
        offer__place__commune__code__in=TOWNS,
    )  # fmt: skip
    for slot in slots.order_by("starts_at", "pk")[:12]:
        services.prove_by_session(
            line_id=by_label["Médiateurs itinérants"].pk, slot_id=slot.pk, cost="staff",
            amount_cents=4_200, actor="demo", at=at,
        )  # fmt: skip
    costs = (("Carburant et petites fournitures", "Carburant", 18_640),
             ("Location et assurance du véhicule", "Loyer du camion", 72_000),
             ("Connexions et téléphones", "Abonnements", 13_000))  # fmt: skip
    for month in range(1, legal_day(at).month):
        for line, label, cents in costs:
            services.prove_by_cost(
                line_id=by_label[line].pk, label=f"{label}, {month:02}/{year}",
                spent_on=dt.date(year, month, 25), amount_cents=cents, actor="demo", at=at,
            )  # fmt: skip


def _small(carrier: Organisation, towns: list[Territory], *, at: dt.datetime) -> None:
    """Open a second file where nearly everything is still to be written."""
    year = legal_day(at).year + 1
    project = services.open_project(
        carrier_id=carrier.pk, title=SMALL, starts_on=dt.date(year, 3, 1),
        ends_on=dt.date(year, 12, 31), territory_ids=[one.pk for one in towns], actor="demo",
        at=at - 3 * DAY, is_invented=True,
    )  # fmt: skip
    services.add_line(
        project_id=project.pk, nature="64", label="Animation", year=year, quantity=Decimal(10),
        unit="mois", unit_price_cents=38_000, actor="demo", at=at - 3 * DAY,
    )  # fmt: skip
    services.add_source(
        project_id=project.pk, funder_name="Ville de Felletin", kind="commune",
        asked_cents=150_000, likely_percent=50, actor="demo", at=at - 3 * DAY,
    )  # fmt: skip


def _blank_pdf(title: str) -> bytes:
    """Make a page that says it is a demonstration."""
    words = f"BT /F1 18 Tf 72 760 Td (Demonstration : {title}) Tj ET"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE,
        f"<</Length {len(words)}>>stream\n{words}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    text, starts = "%PDF-1.4\n", list[int]()
    for number, part in enumerate(parts, start=1):
        starts.append(len(text))
        text += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\n"
    return f"{text}{end}startxref\n{len(text)}\n%%EOF\n".encode("latin-1")
