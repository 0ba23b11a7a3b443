"""The page of a back-test of a trigger: lifts with intervals, how outcomes grew, how alike the matched are, who was left out."""

from typing import Any

from markupsafe import Markup

from pipelines.measurement.backtest_estimate import GIVEN, OUTCOMES
from pipelines.measurement.backtest_result import TriggerBacktest
from pipelines.measurement.backtest_words import (
    FIGURES,
    SHORT,
    WHAT_KINDS_MEAN,
    between,
    matched_at,
    points,
    share,
    times,
    verdict_on,
)
from pipelines.reports.backtest_charts import Lift, Line, forest, incidence
from pipelines.reports.page import Block, Card, Section, TableBlock, counted, long_date, mark, number, page

ALIKE = 0.1  # standard deviations; Austin 2009
HEADS = ("Within", "Fired", "Matched", "Rate where it fired", "Rate matched", "Difference, points", "Lift", "Says")
NOTE = (
    "Shares of people with 95% intervals unless policy says otherwise; who counts on several days is one cluster. "
    "Matched people are weighted to look like those in whom it fired."
)


def trigger_page(group: str, found: TriggerBacktest) -> str:
    """The page as HTML."""
    days = f"{long_date(found.days[0])} to {long_date(found.days[-1])}"
    subtitle = f"{group} · {days}, {counted(len(found.days), 'day')} replayed · policy {found.policy_hash[:12]}"
    sections = [_lifts(found), _growth(found), _likeness(found), _people(found), _days(found)]
    foot = (
        "Counts of people and shares; nobody is named. It compares like with like as far as the data tell: it is no experiment."
    )
    return page(f"Back-test: {found.title}", subtitle, sections, _cards(found), foot)


def _cards(found: TriggerBacktest) -> list[Card]:
    longest = found.results.filter(verdict=GIVEN).sort("horizon_days", descending=True).unique("outcome", maintain_order=True)
    rows = {row["outcome"]: row for row in longest.to_dicts()}
    return [_card(title, rows.get(outcome)) for outcome, title in OUTCOMES.items()]


def _card(title: str, row: dict[str, Any] | None) -> Card:
    if row is None:
        return Card(title.capitalize(), "–", ("too few to say",))
    lift = between(row["lift_low"], row["lift_high"], times)
    rates = f"{share(row['fired_rate'])} against {share(row['matched_rate'])} in {row['horizon_days']} days"
    return Card(title.capitalize(), times(row["lift"]), (rates, lift))


def _lifts(found: TriggerBacktest) -> Section:
    rows = [_lift(row) for row in found.results.to_dicts()]
    blocks = [Block(figure=forest(rows, "Lift by outcome and horizon, with intervals"))]
    blocks += [Block((_table(found, outcome, title),)) for outcome, title in OUTCOMES.items()]
    blocks.append(Block(text=NOTE))
    lead = "How much more often it followed than among matched people. An interval that crosses 1 tells no difference."
    return Section("lift", "What followed", lead, blocks)


def _lift(row: dict[str, object]) -> Lift:
    name = f"{SHORT[str(row['outcome'])]}, {row['horizon_days']} days"
    if row["verdict"] != GIVEN or row["lift"] is None:
        return Lift(name, None, None, None, "no ratio: nobody matched" if row["verdict"] == GIVEN else str(row["verdict"]))
    value, low, high = (float(str(row[f"lift{end}"])) for end in ("", "_low", "_high"))
    return Lift(name, value, low, high, f"{times(value)} ({times(low)} to {times(high)})".replace("×", ""))


def _table(found: TriggerBacktest, outcome: str, title: str) -> TableBlock:
    rows = []
    for row in found.results.filter(outcome=outcome).to_dicts():
        people = (f"{row['horizon_days']}\u00a0days", number(row["fired_people"]), number(row["matched_people"]))
        if row["verdict"] != GIVEN:
            rows.append((*people, "–", "–", "–", "–", str(row["verdict"])))
            continue
        gap = f"{points(row['difference'])} ({between(row['difference_low'], row['difference_high'], points)})"
        lift = f"{times(row['lift'])} ({between(row['lift_low'], row['lift_high'], times)})"
        said = verdict_on(row["difference_low"], row["difference_high"])
        rows.append((*people, share(row["fired_rate"]), share(row["matched_rate"]), gap, lift, said))
    return TableBlock(title.capitalize(), HEADS, rows, numeric=(1, 2, 3, 4, 5, 6))


def _growth(found: TriggerBacktest) -> Section:
    blocks = []
    for outcome, title in OUTCOMES.items():
        of = found.curves.filter(outcome=outcome)
        if not of.is_empty():
            lines = [
                Line(side, side, *(one[name].to_list() for name in ("days", "share", "low", "high")))
                for side in ("matched", "fired")
                for one in [of.filter(side=side)]
            ]
            blocks.append(Block(title=title.capitalize(), figure=incidence(lines, f"{title}: share of people by day")))
    text = "" if blocks else "Too few people whose longest horizon is over."
    lead = "Share of people with the outcome within so many days; only those whose whole horizon is over. Dashed: matched."
    return Section("growth", "Day by day", lead, blocks or [Block(text=text)])


def _likeness(found: TriggerBacktest) -> Section:
    rows = [
        (
            FIGURES.get(row["figure"], row["figure"]),
            *(number(row[side]) if abs(row[side] or 0) >= 10 else _two(row[side]) for side in ("fired", "others", "matched")),
            _two(row["gap_before"]),
            _two(row["gap_after"]),
            _alike(row["gap_after"]),
        )
        for row in found.balance.to_dicts()
    ]
    heads = ("Figure", "Fired", "All others", "Matched", "Distance before", "Distance after", "")
    note = "Means; the distance is in standard deviations of the fired. Under 0.1 is commonly taken for alike (Austin 2009)."
    lead = f"Matched on the day, how the vehicle came, its contract and bands of these figures, {matched_at(found.place)}."
    return Section(
        "likeness",
        "How alike they are",
        lead,
        [Block((TableBlock("Before and after", heads, rows, (1, 2, 3, 4, 5), note=note),))],
    )


def _alike(gap: float | None) -> Markup:
    if gap is None:
        return Markup()
    return mark("alike", "good") if abs(gap) < ALIKE else mark("not alike", "warn")


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _people(found: TriggerBacktest) -> Section:
    rows = [
        (Markup("&emsp;{}").format(words.strip()) if words.startswith(" ") else words, number(people))
        for words, people in found.funnel
    ]
    rows += [
        (f"horizon of {row['horizon_days']} days not over: left out of it", number(row["censored_people"]))
        for row in found.results.unique("horizon_days", maintain_order=True).to_dicts()
    ]
    table = TableBlock("From all customers to those who count", ("People", "Number"), rows, numeric=(1,))
    return Section("people", "Who was counted", "Everybody once per spell, on its first replayed day.", [Block((table,))])


def _days(found: TriggerBacktest) -> Section:
    kinds = sorted(set(found.kinds))
    rows = [(kind, number(found.kinds.count(kind)), WHAT_KINDS_MEAN[kind]) for kind in kinds]
    spans = [(str(day), kind, "") for day, kind in zip(found.days, found.kinds, strict=True)]
    tables = (
        TableBlock("Kinds of days", ("Kind", "Days", "What it means"), rows, numeric=(1,)),
        TableBlock("Each day", ("Day", "Kind"), [one[:2] for one in spans]),
    )
    what = "Outcomes are what the newest day knows."
    return Section(
        "days",
        "Which days were replayed",
        f"Known until {long_date(found.last_day)}. {what}",
        [Block(tables[:1]), Block(tables[1:], fold=True)],
    )
