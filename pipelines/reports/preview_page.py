"""The page of a preview: what a changed policy would do to the audiences of a day. Figures only, nobody's name or id."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from pipelines.reports.page import Block, Card, Section, TableBlock, counted, in_words, long_date, number, page
from pipelines.reports.preview_blocks import (
    budget_block,
    causes_block,
    cells_block,
    changed_block,
    channels_block,
    funnel_block,
    intent_block,
    overlaps_block,
    reach_block,
    reach_cells_block,
    sizes_block,
    tiers_block,
    triggers_block,
)
from schemas.policy import Policy

MOST_VALUES = 60


def preview_page(
    day: date, policy: Policy, frames: Mapping[str, pl.DataFrame], changed: Sequence[tuple[str, str, str]], made: Sequence[str]
) -> str:
    """The page as HTML. `frames` are those of preview_figures, and `reach` where it was computed.

    `policy` is the changed one; `changed` holds path, before and after of each value that differs; `made` names the tables made.
    """
    sections = [
        Section("changed", "What was changed", "", [Block((_changed(changed, made),))]),
        Section("sizes", "Sizes", "Grey: before. Blue: after.", [Block((sizes_block(frames["sizes"]),))]),
        Section(
            "causes", "Who moves and why", "The data are the same on both sides.", [Block((causes_block(frames["causes"]),))]
        ),
        Section("cells", "Cells", "As platforms know them.", _cells(frames["cells"])),
        Section(
            "funnel", "From everybody to the addressed", "Each loss is counted once: lost and left add up.", _funnels(frames)
        ),
        Section("signals", "Tiers and triggers", "", _signals(frames)),
        Section("overlap", "Overlap", "", [Block((overlaps_block(frames["overlaps"]),))]),
        *([Section("reach", "Reach", "Before anything is sent.", _reach(frames["reach"]))] if "reach" in frames else []),
        Section("budget", "Budget", "", [Block((budget_block(frames["budget"]),))]),
    ]
    subtitle = f"{policy.group.title} · people and signals of {long_date(day)} · policy {policy.policy_hash[:12]}"
    foot = "Nothing was published. Counts of people; who they are is written only where --people asks for it."
    return page("Preview of a changed policy", subtitle, sections, _cards(frames["sizes"]), foot)


def changed_audiences(frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """Audiences whose funnel, or that of one of their channels, differs between the sides, in alphabetical order."""
    shared = ["audience", "step", "name", "winner", "lost", "remaining"]
    found: set[str] = set()
    for name, key in (("funnel", shared), ("channels", ["channel", *shared])):
        sides = [frames[name].filter(pl.col("side") == side).select(key) for side in ("before", "after")]
        for at in (0, 1):
            found |= set(sides[at].join(sides[1 - at], on=key, how="anti", nulls_equal=True)["audience"])
    return sorted(found)


def _cards(sizes: pl.DataFrame) -> list[Card]:
    cards = []
    for (segment,), mine in sorted(sizes.group_by("segment"), key=lambda one: str(one[0])):
        before, after, entered, left = (int(mine[name].sum()) for name in ("before", "after", "entered", "left"))
        cards.append(
            Card(in_words(str(segment)), number(after), (f"{number(before)} before", f"{entered:,} enter, {left:,} leave"))
        )
    return cards


def _changed(changed: Sequence[tuple[str, str, str]], made: Sequence[str]) -> TableBlock:
    note = f"Computed anew: {', '.join(made)}." if made else "Nothing had to be computed anew."
    if len(changed) > MOST_VALUES:
        note = f"And {len(changed) - MOST_VALUES} more values. {note}"
    return changed_block(changed[:MOST_VALUES], note)


def _cells(cells: pl.DataFrame) -> list[Block]:
    every = cells_block(cells, all_of_them=True)
    folded = TableBlock(f"All {counted(cells.height, 'cell')}", every.heads, every.rows, every.numeric)
    return [Block((cells_block(cells),)), Block((folded,), fold=True)]


def _funnels(frames: Mapping[str, pl.DataFrame]) -> list[Block]:
    changed, funnel = changed_audiences(frames), frames["funnel"]
    others = sorted(set(funnel["audience"]) - set(changed))
    channels = frames["channels"]
    blocks = [Block((part,)) for one in changed for part in (funnel_block(funnel, one), channels_block(channels, one))]
    same = [part for one in others for part in (funnel_block(funnel, one), channels_block(channels, one))]
    text = "" if changed else "No audience comes about otherwise than before."
    return [*blocks, Block(same, "Audiences that come about as before" if same else "", text, fold=True)]


def _signals(frames: Mapping[str, pl.DataFrame]) -> list[Block]:
    return [
        Block((intent_block(frames["intent_tiers"]),)),
        Block((tiers_block(frames["member_tiers"]),)),
        Block((triggers_block(frames["triggers"]),)),
    ]


def _reach(reach: pl.DataFrame) -> list[Block]:
    every = reach_cells_block(reach, all_of_them=True)
    folded = TableBlock("All cells of all platforms", every.heads, every.rows, every.numeric)
    return [Block((reach_block(reach),)), Block((reach_cells_block(reach),)), Block((folded,), fold=True)]
