"""The parts pages are made of: ``{% load parts %}``. The guide is docs/guide/design.md.

A tag that takes content is closed by its ``end…``. Amounts are euro cents, shares 0 to 1.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from filiere.web import fields, formats, gauges
from filiere.web.icons import ICONS

register = template.Library()

TONES = {"ok": "ok", "info": "info", "warning": "warning", "error": "refusal"}
# Django's message levels, in our words.
LEVELS = {"success": "ok", "debug": "info"}
TAG_KINDS = (*TONES, "neutral")
BUTTON_KINDS = ("solid", "outline", "link", "danger")
KNOT_STATES = ("done", "now", "todo")


def _one_of(value: str, allowed: Sequence[str], part: str) -> str:
    if value not in allowed:
        raise TemplateSyntaxError(f"{part} is one of {', '.join(allowed)}, not {value!r}.")
    return value


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of our set; ``size`` is "" (28 px), "small" (20 px) or "sign" (56 px)."""
    _one_of(name, tuple(ICONS), "icon")
    return format_html(
        '<svg class="icon{}" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        f" icon-{size}" if size else "",
        mark_safe(ICONS[name]),  # noqa: S308 - our own constant drawings
    )


@register.simple_block_tag
def message(content: str, kind: str, title: str = "", *, heading: bool = False) -> SafeString:
    """Say what happened, in one of four tones; ``heading`` makes the title an h2."""
    tone = _one_of(LEVELS.get(kind, kind), tuple(TONES), "message")
    return render_to_string(
        "parts/_message.html",
        {"content": content, "tone": tone, "sign": TONES[tone], "title": title, "heading": heading},
    )


@register.simple_tag
def tag(text: str, kind: str = "neutral") -> SafeString:
    """Label something in one to three words; the word carries the meaning."""
    return format_html('<span class="tag tone-{}">{}</span>', _one_of(kind, TAG_KINDS, "tag"), text)


@register.simple_tag
def button(
    label: str, kind: str = "solid", icon: str = "", name: str = "", value: str = ""
) -> SafeString:
    """Draw a submit button; ``name`` and ``value`` tell which one was pressed."""
    return render_to_string(
        "parts/_button.html",
        {
            "label": label,
            "kind": _one_of(kind, BUTTON_KINDS, "button"),
            "icon_name": icon,
            "name": name,
            "value": value,
        },
    )


@register.simple_tag
def button_link(label: str, url: str, kind: str = "solid", icon: str = "") -> SafeString:
    """Draw a link that looks like a button, for a next step that changes nothing."""
    return render_to_string(
        "parts/_button_link.html",
        {
            "label": label,
            "url": url,
            "kind": _one_of(kind, BUTTON_KINDS, "button_link"),
            "icon_name": icon,
        },
    )


@register.simple_block_tag
def thread(content: str, label: str) -> SafeString:
    """Open the thread: an ordered list of knots, named by ``label`` for screen readers."""
    return format_html('<ol class="thread" aria-label="{}">{}</ol>', label, content)


@register.simple_block_tag
def knot(content: str, state: str = "todo", title: str = "", note: str = "") -> SafeString:
    """Tie one knot on the thread; ``state`` is done, now or todo."""
    _one_of(state, KNOT_STATES, "knot")
    return render_to_string(
        "parts/_knot.html", {"content": content, "state": state, "title": title, "note": note}
    )


@register.simple_tag
def steps(items: Sequence[Any], current: int) -> SafeString:
    """Draw the steps of a journey as a vertical thread.

    Args:
        items: labels, or mappings with ``label`` and, when one may go back, ``url``.
        current: the step one is at, counted from 1.
    """
    rows = [
        {
            "label": item["label"] if isinstance(item, Mapping) else item,
            "url": item.get("url", "") if isinstance(item, Mapping) else "",
            "state": _state(position, current),
        }
        for position, item in enumerate(items, start=1)
    ]
    return render_to_string("parts/_steps.html", {"rows": rows})


def _state(position: int, current: int) -> str:
    return "done" if position < current else "now" if position == current else "todo"


@register.simple_tag
def flat_steps(n: int, total: int) -> SafeString:
    """Draw the steps in one line, for a phone: "Step 1 of 4" and its knots."""
    states = [_state(position, n) for position in range(1, total + 1)]
    return render_to_string("parts/_flat_steps.html", {"n": n, "total": total, "states": states})


@register.simple_tag
def field(bound: BoundField, kind: str = "", *, optional: bool = False) -> SafeString:
    """Draw a form field: label, help, errors, input, tied together for screen readers.

    Args:
        bound: the field of a form, e.g. ``form.email``.
        kind: "" as its widget says, "code" for a voucher code, "short" for a few characters.
        optional: add "(optional)" to the label.
    """
    return fields.render_field(bound, kind=kind, optional=optional)


@register.simple_tag
def choice_rows(
    bound: BoundField,
    details: Mapping[str, tuple[str, str]] | None = None,
    legend: str = "plain",
) -> SafeString:
    """Draw a choice as large rows with an icon, a label and an example.

    Args:
        bound: a field whose choices are flat or grouped.
        details: for each value, the name of its icon and its example (either may be "").
        legend: "h1" when the question is the title of the page, "plain" or "hidden" otherwise.
    """
    return fields.render_choice_rows(bound, details=details or {}, legend=legend)


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """List what must be corrected, each linked to its field; nothing when the form is right."""
    return fields.render_error_summary(form)


@register.simple_tag
def answers(items: Sequence[Mapping[str, str]]) -> SafeString:
    """Show the answers given so far; each ``label`` links to the ``url`` that changes it."""
    return render_to_string("parts/_answers.html", {"items": items})


@register.simple_tag
def receipt(lines: Sequence[tuple[str, int]], total: tuple[str, int] | None = None) -> SafeString:
    """Write a receipt: labels and signed euro cents, then the total under a thick rule."""
    return render_to_string(
        "parts/_receipt.html",
        {
            "lines": [(label, formats.euros(cents)) for label, cents in lines],
            "total": (total[0], formats.euros(total[1])) if total else None,
        },
    )


@register.simple_block_tag
def result(
    content: str,
    *,
    number: int,
    name: str,
    url: str = "",
    state: str = "",
    state_kind: str = "neutral",
    why_title: str = "",
    why: str = "",
    facts: Sequence[tuple[str, str, str]] = (),
    level: int = 2,
) -> SafeString:
    """Show one ranked place: name, open state, why it has this rank, facts, then the actions.

    Args:
        content: the buttons and links.
        number: rank from 1; the first is drawn as the advice.
        facts: (icon, label, value), e.g. ``("calendar", "When", "Tuesday 24, 9:30 am")``.
        level: heading level of the name, 2 or 3.
    """
    return render_to_string(
        "parts/_result.html",
        {
            "content": content,
            "number": number,
            "name": name,
            "url": url,
            "state": state,
            "state_kind": _one_of(state_kind, TAG_KINDS, "result"),
            "why_title": why_title,
            "why": why,
            "facts": facts,
            "heading": f"h{level}",
        },
    )


@register.simple_tag
def gauge(
    value: float | None, goal: float, maximum: float, sentence: str, goal_label: str = ""
) -> SafeString:
    """Draw how far a figure is from its goal; ``sentence`` says it in words."""
    drawing = gauges.draw(value=value, goal=goal, maximum=maximum)
    return render_to_string(
        "parts/_gauge.html",
        {
            "drawing": drawing,
            "sentence": sentence,
            "goal_label": goal_label or formats.number(goal, places=0 if goal == int(goal) else 1),
        },
    )


@register.simple_block_tag
def aim(
    content: str,
    *,
    number: int,
    name: str,
    figure: str,
    value: float | None,
    goal: float,
    maximum: float,
    goal_label: str,
    state: str,
    note: str = "",
    source_url: str = "",
    level: int = 2,
) -> SafeString:
    """Show one of the three aims: figure, gauge, the sentence with its counts, its state.

    Args:
        content: the sentence, with numerator and denominator.
        figure: the figure as read, e.g. "53 %"; "" when it is not known.
        value: the same as a number, on the scale of ``goal`` and ``maximum``; None if not known.
        state: reached, missed or unknown.
        source_url: the page that opens the figure down to its rows.
    """
    return render_to_string(
        "parts/_aim.html",
        {
            "content": content,
            "number": number,
            "name": name,
            "figure": figure,
            "value": value,
            "goal": goal,
            "maximum": maximum,
            "goal_label": goal_label,
            "state": _one_of(state, ("reached", "missed", "unknown"), "aim"),
            "note": note,
            "source_url": source_url,
            "heading": f"h{level}",
        },
    )


@register.simple_block_tag
def table(content: str, caption: str, *, wide: bool = False, stacked: bool = False) -> SafeString:
    """Frame the rows of a table: caption first, and a region that scrolls on a narrow screen.

    ``wide`` keeps the first column in sight; ``stacked`` makes of each row, on a phone, a heading
    over its amounts, named by their ``data-label``.
    """
    told = {"content": content, "caption": caption, "wide": wide, "stacked": stacked}
    return render_to_string("parts/_table.html", told)


@register.simple_block_tag
def figure(
    content: str,
    title: str,
    *,
    columns: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    note: str = "",
    size: str = "",
) -> SafeString:
    """Frame a drawing with its title and, under it, the table that says the same.

    Args:
        content: the ``<svg>``, without a name of its own (the title names it).
        columns: headings of the table; the first column names the row.
        rows: one sequence of ready-to-read cells for each row.
        size: "narrow" (at most 640 px), "" or "wide" (scrolls on a phone, 1152 drawn wide).
    """
    return render_to_string(
        "parts/_figure.html",
        {"content": content, "title": title, "columns": columns, "rows": rows}
        | {"note": note, "size": size},
    )


@register.simple_block_tag
def verdict(
    content: str, kind: str, title: str, *, full: bool = True, level: int = 1
) -> SafeString:
    """Say yes or no in large, with its sign; its heading takes the focus of ``#verdict``."""
    tone = _one_of(kind, tuple(TONES), "verdict")
    return render_to_string(
        "parts/_verdict.html",
        {"content": content, "tone": tone, "sign": TONES[tone], "title": title}
        | {"full": full, "heading": f"h{level}"},
    )


@register.simple_block_tag
def say_aloud(content: str, title: str) -> SafeString:
    """Give the words to say to the person one has in front."""
    return render_to_string("parts/_say_aloud.html", {"content": content, "title": title})


@register.simple_block_tag
def now_card(content: str) -> SafeString:
    """Frame the one thing to do now, the only yellow zone of a view."""
    return format_html('<div class="now-card">{}</div>', content)


@register.simple_block_tag
def empty(content: str, title: str) -> SafeString:
    """Say that a list is empty, why, and what remains true."""
    return render_to_string("parts/_empty.html", {"content": content, "title": title})


@register.simple_tag
def progress(done: int, total: int, sentence: str) -> SafeString:
    """Show how far a long task is, in words and as a bar."""
    return render_to_string(
        "parts/_progress.html", {"done": str(done), "total": str(total), "sentence": sentence}
    )


@register.inclusion_tag("parts/_pages.html", takes_context=True)
def pages(context: Mapping[str, Any], page: Any) -> dict[str, Any]:
    """Link to the previous and next page of a list, keeping the filters of the address."""
    return {"page": page, "request": context["request"]}


register.simple_tag(formats.euros, name="money")


@register.filter
def euros(cents: int, style: str = "") -> str:
    """Write euro cents; ``|euros:"short"`` leaves zero cents out."""
    return formats.euros(cents, short=style == "short")


@register.filter
def day_words(value: date | datetime, style: str = "") -> str:
    """Write a day with its weekday; ``|day_words:"year"`` adds the year."""
    return formats.day_words(value, year=style == "year")


register.filter(formats.date_words)
register.filter(formats.hour_words)
register.filter(formats.distance)
register.filter(formats.phone_pairs)
register.filter(formats.phone_link)
register.filter(formats.percent)
register.filter("grouped", formats.number)


@register.filter
def knot_words(state: str) -> str:
    """Say the state of a knot in words, for who does not see it."""
    return {"done": _("Done"), "now": _("Now"), "todo": _("To come")}[state]
