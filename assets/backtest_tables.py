"""Back-tests as tables in the terminal."""

import polars as pl
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from pipelines.measurement.backtest_audience import AUDIENCE_OUTCOMES, WHOLE
from pipelines.measurement.backtest_estimate import GIVEN, OUTCOMES
from pipelines.measurement.backtest_result import AudienceBacktest, TriggerBacktest
from pipelines.measurement.backtest_words import WHAT_KINDS_MEAN, between, days_early, matched_at, points, share, times

HEADS = ("within", "where it fired", "matched", "difference, points", "lift, times")


def show_trigger(out: Console, found: TriggerBacktest) -> None:
    """Print a back-test of a trigger: what was replayed, what followed, who was counted."""
    out.print(f"{found.title}: what followed, {found.days[0]} to {found.days[-1]}", style="bold", soft_wrap=True)
    for kind in sorted(set(found.kinds)):
        out.print(f"{found.kinds.count(kind)} of {len(found.days)} days {WHAT_KINDS_MEAN[kind]}", soft_wrap=True)
    out.print(
        f"matched on the day, vehicle, service and deals, {matched_at(found.place)}; known until {found.last_day}",
        soft_wrap=True,
    )
    for outcome, title in OUTCOMES.items():
        out.print(_table(found, outcome, title))
    funnel = Table(title="people", title_justify="left", show_header=False, box=SIMPLE)
    funnel.add_column("who", overflow="fold")
    funnel.add_column("people", justify="right")
    for words, people in found.funnel:
        if people or not words.startswith(" "):
            funnel.add_row(words, f"{people:,}")
    out.print(funnel)


def _table(found: TriggerBacktest, outcome: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1))
    for head in HEADS:
        table.add_column(head, justify="left" if head == "within" else "right", overflow="fold")
    for row in found.results.filter(outcome=outcome).to_dicts():
        within, fired, like = f"{row['horizon_days']} days", f"{row['fired_people']:,}", f"{row['matched_people']:,}"
        if row["verdict"] != GIVEN:
            table.add_row(within, fired, like, row["verdict"], "")
            continue
        gap = f"{points(row['difference'])} ({between(row['difference_low'], row['difference_high'], points)})"
        lift = f"{times(row['lift'])} ({between(row['lift_low'], row['lift_high'], times)})".replace("×", "")
        table.add_row(within, f"{share(row['fired_rate'])} of {fired}", f"{share(row['matched_rate'])} of {like}", gap, lift)
    return table


def show_audience(out: Console, found: AudienceBacktest) -> None:
    """Print a back-test of an audience: its size, its rates against outside, what it caught and how early."""
    out.print(f"{found.title} ({found.audience}): {found.days[0]} to {found.days[-1]}", style="bold", soft_wrap=True)
    for kind in sorted(set(found.kinds)):
        out.print(f"{found.kinds.count(kind)} of {len(found.days)} days {WHAT_KINDS_MEAN[kind]}", soft_wrap=True)
    sizes = found.sizes["members"].to_list()
    out.print(f"members on a day: {min(sizes):,} to {max(sizes):,}; outcomes known until {found.last_day}", soft_wrap=True)
    out.print(_caught(found))
    for outcome, title in AUDIENCE_OUTCOMES.items():
        out.print(_rates(found, outcome, title))
    cells = found.rates.filter(pl.col("cell") != WHOLE)["cell"].n_unique()
    out.print(f"{cells} cells: their figures are on the page (--html) and in the files (--out)", soft_wrap=True)


def _caught(found: AudienceBacktest) -> Table:
    table = Table(title="of those who then did, were in it on the last replayed day before", title_justify="left", box=SIMPLE)
    for head in ("", "people", "in it", "share", "days early: median (quarters)"):
        table.add_column(head, justify="left" if not head else "right", overflow="fold")
    for row in found.caught.filter(cell=WHOLE).to_dicts():
        words = share(row["share"]) + f" ({between(row['share_low'], row['share_high'], share)})"
        said = words if row["verdict"] == GIVEN else row["verdict"]
        table.add_row(AUDIENCE_OUTCOMES[row["outcome"]], f"{row['people']:,}", f"{row['caught_people']:,}", said, days_early(row))
    return table


def _rates(found: AudienceBacktest, outcome: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1))
    for head in ("within", "members", "everybody else", "lift, times"):
        table.add_column(head, justify="left" if head == "within" else "right", overflow="fold")
    for row in found.rates.filter(cell=WHOLE, outcome=outcome).to_dicts():
        within, members, others = f"{row['horizon_days']} days", f"{row['member_people']:,}", f"{row['outside_people']:,}"
        if row["verdict"] != GIVEN:
            table.add_row(within, members, others, row["verdict"])
            continue
        lift = f"{times(row['lift'])} ({between(row['lift_low'], row['lift_high'], times)})".replace("×", "")
        table.add_row(within, f"{share(row['member_rate'])} of {members}", f"{share(row['outside_rate'])} of {others}", lift)
    return table
