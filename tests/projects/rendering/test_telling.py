"""Sentences of a filled form, in French first."""

import pytest
from django.utils import translation

from filiere.projects.forms import catalogue
from filiere.projects.rendering import telling
from filiere.rules.funder_forms.filling import fill
from filiere.rules.funder_forms.shape import Problem
from tests.projects.forms.net94 import net94

OWN = {"true_statement": True, "signed_at": "Vitry"}


@pytest.fixture(autouse=True)
def _in_french():
    with translation.override("fr"):
        yield


def filled(key="departement", own=None, **changed):
    facts = net94()
    for group, values in changed.items():
        facts[group].update(values)
    return fill(catalogue()[key], facts, own)


def plain(text):
    return text.replace("\u00a0", " ")


def test_progress_words_say_the_share_and_what_is_left():
    assert plain(telling.progress_words(filled())) == "Rempli à 92 % : il reste 2 questions."
    one = telling.progress_words(filled(own={"signed_at": "Vitry"}))
    assert plain(one) == "Rempli à 96 % : il reste une question."
    done = telling.progress_words(filled(own=OWN))
    assert done == "Tout ce que demande ce financeur est rempli."
    wrong = filled(own=OWN, organisation={"siret": "1"})
    assert plain(telling.progress_words(wrong)) == (
        "Tout est rempli ; une réponse n’est pas acceptée telle quelle."
    )


def test_missing_words_send_to_where_it_is_written_once():
    form = filled(organisation={"siret": "", "email": ""})
    assert [plain(telling.missing_words(form, one)) for one in form.missing] == [
        "« Numéro SIRET » : à indiquer dans le dossier du projet.",
        (
            "« Courriel » : répondez une fois à « Courriel de l’organisation », "
            "tous les financeurs le liront."
        ),
        (
            "« Les renseignements de ce dossier sont exacts » : à répondre ici, "
            "pour ce formulaire seulement."
        ),
        "« Fait à » : à répondre ici, pour ce formulaire seulement.",
    ]


def test_cut_words_quote_what_is_lost():
    form = filled("sponsor", project={"title": "Réseau " + "numérique " * 10})
    [cut] = form.cuts
    said = plain(telling.cut_words(form, cut))
    assert said.startswith("« Intitulé du projet » dépasse 80 caractères.")
    assert said.endswith("Ceci ne sera pas lu : « numérique numérique numérique ».")


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("maxLength", "3 caractères au plus. Raccourcissez-le pour ce formulaire."),
        ("enum", "choisissez l’une des réponses proposées."),
        ("own_answer_not_used", "changez-le là, pas sur ce formulaire."),
        ("somethingElse", "n’est pas accepté par ce financeur."),
    ],
)
def test_problem_words_say_what_to_do(code, end):
    said = plain(telling.problem_words(filled(), Problem("title", code, "3")))
    assert said.startswith("« Intitulé du projet »")
    assert said.endswith(end)


def test_problem_words_have_a_sentence_for_every_rule_of_the_forms_shipped():
    general = telling.problem_words(filled(), Problem("title", "other", ""))
    for spec in catalogue().values():
        form = fill(spec, net94())
        for judged in spec.schema["properties"].values():
            for code in judged.keys() - {"type", "items", "format"}:
                said = telling.problem_words(form, Problem("title", code, "1"))
                assert said != general, code
