"""The tables of a preview, each from one frame of preview_figures. Cells are text, but for columns of bars."""

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup

from pipelines.audiences.preview_figures import side_by_side
from pipelines.reports.page import TableBlock, code, in_words, mark, number
from pipelines.reports.preview_words import TOTALS, cause_in_words, channel_step_in_words, step_in_words

_PEOPLE = ("Before", "After", "Change", "Enter", "Leave")
_BAR = (
    '<span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    '<rect width="100" height="10" fill="#e8edf2"/>{}</svg>{}</span>'
)
_CHANNEL_STEPS = pl.Enum(["planned", "lost", "held", "held_back", "addressed"])
_STEPS = pl.Enum(["candidates", "rule", "exclusion", "arbitration", "members", "held_back", "no_channel", "addressed"])


def changed_block(changed: Sequence[tuple[str, str, str]], note: str = "") -> TableBlock:
    """The values of the policy that differ."""
    rows = list(changed) or [("nothing", "", "")]
    return TableBlock("What the policy says otherwise", ("Value", "Before", "After"), rows, note=note)


def sizes_block(sizes: pl.DataFrame) -> TableBlock:
    """People per audience before and after, those of no people on either side left out, with both as bars."""
    rows, most = [], _most(sizes)
    for row in sizes.filter(pl.col("is_running_before") | pl.col("is_running_after")).iter_rows(named=True):
        state = {(False, True): " (new or on)", (True, False): " (off)"}.get(
            (row["is_running_before"], row["is_running_after"]), ""
        )
        rows.append((row["audience"] + state, *_people(row), _two_bars(row["before"] / most, row["after"] / most)))
    heads = ("Audience", *_PEOPLE, "Before over after")
    return TableBlock("People per audience", heads, rows, numeric=(1, 2, 3, 4, 5), bars=(6,))


def cells_block(cells: pl.DataFrame, *, all_of_them: bool = False) -> TableBlock:
    """People per cell; only those that change, unless all are asked for."""
    shown = cells if all_of_them else _changing(cells)
    rows = [(code(row["cell"]), row["audience"], *_people(row)) for row in shown.iter_rows(named=True)]
    note = f"{cells.height - shown.height} cells do not change." if shown.height < cells.height else ""
    return TableBlock("People per cell", ("Cell", "Audience", *_PEOPLE), rows, numeric=(2, 3, 4, 5, 6), note=note)


def causes_block(causes: pl.DataFrame) -> TableBlock:
    """Who enters, leaves or changes the cell, counted by cause. The data are the same on both sides."""
    order = pl.Enum(["enter", "leave", "move"])
    ordered = causes.sort(
        "people", pl.col("change").cast(order), "audience", descending=[True, False, False], maintain_order=True
    )
    rows = [
        (row["audience"], {"enter": "enter", "leave": "leave", "move": "change the cell"}[row["change"]], number(row["people"]),
         cause_in_words(row["change"], row["cause"], row["what"], row["other"]))
        for row in ordered.iter_rows(named=True)
    ]  # fmt: skip
    return TableBlock("Who enters and who leaves, and why", ("Audience", "People who", "People", "Because"), rows, numeric=(2,))


def funnel_block(funnel: pl.DataFrame, audience: str) -> TableBlock:
    """From everybody to the addressed, for one audience: each loss once, before and after. Steps without a loss are left out."""
    mine = funnel.filter(pl.col("audience") == audience)
    sides = side_by_side(mine, ["step", "name", "winner"], ["lost", "remaining"])
    rows: list[tuple[object, ...]] = []
    left = {side: _first(mine, side) for side in ("before", "after")}
    for row in sides.sort(pl.col("step").cast(_STEPS), maintain_order=True).iter_rows(named=True):
        lost = {side: row[f"lost_{side}"] or 0 for side in left}
        is_total = row["step"] in TOTALS
        if not (is_total or any(lost.values())):
            continue
        share = 1 - lost["after"] / left["after"] if left["after"] and row["step"] != "candidates" else None
        left = {side: None if people is None else people - lost[side] for side, people in left.items()}
        words = step_in_words(row["step"], row["name"], row["winner"])
        losses = ("", "") if is_total else tuple(number(None if left[side] is None else lost[side]) for side in left)
        rows.append((words, *losses, *(number(one) for one in left.values()), _kept(share)))
    heads = ("Step", "Lost before", "Lost after", "Left before", "Left after", "Kept of the step before")
    return TableBlock(f"How {audience} comes about", heads, rows, numeric=(1, 2, 3, 4), bars=(5,))


def channels_block(channels: pl.DataFrame, audience: str) -> TableBlock:
    """Each channel of one audience, from whom it is planned for to whom it addresses: who took it, by which rule."""
    mine = channels.filter(pl.col("audience") == audience)
    sides = side_by_side(mine, ["channel", "step", "name", "winner"], ["lost", "remaining"])
    rows: list[tuple[object, ...]] = []
    for (channel,), steps in sides.group_by("channel", maintain_order=True):
        left: dict[str, int | None] = {}
        for row in steps.sort(pl.col("step").cast(_CHANNEL_STEPS), maintain_order=True).iter_rows(named=True):
            is_total = row["step"] in TOTALS
            for side in ("before", "after"):
                if row["step"] == "planned":
                    left[side] = row[f"remaining_{side}"]
                elif (people := left[side]) is not None:
                    left[side] = people - (row[f"lost_{side}"] or 0)
            losses = ("", "") if is_total else tuple(number(row[f"lost_{side}"] or 0) for side in left)
            words = channel_step_in_words(row["step"], row["name"], row["winner"])
            name = in_words(str(channel)) if row["step"] == "planned" else ""
            rows.append((name, words, *losses, *(number(one) for one in left.values())))
    heads = ("Channel", "Step", "Lost before", "Lost after", "Left before", "Left after")
    return TableBlock(f"Channels of {audience}: who has them, and who took them", heads, rows, numeric=(2, 3, 4, 5))


def _first(funnel: pl.DataFrame, side: str) -> int | None:
    """People at the top of a side's funnel; None where the audience does not run on that side."""
    found = funnel.filter((pl.col("side") == side) & (pl.col("step") == "candidates"))["remaining"]
    return int(found[0]) if found.len() else None


def intent_block(tiers: pl.DataFrame) -> TableBlock:
    """People by tier of intent, before in rows and after in columns."""
    names = ("hot", "warm", "cold", "none")
    counts = {(row[0], row[1]): row[2] for row in tiers.iter_rows()}
    rows = [
        (in_words(before), *(number(counts.get((before, after), 0)) for after in names),
         number(sum(counts.get((before, after), 0) for after in names)))
        for before in names
    ]  # fmt: skip
    sums = [sum(counts.get((before, after), 0) for before in names) for after in names]
    rows.append(("All after", *(number(one) for one in sums), number(sum(sums))))
    heads = ("Intent before", *(f"{in_words(name)} after" for name in names), "All before")
    return TableBlock("People by tier of intent", heads, rows, numeric=(1, 2, 3, 4, 5))


def tiers_block(tiers: pl.DataFrame) -> TableBlock:
    """Members per tier of their audience's score."""
    rows = [(row["audience"], row["tier"], *_people(row)) for row in tiers.iter_rows(named=True)]
    return TableBlock("Members by tier of score", ("Audience", "Tier", *_PEOPLE), rows, numeric=(2, 3, 4, 5, 6))


def triggers_block(triggers: pl.DataFrame) -> TableBlock:
    """Moments in force per trigger."""
    rows = [(in_words(row["trigger"]), *_people(row)) for row in triggers.iter_rows(named=True)]
    return TableBlock("Moments in force, by trigger", ("Trigger", *_PEOPLE), rows, numeric=(1, 2, 3, 4, 5))


def overlaps_block(overlaps: pl.DataFrame) -> TableBlock:
    """People who meet the rules of two audiences, before arbitration gives each to one."""
    rows = [
        (
            row["left_audience"],
            row["right_audience"],
            number(row["before"]),
            number(row["after"]),
            _signed(row["after"] - row["before"]),
        )
        for row in overlaps.iter_rows(named=True)
    ]
    heads = ("Audience", "And", "Before", "After", "Change")
    return TableBlock("People who meet the rules of both, before arbitration", heads, rows, numeric=(2, 3, 4))


def reach_block(reach: pl.DataFrame) -> TableBlock:
    """What each platform could match, over its cells, and how many cells have enough people."""
    rows = []
    for (platform,), mine in sorted(reach.group_by("platform"), key=lambda one: str(one[0])):
        sides = [mine.filter(pl.col("side") == side) for side in ("before", "after")]
        figures = [number(int(one[name].sum())) for name in ("members", "allowed", "matchable") for one in sides]
        enough = [f"{int(one['is_enough'].sum())} of {one.height}" for one in sides]
        rows.append((in_words(str(platform)), *figures, *enough, number(mine.select(pl.max("minimum")).item() or 0)))
    of = ("Members", "Allowed", "Matchable", "Cells with enough")
    heads = ("Platform", *(f"{name} {side}" for name in of for side in ("before", "after")), "Fewest in a cell")
    note = "Allowed: by the consent gate, the plan and the arm. Matchable: with an identifier that the platform takes."
    return TableBlock("Reach per platform", heads, rows, numeric=tuple(range(1, 10)), note=note)


def reach_cells_block(reach: pl.DataFrame, *, all_of_them: bool = False) -> TableBlock:
    """Matchable people per platform and cell against the fewest that are sent; only what changes, unless all are asked for."""
    sides = side_by_side(reach, ["platform", "cell", "minimum"], ["members", "matchable", "is_enough"]).sort("platform", "cell")
    changing = pl.col("members_before").ne_missing(pl.col("members_after")) | pl.col("matchable_before").ne_missing(
        pl.col("matchable_after")
    )
    rows = [
        (code(row["cell"]), in_words(row["platform"]), number(row["matchable_before"] or 0), number(row["matchable_after"] or 0),
         number(row["minimum"]), _enough(row["is_enough_before"], row["is_enough_after"]))
        for row in (sides if all_of_them else sides.filter(changing)).iter_rows(named=True)
    ]  # fmt: skip
    heads = ("Cell", "Platform", "Matchable before", "Matchable after", "Fewest", "Enough after")
    return TableBlock("Matchable people per cell", heads, rows, numeric=(2, 3, 4))


def budget_block(budget: pl.DataFrame) -> TableBlock:
    """What the plan spends per member and year."""
    sides = side_by_side(budget, ["segment", "by", "name"], ["usd_per_year", "members", "usd_per_member"])
    rows = []
    for row in sides.iter_rows(named=True):
        what = in_words(row["segment"]) if row["by"] == "segment" else f"{in_words(row['segment'])}, {row['by']} {row['name']}"
        figures = [number(row[f"members_{side}"] or 0) for side in ("before", "after")]
        each = [_money(row[f"usd_per_member_{side}"]) for side in ("before", "after")]
        rows.append((what, number(row["usd_per_year_after"], "US dollars"), *figures, *each))
    heads = ("Budget", "A year", "Members before", "Members after", "Per member before", "Per member after")
    return TableBlock("Budget of the plan per member and year", heads, rows, numeric=(1, 2, 3, 4, 5))


def _changing(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter((pl.col("entered") > 0) | (pl.col("left") > 0))


def _people(row: dict[str, int]) -> tuple[str, ...]:
    change = _signed(row["after"] - row["before"])
    return number(row["before"]), number(row["after"]), change, number(row["entered"]), number(row["left"])


def _signed(change: int) -> str:
    return f"{change:+,}".replace("-", "−") if change else "0"


def _money(value: float | None) -> str:
    return "–" if value is None else f"${value:,.2f}" if value < 100 else f"${value:,.0f}"


def _most(frame: pl.DataFrame) -> int:
    return max([1, *frame["before"], *frame["after"]])


def _enough(before: bool | None, after: bool | None) -> object:
    if after is None:
        return mark("no members", "plain")
    if after == bool(before):
        return mark("enough", "good") if after else mark("too few", "plain")
    return mark("now enough", "good") if after else mark("now too few", "bad")


def _two_bars(before: float, after: float) -> Markup:
    """Before above, after below, as shares of the largest."""
    bars = Markup('<rect width="{}" height="4" y="0.5" fill="#8795a3"/><rect width="{}" height="4" y="5.5" fill="#5b8db8"/>')
    return Markup(_BAR).format(bars.format(round(100 * before, 1), round(100 * after, 1)), Markup(""))


def _kept(share: float | None) -> Markup | str:
    if share is None:
        return ""
    kept = Markup('<rect width="{}" height="10" fill="#5b8db8"/>').format(round(100 * share, 1))
    words = "100%" if share == 1 else ">99%" if share >= 0.995 else f"{share:.0%}"
    return Markup(_BAR).format(kept, Markup("<b>{}</b>").format(words))
