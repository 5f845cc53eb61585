"""Lines of a statement put in words, with the page each one opens when its reader may open it."""

from dataclasses import dataclass

from django.urls import reverse

from filiere.kernel.calendar import legal_day
from filiere.observatory.statements import Line, LineKind, Party, Statement
from filiere.web import statement_words as say
from filiere.web.formats import day_words

OF_A_SESSION = (LineKind.VOUCHER_SHARE, LineKind.AGREED_SHARE, LineKind.COUNTER_SHARE)


@dataclass(frozen=True, slots=True)
class Opens:
    """What a reader may open from a line: a session's receipt, a payment, a use of a voucher, an invoice."""

    sessions: bool = False
    payments: bool = False
    acts: bool = False
    invoices: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A line in words: what happened, then the session it comes from, and what it opens."""

    line: Line
    sentence: str
    detail: str
    url: str = ""

    @property
    def session(self) -> str:
        """Which session, but for its reference."""
        return say.session_words(self.line.about, ref=False)

    @property
    def is_of_its_day(self) -> bool:
        """Tell whether its sentence or its session already says its day: once is enough."""
        day, session_at = legal_day(self.line.at), self.line.about.session_at
        if session_at is not None and legal_day(session_at) == day:
            return True
        return day_words(day, year=True) in self.sentence


def tell_all(statement: Statement, opens: Opens) -> list[Told]:
    """Put every line of a statement in words."""
    return [
        Told(
            line,
            say.sentence(statement.party, line),
            say.session_words(line.about),
            _url(statement.party, line, opens),
        )
        for line in statement.lines
    ]


def _url(party: Party, line: Line, opens: Opens) -> str:
    about = line.about
    if party == Party.FUNDER and about.act is not None and opens.acts:
        return reverse("act", args=[about.act])
    if about.invoice_id is not None and opens.invoices:
        return reverse("invoice", args=[about.invoice_id])
    if party != Party.PROVIDER:
        return ""
    if about.order_id is not None and opens.payments:
        return reverse("payment", args=[about.order_id])
    if line.kind in OF_A_SESSION and opens.sessions:
        return reverse("session_receipt", args=[about.session_ref])
    return ""
