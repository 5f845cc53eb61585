import doctest
import importlib
import pkgutil
from datetime import date
from fractions import Fraction

import pytest

import filiere.rules
from filiere.rules import national_lists, parameters

MODULES = [module.name for module in pkgutil.iter_modules(filiere.rules.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_documentation_are_true(name):
    module = importlib.import_module(f"filiere.rules.{name}")

    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("key", "on", "expected"),
    [
        ("de_minimis.ceiling_cents", date(2014, 1, 1), 20_000_000),
        ("de_minimis.ceiling_cents", date(2023, 12, 31), 20_000_000),
        ("de_minimis.ceiling_cents", date(2024, 1, 1), 30_000_000),
        ("de_minimis.ceiling_cents", date(2030, 12, 31), 30_000_000),
        ("de_minimis_sgei.ceiling_cents", date(2026, 11, 22), 75_000_000),
        ("vat.normal_rate", date(2013, 12, 31), Fraction(49, 250)),
        ("vat.normal_rate", date(2014, 1, 1), Fraction(1, 5)),
        ("retention.months", date(2026, 11, 22), 12),
        ("floor.reach_minutes", date(2026, 11, 22), 20),
    ],
)
def test_value_is_the_one_in_force_on_the_day(key, on, expected):
    assert parameters.value(key, on) == expected


@pytest.mark.parametrize("on", [date(2013, 12, 31), date(2031, 1, 1)])
def test_value_refuses_a_day_out_of_force(on):
    with pytest.raises(parameters.ParameterNotInForce, match=f"no value on {on}"):
        parameters.value("de_minimis.ceiling_cents", on)


def test_value_refuses_an_unknown_key():
    with pytest.raises(parameters.ParameterUnknown, match=r"named no\.such"):
        parameters.value("no.such", date(2026, 1, 1))


def test_getters_refuse_the_wrong_kind():
    on = date(2026, 1, 1)
    with pytest.raises(ValueError, match="not a whole number"):
        parameters.whole("aims.autonomy_goal", on)
    with pytest.raises(ValueError, match="is a list"):
        parameters.ratio("floor.minimum_services", on)
    with pytest.raises(ValueError, match="not a list"):
        parameters.words("retention.months", on)


def test_a_float_in_the_file_is_refused():
    with pytest.raises(ValueError, match=r"not 1\.5"):
        parameters._read_value(1.5)


def test_every_parameter_says_its_unit_and_source():
    for parameter in parameters.all_parameters().values():
        assert parameter.unit
        assert parameter.source
        assert parameter.values


def test_minimum_services_belong_to_the_national_standard():
    known = {entry.key for entry in national_lists.entries("services")}

    assert set(parameters.words("floor.minimum_services", date(2026, 1, 1))) <= known


def test_retention_default_is_within_its_maximum():
    on = date(2026, 11, 22)

    assert parameters.whole("retention.months", on) <= parameters.whole(
        "retention.maximum_months", on
    )
