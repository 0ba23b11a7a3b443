"""Drawings of a back-test: intervals of lifts on a log scale, and shares that grow day by day with their bands.

Plain SVG in the colours of the style sheet, so that it follows light, dark and paper. Every figure is also in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2

from markupsafe import Markup

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 190, 190, 34, 30
WIDEST = 5  # the forest reaches from 1/32 to 32 times at most; an interval beyond it ends in an arrow
CURVE_HEIGHT, CURVE_LEFT, CURVE_RIGHT, CURVE_TOP, CURVE_BOTTOM = 250, 52, 16, 14, 34
COLOURS = {"fired": "var(--for)", "matched": "var(--soft)"}
Reach = tuple[int, int]  # doublings to the left of 1 and to the right
INK = {"for": "var(--for)", "against": "var(--against)", "nothing": "var(--soft)"}


@dataclass(frozen=True)
class Lift:
    """One row of a forest: its name, the lift with its limits (None: no figure, and `says` why), and the figure in words."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    says: str


@dataclass(frozen=True)
class Line:
    """A share by day with its limits. side: fired or matched."""

    side: str
    name: str
    days: Sequence[int]
    shares: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]


def forest(rows: Sequence[Lift], title: str) -> Markup:
    """Lifts from top to bottom on a log scale; the line at 1 says no difference."""
    reach = _reach(rows)
    height = TOP + ROW * len(rows) + 8
    parts = [_grid(reach, height), *(_row(row, TOP + ROW * place + ROW / 2, reach) for place, row in enumerate(rows))]
    return _framed(title, height, parts)


def incidence(lines: Sequence[Line], title: str) -> Markup:
    """Cumulative shares over days, each with its band; the higher one is named above its end, the others below."""
    last = max((line.days[-1] for line in lines), default=1)
    top = _rounded_up(max((high for line in lines for high in line.highs), default=0.0))
    highest = max(lines, key=lambda line: line.shares[-1], default=None)
    curves = [_curve(line, last, top, -8 if line is highest else 17) for line in lines]
    return _framed(title, CURVE_HEIGHT, [_frame_of(last, top), *(_band(line, last, top) for line in lines), *curves])


def _framed(title: str, height: int, parts: Sequence[Markup]) -> Markup:
    head = Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}">'
        '<svg class="wf" style="min-width:600px" role="img" aria-label="{0}" viewBox="0 0 {1} {2}">'
    )
    return head.format(title, WIDTH, height) + Markup("").join(parts) + Markup("</svg></div>")


def _reach(rows: Sequence[Lift]) -> Reach:
    """How many doublings the scale goes to the left of 1 and to its right."""
    ends = [one for row in rows for one in (row.value, row.low, row.high) if one is not None and one not in (0.0, float("inf"))]
    down = max((ceil(-log2(one)) for one in ends if one < 1), default=1)
    up = max((ceil(log2(one)) for one in ends if one > 1), default=1)
    return min(max(down, 1), WIDEST), min(max(up, 1), WIDEST)


def _x(lift: float, reach: Reach) -> float:
    down, up = reach
    at = -down if lift <= 0 else up if lift == float("inf") else min(max(log2(lift), -down), up)
    return round(LEFT + (at + down) * (WIDTH - LEFT - RIGHT) / (down + up), 1)


def _grid(reach: Reach, height: int) -> Markup:
    line = Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}">{}</text>')
    drawn = []
    down, up = reach
    every = 2 if down + up > 6 else 1
    for step in range(-down, up + 1):
        label = "" if step % every else f"{2**step}×" if step >= 0 else f"1/{2**-step}×"
        x = _x(2.0**step, reach)
        drawn.append(line.format("zero" if step == 0 else "grid", x, x, TOP - 8, height - 4, x, TOP - 14, label))
    return Markup("").join(drawn)


def _row(row: Lift, y: float, reach: Reach) -> Markup:
    name = Markup('<text class="name" style="font-weight:500" x="0" y="{}">{}</text>').format(y + 5, row.name)
    says = Markup('<text class="says" x="{}" y="{}">{}</text>').format(WIDTH - RIGHT + 22, y + 5, row.says)
    if row.value is None or row.low is None or row.high is None:
        return name + says
    kind = "for" if row.low > 1 else "against" if row.high < 1 else "nothing"
    shape = Markup(
        '<line style="stroke:{0};stroke-width:3" x1="{1}" x2="{2}" y1="{3}" y2="{3}"/>'
        '<circle style="fill:{0};stroke:var(--paper);stroke-width:1.5" cx="{4}" cy="{3}" r="6"/>'
    )
    whiskers = shape.format(INK[kind], _x(row.low, reach), _x(row.high, reach), y, _x(row.value, reach))
    return name + whiskers + _arrows(row, y, reach, INK[kind]) + says


def _arrows(row: Lift, y: float, reach: Reach, ink: str) -> Markup:
    """An arrow where an interval goes on beyond the scale."""
    arrow = Markup('<path style="fill:{}" d="M{} {}l{} -6v12z"/>')
    low, high = row.low or 0.0, row.high or 0.0
    left = arrow.format(ink, _x(0.0, reach) - 8, y, 9) if low < 2.0 ** -reach[0] else Markup()
    right = arrow.format(ink, _x(float("inf"), reach) + 8, y, -9) if high > 2.0 ** reach[1] else Markup()
    return left + right


def _rounded_up(share: float) -> float:
    return next(
        (one for one in (0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8) if share <= one), 1.0
    )


def _place(day: float, share: float, last: int, top: float) -> tuple[float, float]:
    wide, high = WIDTH - CURVE_LEFT - CURVE_RIGHT, CURVE_HEIGHT - CURVE_TOP - CURVE_BOTTOM
    return round(CURVE_LEFT + day / last * wide, 1), round(CURVE_TOP + high * (1 - min(share / top, 1.0)), 1)


def _frame_of(last: int, top: float) -> Markup:
    line = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>')
    tick = Markup('<text class="tick" x="{}" y="{}">{}</text>')
    side = Markup('<text class="tick" style="text-anchor:end" x="{}" y="{}">{}</text>')
    drawn = []
    for part in range(5):
        x, y = _place(0, top * part / 4, last, top)
        drawn += [line.format(x, WIDTH - CURVE_RIGHT, y, y), side.format(x - 7, y + 4, f"{top * part / 4:.1%}")]
    for day in range(0, last + 1, 10 if last <= 120 else 30):
        x, y = _place(day, 0, last, top)
        drawn.append(tick.format(x, y + 20, f"{day} days" if day == 0 else day))
    return Markup("").join(drawn)


def _band(line: Line, last: int, top: float) -> Markup:
    upper = [_place(day, high, last, top) for day, high in zip(line.days, line.highs, strict=True)]
    lower = [_place(day, low, last, top) for day, low in zip(line.days, line.lows, strict=True)]
    points = " ".join(f"{x},{y}" for x, y in [*upper, *reversed(lower)])
    return Markup('<polygon style="fill:{};opacity:.16" points="{}"/>').format(COLOURS[line.side], points)


def _curve(line: Line, last: int, top: float, beside: int) -> Markup:
    points = " ".join("{},{}".format(*_place(day, share, last, top)) for day, share in zip(line.days, line.shares, strict=True))
    dashes = "" if line.side == "fired" else ";stroke-dasharray:6 4"
    x, y = _place(line.days[-1], line.shares[-1], last, top)
    drawn = Markup('<polyline style="fill:none;stroke:{};stroke-width:2.5{}" points="{}"/>').format(
        COLOURS[line.side], dashes, points
    )
    named = Markup('<text class="says" style="text-anchor:end" x="{}" y="{}">{}</text>')
    return drawn + named.format(
        x - 4, min(max(y + beside, 12), CURVE_HEIGHT - CURVE_BOTTOM - 4), f"{line.name} {line.shares[-1]:.1%}"
    )
