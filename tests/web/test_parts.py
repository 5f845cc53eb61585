"""The parts of the pages: what they say, in both languages, and that they hold for everyone."""

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from filiere.web import formats, gauges
from filiere.web.icons import ICONS
from filiere.web.renderers import PartsRenderer
from filiere.web.views import living

PARIS = ZoneInfo("Europe/Paris")
STYLES = Path(living.__file__).parent.parent / "static" / "filiere" / "css"


@pytest.fixture(params=["fr", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def french():
    with translation.override("fr"):
        yield


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def draw(source, **context):
    return Template("{% load parts %}" + source).render(Context(context))


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("cents", "in_french", "in_english"),
    [
        (2500, "25,00\u00a0€", "€25.00"),
        (0, "0,00\u00a0€", "€0.00"),
        (-1500, "\u221215,00\u00a0€", "\u2212€15.00"),
        (2486000, "24\u202f860,00\u00a0€", "€24,860.00"),
        (5, "0,05\u00a0€", "€0.05"),
    ],
)
def test_euros_reads_as_people_write_it(cents, in_french, in_english):
    with translation.override("fr"):
        assert formats.euros(cents) == in_french
    with translation.override("en"):
        assert formats.euros(cents) == in_english


@given(cents=st.integers(-(10**14), 10**14))
def test_euros_loses_no_cent(cents):
    with translation.override("fr"):
        text = formats.euros(cents)
    digits = re.sub(r"\D", "", text)
    assert int(digits) == abs(cents)
    assert text.startswith("\u2212") == (cents < 0)


def test_euros_short_leaves_only_zero_cents_out(french):
    assert formats.euros(4000000, short=True) == "40\u202f000\u00a0€"
    assert formats.euros(4000001, short=True) == "40\u202f000,01\u00a0€"


def test_day_words_carry_the_weekday():
    day = dt.date(2026, 11, 24)
    with translation.override("fr"):
        assert formats.day_words(day) == "mardi\u00a024 novembre"
        assert formats.day_words(day, year=True) == "mardi\u00a024 novembre 2026"
        assert formats.day_words(dt.date(2026, 12, 1)) == "mardi\u00a01er décembre"
    with translation.override("en"):
        assert formats.day_words(day) == "Tuesday\u00a024 November"


def test_date_words_says_the_first_of_a_month_as_people_do():
    first, last = dt.date(2026, 11, 1), dt.date(2026, 12, 31)
    with translation.override("fr"):
        assert formats.date_words(first) == "1er novembre 2026"
        assert formats.date_words(last) == "31 décembre 2026"
    with translation.override("en"):
        assert formats.date_words(first) == "1 November 2026"


def test_day_words_read_an_instant_in_local_time(french):
    just_past_midnight_in_paris = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)
    assert formats.day_words(just_past_midnight_in_paris) == "mardi\u00a024 novembre"


@pytest.mark.parametrize(
    ("hour", "minute", "in_french", "in_english"),
    [
        (9, 30, "9\u00a0h\u00a030", "9:30\u00a0am"),
        (14, 0, "14\u00a0h", "2\u00a0pm"),
        (0, 5, "0\u00a0h\u00a005", "12:05\u00a0am"),
    ],
)
def test_hour_words_read_as_one_says_them(hour, minute, in_french, in_english):
    at = dt.datetime(2026, 11, 24, hour, minute, tzinfo=PARIS)
    with translation.override("fr"):
        assert formats.hour_words(at) == formats.hour_words(at.time()) == in_french
    with translation.override("en"):
        assert formats.hour_words(at) == in_english


@pytest.mark.parametrize(
    ("km", "text"),
    [
        (0, "50\u00a0m"),
        (0.9, "900\u00a0m"),
        (0.98, "1\u00a0km"),
        (1.24, "1,2\u00a0km"),
        (9.96, "10\u00a0km"),
        (11.4, "11\u00a0km"),
        (Fraction(1, 2), "500\u00a0m"),
    ],
)
def test_distance_is_as_precise_as_a_walk_needs(french, km, text):
    assert formats.distance(km) == text


def test_an_unknown_is_never_zero(english):
    assert formats.distance(None) == "distance not known"
    assert formats.percent(None) == "not known"


@pytest.mark.parametrize(
    "given_number", ["0536490012", "+33536490012", "05.36.49.00.12", "0033 5 36 49 00 12"]
)
def test_phone_pairs_groups_a_french_number(given_number):
    assert formats.phone_pairs(given_number) == "05\u00a036\u00a049\u00a000\u00a012"
    assert formats.phone_link(given_number) == "tel:+33536490012"


def test_phone_pairs_leaves_any_other_number_alone():
    assert formats.phone_pairs("3646") == "3646"
    assert formats.phone_pairs("+32 2 123 45 67") == "+32 2 123 45 67"


def test_percent_rounds_half_up():
    with translation.override("fr"):
        assert formats.percent(Fraction(445, 1000)) == "45\u00a0%"
    with translation.override("en"):
        assert formats.percent(0.44) == "44%"


@given(value=st.floats(-10, 1000), goal=st.floats(0, 100), maximum=st.floats(1, 100))
def test_gauge_marks_stay_on_the_drawing(value, goal, maximum):
    drawing = gauges.draw(value=value, goal=goal, maximum=maximum)
    assert gauges.LEFT <= int(drawing.value_x) <= gauges.LEFT + gauges.WIDTH
    assert gauges.LEFT <= int(drawing.goal_x) <= gauges.LEFT + gauges.WIDTH


def test_gauge_without_a_value_has_no_knot(language):
    html = draw('{% gauge None 50 100 "Autonomy: not yet known" %}')
    assert "gauge-knot" not in html
    assert 'aria-label="Autonomy: not yet known"' in html


@pytest.mark.parametrize("name", ICONS)
def test_icon_draws_and_stays_silent(name):
    html = draw("{% icon name %}", name=name)
    assert 'aria-hidden="true"' in html
    assert html.count("<svg") == html.count("</svg>") == 1


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "unicorn" %}',
        '{% tag "x" "purple" %}',
        '{% message "happy" %}{% endmessage %}',
        '{% knot "later" %}{% endknot %}',
    ],
)
def test_a_part_refuses_a_state_it_does_not_have(source):
    with pytest.raises(TemplateSyntaxError, match="is one of"):
        draw(source)


def test_message_speaks_up_only_for_errors(french):
    assert 'role="alert"' in draw('{% message "error" "Non" %}{% endmessage %}')
    assert 'role="status"' in draw('{% message "success" "Oui" %}{% endmessage %}')


def test_parts_escape_what_people_typed(french):
    evil = "<script>alert(1)</script>"
    html = draw(
        '{% message "info" evil %}{{ evil }}{% endmessage %}{% tag evil %}{% button evil %}'
        "{% answers items %}{% receipt lines %}",
        evil=evil,
        items=[{"label": evil, "url": "#"}],
        lines=[(evil, 1)],
    )
    assert "<script" not in html


def test_steps_say_where_one_is(french):
    html = draw("{% steps labels 2 %}", labels=["A", "B", "C"])
    assert html.count('aria-current="step"') == 1
    assert re.findall(r"knot-(done|now|todo)\"", html) == [
        "done",
        "now",
        "todo",
    ]


def test_receipt_writes_signed_amounts_and_hides_the_leader(french):
    html = draw("{% receipt lines total %}", lines=[("Chèque", -1500)], total=("Reste", 1000))
    assert words(html) == "Chèque \u221215,00\u00a0€ Reste 10,00\u00a0€".replace("\u00a0", " ")
    assert html.count('aria-hidden="true"') == 2


class TownForm(forms.Form):
    default_renderer = PartsRenderer

    town = forms.CharField(label="Town", help_text="Where you live")
    agree = forms.BooleanField(label="I agree")
    need = forms.ChoiceField(
        label="Need", widget=forms.RadioSelect, choices=[("a", "A"), ("Later", [("b", "B")])]
    )
    key = forms.CharField(widget=forms.HiddenInput)


def test_field_ties_help_and_error_to_the_input(language):
    form = TownForm({"need": "b", "key": "k"})
    html = draw("{% field form.town %}", form=form)
    assert 'aria-describedby="id_town_helptext id_town_error"' in html
    assert 'id="id_town_helptext"' in html
    assert 'id="id_town_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_town_error") < html.index("<input")
    assert '<label class="field-label" for="id_town">' in html


def test_field_keeps_what_was_typed(language):
    form = TownForm({"town": "Gueretz"})
    assert 'value="Gueretz"' in draw('{% field form.town kind="code" %}', form=form)


def test_choice_rows_keep_the_choice_and_the_browsers_own_radio(language):
    form = TownForm({"need": "b"})
    html = draw("{% choice_rows form.need details %}", form=form, details={"b": ("euro", "Ex.")})
    assert html.count('type="radio"') == 2
    assert re.search(r'value="b"\s+checked', html)
    assert "Ex." in html
    assert 'role="group"' in html


def test_error_summary_links_to_each_field(language):
    html = draw("{% error_summary form %}", form=TownForm({"key": "k"}))
    assert re.findall(r'href="(#[^"]+)"', html) == ["#id_town", "#id_agree", "#id_need_0"]
    assert draw("{% error_summary form %}", form=TownForm()) == ""


def test_a_whole_form_is_drawn_with_our_parts(language):
    html = TownForm({"town": "Guéret"}).render()
    assert html.count('class="field') >= 2
    assert 'type="hidden"' in html
    assert 'class="message' in html


def test_field_may_be_optional(english):
    assert "(optional)" in draw("{% field form.town optional=True %}", form=TownForm())


@pytest.mark.parametrize("name", [name for name, _title in living.PARTS])
def test_each_sample_of_the_living_page_draws(language, name, rf):
    html = render_to_string(name, living._samples() | {"request": rf.get("/pieces/")})
    assert words(html)
    assert "style=" not in html


@pytest.mark.parametrize("sample", ["_verdict", "_aims", "_result"])
def test_no_sample_speaks_english_to_a_french_reader(sample, french, rf):
    html = words(render_to_string(f"living/{sample}.html", living._samples()))
    assert not re.search(r"\b(the|Reached|Call|goal)\b", html)


@pytest.mark.parametrize("code", ["400", "403", "404", "500", "csrf"])
def test_error_pages_draw_without_a_request(language, code):
    html = render_to_string(f"{code}.html")
    assert html.count("<h1>") == 1
    assert html.count('class="button ') == 1


def luminance(colour):
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", (STYLES / "tokens.css").read_text()))


@pytest.mark.parametrize(
    ("text", "ground"),
    [(text, "lin") for text in ("encre", "encre2", "vert")]
    + [("vert", "vert-teinte"), ("gaude-texte", "gaude-teinte"), ("garance", "garance-teinte")]
    + [("guede", "guede-teinte"), ("noix", "noix-teinte"), ("encre", "gaude")]
    + [("encre2", f"{tint}-teinte") for tint in ("vert", "gaude", "garance", "guede")],
)
def test_every_text_is_read_at_seven_to_one(text, ground):
    assert contrast(TOKENS[text], TOKENS[ground]) >= 7
    assert contrast(TOKENS[text], "#ffffff") >= 7


def test_borders_of_controls_are_seen_at_three_to_one():
    assert contrast(TOKENS["bord"], TOKENS["lin"]) >= 3


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_styles_stay_short_and_are_all_linked(path):
    assert len(path.read_text().splitlines()) <= 400
    assert f"filiere/css/{path.name}" in render_to_string("parts/_stylesheets.html")


def test_styles_know_every_colour_they_use():
    known = set(
        re.findall(r"--([a-z0-9-]+):", "".join(p.read_text() for p in STYLES.glob("*.css")))
    )
    used = {
        name
        for path in STYLES.glob("*.css")
        for name in re.findall(r"var\(--([a-z0-9-]+)\)", path.read_text())
    }
    assert used <= known
