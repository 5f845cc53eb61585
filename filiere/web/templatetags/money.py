"""Words of money pages: ``{% load money %}``. Amounts are integer euro cents."""

from django import template
from django.utils.translation import gettext as _

from filiere.billing.explanations import hours_words
from filiere.billing.models import PayerKind
from filiere.observatory.portfolio import Act
from filiere.web import money_words, programme_words

register = template.Library()

register.filter("service_name", money_words.service_words)
register.filter("payer_words", money_words.payer_kind)
register.filter("sessions_words", money_words.sessions)
register.filter("batch_words", money_words.batch_state)
register.filter("programme_state", programme_words.state)
register.filter("order_words", money_words.order_state)
register.filter("outcome_words", money_words.answer_outcome)
register.filter("alert_words", money_words.alert_kind)
register.filter("unmatched_words", money_words.unmatched)
register.filter("length_words", hours_words)


@register.filter
def act_lines(act: Act) -> list[tuple[str, int]]:
    """The lines of a receipt: what payers pay in all, then what each gives of it."""
    lines = [(_("Price"), act.charge.price_cents)]
    for one in act.lines:
        if one.kind == PayerKind.PERSON:
            lines.append((_("The person"), one.amount_cents))
        lines += [(payer.name, payer.amount_cents) for payer in one.payers]
    return lines
