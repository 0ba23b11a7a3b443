"""The page of two days compared: sizes, who entered and left and why, cells, and what else changed. Nobody's name or id."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from markupsafe import Markup

from pipelines.reports.audience_words import CAUSES
from pipelines.reports.page import Block, Card, Section, TableBlock, code, counted, in_words, long_date, number, page
from schemas.policy import Policy

ORDER = ("data", "decay", "expiry", "identity", "arbitration", "rule", "consent", "untold")
WAYS = {"enter": "Enter", "leave": "Leave"}
WIDTH, ROW, TOP, LEFT, BAR = 760, 30, 26, 250, 16
MOST_VALUES = 60


def diff_page(
    days: tuple[date, date], policy: Policy, frames: Mapping[str, pl.DataFrame], changed: Sequence[tuple[str, str, str]]
) -> str:
    """The page as HTML. `frames` are those of audiences.diff.figures; `changed` holds path, before and after of policy values."""
    title = f"Audiences: {long_date(days[0])} to {long_date(days[1])}"
    subtitle = f"{policy.group.title} · policy {policy.policy_hash[:12]}"
    stayed = [Block((others_block(frames["others"]),))]
    sections = [
        Section("sizes", "Sizes", "", [Block((sizes_block(frames["sizes"]),))]),
        Section("causes", "Why", "Each person counts once, under one cause.", _causes(frames["causes"])),
        Section("cells", "Cells", "As platforms know them.", [Block((cells_block(frames["cells"]),)), *_moves(frames["moves"])]),
        Section("others", "Members who stayed", "With another tier, arm, place, message or channel.", stayed),
        Section("policy", "Policy", "", [Block((policy_block(changed),))]),
    ]  # fmt: skip
    foot = "Before + entered - left + moved in - moved out = after, for every cell. Counts of people only."
    return page(title, subtitle, sections, _cards(frames["sizes"]), foot)


def sizes_block(sizes: pl.DataFrame) -> TableBlock:
    """People per audience on both days."""
    rows = [(row["audience"], *_people(row)) for row in sizes.iter_rows(named=True)]
    heads = ("Audience", "Before", "After", "Change", "Entered", "Left")
    return TableBlock("People per audience", heads, rows, numeric=(1, 2, 3, 4, 5))


def causes_block(causes: pl.DataFrame) -> TableBlock:
    """Entries and exits by cause and rule."""
    ordered = causes.sort("change", "people", "audience", "cause", "rule", descending=[False, True, False, False, False])
    rows = [
        (WAYS[row["change"]], row["audience"], number(row["people"]), cause_in_words(row["cause"]), row["rule"] or "–")
        for row in ordered.iter_rows(named=True)
    ]
    heads = ("Who", "Audience", "People", "Because", "Rule")
    return TableBlock("Who entered and who left, and why", heads, rows, numeric=(2,))


def cells_block(cells: pl.DataFrame) -> TableBlock:
    """People per cell on both days; cells in which nobody changes are left out."""
    parts = ("entered", "left", "moved_in", "moved_out")
    shown = cells.filter(pl.sum_horizontal(parts) > 0)
    rows = [
        (code(row["cell"]), row["audience"], *_people(row), number(row["moved_in"]), number(row["moved_out"]))
        for row in shown.iter_rows(named=True)
    ]
    note = f"{counted(cells.height - shown.height, 'cell')} with nobody who came or went." if shown.height < cells.height else ""
    heads = ("Cell", "Audience", "Before", "After", "Change", "Entered", "Left", "Moved in", "Moved out")
    return TableBlock("People per cell", heads, rows, numeric=tuple(range(2, 9)), note=note)


def moves_block(moves: pl.DataFrame) -> TableBlock:
    """Members who changed the cell within their audience."""
    rows = [
        (row["audience"], code(row["cell_before"]), code(row["cell_after"]), number(row["people"]))
        for row in moves.iter_rows(named=True)
    ]
    return TableBlock("Members who changed the cell", ("Audience", "From", "To", "People"), rows, numeric=(3,))


def others_block(others: pl.DataFrame) -> TableBlock:
    """Members of both days with another tier, arm, place, message or channel."""
    rows = [
        (row["audience"], in_words(row["what"]), row["from"] or "–", row["to"] or "–", number(row["people"]))
        for row in others.iter_rows(named=True)
    ]
    heads = ("Audience", "What", "From", "To", "People")
    return TableBlock("What else changed for members", heads, rows or [("nobody", "", "", "", "0")], numeric=(4,))


def policy_block(changed: Sequence[tuple[str, str, str]]) -> TableBlock:
    """The values of the policy that differ between the days."""
    rows = list(changed[:MOST_VALUES]) or [("nothing", "", "")]
    note = f"And {len(changed) - MOST_VALUES} more values." if len(changed) > MOST_VALUES else ""
    return TableBlock("What the policy says otherwise", ("Value", "Before", "After"), rows, note=note)


def cause_in_words(cause: str) -> str:
    """A cause for people."""
    return CAUSES.get(cause, in_words(cause))


def causes_chart(causes: pl.DataFrame) -> Markup:
    """Entries to the right and exits to the left of a line, one row per cause."""
    by = causes.group_by("cause", "change").agg(pl.col("people").sum())
    counts = {(cause, change): people for cause, change, people in by.iter_rows()}
    named = [*ORDER, *sorted({cause for cause, _ in counts} - set(ORDER))]
    shown = [cause for cause in named if (cause, "enter") in counts or (cause, "leave") in counts]
    most = max(counts.values(), default=1)
    middle, half = LEFT + (WIDTH - LEFT) / 2, (WIDTH - LEFT) / 2 - 60
    parts = [_text(middle - 8, TOP - 10, "left", "end"), _text(middle + 8, TOP - 10, "entered", "start")]
    for place, cause in enumerate(shown):
        y = TOP + ROW * place
        parts.append(_text(LEFT - 8, y + 13, cause_in_words(cause), "end"))
        for change, sign in (("leave", -1), ("enter", 1)):
            people = counts.get((cause, change), 0)
            width = round(half * people / most, 1)
            x = middle if sign > 0 else middle - width
            colour = "var(--for)" if sign > 0 else "var(--against)"
            parts.append(
                Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(round(x, 1), y, width, BAR, colour)
            )
            if people:
                parts.append(_text(middle + sign * (width + 6), y + 13, number(people), "start" if sign > 0 else "end"))
    height = TOP + ROW * len(shown) + 4
    line = Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="var(--soft)"/>').format(middle, TOP - 6, height)
    head = Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}">'
        '<svg class="wf" style="min-width:600px" role="img" aria-label="{0}" viewBox="0 0 {1} {2}">'
    ).format("Entries and exits by cause", WIDTH, height)
    return head + Markup("").join([*parts, line]) + Markup("</svg></div>")


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    drawn = Markup('<text x="{}" y="{}" text-anchor="{}" font-size="13" fill="currentColor">{}</text>')
    return drawn.format(round(x, 1), y, anchor, words)


def _causes(causes: pl.DataFrame) -> list[Block]:
    if causes.is_empty():
        return [Block(text="Nobody entered or left.")]
    return [Block(figure=causes_chart(causes)), Block((causes_block(causes),))]


def _moves(moves: pl.DataFrame) -> list[Block]:
    return [Block((moves_block(moves),))] if moves.height else []


def _people(row: Mapping[str, int]) -> tuple[str, ...]:
    change = row["after"] - row["before"]
    return (
        number(row["before"]),
        number(row["after"]),
        f"{change:+,}" if change else "0",
        number(row["entered"]),
        number(row["left"]),
    )


def _cards(sizes: pl.DataFrame) -> list[Card]:
    cards = []
    for (segment,), mine in sorted(sizes.group_by("segment"), key=lambda one: str(one[0])):
        before, after, entered, left = (int(mine[name].sum()) for name in ("before", "after", "entered", "left"))
        lines = (f"{number(before)} before", f"{entered:,} entered, {left:,} left")
        cards.append(Card(in_words(str(segment)), number(after), lines))
    return cards
