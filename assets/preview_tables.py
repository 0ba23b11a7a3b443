"""A preview in the terminal: the tables of the page, cut to what fits a screen."""

from rich.console import Console

from assets.preview_run import Preview
from assets.screen import print_table
from pipelines.reports.page import TableBlock
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
    sizes_block,
    triggers_block,
)
from pipelines.reports.preview_page import changed_audiences

MOST_ROWS, MOST_FUNNELS = 15, 2


def show_preview(out: Console, told: Preview, seconds: float) -> None:
    """Print what changes. What is left out is said, and is in --out and --html."""
    out.print(f"{told.day}, as published, against the changed policy. Nothing was published.", style="bold", soft_wrap=True)
    frames = told.frames
    _show(out, changed_block(told.values))
    out.print(f"computed anew in {seconds:.1f} s: {', '.join(told.made) or 'nothing'}", soft_wrap=True)
    if told.made_twice:
        out.print(
            "before, too: the day was published by another version of the code, so both sides are of this one", soft_wrap=True
        )
    _show(out, sizes_block(frames["sizes"]), most=100)
    if told.moved.is_empty():
        out.print("Nobody enters, leaves or changes the cell.")
    else:
        _show(out, causes_block(frames["causes"]))
        _show(out, cells_block(frames["cells"]))
    if frames["intent_tiers"].filter(frames["intent_tiers"]["from_tier"] != frames["intent_tiers"]["to_tier"]).height:
        _show(out, intent_block(frames["intent_tiers"]))
    changing = frames["triggers"].filter((frames["triggers"]["entered"] > 0) | (frames["triggers"]["left"] > 0))
    if changing.height:
        _show(out, triggers_block(changing))
    _rest(out, told)


def _rest(out: Console, told: Preview) -> None:
    frames = told.frames
    named = changed_audiences(frames)
    for audience in named[:MOST_FUNNELS]:
        _show(out, funnel_block(frames["funnel"], audience), most=100)
        _show(out, channels_block(frames["channels"], audience), most=100)
    if len(named) > MOST_FUNNELS:
        out.print(f"… and the ways of {', '.join(named[MOST_FUNNELS:])}: see --html or --out", soft_wrap=True)
    if named or told.values:
        concerned = frames["overlaps"].filter(
            frames["overlaps"]["left_audience"].is_in(named) | frames["overlaps"]["right_audience"].is_in(named)
        )
        _show(out, overlaps_block(concerned))
        if "reach" in frames:
            _show(out, reach_block(frames["reach"]))
        _show(out, budget_block(frames["budget"].filter(frames["budget"]["by"] == "segment")))


def _show(out: Console, block: TableBlock, most: int = MOST_ROWS) -> None:
    if block.rows:
        print_table(out, block, most)
