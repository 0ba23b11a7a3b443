"""A line of sizes by day, small for a table or large with its ends written. Plain SVG in the colours of the style sheet."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

SMALL, LARGE = (120, 26), (560, 120)
EDGE = 4


def sparkline(told: Sequence[tuple[date, int]], title: str, *, is_large: bool = False) -> Markup:
    """Sizes by day from 0 up; one day is a dot. Nothing where no day is told."""
    if not told:
        return Markup()
    width, height = LARGE if is_large else SMALL
    first, last = told[0][0].toordinal(), told[-1][0].toordinal()
    most = max(1, *(size for _, size in told))
    spots = [
        (
            EDGE + (width - 2 * EDGE) * ((day.toordinal() - first) / (last - first) if last > first else 1.0),
            height - EDGE - (height - 2 * EDGE) * size / most,
        )
        for day, size in told
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    says = f"{title}: {told[0][1]:,} on {told[0][0]}, {told[-1][1]:,} on {told[-1][0]}, at most {most:,}"
    line = Markup('<polyline points="{}" fill="none" stroke="#5b8db8" stroke-width="2"/>').format(path)
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="#5b8db8"/>').format(*spots[-1])
    drawn = Markup('<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" style="max-width:100%;height:auto">{}{}</svg>')
    small = drawn.format(says, width, height, width, line, dot)
    if not is_large:
        return small
    return small + Markup('<p class="note">{}</p>').format(says)
