"""Waterfalls and words: every step begins where the one before ended, and says what a steward understands."""

import re
from itertools import pairwise

import pytest

from pipelines.reports.level_words import BANDS, MEASURED, PLAIN, chance, level_in_words, odds_in_words
from pipelines.reports.waterfall import Drop, posterior_bar, signed, waterfall
from schemas.identity_language import MEASURES

STEPS = [
    Drop("Before comparing", "rare", -12.5, "prior"),
    Drop("last_name", "the same", 8.0),
    Drop("first_name", "different", -3.5),
    Drop("phone", "the same", 14.0),
    Drop("Against strangers", "", 6.0, "total"),
    Drop("May be one household", "", -2.0, "home"),
    Drop("One person", "", 4.0, "total"),
]


def bars(text: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', text)
    return [(kind, float(x), float(x) + float(width)) for kind, x, width in found]


def test_each_step_begins_where_the_one_before_ended() -> None:
    drawn = bars(str(waterfall(STEPS, "t")))
    assert [kind for kind, _, _ in drawn] == ["prior", "for", "against", "for", "total", "home", "total"]
    ends = [(a, b) if drop.bits > 0 else (b, a) for drop, (_, a, b) in zip(STEPS, drawn, strict=True)]
    for (one, (_, end)), (two, (start, stop)) in pairwise(zip(STEPS, ends, strict=True)):
        assert (stop if two.kind == "total" else start) == pytest.approx(end, abs=0.3), (one.name, two.name)
    unit = (drawn[1][2] - drawn[1][1]) / 8
    assert all(b - a == pytest.approx(abs(drop.bits) * unit, abs=0.3) for drop, (_, a, b) in zip(STEPS, drawn, strict=True))


def test_a_drawing_escapes_and_stays_inside() -> None:
    text = str(waterfall([Drop("<b>", 'a"b', 1.0), Drop("x", "", 900.0), Drop("y", "", 0.0)], 'q"<'))
    assert "<b>" not in text
    assert all(a >= 330 and b <= 900 for _, a, b in bars(text))


def test_posteriors_fill_the_bar() -> None:
    text = str(posterior_bar(0.7, 0.25, 0.05))
    assert sum(float(one) for one in re.findall(r'width="([\d.]+)" height="10"', text)) == pytest.approx(100)
    assert "one household, two persons <b>25.0%</b>" in text


def test_every_measure_has_words() -> None:
    assert set(MEASURES) == (set(PLAIN) - {"missing", "else"}) | set(MEASURED)
    assert level_in_words("exact, band 2") == BANDS[2]
    assert level_in_words("jaro_winkler >= 0.92") == "spelled alike (Jaro-Winkler from 0.92)"
    assert level_in_words("edits <= 1") == "one letter or digit differs"
    assert level_in_words("suffix 7") == "the same last 7 characters"
    assert level_in_words("of another version") == "of another version"


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (0, "even odds"),
        (1, "2.0 to 1 for"),
        (-10, "1,000 to 1 against"),
        (13.117, "8,900 to 1 for"),
        (45, "over 1,000,000,000 to 1 for"),
    ],
)
def test_odds_are_said_as_people_bet(bits: float, words: str) -> None:
    assert odds_in_words(bits) == words


def test_figures_do_not_pretend_to_be_sure() -> None:
    assert [chance(one) for one in (0, 0.0001, 0.5, 0.9999, 1)] == ["0.0%", "<0.1%", "50.0%", ">99.9%", "100.0%"]
    assert [signed(one) for one in (0.01, -0.04, 3.14, -3.15)] == ["0.0", "0.0", "+3.1", "−3.1"]
