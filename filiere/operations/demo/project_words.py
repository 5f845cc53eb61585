"""Budget, requests and answers of the seven towns of the demonstration. Everything is invented."""

from filiere.projects.models import FundingKind

# Guéret, La Souterraine, Aubusson, Bourganeuf, Boussac, Felletin, Saint-Vaury.
TOWNS = ("23096", "23176", "23008", "23030", "23031", "23079", "23247")
# Account, label, quantity, unit, cents each, years from the first; investment, overheads.
LINES: tuple[tuple[str, str, str, str, int, tuple[int, ...], bool, bool], ...] = (
    ("64", "Médiateurs itinérants", "12", "mois", 395_000, (0, 1), False, False),
    ("64", "Coordination", "12", "mois", 85_000, (0, 1), False, False),
    ("61", "Location et assurance du véhicule", "12", "mois", 72_000, (0, 1), False, False),
    ("60", "Carburant et petites fournitures", "1", "an", 310_000, (0, 1), False, False),
    ("62", "Connexions et téléphones", "12", "mois", 13_000, (0, 1), False, False),
    ("62", "Affiches et dépliants", "1", "an", 150_000, (0, 1), False, False),
    ("62", "Formation des bénévoles", "4", "journées", 60_000, (0, 1), False, False),
    ("60", "Ordinateurs reconditionnés", "20", "postes", 29_000, (0,), True, False),
    ("61", "Aménagement du camion", "1", "lot", 1_200_000, (0,), True, False),
    ("62", "Évaluation extérieure", "1", "étude", 600_000, (1,), False, False),
    ("65", "Frais de siège", "1", "an", 330_000, (0, 1), False, True),
    ("86", "Heures des bénévoles", "250", "heures", 1_600, (0, 1), False, False),
)
# Funder, kind, form, asked, granted (0: refused, None: no answer yet), cents; days since it was sent.
REQUESTS: tuple[tuple[str, str, str, int, int | None, int], ...] = (
    ("Fonds européens en région", "eu", "feder_fse", 2_000_000, 2_000_000, 330),
    ("État, appel « Numérique pour tous »", "state", "state_call", 2_000_000, 1_500_000, 310),
    ("FDVA de la Creuse", "state", "fdva", 1_200_000, 1_000_000, 290),
    ("Région", "region", "common_grant", 1_800_000, 1_200_000, 300),
    ("Département de la Creuse", "departement", "departement", 2_000_000, 2_000_000, 320),
    ("Agglomération du Grand Guéret", "epci", "epci", 1_500_000, 1_000_000, 280),
    ("Creuse Sud Ouest", "epci", "epci", 1_000_000, 0, 270),
    ("Creuse Confluence", "epci", "epci", 1_000_000, 0, 260),
    ("Ville de Guéret", "commune", "commune", 1_000_000, 1_000_000, 250),
    ("Ville de La Souterraine", "commune", "commune", 1_000_000, 500_000, 250),
    ("Ville d’Aubusson", "commune", "commune", 1_000_000, 600_000, 240),
    ("Ville de Bourganeuf", "commune", "commune", 1_000_000, 0, 240),
    ("Ville de Boussac", "commune", "commune", 1_000_000, 0, 235),
    ("Ville de Felletin", "commune", "commune", 1_000_000, None, 60),
    ("Ville de Saint-Vaury", "commune", "commune", 1_000_000, 0, 230),
    ("Fondation des Deux Rives", "foundation", "foundation", 1_500_000, 1_500_000, 220),
    ("Fondation Horizon", "foundation", "foundation", 1_200_000, 0, 210),
    ("Fondation du Plateau", "foundation", "foundation", 2_000_000, 800_000, 200),
    ("Mutuelle du Limousin", "private", "sponsor", 1_000_000, 1_000_000, 190),
    ("Banque de la Marche", "private", "sponsor", 1_000_000, 0, 180),
    ("Caisse d’allocations familiales", "state", "common_grant", 1_500_000, None, 75),
    ("Caisse de retraite", "private", "sponsor", 1_200_000, 0, 150),
)
OWN = (
    ("Fonds propres", FundingKind.OWN, 400_000),
    ("Bénévoles", FundingKind.VOLUNTEERING, 800_000),
)
# Which granted sources paid: share in percent of the award, days after it was promised.
PAID = {
    "État, appel « Numérique pour tous »": (50, 74),
    "FDVA de la Creuse": (100, 21),
    "Région": (40, 118),
    "Département de la Creuse": (50, 35),
    "Agglomération du Grand Guéret": (100, 62),
    "Ville de Guéret": (100, 12),
    "Fondation des Deux Rives": (100, 9),
    "Mutuelle du Limousin": (100, 15),
}
ANSWERS = {
    "trade_name": {"short": "Le Fil"},
    "purpose": {
        "short": "Aider chacun à se servir du numérique, près de chez lui.",
        "medium": "L’association aide les habitants de la Creuse à se servir du numérique : "
        "démarches, équipement, prise de confiance. Elle tient des permanences et forme des "
        "bénévoles depuis 2011.",
    },
    "need": {
        "short": "Une personne sur trois renonce à une démarche en ligne.",
        "medium": "Dans nos sept villes, une personne sur trois renonce à une démarche parce "
        "qu’elle se fait en ligne, et le lieu d’aide le plus proche est à plus de trente minutes.",
        "long": "Dans nos sept villes, une personne sur trois renonce à une démarche parce qu’elle "
        "se fait en ligne. Le lieu d’aide le plus proche est à plus de trente minutes pour la "
        "moitié des habitants, et les guichets qui aidaient ont fermé. Les mairies reçoivent des "
        "demandes auxquelles elles ne savent pas répondre. Les sept villes ont donc décidé de "
        "partager une équipe et un camion plutôt que d’ouvrir chacune un poste.",
    },
    "objectives": {"short": "1 400 personnes aidées en deux ans, dont la moitié devient autonome."},
    "actions": {
        "medium": "Chaque semaine, le camion s’arrête une demi-journée dans chaque ville : aide "
        "sur rendez-vous le matin, atelier l’après-midi. Deux journées de formation par an pour "
        "les bénévoles des sept villes."
    },
    "method": {"short": "Un premier échange, un plan, des séances, un rappel à six mois."},
    "staff": {"short": "Trois salariés, dont deux médiateurs."},
    "volunteers": {"short": "Dix-huit bénévoles, 500 heures sur deux ans."},
    "evaluation_method": {"short": "Suivi à six mois de chaque personne, étude extérieure la seconde année."},
    "publics_count": {"short": "1 400 personnes, dont 600 de plus de 60 ans."},
    "vat_status": {"short": "L’association n’est pas soumise à la TVA."},
}  # fmt: skip
