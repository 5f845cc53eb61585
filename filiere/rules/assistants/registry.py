"""Every assistant, in the order a page lists them: taxes, aid, sales, people, money."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from filiere.rules.assistants import (
    acting_for,
    derogation,
    donations,
    employer_group,
    franchise,
    home_credit,
    in_kind,
    invoicing,
    limited_network,
    local_currency,
    lucrativity,
    money_statuses,
    network_fee,
    new_form,
    payroll_tax,
    sgei_mandate,
    small_aid,
    subsidies,
    subsidised_post,
    till,
    treasury,
    vat_regime,
    who_may_fund,
)
from filiere.rules.assistants.case import Assistant
from filiere.rules.assistants.shape import Theme

# Each module gives its own in ASSISTANTS.
MODULES: tuple[ModuleType, ...] = (
    lucrativity,
    franchise,
    vat_regime,
    payroll_tax,
    subsidies,
    small_aid,
    sgei_mandate,
    invoicing,
    till,
    home_credit,
    donations,
    in_kind,
    who_may_fund,
    money_statuses,
    derogation,
    acting_for,
    subsidised_post,
    employer_group,
    treasury,
    local_currency,
    limited_network,
    new_form,
    network_fee,
)


@cache
def all_assistants() -> Mapping[str, Assistant]:
    """Give every assistant by key, theme by theme.

    >>> all_assistants()["franchise"].key
    'franchise'
    """
    known: list[Assistant] = [one for module in MODULES for one in module.ASSISTANTS]
    order = list(Theme)
    known.sort(key=lambda one: order.index(one.sheet.theme))
    return MappingProxyType({one.key: one for one in known})
