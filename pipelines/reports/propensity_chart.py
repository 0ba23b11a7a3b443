"""Drawings of how a propensity did: what was expected beside what followed, and the lift of each tenth.

Plain SVG whose colours are classes of the style sheet, so that they follow light, dark and paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10, sqrt

from markupsafe import Markup

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 820, 400, 92, 24, 20, 64
TWO_SIDED_95 = 1.96
LEAST_SHARE = 1e-5


@dataclass(frozen=True)
class Tenth:
    """One tenth of the people judged: its place (1 is the likeliest), people, purchases expected and seen, lift, verdict."""

    decile: int
    people: int
    expected: float
    purchases: int
    lift: float
    is_judged: bool
    is_off: bool


def calibration_chart(tenths: Sequence[Tenth], tolerance: float, title: str) -> Markup:
    """Shares expected (across) and seen (up) of each tenth on logarithmic scales, with 95 percent intervals and the tolerance."""
    shares = [(max(one.expected / one.people, LEAST_SHARE), one.purchases / one.people) for one in tenths if one.people]
    known = [share for pair in shares for share in pair if share > 0]
    if not known:
        return Markup()
    low, high = floor(log10(min(known))), ceil(log10(max(known)))
    high = high if high > low else low + 1
    across, up = (WIDTH - LEFT - RIGHT) / (high - low), (HEIGHT - TOP - BOTTOM) / (high - low)

    def spot(told: float, seen: float) -> tuple[float, float]:
        x, y = log10(told) - low, log10(max(seen, 10.0**low)) - low
        return round(LEFT + min(max(x, 0), high - low) * across, 1), round(HEIGHT - BOTTOM - min(max(y, 0), high - low) * up, 1)

    corners = [spot(10.0**at, 10.0**at * by) for at, by in _band(low, high, tolerance)]
    band = Markup('<polygon class="nothing" points="{}"/>').format(" ".join(f"{x},{y}" for x, y in corners))
    ends = (*spot(10.0**low, 10.0**low), *spot(10.0**high, 10.0**high))
    line = Markup('<line class="join" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*ends)
    drawn = [_point(one, spot) for one in tenths if one.people]
    return _framed(band + line + _log_axes(low, high, across, up) + Markup("").join(drawn), title)


def _band(low: int, high: int, tolerance: float) -> list[tuple[float, float]]:
    """Corners of the band in which the expected is within the tolerance of what was seen."""
    return [(low, 1 / (1 + tolerance)), (high, 1 / (1 + tolerance)), (high, 1 / (1 - tolerance)), (low, 1 / (1 - tolerance))]


def _point(one: Tenth, place: Callable[[float, float], tuple[float, float]]) -> Markup:
    told = max(one.expected / one.people, LEAST_SHARE)
    spread = TWO_SIDED_95 * sqrt(max(one.purchases, 1))
    x, y = place(told, one.purchases / one.people)
    _, top = place(told, (one.purchases + spread) / one.people)
    _, foot = place(told, max(one.purchases - spread, 0) / one.people)
    kind = "against" if one.is_off else "for" if one.is_judged else "prior"
    bar = '<line class="zero" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
    bar += '<circle class="{3}" cx="{0}" cy="{4}" r="6"><title>{5}</title></circle>'
    words = f"tenth {one.decile}: {one.expected:,.0f} expected, {one.purchases:,} seen of {one.people:,} people"
    label = '<text class="tick" x="{}" y="{}">{}</text>'
    return Markup(bar).format(x, top, foot, kind, y, words) + Markup(label).format(x + 13, y - 8, one.decile)


def _log_axes(low: int, high: int, across: float, up: float) -> Markup:
    parts = []
    for at in range(low, high + 1):
        x, y = round(LEFT + (at - low) * across, 1), round(HEIGHT - BOTTOM - (at - low) * up, 1)
        words = f"{100 * 10.0**at:.10g}%"
        lines = '<line class="grid" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/><line class="grid" x1="{3}" x2="{4}" y1="{5}" y2="{5}"/>'
        parts.append(Markup(lines).format(x, TOP, HEIGHT - BOTTOM, LEFT, WIDTH - RIGHT, y))
        text = '<text class="tick" x="{}" y="{}">{}</text><text class="side" x="{}" y="{}" text-anchor="end">{}</text>'
        parts.append(Markup(text).format(x, HEIGHT - BOTTOM + 20, words, LEFT - 8, y + 4, words))
    named = '<text class="side" x="{}" y="{}" text-anchor="middle">expected share of buyers</text>'
    named += '<text class="side" x="4" y="{}">seen</text>'
    return Markup("").join(parts) + Markup(named).format((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, TOP + 4)


def lift_chart(tenths: Sequence[Tenth], title: str) -> Markup:
    """The lift of each tenth as a column; 1 is the average of everybody."""
    if not tenths:
        return Markup()
    most = max(1.0, *(one.lift for one in tenths))
    step, scale, base = (WIDTH - LEFT - RIGHT) / 10, (HEIGHT - TOP - BOTTOM - 16) / most, HEIGHT - BOTTOM
    parts = []
    for one in tenths:
        x, tall = round(LEFT + (one.decile - 1) * step + 6, 1), round(one.lift * scale, 1)
        shape = '<rect class="for" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        text = '<text class="tick" x="{0}" y="{1}">{2:.1f}</text><text class="tick" x="{0}" y="{3}">{4}</text>'
        middle = round(x + step / 2 - 6, 1)
        parts.append(Markup(shape).format(x, round(base - tall, 1), round(step - 12, 1), tall))
        parts.append(Markup(text).format(middle, round(base - tall - 6, 1), one.lift, base + 20, one.decile))
    average = round(base - scale, 1)
    line = (
        '<line class="join" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="side" x="{}" y="{}" text-anchor="end">average 1</text>'
    )
    parts.append(Markup(line).format(LEFT, WIDTH - RIGHT, average, average, LEFT - 8, average + 4))
    named = '<text class="side" x="{}" y="{}" text-anchor="middle">tenth of people, the likeliest first</text>'
    return _framed(Markup("").join(parts) + Markup(named).format((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16), title)


def _framed(drawn: Markup, title: str) -> Markup:
    head = '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><svg class="wf" role="img" aria-label="{0}" '
    return Markup(head + 'viewBox="0 0 {1} {2}">').format(title, WIDTH, HEIGHT) + drawn + Markup("</svg></div>")
