"""Back-tests as tables in the terminal."""

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from pipelines.measurement.backtest_estimate import GIVEN, OUTCOMES
from pipelines.measurement.backtest_result import TriggerBacktest
from pipelines.measurement.backtest_words import WHAT_KINDS_MEAN, between, matched_at, points, share, times

HEADS = ("within", "where it fired", "matched", "difference, points", "lift, times")


def show_trigger(out: Console, found: TriggerBacktest) -> None:
    """Print a back-test of a trigger: what was replayed, what followed, who was counted."""
    out.print(f"{found.title}: what followed, {found.days[0]} to {found.days[-1]}", style="bold", soft_wrap=True)
    for kind in sorted(set(found.kinds)):
        out.print(f"{found.kinds.count(kind)} of {len(found.days)} days {WHAT_KINDS_MEAN[kind]}", soft_wrap=True)
    out.print(
        f"matched on the day, vehicle, service and deals, at {matched_at(found.place)}; known until {found.last_day}",
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
