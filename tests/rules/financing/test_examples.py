import doctest
import importlib
import pkgutil

import pytest

import filiere.rules.financing

MODULES = [module.name for module in pkgutil.iter_modules(filiere.rules.financing.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_documentation_are_true(name):
    module = importlib.import_module(f"filiere.rules.financing.{name}")

    assert doctest.testmod(module).failed == 0
