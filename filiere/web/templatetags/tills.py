"""Words of the pages of a till: ``{% load tills %}``. Amounts are integer euro cents."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.text import capfirst

from filiere.billing import explanations
from filiere.billing.models import Charge, TillReceipt
from filiere.billing.queries.tills import Holding
from filiere.rules.tills import HELD_MEANS
from filiere.web import till_words

register = template.Library()

register.filter("means_words", till_words.means_words)
register.filter("line_words", till_words.line_words)
register.filter("month_state", till_words.month_state)
register.filter("month_words", till_words.month_words)
register.filter("duty_words", till_words.duty_words)


@register.simple_tag
def in_hand(holding: Holding, label: str) -> tuple[list[tuple[str, int]], tuple[str, int]]:
    """Give what is in hand as the lines and the total of a receipt."""
    lines = [(capfirst(till_words.means_words(means)), cents) for means, cents in holding.by_means]
    return lines, (label, holding.total_cents)


@register.filter
def month_key(month: date) -> str:
    """Write a month as in an address: ``2026-11``."""
    return f"{month:%Y-%m}"


@register.filter
def held(means: Sequence[str]) -> list[tuple[str, str]]:
    """Give the means of payment that can be in hand, with their words for a button."""
    own = set(means)
    words = [(one.value, till_words.means_words(one)) for one in HELD_MEANS if one in own]
    return [(value, capfirst(label)) for value, label in words]


@register.filter
def all_means(means: Sequence[str]) -> str:
    """Name several means of payment."""
    return ", ".join(till_words.means_words(one) for one in means)


@register.filter
def sales_words(sales: Sequence[str]) -> str:
    """Name several kinds of sale."""
    return ", ".join(till_words.sale_words(one) for one in sales)


@register.filter
def signed_cents(receipt: TillReceipt) -> int:
    """Give what a receipt adds, negative for one that undoes another."""
    return -receipt.amount_cents if receipt.reverses_id else receipt.amount_cents


@register.filter
def package_sold(charge: Charge) -> str:
    """Name the package that a session sold; blank for a session alone."""
    return explanations.package_sold(charge.priced_as)


@register.filter
def sold_words(receipt: TillReceipt) -> str:
    """Name the package that a payment bought; blank for a session alone."""
    return explanations.package_sold(receipt.priced_as)


@register.filter
def can_be_undone(receipt: TillReceipt) -> bool:
    """Tell whether a receipt is neither undone nor itself the undoing of another."""
    return receipt.reverses_id is None and not hasattr(receipt, "reversal")
