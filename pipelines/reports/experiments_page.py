"""The page of hold-outs and tests: who is in which arm, whether arms are alike, what can be seen by now, what went wrong."""

from datetime import date
from typing import Any

import polars as pl

from pipelines.reports.page import (
    Block,
    Card,
    Section,
    TableBlock,
    bar,
    counted,
    in_words,
    long_date,
    mark,
    number,
    page,
    percent,
)
from schemas.policy import Policy

MOST_STRATA = 40
_HEALTH = {
    "sample_ratio": "Arms have the sizes asked for, smallest chi-square p",
    "held_back_delivered": "Held back, and at a platform all the same",
    "held_back_exposed": "Share of the held back who saw advertising since",
    "arms_met": "Share of people in tests in whom two arms met",
}


def experiments_page(
    day: date, policy: Policy, arms: pl.DataFrame, health: pl.DataFrame, strata: pl.DataFrame, geo: pl.DataFrame
) -> str:  # fmt: skip
    """The page of a day as HTML, from experiment_arm, experiment_health, strata (test, stratum, arm, people), geo_balance."""
    running = arms.filter("is_in_force")
    sections = (
        Section("health", "What is watched", "For the steward", (Block((health_table(health),)),)),
        Section(
            "tests", "Tests in force", "For marketing", tuple(Block((arms_table(running, test),)) for test in tests_of(running))
        ),
        Section("power", "What can be seen by now", "", (Block((power_table(running),)),)),
        Section("balance", "Balance", "", (Block((strata_table(strata),), fold=True), Block((geo_table(geo),)))),
        Section("planned", "Planned, not running", "", (Block((planned_table(arms),)),)),
    )
    foot = "Who is in an arm stays in it. Sizes are people; sizes against shares are judged by the units that were drawn."
    return page(f"Hold-outs and tests of {long_date(day)}", policy.group.title, sections, _cards(running, health), foot)


def tests_of(arms: pl.DataFrame) -> list[str]:
    """Names of tests, the global control first."""
    return sorted(arms["test"].unique().to_list(), key=lambda test: (test != "global_control", test))


def _cards(running: pl.DataFrame, health: pl.DataFrame) -> tuple[Card, ...]:
    held = running.filter(pl.col("effect") == "not addressed at all")
    dark = running.filter(pl.col("arm") == "dark")
    broken = health.filter(~pl.col("is_within"))
    return (
        Card("Tests in force", number(running["test"].n_unique()), (counted(running.height, "arm"),)),
        Card("Held back", number(int(held["assigned"].sum())), (f"{int(dark['assigned'].sum()):,} more live in dark ZIPs",)),
        Card("Contamination", number(int(running["delivered"].sum())), ("held back, and at a platform",)),
        Card("Checks", "all hold" if broken.is_empty() else counted(broken.height, "alarm"), ()),
    )


def health_table(health: pl.DataFrame) -> TableBlock:
    """Each figure with its limit and verdict."""
    verdicts = {True: mark("holds", "good"), False: mark("alarm", "bad")}
    rows = [
        (_HEALTH[row["metric"]], _figure(row["value"]), _figure(row["limit"]), verdicts[row["is_within"]])
        for row in health.sort("metric").to_dicts()
    ]
    note = "A chi-square p below its limit means that something draws, loses or counts one arm otherwise than the other."
    return TableBlock("Checks of the day", ("Figure", "Value", "Limit", "Verdict"), rows, numeric=(1, 2), note=note)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def arms_table(running: pl.DataFrame, test: str) -> TableBlock:
    """The arms of one test."""
    mine = running.filter(pl.col("test") == test).sort("arm")
    total = int(mine["assigned"].sum())
    rows = [_arm_row(row, total) for row in mine.to_dicts()]
    heads = (
        "Arm",
        "Share",
        "People",
        "Asked for",
        "Members today",
        "Addressed",
        "Met another arm",
        "Delivered",
        "Exposed",
        "What it changes",
    )
    p = mine["ratio_p"].drop_nulls()
    note = f"Sizes against shares: chi-square p {p[0]:.3g}." if p.len() else ""
    worst = [float(one) for one in mine["imbalance"].drop_nulls()]
    note += f" Largest standardised difference of a stratum: {max(worst):.2f}." if worst else ""
    return TableBlock(in_words(test), heads, rows, numeric=tuple(range(2, 9)), bars=(1,), note=note.strip())


def _arm_row(row: dict[str, Any], total: int) -> tuple[object, ...]:
    asked = "–" if row["share"] is None else percent(row["share"])
    counts = [number(row[name]) for name in ("members", "addressed", "contaminated")]
    bad = [mark(number(row[name]), "bad") if row[name] else "0" for name in ("delivered", "exposed")]
    return (
        in_words(row["arm"]),
        bar(row["assigned"] / total if total else 0),
        number(row["assigned"]),
        asked,
        *counts,
        *bad,
        row["effect"],
    )


def power_table(running: pl.DataFrame) -> TableBlock:
    """What each test can see by now, against what policy asks."""
    rows = []
    for test in tests_of(running.filter(pl.col("needed").is_not_null())):
        mine = running.filter((pl.col("test") == test) & pl.col("needed").is_not_null())
        short = mine.filter(pl.col("assigned") < pl.col("needed")).height > 0
        weeks = [float(one) for one in mine["weeks_needed"].drop_nulls()]
        when = "now" if not short else f"in {max(weeks):.0f} weeks" if weeks else "not at this pace"
        needs = " / ".join(f"{in_words(row['arm'])} {row['needed']:,}" for row in mine.sort("arm").to_dicts())
        power = float(mine.select(pl.max("power_now")).item() or 0)
        rows.append((in_words(test), bar(power), needs, when, mark("too small", "warn") if short else mark("enough", "good")))
    note = "By two proportions with pooled variance; velocity power gives the same figure for any other question."
    return TableBlock("Power", ("Test", "Power now", "People needed", "Enough", "Verdict"), rows, bars=(1,), note=note)


def strata_table(strata: pl.DataFrame) -> TableBlock:
    """The largest strata with their arms."""
    size = strata.with_columns(size=pl.col("people").sum().over("test", "stratum"))
    largest = size.select("test", "stratum", "size").unique().sort("size", "test", "stratum", descending=[True, False, False])
    rows = []
    for test, stratum, people in largest.head(MOST_STRATA).iter_rows():
        mine = strata.filter((pl.col("test") == test) & (pl.col("stratum") == stratum)).sort("arm")
        told = ", ".join(f"{in_words(arm)} {count:,}" for arm, count in mine.select("arm", "people").iter_rows())
        rows.append((in_words(test), stratum.replace("|", ", "), number(people), told))
    left = largest.height - MOST_STRATA
    note = f"The largest {MOST_STRATA}; {left} more are in the table assignment." if left > 0 else ""
    return TableBlock("Arms within strata", ("Test", "Stratum", "People", "Arms"), rows, numeric=(2,), note=note)


def geo_table(geo: pl.DataFrame) -> TableBlock:
    """How alike dark and lit clusters were, and what change could be seen."""
    rows = [
        (
            in_words(row["segment"]), in_words(row["metric"]), number(row["dark_clusters"]), number(row["lit_clusters"]),
            _figure(row["dark_mean"]), _figure(row["lit_mean"]), _figure(row["difference"]), _figure(row["detectable"]),
            row["reason"] or "",
        )
        for row in geo.sort("segment", "metric").to_dicts()
    ]  # fmt: skip
    figures = ("Dark clusters", "Lit clusters", "Dark mean", "Lit mean", "Standardised difference", "Smallest change in 4 weeks")
    heads = ("Segment", "Before", *figures, "Why nobody stays dark")
    note = "Means per cluster: people, else events per 1,000 people and week."
    return TableBlock("Dark and lit ZIPs before", heads, rows, numeric=tuple(range(2, 8)), note=note)


def planned_table(arms: pl.DataFrame) -> TableBlock:
    """Tests that do not run today, and what their arms would change."""
    off = arms.filter(~pl.col("is_in_force")).sort("test", "arm")
    rows = [
        (in_words(row["test"]), in_words(row["arm"]), "–" if row["share"] is None else percent(row["share"]), row["effect"])
        for row in off.to_dicts()
    ]  # fmt: skip
    return TableBlock("Tests that are off, or not in their days", ("Test", "Arm", "Share", "What it changes"), rows)
