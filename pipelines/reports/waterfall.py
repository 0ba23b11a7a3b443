"""Drawings of an explained pair: a waterfall of bits from the prior to the total, and a bar of the three posteriors.

Plain SVG whose colours are classes of the style sheet, so that they follow light, dark and paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from markupsafe import Markup

from pipelines.reports.level_words import chance

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 960, 330, 80, 58, 42, 20
WIDEST_TICKS = 9
STEPS = (1, 2, 5, 10, 20, 50)
CLASSES = (("match", "one person"), ("home", "one household, two persons"), ("apart", "strangers"))


@dataclass(frozen=True)
class Drop:
    """One step of a waterfall: its name, what it says, its bits, and whether it is a total from 0 rather than a step.

    kind: prior, field, home or total; decides the colour.
    """

    name: str
    says: str
    bits: float
    kind: str = "field"


def waterfall(drops: Sequence[Drop], title: str) -> Markup:
    """Steps from top to bottom, each beginning where the one before ended; a total begins at 0."""
    spans = _spans(drops)
    low, high = _range(spans)
    scale = (WIDTH - LEFT - RIGHT) / (high - low)
    places = [(LEFT + (a - low) * scale, LEFT + (b - low) * scale) for a, b in spans]
    height = TOP + ROW * len(drops) + 10
    parts = [_axis(low, high, scale, height)]
    parts += [_connector(spot, place) for place, spot in enumerate(places[:-1])]
    parts += [_drawn(drop, place, spot) for place, (drop, spot) in enumerate(zip(drops, places, strict=True))]
    head = Markup('<div class="scroll" tabindex="0" role="region" aria-label="{0}"><svg class="wf" role="img" aria-label="{0}" ')
    size = Markup('viewBox="0 0 {} {}" >').format(WIDTH, height)
    return head.format(title) + size + Markup("").join(parts) + Markup("</svg></div>")


def posterior_bar(match: float, household: float, strangers: float) -> Markup:
    """The three posteriors as parts of one bar, with a legend in words."""
    at, parts, legend = 0.0, [], []
    for (kind, words), share in zip(CLASSES, (match, household, strangers), strict=True):
        width = round(100 * share, 3)
        parts.append(Markup('<rect class="{}" x="{}" width="{}" height="10"/>').format(kind, round(at, 3), width))
        legend.append(Markup('<li><i class="{}"></i>{} <b>{}</b></li>').format(kind, words, chance(share)))
        at += width
    drawn = Markup('<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    body = drawn.format(Markup("").join(parts)) + Markup("<ul>{}</ul>").format(Markup("").join(legend))
    return Markup('<div class="posterior">{}</div>').format(body)


def signed(bits: float) -> str:
    """Bits with their sign and one decimal, a true minus."""
    shown = f"{abs(bits):.1f}"
    return shown if shown == "0.0" else f"{'+' if bits > 0 else '−'}{shown}"


def _spans(drops: Sequence[Drop]) -> list[tuple[float, float]]:
    """From where to where each step goes."""
    spans, now = [], 0.0
    for drop in drops:
        if drop.kind == "total":
            spans.append((0.0, drop.bits))
            now = drop.bits
        else:
            spans.append((now, now + drop.bits))
            now += drop.bits
    return spans


def _range(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    ends = [0.0, *(one for span in spans for one in span)]
    low, high = min(ends), max(ends)
    room = max((high - low) * 0.03, 1.0)
    return low - room, high + room


def _axis(low: float, high: float, scale: float, height: int) -> Markup:
    step = next((one for one in STEPS if (high - low) / one <= WIDEST_TICKS), STEPS[-1])
    parts = []
    for tick in range(ceil(low / step) * step, floor(high / step) * step + 1, step):
        x = round(LEFT + (tick - low) * scale, 1)
        line = '<line class="{}" x1="{}" x2="{}" y1="44" y2="{}"/><text class="tick" x="{}" y="38">{}</text>'
        words = "even" if tick == 0 else f"{tick:+d}".replace("-", "−")
        parts.append(Markup(line).format("zero" if tick == 0 else "grid", x, x, height - 6, x, words))
    middle = round(LEFT - low * scale, 1)
    sides = '<text class="side" x="{}" y="16" text-anchor="end">◂ speaks against one person</text>'
    sides += '<text class="side" x="{}" y="16">speaks for one person ▸</text>'
    least, most = LEFT + 10, WIDTH - RIGHT - 10
    shown = (max(middle - 8, least + 180), min(middle + 8, most - 160))
    return Markup("").join(parts) + Markup(sides).format(min(shown[0], most - 180), max(shown[1], least + 190))


def _connector(spot: tuple[float, float], place: int) -> Markup:
    """From the end of a step down to the next, which begins there, or ends there where it is a total."""
    y = TOP + ROW * place + (ROW + BAR) / 2
    return Markup('<line class="join" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(round(spot[1], 1), y, y + ROW - BAR)


def _drawn(drop: Drop, place: int, spot: tuple[float, float]) -> Markup:
    y = TOP + ROW * place
    left, width = min(spot), max(abs(spot[1] - spot[0]), 1.5)
    kind = drop.kind if drop.kind != "field" else "for" if drop.bits > 0 else "against" if drop.bits < 0 else "nothing"
    weight = " strong" if drop.kind == "total" else ""
    text = '<text class="name{}" x="0" y="{}">{}</text><text class="says" x="0" y="{}">{}</text>'
    bar = '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
    bits = '<text class="bits{}" x="{}" y="{}">{}</text>'
    return (
        Markup(text).format(weight, y + 18, drop.name, y + 34, drop.says)
        + Markup(bar).format(kind, round(left, 1), y + (ROW - BAR) / 2, round(width, 1), BAR)
        + Markup(bits).format(weight, WIDTH - 4, y + 26, signed(drop.bits))
    )
