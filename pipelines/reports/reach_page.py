"""What platforms could find of each list, why some are too small, what the breaker holds back, how often people saw us."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from markupsafe import Markup

from pipelines.reports.page import Block, Card, Section, TableBlock, code, counted, in_words, long_date, mark, number, page
from schemas.policy import Policy

TABLES = ("reach", "reach_target", "reach_frequency", "breaker", "breaker_release")
SHADE = {"enough": "good", "met": "good", "possible": "plain", "uncertain": "plain", "no_target": "plain", "nobody": "plain"}
_BAR = '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>'


def reach_page(day: date, policy: Policy, frames: Mapping[str, pl.DataFrame]) -> str:
    """The page of a day as HTML. `frames` holds TABLES; platforms that are switched off are shown as what they would find."""
    reach = frames["reach"]
    on = {name for name, one in policy.channels.platforms.items() if one.is_on}
    blocked = frames["breaker"].filter(pl.col("is_blocked"))
    sections = [
        *([_blocked(blocked, frames["breaker"])] if blocked.height else []),
        Section("targets", "Against the plan", "Of all whom the rules mean.", (Block((_targets(frames["reach_target"]),)),)),
        Section("platforms", "By platform", "Lists that are sent, and people in them.", (Block((_platforms(reach, on),)),)),
        Section("small", "Too small, and why", "What is missing, and what would mend it.", (Block((_small(reach, on),)),)),
        Section("cells", "Every cell", "Matchable by identifier, and found as an interval.", (Block(_cells(reach), fold=True),)),
        Section("frequency", "How often people saw us", "In 365 days.", (Block((_frequency(frames["reach_frequency"]),)),)),
        Section("breaker", "The circuit breaker", "Figures against their limits.", _breaker(frames)),
    ]
    foot = (
        "Counted on the day's audiences before anything was sent. A share found is the platform's own report where it gives one."
    )
    return page(f"Reach of {long_date(day)}", _title(reach, on, blocked), sections, _cards(reach, on, blocked), foot)


def _title(reach: pl.DataFrame, on: set[str], blocked: pl.DataFrame) -> str:
    if blocked.height:
        return f"{counted(blocked.select('platform', 'cell').unique().height, 'list')} held back"
    small = reach.filter(pl.col("platform").is_in(list(on)) & (pl.col("verdict").cast(pl.String) == "not_sent"))
    if small.height:
        return f"{counted(small.height, 'cell')} too small to be sent"
    doubtful = _wanted(reach, on).filter(~pl.col("is_enough")).height
    return f"{counted(doubtful, 'cell')} may be too small for a platform" if doubtful else "Every list is large enough"


def _cards(reach: pl.DataFrame, on: set[str], blocked: pl.DataFrame) -> tuple[Card, ...]:
    mine = _wanted(reach, on)
    enough = mine.filter(pl.col("is_enough"))
    missing = mine.filter(~pl.col("is_enough"))
    return (
        Card("Platforms on", number(len(on)), (f"{reach['platform'].n_unique()} are counted",)),
        Card("Cells large enough", f"{enough.height} of {mine.height}", (f"{missing.height} are not",)),
        Card("Pooled cells", number(mine["sent_as"].drop_nulls().len()), ("sent with their neighbours",)),
        Card("Held back", number(blocked.height), ("figures over a limit that blocks",)),
    )


def _wanted(reach: pl.DataFrame, on: set[str]) -> pl.DataFrame:
    """Cells of platforms that are on, of which somebody may go there."""
    return reach.filter(pl.col("platform").is_in(list(on)) & (pl.col("verdict").cast(pl.String) != "nobody"))


def _blocked(blocked: pl.DataFrame, breaker: pl.DataFrame) -> Section:
    rows = [(code(row["platform"]), code(row["cell"]), row["says"]) for row in blocked.iter_rows(named=True)]
    counts = breaker.filter(pl.col("figure") == "withheld").group_by("subject").agg(pl.col("value").sum()).sort("subject")
    told = ", ".join(f"{subject} {int(value):,}" for subject, value in counts.iter_rows())
    note = f"Withheld: {told or 'nothing'}. Opt-outs, deletions and ended licences went."
    table = TableBlock("Held as they were", ("Platform", "List", "Why, and what to do"), rows, note=note)
    return Section("blocked", "What is held back today", "The last good lists stay live.", (Block((table,)),))


def _targets(targets: pl.DataFrame) -> TableBlock:
    rows = [
        (
            code(row["platform"]), in_words(row["segment"]), number(row["universe"]), number(row["members"]),
            number(row["matchable"]), _interval(row["matched_low"], row["matched_high"]),
            _shares(row["share_low"], row["share_high"]), _shares(row["target_low"], row["target_high"]),
            _marked(row["verdict"]), row["says"],
        )
        for row in targets.iter_rows(named=True)
    ]  # fmt: skip
    heads = ("Platform", "Segment", "Meant", "Members", "Matchable and sent", "Found", "Share found", "Target", "Verdict", "Why")
    return TableBlock("Found of all who are meant", heads, rows, numeric=(2, 3, 4, 5, 6, 7))


def _platforms(reach: pl.DataFrame, on: set[str]) -> TableBlock:
    rows = []
    for (name,), mine in sorted(reach.group_by("platform"), key=lambda one: str(one[0])):
        sent = mine.filter(pl.col("verdict").cast(pl.String).is_in(["enough", "uncertain", "too_small"]))
        lists = sent.select(pl.coalesce("sent_as", "cell")).to_series().n_unique()
        state = mark("on", "good") if name in on else mark("off", "plain")
        figures = [number(int(mine[one].sum())) for one in ("members", "allowed", "matchable")]
        found = _interval(int(sent["matched_low"].sum()), int(sent["matched_high"].sum()))
        share = _shares(mine["match_low"][0], mine["match_high"][0])
        rows.append((code(str(name)), state, *figures, number(lists), found, share, mine["match_source"][0]))
    heads = ("Platform", "State", "Members", "Allowed", "Matchable", "Lists sent", "Found", "Share found", "Source of the share")
    return TableBlock("People and lists per platform", heads, rows, numeric=(2, 3, 4, 5, 6, 7))


def _small(reach: pl.DataFrame, on: set[str]) -> TableBlock:
    small = _wanted(reach, on).filter(~pl.col("is_enough"))
    nobody = reach.filter(pl.col("platform").is_in(list(on)) & (pl.col("verdict").cast(pl.String) == "nobody")).height
    rows = [
        (
            code(row["cell"]), code(row["platform"]), _marked(row["verdict"]), number(row["matchable"]),
            _filled(row["sent_people"], row["sent_people"] + row["short_people"]), number(row["short_people"]), row["says"],
        )
        for row in small.sort("platform", "verdict", "cell").iter_rows(named=True)
    ]  # fmt: skip
    heads = ("Cell", "Platform", "Verdict", "Matchable", "Of what is needed", "Missing", "Why, and what to do")
    note = "" if rows else "Every list of every platform that is on is large enough. "
    note += f"{counted(nobody, 'cell')} of which nobody may go to a platform are below, under every cell." if nobody else ""
    return TableBlock("Too small for platforms that are on", heads, rows, bars=(4,), numeric=(3, 5), note=note)


def _cells(reach: pl.DataFrame) -> list[TableBlock]:
    blocks = []
    heads = ("Cell", "Members", "Allowed", "Matchable", "E-mail", "Phone", "Address", "Two kinds", "Found", "Sent as", "Verdict")
    for (name,), mine in sorted(reach.group_by("platform"), key=lambda one: str(one[0])):
        rows = [
            (
                code(row["cell"]), *(number(row[one]) for one in ("members", "allowed", "matchable")),
                *(number(row[f"with_{one}"]) for one in ("email", "phone", "address", "two_kinds")),
                _interval(row["matched_low"], row["matched_high"]), code(row["sent_as"]) if row["sent_as"] else "itself",
                _marked(row["verdict"]),
            )
            for row in mine.sort("cell").iter_rows(named=True)
        ]  # fmt: skip
        blocks.append(TableBlock(f"Cells at {name}", heads, rows, numeric=tuple(range(1, 9))))
    return blocks


def _frequency(seen: pl.DataFrame) -> TableBlock:
    rows = [
        (
            code(row["cell"]), row["channel"], number(row["people"]), number(row["contacts"]),
            f"{row['contacts_per_person']:.1f}", f"{row['people_three_times'] / max(row['people'], 1):.0%}",
            "–" if row["target_contacts"] is None else f"{row['target_contacts']:g} or more",
            mark("met", "good") if row["is_met"] else mark("not met", "bad"),
        )
        for row in seen.iter_rows(named=True)
    ]  # fmt: skip
    heads = ("Campaign", "Channel", "People", "Contacts", "Per person", "Share at the target", "Target a year", "Verdict")
    note = "Only where a platform reports who saw an advertisement." if rows else "No platform reported who saw an advertisement."
    return TableBlock("Contacts in 365 days", heads, rows, numeric=(2, 3, 4, 5), note=note)


def _breaker(frames: Mapping[str, pl.DataFrame]) -> tuple[Block, ...]:
    judged = frames["breaker"].filter(pl.col("limit").is_not_null())
    whole, cells = judged.filter(pl.col("cell") == "*"), judged.filter(pl.col("cell") != "*")
    over = cells.filter(pl.col("verdict").cast(pl.String).is_in(["over", "released"]))
    heads = ("Platform", "List", "Verdict", "Figure, limit and what to do")
    tables = [TableBlock(name, heads, [_figure(row) for row in one.iter_rows(named=True)]) for name, one in
              (("Whole platforms", whole), ("Cells over a limit", over))]  # fmt: skip
    released = [
        (code(row["platform"]), code(row["cell"]), row["reason"], row["released_by"])
        for row in frames["breaker_release"].iter_rows(named=True)
    ]
    by_hand = TableBlock("Released by hand", ("Platform", "List", "Reason", "By"), released)
    return (Block((*tables, *([by_hand] if released else [])), fold=True),)


def _figure(row: Mapping[str, Any]) -> tuple[object, ...]:
    shade = "bad" if row["is_blocked"] else "good" if row["verdict"] == "within" else "plain"
    return code(row["platform"]), code(row["cell"]), mark(in_words(row["verdict"]), shade), row["says"]


def _marked(verdict: str) -> Markup:
    return mark(in_words(verdict), SHADE.get(verdict, "bad"))


def _interval(low: int, high: int) -> str:
    return number(low) if low == high else f"{low:,} to {high:,}"


def _shares(low: float | None, high: float | None) -> str:
    if low is None:
        return "–"
    return f"{low:.0%}" if high is None or round(high, 2) == round(low, 2) else f"{low:.0%} to {high:.0%}"


def _filled(part: int, whole: int) -> Markup:
    width = round(100 * min(part / whole, 1), 1) if whole else 0
    bar = Markup('<rect width="100" height="10" fill="#8795a3" opacity="0.3"/><rect width="{}" height="10" fill="#5b8db8"/>')
    return Markup(_BAR).format(bar.format(width))
