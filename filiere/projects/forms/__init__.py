"""The funders' forms and the question bank that Filière ships; a YAML file each, read once."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from filiere.rules.funder_forms.reading import read_form, read_questions
from filiere.rules.funder_forms.shape import FormFault, FormSpec, Question

PACKAGE = "filiere.projects.forms"


@cache
def question_bank() -> Mapping[str, Question]:
    """Give every canonical question by key, in the order of the file.

    Raises:
        FormFault: the file is wrong; it says where.
    """
    text = resources.files(PACKAGE).joinpath("questions.yaml").read_text(encoding="utf-8")
    return read_questions(text, origin="questions.yaml")


@cache
def catalogue() -> Mapping[str, FormSpec]:
    """Give every form by key, in alphabetical order; a file bears the key of its form.

    Raises:
        FormFault: a file is wrong; it says where.
    """
    found = {}
    folder = resources.files(PACKAGE).joinpath("specs")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        text = file.read_text(encoding="utf-8")
        spec = read_form(text, origin=file.name, questions=question_bank())
        if file.name != f"{spec.key}.yaml":
            raise FormFault(file.name, 1, "key", f"expected {file.name.removesuffix('.yaml')!r}")
        found[spec.key] = spec
    return MappingProxyType(found)
