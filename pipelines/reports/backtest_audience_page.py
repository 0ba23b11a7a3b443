"""The page of a back-test of an audience: what it would have caught and how early, its rates against outside, cell by cell."""

from pipelines.measurement.backtest_audience import AUDIENCE_OUTCOMES, WHOLE
from pipelines.measurement.backtest_estimate import GIVEN
from pipelines.measurement.backtest_result import AudienceBacktest
from pipelines.measurement.backtest_words import SHORT, WHAT_KINDS_MEAN, between, days_early, share, times
from pipelines.reports.backtest_charts import Lift, forest
from pipelines.reports.page import Block, Card, Section, TableBlock, bar, code, counted, long_date, number, page

RATE_HEADS = ("Within", "People in it", "Everybody else", "Rate in it", "Rate outside", "Lift")
CELL_HEADS = ("Cell", "People", "Rate in it", "Lift", "Caught", "Share of all")


def audience_backtest_page(group: str, found: AudienceBacktest) -> str:
    """The page as HTML."""
    days = f"{long_date(found.days[0])} to {long_date(found.days[-1])}"
    subtitle = (
        f"{group} · {found.audience} · {days}, {counted(len(found.days), 'day')} replayed · policy {found.policy_hash[:12]}"
    )
    sections = [_caught(found), _rates(found), _cells(found), _days(found)]
    foot = "Counts of people and shares; nobody is named. Members differ from everybody else in more than being members."
    return page(f"Back-test: {found.title}", subtitle, sections, _cards(found), foot)


def _cards(found: AudienceBacktest) -> list[Card]:
    rows = found.caught.filter(cell=WHOLE).to_dicts()
    return [
        Card(
            f"Of those who {AUDIENCE_OUTCOMES[row['outcome']]}",
            share(row["share"]),
            ("were in it before", between(row["share_low"], row["share_high"], share)),
        )
        for row in rows
    ]


def _caught(found: AudienceBacktest) -> Section:
    rows = []
    for row in found.caught.filter(cell=WHOLE).to_dicts():
        given = row["verdict"] == GIVEN
        said = between(row["share_low"], row["share_high"], share) if given else row["verdict"]
        shown = bar(row["share"]) if given else "–"
        title = AUDIENCE_OUTCOMES[row["outcome"]].capitalize()
        rows.append(
            (title, number(row["people"]), number(row["caught_people"]), shown, said, days_early(row), row["began_before"])
        )
    heads = ("Then", "People", "In it before", "Share", "Interval", "Days early: median (quarters)", "Stay began before")
    note = (
        f"In it on the last replayed day before, at most {counted(found.every, 'day')} earlier. Days early run from the first "
        "replayed day of the stay; stays that began before the first replayed day are longer than shown."
    )
    table = TableBlock("Of those who then did", heads, rows, numeric=(1, 2, 4, 5, 6), bars=(3,), note=note)
    return Section(
        "caught",
        "Who was caught",
        "Of all who then bought or booked, how many the audience held, and since when.",
        [Block((table,))],
    )


def _rates(found: AudienceBacktest) -> Section:
    whole = found.rates.filter(cell=WHOLE).to_dicts()
    ordered = [row for outcome in AUDIENCE_OUTCOMES for row in whole if row["outcome"] == outcome]
    blocks = [Block(figure=forest([_lift(row) for row in ordered], "Lift of members over everybody else"))]
    for outcome, title in AUDIENCE_OUTCOMES.items():
        rows = [_rate(row) for row in whole if row["outcome"] == outcome]
        blocks.append(Block((TableBlock(title.capitalize(), RATE_HEADS, rows, numeric=(1, 2, 3, 4, 5)),)))
    lead = "Rates in the days after a day on which they were members, against everybody else who was known on that day."
    return Section("rates", "Members against everybody else", lead, blocks)


def _lift(row: dict[str, object]) -> Lift:
    name = f"{SHORT[str(row['outcome'])]}, {row['horizon_days']} days"
    if row["verdict"] != GIVEN or row["lift"] is None:
        return Lift(name, None, None, None, str(row["verdict"]) if row["verdict"] != GIVEN else "no ratio: nobody outside")
    value, low, high = (float(str(row[f"lift{end}"])) for end in ("", "_low", "_high"))
    return Lift(name, value, low, high, f"{times(value)} ({times(low)} to {times(high)})".replace("×", ""))


def _rate(row: dict[str, object]) -> tuple[object, ...]:
    start = (f"{row['horizon_days']} days", number(_int(row["member_people"])), number(_int(row["outside_people"])))
    if row["verdict"] != GIVEN:
        return (*start, row["verdict"], "–", "–")
    inside = (
        f"{share(_float(row['member_rate']))} ({between(_float(row['member_rate_low']), _float(row['member_rate_high']), share)})"
    )
    lift = f"{times(_float(row['lift']))} ({between(_float(row['lift_low']), _float(row['lift_high']), times)})"
    return (*start, inside, share(_float(row["outside_rate"])), lift)


def _cells(found: AudienceBacktest) -> Section:
    blocks = []
    for outcome, title in AUDIENCE_OUTCOMES.items():
        horizon = max(found.rates["horizon_days"].to_list(), default=0)
        rates = found.rates.filter(outcome=outcome, horizon_days=horizon)
        caught = {row["cell"]: row for row in found.caught.filter(outcome=outcome).to_dicts()}
        rows = [_cell(row, caught[row["cell"]]) for row in rates.to_dicts() if row["cell"] != WHOLE]
        caption = f"{title.capitalize()}, within {horizon} days"
        blocks.append(Block((TableBlock(caption, CELL_HEADS, rows, numeric=(1, 2, 3, 4, 5)),), fold=True))
    return Section("cells", "Cell by cell", "Each cell against everybody outside the audience.", blocks)


def _cell(row: dict[str, object], caught: dict[str, object]) -> tuple[object, ...]:
    start = (code(str(row["cell"])), number(_int(row["member_people"])))
    end = (number(_int(caught["caught_people"])), share(_float(caught["share"])))
    if row["verdict"] != GIVEN:
        return (*start, str(row["verdict"]), "–", *end)
    inside = (
        f"{share(_float(row['member_rate']))} ({between(_float(row['member_rate_low']), _float(row['member_rate_high']), share)})"
    )
    return (
        *start,
        inside,
        f"{times(_float(row['lift']))} ({between(_float(row['lift_low']), _float(row['lift_high']), times)})",
        *end,
    )


def _days(found: AudienceBacktest) -> Section:
    sizes = dict(zip(found.sizes["day"].to_list(), found.sizes["members"].to_list(), strict=True))
    rows = [(str(day), kind, number(sizes[day])) for day, kind in zip(found.days, found.kinds, strict=True)]
    kinds = [(kind, number(found.kinds.count(kind)), WHAT_KINDS_MEAN[kind]) for kind in sorted(set(found.kinds))]
    blocks = [
        Block((TableBlock("Kinds of days", ("Kind", "Days", "What it means"), kinds, numeric=(1,)),)),
        Block((TableBlock("Members by day", ("Day", "Kind", "Members"), rows, numeric=(2,)),), fold=True),
    ]
    return Section("days", "Which days were replayed", f"Outcomes are known until {long_date(found.last_day)}.", blocks)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _int(value: object) -> int:
    return int(str(value))
