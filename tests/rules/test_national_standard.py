import csv
import gzip
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiere.rules import national_lists as lists
from filiere.rules.national_standard import (
    PERSONAL_DATA,
    Issue,
    ParsedPlace,
    Severity,
    parse_row,
    to_row,
)

VALID = {
    "id": "mediatheque-1",
    "pivot": "43493312300029",
    "nom": "Médiathèque du Pont",
    "commune": "Reims",
    "code_postal": "51100",
    "code_insee": "51454",
    "adresse": "12 rue du Pont",
    "complement_adresse": "Bâtiment B",
    "latitude": "49.2583",
    "longitude": "4.0317",
    "typologie": "BIB|ASSO",
    "telephone": "+33326000000",
    "courriels": "contact@exemple.fr|accueil@exemple.fr",
    "site_web": "https://exemple.fr/lieu",
    "horaires": "Mo-Fr 09:00-12:00,14:00-18:30; Sa 08:30-12:00",
    "presentation_resume": "Un lieu ouvert à tous.",
    "presentation_detail": "Dix postes et un médiateur.",
    "source": "Essai",
    "itinerance": "Fixe",
    "structure_parente": "Ville de Reims",
    "date_maj": "2024-04-02",
    "services": "Aide aux démarches administratives|Loisirs et créations numériques",
    "publics_specifiquement_adresses": "Jeunes|Femmes",
    "prise_en_charge_specifique": "Surdité|Langues étrangères (anglais)",
    "frais_a_charge": "Gratuit sous condition|Payant",
    "dispositif_programmes_nationaux": "Aidants Connect|Conseillers numériques",
    "formations_labels": "Formé à « Mon Espace Santé »|Étapes numériques(La Poste)",
    "autres_formations_labels": "Un label à nous",
    "modalites_acces": "Se présenter|Ce lieu n'accueille pas de public",
    "modalites_accompagnement": "En autonomie|À distance",
    "fiche_acces_libre": "https://exemple.fr/acces",
    "prise_rdv": "https://exemple.fr/rdv",
}


def changed(**cells):
    return parse_row(VALID | cells)


def reasons(place):
    return [(issue.column, issue.severity.value, issue.reason_code) for issue in place.issues]


def test_parse_row_reads_a_valid_row_without_issue():
    place = parse_row(VALID)

    assert place.issues == ()
    assert place.services == ("procedures", "leisure")
    assert place.fees == ("conditional", "paid")
    assert place.access_modes == ("walk_in", "closed")
    assert place.labels == ("mon_espace_sante", "etapes_numeriques")
    assert (place.latitude, place.longitude) == (49.2583, 4.0317)
    assert place.updated_on == date(2024, 4, 2)


def test_to_row_writes_back_a_valid_row_exactly():
    assert to_row(parse_row(VALID)) == VALID
    assert list(to_row(parse_row(VALID))) == list(lists.columns())


def test_parse_row_reads_a_csv_file():
    text = StringIO()
    writer = csv.DictWriter(text, list(VALID))
    writer.writeheader()
    writer.writerow(VALID)
    text.seek(0)

    assert [parse_row(row) for row in csv.DictReader(text)] == [parse_row(VALID)]


def test_a_blank_row_states_nothing():
    place = parse_row({"id": "1", "nom": "Lieu", "commune": "Ahun", "code_postal": "23150"})

    assert not place.is_refused
    assert (place.fees, place.services, place.opening_hours) == ((), (), "")
    assert (place.phone, place.latitude, place.pivot) == (None, None, None)
    assert reasons(place) == [("adresse", "warning", "missing"), ("date_maj", "warning", "missing")]


@pytest.mark.parametrize(
    ("cells", "issue"),
    [
        ({"id": ""}, Issue("id", Severity.REFUSED, "missing")),
        ({"nom": "  "}, Issue("nom", Severity.REFUSED, "missing")),
        (
            {"code_insee": "", "code_postal": ""},
            Issue("code_postal", Severity.REFUSED, "missing"),
        ),
        ({"code_insee": "", "commune": ""}, Issue("commune", Severity.REFUSED, "missing")),
    ],
)
def test_parse_row_refuses_what_a_place_cannot_do_without(cells, issue):
    place = changed(**cells)

    assert place.is_refused
    assert issue in place.issues


def test_parse_row_refuses_a_postcode_that_is_not_one():
    place = changed(code_insee="", code_postal="B-1000")

    assert reasons(place) == [
        ("code_postal", "dropped", "postcode_malformed"),
        ("code_postal", "refused", "unusable"),
    ]


@pytest.mark.parametrize(
    ("column", "written", "field", "expected", "reason"),
    [
        ("pivot", "00000000000000", "pivot", None, None),
        ("pivot", "434 933 123 00029", "pivot", "43493312300029", None),
        ("pivot", "W131004321", "pivot", "W131004321", None),
        ("pivot", "?", "pivot", None, "pivot_malformed"),
        ("code_postal", "1000", "postcode", "01000", "leading_zero_restored"),
        ("code_postal", "51100.0", "postcode", "51100", None),
        ("code_insee", "2a004", "commune_code", "2A004", None),
        ("code_insee", "20004", "commune_code", None, "commune_code_malformed"),
        ("telephone", "03 26 00 00 00", "phone", "+33326000000", None),
        ("telephone", "0326000000", "phone", "+33326000000", None),
        ("telephone", "326000000", "phone", "+33326000000", None),
        ("telephone", "+33 (0)3 26 00 00 00", "phone", "+33326000000", None),
        ("telephone", "0262 41 00 00", "phone", "+262262410000", None),
        ("telephone", "0596.60.00.00", "phone", "+596596600000", None),
        ("telephone", "0612345678", "phone", "+33612345678", "personal_mobile"),
        ("telephone", "0692 00 00 00", "phone", "+262692000000", "personal_mobile"),
        ("telephone", "0033326000000", "phone", "+33326000000", None),
        ("telephone", "33326000000", "phone", "+33326000000", None),
        ("telephone", "3949", "phone", "3949", "phone_short_number"),
        ("telephone", "054088085", "phone", None, "phone_malformed"),
        ("telephone", "voir mairie", "phone", None, "phone_malformed"),
        ("telephone", "0326000000 / 0326000001", "phone", "+33326000000", "phone_several"),
        ("courriels", "mailto:Contact@Exemple.fr", "emails", ("contact@exemple.fr",), None),
        (
            "courriels",
            "jeanne.martin@exemple.fr",
            "emails",
            ("jeanne.martin@exemple.fr",),
            "personal_email",
        ),
        (
            "courriels",
            "espace.numerique@exemple.fr",
            "emails",
            ("espace.numerique@exemple.fr",),
            None,
        ),
        ("courriels", "a@@b.fr", "emails", (), "email_malformed"),
        ("site_web", "www.exemple.fr", "websites", ("https://www.exemple.fr",), "url_scheme_added"),
        ("site_web", "facebook : le lieu", "websites", (), "url_malformed"),
        ("horaires", "le matin", "opening_hours", "le matin", "hours_unreadable"),
        ("date_maj", "02/04/2024", "updated_on", date(2024, 4, 2), "date_reordered"),
        ("date_maj", "2024-04-02T10:00:00", "updated_on", date(2024, 4, 2), None),
        ("date_maj", "2024-13-02", "updated_on", None, "date_malformed"),
        ("typologie", "bib;PE;Café", "typologies", ("BIB", "FT"), "value_unknown"),
        ("latitude", "49,2583", "latitude", 49.2583, None),
        ("latitude", "0", "latitude", None, "coordinates_implausible"),
        ("latitude", "nord", "latitude", None, "coordinates_malformed"),
        ("frais_a_charge", "GRATUIT", "fees", ("free",), None),
        ("frais_a_charge", "Gratuit : j'accède sans payer", "fees", ("free",), None),
        ("frais_a_charge", "n importe quoi|Payant", "fees", ("paid",), "value_unknown"),
        ("modalites_acces", "Ce lieu n’accueille pas de public", "access_modes", ("closed",), None),
        (
            "formations_labels",
            "Étapes numériques (La Poste)",
            "labels",
            ("etapes_numeriques",),
            None,
        ),
    ],
)
def test_parse_row_repairs_or_tells(column, written, field, expected, reason):
    place = changed(**{column: written})

    assert getattr(place, field) == expected
    assert [issue.reason_code for issue in place.issues] == ([reason] if reason else [])


def test_parse_row_puts_swapped_coordinates_right():
    place = changed(latitude="4.0317", longitude="49.2583")

    assert (place.latitude, place.longitude) == (49.2583, 4.0317)
    assert reasons(place) == [("latitude", "warning", "coordinates_swapped")]


def test_parse_row_flags_personal_data_without_losing_it():
    place = changed(telephone="0612345678", courriels="jeanne.martin@exemple.fr")

    assert {issue.reason_code for issue in place.issues} == PERSONAL_DATA
    assert place.phone == "+33612345678"


def test_parse_row_upgrades_version_0_1():
    place = parse_row(
        {
            "id": 1,
            "nom": "Espace",
            "commune": "Aix-en-Provence",
            "code_postal": 13100,
            "code_insee": 13001,
            "Adresse": "1 place du Marché",
            "courriel": "contact@exemple.fr",
            "date_maj": "2024-01-31",
            "services": "Prendre en main un ordinateur;Accéder à du matériel;"
            "Utiliser le numérique au quotidien",
            "public_accueillis": "Seniors (+ 65 ans);Surdité",
            "labels_nationaux": "CNFS;Aidants Connect;Fabriques de Territoire",
            "labels_autres": "Un label",
            "conditions_acces": "Gratuit",
            "cle_ban": "13001_3079_00001",
        }
    )

    assert place.issues == ()
    assert place.services == ("daily_tools", "access")
    assert (place.publics, place.special_care) == (("seniors",), ("deafness",))
    assert place.national_programmes == ("conseillers_numeriques", "aidants_connect")
    assert (place.labels, place.other_labels) == (("fabriques",), ("Un label",))
    assert place.emails == ("contact@exemple.fr",)
    assert place.fees == ("free",)


def test_parse_row_uses_the_older_services_when_the_current_ones_are_blank():
    older = "Créer avec le numérique;S'équiper en matériel informatique"

    assert changed(services="", services_v1=older).services == ("leisure", "equipment")
    assert changed(services_v1=older).services == ("procedures", "leisure")


def test_parse_row_reads_json_lists():
    assert changed(services=["Aide aux démarches administratives"]).services == ("procedures",)


def test_the_fifteen_older_services_all_have_a_successor():
    older = [
        "Devenir autonome dans les démarches administratives",
        "Réaliser des démarches administratives avec un accompagnement",
        "Prendre en main un smartphone ou une tablette",
        "Prendre en main un ordinateur",
        "Utiliser le numérique au quotidien",
        "Approfondir ma culture numérique",
        "Favoriser mon insertion professionnelle",
        "Accéder à une connexion internet",
        "Accéder à du matériel",
        "S'équiper en matériel informatique",
        "Créer et développer mon entreprise",
        "Créer avec le numérique",
        "Accompagner les démarches de santé",
        "Promouvoir la citoyenneté numérique",
        "Soutenir la parentalité et l'éducation avec le numérique",
    ]

    assert len(older) == 15
    assert None not in [lists.key_of("services", label) for label in older]


def test_to_row_is_strict_where_reading_was_tolerant():
    place = changed(telephone="3949", horaires="le matin", pivot="", presentation_resume="a" * 300)
    row = to_row(place)

    assert (row["telephone"], row["horaires"], row["pivot"]) == ("", "", "00000000000000")
    assert len(row["presentation_resume"]) == 280


def test_a_cell_without_value_and_a_column_without_name_state_nothing():
    assert parse_row(VALID | {"services": None, None: "trop"}).services == ()


def test_to_row_refuses_an_unknown_key():
    with pytest.raises(KeyError, match="no key nonsense"):
        to_row(ParsedPlace("1", "Lieu", "Ahun", services=("nonsense",)))


@given(cells=st.dictionaries(st.sampled_from(lists.columns()), st.text(max_size=40)))
def test_parse_row_never_fails_and_to_row_reads_back_the_same(cells):
    place = parse_row(VALID | cells)

    again = parse_row(to_row(place))
    assert again.services == place.services
    assert again.pivot == place.pivot
    assert (again.latitude, again.longitude) == (place.latitude, place.longitude)


def test_every_list_label_is_found_again():
    for column in lists.columns():
        for entry in lists.entries(column):
            assert lists.key_of(column, entry.fr) == entry.key
            assert lists.label_of(column, entry.key) == entry.fr
            assert lists.label_of(column, entry.key, "en")


REAL_FILE = Path(__file__).parents[3] / "shared" / "data" / "lieux-mediation.csv.gz"


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real national file is not beside us")
def test_parse_row_reads_the_real_national_file():
    with gzip.open(REAL_FILE, "rt", encoding="utf-8", newline="") as file:
        places = [parse_row(row) for row in csv.DictReader(file)]

    usable = [place for place in places if not place.is_refused]
    assert len(places) == 6439
    assert len(usable) == 6410
    assert all(place.issues for place in places if place.is_refused)
    sample = usable[::10]
    readable = [place for place in sample if "hours_unreadable" not in str(place.issues)]
    assert [parse_row(to_row(place)) for place in readable] == readable
