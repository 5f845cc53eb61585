"""What a line of a statement says: one sentence, its session, its figures. Amounts are euro cents."""

from datetime import date

from django.utils.translation import gettext as _

from filiere.billing.explanations import hours_words, what_is_left
from filiere.billing.models import Package
from filiere.observatory.statements import OF_SESSIONS, About, Line, LineKind, Party, Statement
from filiere.settlement.models import DebitNoteState, OrderState
from filiere.vouchers.paper.words import number_words
from filiere.web.formats import day_words, euros, hour_words
from filiere.web.money_words import service_words, sessions

SLUGS = {
    "lieu": Party.PROVIDER,
    "financeur": Party.FUNDER,
    "tiers-payeur": Party.THIRD_PARTY,
    "employeur": Party.EMPLOYER,
    "client": Party.CLIENT,
}
CREDIT = (LineKind.CREDIT, LineKind.CREDIT_USED, LineKind.CREDIT_BACK, LineKind.BOUNCE)
SLUG_OF = {party: slug for slug, party in SLUGS.items()}


def party_words(party: Party) -> str:
    """Say in which quality a statement is read."""
    return {
        Party.PROVIDER: _("What you earned and were paid"),
        Party.FUNDER: _("What became of the money you gave"),
        Party.THIRD_PARTY: _("Your part of people’s sessions"),
        Party.EMPLOYER: _("The hours you offer"),
        Party.CLIENT: _("The invoices you received"),
        Party.PERSON: _("Your year of help"),
    }[party]


def columns(party: Party) -> tuple[str, str, str]:
    """Head the three columns of amounts: charged, paid, balance."""
    if party == Party.PROVIDER:
        return _("Earned"), _("Paid"), _("Still due to you")
    if party == Party.FUNDER:
        return _("Used"), _("Given by you"), _("Left")
    if party == Party.CLIENT:
        return _("Asked"), _("Paid by you"), _("Still due")
    return _("Your part"), _("Paid by you"), _("Still due")


def title(statement: Statement) -> str:
    """Say the conclusion of a statement in one sentence."""
    cents = statement.closing_cents
    amount = {"amount": euros(abs(cents))}
    if not statement.count and not cents:
        return _("Nothing moved")
    if statement.party == Party.FUNDER:
        return _("%(amount)s of your money is left") % amount
    if statement.party == Party.PROVIDER:
        if cents < 0:
            return _("%(amount)s to be taken from your next payments") % amount
        return (
            _("%(amount)s still due to you") % amount if cents else _("Everything is paid to you")
        )
    if cents < 0:
        is_client = statement.party == Party.CLIENT
        words = _("You paid %(amount)s more than your part")
        return (_("You paid %(amount)s more than asked") if is_client else words) % amount
    return _("You still owe %(amount)s") % amount if cents else _("You owe nothing")


def year_title(statement: Statement, *, yours: bool) -> str:
    """Say what a year of help left the person to pay; ``yours`` speaks to the person."""
    facts = {"amount": euros(statement.paid_cents), "year": str(statement.period.first_on.year)}
    if not statement.count:
        return _("No session with a price in %(year)s") % facts
    if yours and not statement.paid_cents and statement.closing_cents > 0:
        return _("In %(year)s, you paid nothing yet") % facts
    if yours and not statement.paid_cents:
        return _("In %(year)s, your help cost you nothing") % facts
    if yours:
        return _("In %(year)s, you paid %(amount)s") % facts
    if not statement.paid_cents:
        return _("In %(year)s, this person paid nothing here") % facts
    return _("In %(year)s, this person paid %(amount)s here") % facts


def kind_words(party: Party, kind: LineKind) -> str:
    """Name what the lines of one kind add up."""
    if kind == LineKind.RECEIPT and party != Party.FUNDER:
        return _("Your payments received")
    return {
        LineKind.HOURS_BOUGHT: _("Hours bought"),
        LineKind.SESSION: _("Sessions"),
        LineKind.VOUCHER_SHARE: _("Paid by vouchers"),
        LineKind.AGREED_SHARE: _("Parts under agreements"),
        LineKind.COUNTER_SHARE: _("Paid by people at the counter"),
        LineKind.HOURS_USED: _("Hours used"),
        LineKind.PACKAGE: _("Packages bought without a session"),
        LineKind.PACKAGE_BACK: _("Packages given back"),
        LineKind.REFUND: _("Refunded sessions"),
        LineKind.INVOICE: _("Invoices"),
        LineKind.CREDIT_NOTE: _("Credit notes"),
        LineKind.DIRECT: _("Paid straight, on invoices"),
        LineKind.CREDIT: _("Paid, and asked by no invoice"),
        LineKind.CREDIT_USED: _("Put on an invoice afterwards, or taken off"),
        LineKind.CREDIT_BACK: _("Credit balance given back"),
        LineKind.RECEIPT: _("Money received"),
        LineKind.BOUNCE: _("Money the bank took back"),
        LineKind.LOT: _("Lots of vouchers"),
        LineKind.USE: _("Uses of vouchers"),
        LineKind.COMMISSION: _("Commissions of the operator"),
        LineKind.RETURN: _("Money given back to you"),
        LineKind.PAYMENT: _("Payments"),
        LineKind.GIVEN_BACK: _("Payments that came back"),
    }[kind]


def session_words(about: About, *, day: bool = True, ref: bool = True) -> str:
    """Say which session: its day and hour, service, place and reference; blank for none.

    Args:
        day: say its day; without it, only its hour, under a heading that bears the day.
        ref: end with its reference; without it, the page writes it apart, in one piece.
    """
    if about.session_at is None:
        return ""
    where = f"{about.place}, {about.commune}" if about.place else ""
    hour = hour_words(about.session_at)
    what = [
        f"{day_words(about.session_at, year=True)}, {hour}" if day else hour,
        service_words(about.service),
        where,
        about.session_ref if ref else "",
    ]
    return " · ".join(part for part in what if part)


def sentence(party: Party, line: Line) -> str:
    """Say what happened, in one sentence."""
    about = line.about
    if line.kind == LineKind.REFUND:
        return _refund(party, about)
    if line.kind in (LineKind.PAYMENT, LineKind.GIVEN_BACK):
        return _payment(line)
    if line.kind == LineKind.AGREED_SHARE:
        return _agreed(party, about)
    if line.kind in (LineKind.INVOICE, LineKind.CREDIT_NOTE, LineKind.DIRECT):
        return _invoice(party, line)
    if line.kind in CREDIT and party != Party.FUNDER:
        return _credit(party, line)
    return _funder(line) if party == Party.FUNDER else _plain(line)


def _plain(line: Line) -> str:
    """Say what happened on lines that read the same for whoever they concern."""
    about = line.about
    facts = {
        "serial": number_words(about.serial) if about.serial is not None else "",
        "name": about.name,
        "title": about.agreement,
        "length": hours_words(about.minutes),
        "sessions": sessions(about.sessions),
        "day": day_words(about.on, year=True) if about.on else "",
        "number": about.number,
    }
    words = {
        LineKind.VOUCHER_SHARE: _("Paid by voucher no. %(serial)s of “%(name)s”"),
        LineKind.COUNTER_SHARE: _("Paid by the person, at your counter"),
        LineKind.HOURS_BOUGHT: _("“%(title)s”: %(length)s bought, at %(name)s"),
        LineKind.HOURS_USED: _("“%(title)s”: %(sessions)s, %(length)s, told on %(day)s"),
        LineKind.RECEIPT: _("Your payment received on %(day)s, reference %(number)s"),
    }[line.kind]
    if line.kind == LineKind.HOURS_BOUGHT and not about.name:
        words = _("“%(title)s”: %(length)s bought, at any place")
    return words % facts


def _agreed(party: Party, about: About) -> str:
    facts = {
        "name": about.name,
        "title": about.agreement,
        "length": hours_words(about.minutes),
    }
    if party == Party.THIRD_PARTY:
        return _("Your part, by “%(title)s”") % facts
    if about.minutes:
        return _("%(length)s offered by %(name)s, by “%(title)s”") % facts
    return _("Part of %(name)s, by “%(title)s”") % facts


def _refund(party: Party, about: About) -> str:
    facts = {"reason": about.reason, "number": about.number}
    words = _("Session refunded: %(reason)s") % facts
    if party != Party.PROVIDER:
        return words
    if about.state == DebitNoteState.SET_OFF:
        words += ". " + _("Taken from a payment, debit note %(number)s") % facts
    elif about.state == DebitNoteState.OPEN:
        words += ". " + _("To be taken from your next payment, debit note %(number)s") % facts
    return words


def _payment(line: Line) -> str:
    about = line.about
    facts = {
        "label": about.number,
        "day": day_words(about.on, year=True) if about.on else "",
        "set_off": euros(about.amount_cents),
    }
    if line.kind == LineKind.GIVEN_BACK:
        return _("Payment %(label)s came back: it is due to you again") % facts
    if about.state == OrderState.PAID:
        words = _("Payment %(label)s, paid by the bank on %(day)s") % facts
    elif about.state in (OrderState.SENT, OrderState.ACCEPTED):
        words = _("Payment %(label)s, sent to the bank") % facts
    else:
        words = _("Payment %(label)s, that did not reach you") % facts
    if about.amount_cents:
        words += ". " + _("%(set_off)s of refunded sessions were taken from it") % facts
    return words


def _invoice(party: Party, line: Line) -> str:
    about = line.about
    facts = {
        "number": about.number,
        "name": about.name,
        "place": about.agreement,
        "amount": euros(about.amount_cents),
        "reason": about.reason,
        "day": day_words(about.on, year=True) if about.on else "",
    }
    if line.kind == LineKind.CREDIT_NOTE:
        return _("Credit note %(number)s of %(name)s: %(reason)s") % facts
    if line.kind == LineKind.INVOICE and party in (Party.CLIENT, Party.PERSON):
        return _("Invoice %(number)s of %(name)s, to pay by %(day)s") % facts
    if line.kind == LineKind.INVOICE:
        words = _("Invoice %(number)s of %(name)s asks %(amount)s for sessions, to pay by %(day)s")
    elif line.paid_cents < 0:
        words = _("No longer counted as paid: invoice %(number)s")
    elif party == Party.PROVIDER:
        words = _("Paid to you by %(name)s, invoice %(number)s")
    else:
        words = _("Your payment received by %(place)s, invoice %(number)s")
    return words % facts


def _credit(party: Party, line: Line) -> str:
    """Say what was paid that no invoice asks for, and what became of it."""
    about = line.about
    facts = {
        "number": about.number,
        "name": about.name,
        "place": about.agreement,
        "reason": about.reason,
        "day": day_words(about.on, year=True) if about.on else "",
    }
    if line.kind == LineKind.CREDIT_USED and line.paid_cents < 0:
        words = _("From the credit balance, put on invoice %(number)s")
    elif line.kind == LineKind.CREDIT_USED:
        words = _("Back to the credit balance, after a credit note on invoice %(number)s")
    elif line.kind == LineKind.CREDIT_BACK:
        words = _("Credit balance given back, of the payment of %(day)s")
    elif line.kind == LineKind.BOUNCE:
        words = _("The bank took back the payment of %(day)s: %(reason)s")
    elif party == Party.PROVIDER:
        words = _(
            "Received from %(name)s on %(day)s, more than your invoices ask: its credit balance"
        )
    else:
        words = _("Paid to %(place)s on %(day)s, more than its invoices ask: your credit balance")
    return words % facts


def _funder(line: Line) -> str:
    about = line.about
    facts = {
        "name": about.name,
        "number": about.number,
        "amount": euros(about.amount_cents),
        "serial": number_words(about.serial) if about.serial is not None else "",
        "reason": about.reason or _("no reason given"),
    }
    words = {
        LineKind.RECEIPT: _("Your money arrived for “%(name)s”, reference %(number)s"),
        LineKind.BOUNCE: _("The bank took back the payment %(number)s: %(reason)s"),
        LineKind.LOT: _("%(amount)s put on the vouchers of lot %(number)s, “%(name)s”"),
        LineKind.USE: _("Voucher no. %(serial)s of “%(name)s” used"),
        LineKind.COMMISSION: _("Commission of the operator, from your promise that pays fees"),
        LineKind.RETURN: _("Not used, given back to you, “%(name)s”"),
    }[line.kind]
    if line.kind == LineKind.RETURN and about.state == "waiting":
        words += ". " + _("The bank has not sent it yet")
    return words % facts


def paid_by_others(about: About) -> str:
    """Say who paid a person's session with her, and how much each; blank for nobody."""
    return ", ".join(
        _("%(name)s: %(amount)s") % {"name": name, "amount": euros(cents)}
        for name, cents in about.parts
    )


def price_words(about: About) -> str:
    """Say the price of a person's session."""
    if about.state == "unstated":
        return _("not stated: nothing asked")
    if about.state == "open":
        return _("%(amount)s, not settled yet") % {"amount": euros(about.amount_cents)}
    return euros(about.amount_cents)


def voucher_left(serial: int, cents: int, until: date) -> str:
    """Say what is left on one voucher, and until when."""
    return _("Voucher no. %(serial)s: %(amount)s left, until %(day)s.") % {
        "serial": number_words(serial),
        "amount": euros(cents),
        "day": day_words(until, year=True),
    }


def package_words(line: Line) -> str:
    """Say which package was bought without a session, or given back; blank for another line."""
    if line.kind == LineKind.PACKAGE:
        words = _("Package bought at %(place)s, to use until %(day)s")
    elif line.kind == LineKind.PACKAGE_BACK:
        words = _("Package of %(place)s given back before any use")
    else:
        return ""
    day = day_words(line.about.on, year=True) if line.about.on else ""
    return words % {"place": line.about.place, "day": day}


def package_left(package: Package) -> str:
    """Say what is left of one package, where, and until when."""
    return _("Package at %(place)s: %(left)s, until %(day)s.") % {
        "place": package.offer.place.name,
        "left": what_is_left(package.sessions_left, package.minutes_left),
        "day": day_words(package.ends_on, year=True),
    }


def invoice_rows(statement: Statement) -> list[tuple[str, int]]:
    """Put a person's invoices in lines with what each adds to what is due, in cents; none without.

    The first line is what the years before left, when they left something.
    """
    rows = [
        (
            f"{day_words(line.at, year=True)} · {sentence(statement.party, line)}",
            line.charged_cents - line.paid_cents,
        )
        for line in statement.lines
        if line.kind not in OF_SESSIONS
    ]
    if statement.opening_cents:
        rows.insert(0, (_("Balance before"), statement.opening_cents))
    return rows


def invoice_total(statement: Statement) -> tuple[str, int]:
    """Name what a person's invoices come to: what is still due, or its credit balance."""
    cents = statement.closing_cents
    return (_("Credit balance"), -cents) if cents < 0 else (_("Still due"), cents)
