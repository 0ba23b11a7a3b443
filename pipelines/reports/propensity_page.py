"""How the propensity to buy did on later days, on one page: the message in force, calibration, lift, and what weighs most."""

from datetime import date
from typing import Any

import polars as pl

from pipelines.reports.page import Block, Card, Section, TableBlock, in_words, long_date, mark, number, page
from pipelines.reports.propensity_chart import Tenth, calibration_chart, lift_chart
from schemas.policy import Policy
from schemas.vocabulary_propensity import FEATURES, HORIZONS, POPULATIONS

POPULATION_WORDS = {
    "all": "Everybody",
    "customer": "Bought or serviced here",
    "contact": "Known by name, not yet a customer",
    "web_only": "A device and no more",
}
MOST_FEATURES = 12


def propensity_page(day: date, policy: Policy, quality: pl.DataFrame, model: pl.DataFrame) -> str:
    """The page of a day as HTML, from the tables propensity_quality and propensity_model."""
    told = quality.with_columns(pl.col("part", "population", "source").cast(pl.String))
    weights = model.with_columns(pl.col("part").cast(pl.String))
    sections = [_section(told.filter(pl.col("horizon_days") == horizon), weights, policy, horizon) for horizon in HORIZONS]
    cards = tuple(_card(told.filter(pl.col("horizon_days") == horizon), horizon) for horizon in HORIZONS)
    title = f"Propensity to buy of {long_date(day)}"
    return page(title, policy.group.title, (*sections, _meanings()), cards, "Later days are days that the model never saw.")


def _card(mine: pl.DataFrame, horizon: int) -> Card:
    whole = mine.filter((pl.col("part") == "later") & (pl.col("population") == "all") & (pl.col("decile") == 0)).to_dicts()
    source = mine["source"][0] if mine.height else "fallback"
    lines = (f"{number(whole[0]['purchases'])} bought, {number(whole[0]['expected'])} expected",) if whole else ()
    auc = whole[0]["auc"] if whole else None
    shown = f"AUC {auc:.3f}" if auc is not None else "no model"
    return Card(
        f"Within {horizon} days", shown, (*lines, "the model speaks" if source == "model" else "the weighted score stands in")
    )


def _section(mine: pl.DataFrame, model: pl.DataFrame, policy: Policy, horizon: int) -> Section:
    reason = mine["reason"][0] if mine.height else "Nothing was judged yet."
    is_model = mine.height > 0 and mine["source"][0] == "model"
    message = Block((), text=mark("in force", "good") + " " + reason if is_model else mark("fallback", "warn") + " " + reason)
    everybody = mine.filter((pl.col("part") == "later") & (pl.col("population") == "all") & pl.col("expected").is_not_null())
    tenths = [_tenth(row) for row in everybody.filter(pl.col("decile") > 0).sort("decile").to_dicts()]
    blocks = [message]
    if tenths:
        tolerance = policy.scoring.propensity.calibration_tolerance
        said = f"Grey band: within {tolerance:.0%}. Bars: 95 percent of chance. Tenths without enough purchases are grey."
        calibration = calibration_chart(tenths, tolerance, f"Calibration within {horizon} days")
        blocks.append(Block((_table(everybody),), "Calibration", said, figure=calibration))
        blocks.append(Block((), "Lift", figure=lift_chart(tenths, f"Lift within {horizon} days")))
    blocks.append(Block((_populations(mine),), "By population, and the past days used"))
    blocks.append(Block((_weights(model.filter(pl.col("horizon_days") == horizon)),), fold=True))
    return Section(f"within-{horizon}", f"Within {horizon} days", "For marketing and the steward", tuple(blocks))


def _tenth(row: dict[str, Any]) -> Tenth:
    given = {name: row[name] for name in ("decile", "people", "expected", "purchases", "is_judged")}
    return Tenth(lift=row["lift"] or 0.0, is_off=bool(row["is_off"]), **given)


def _table(everybody: pl.DataFrame) -> TableBlock:
    rows = [
        (
            "Whole" if row["decile"] == 0 else f"Tenth {row['decile']}",
            number(row["people"]),
            number(row["expected"]),
            number(row["purchases"]),
            "–" if row["ratio"] is None else f"{row['ratio']:.2f}",
            "–" if row["lift"] is None else f"{row['lift']:.2f}",
            _verdict(row),
        )
        for row in everybody.sort("decile").to_dicts()
    ]
    heads = ("Tenth", "People", "Expected", "Bought", "Expected by bought", "Lift", "Calibration")
    return TableBlock("Later days, everybody", heads, rows, numeric=(1, 2, 3, 4, 5))


def _verdict(row: dict[str, object]) -> object:
    if not row["is_judged"]:
        return "too few to say"
    if row["is_within"]:
        return mark("within", "good")
    return mark("off", "bad") if row["is_off"] else mark("by chance", "plain")


def _populations(mine: pl.DataFrame) -> TableBlock:
    order = {name: at for at, name in enumerate(("all", *POPULATIONS))}
    wholes = mine.filter(pl.col("decile") == 0).to_dicts()
    rows = [
        (
            POPULATION_WORDS[row["population"]],
            {"train": "learned from", "calibration": "calibrated on", "later": "judged on"}[row["part"]],
            "–" if row["from_day"] is None else f"{row['from_day']} to {row['to_day']}",
            number(row["people"]),
            number(row["purchases"]),
            "–" if row["expected"] is None else number(row["expected"]),
            "–" if row["auc"] is None else f"{row['auc']:.3f}",
            "–" if row["brier"] is None else f"{row['brier']:.5f}",
        )
        for row in sorted(
            wholes, key=lambda one: (one["part"] != "later", one["part"] != "calibration", order[one["population"]])
        )
    ]
    heads = ("Whom", "Part", "Past days", "People", "Bought", "Expected", "AUC", "Brier")
    note = "People to learn from are counted once; the others once for each past day."
    return TableBlock("Populations and parts", heads, rows, numeric=(3, 4, 5, 6, 7), note=note)


def _weights(model: pl.DataFrame) -> TableBlock:
    bands = model.filter(pl.col("part") == "band")
    spread = bands.group_by("name").agg(low=pl.col("value").min(), high=pl.col("value").max())
    spread = spread.with_columns(span=pl.col("high") - pl.col("low")).sort("span", "name", descending=[True, False])
    rows = [
        (FEATURES[row["name"]].title, in_words(FEATURES[row["name"]].theme), f"{row['low']:+.2f}", f"{row['high']:+.2f}")
        for row in spread.head(MOST_FEATURES).to_dicts()
    ]
    heads = ("Feature", "Theme", "Lowest band, log-odds", "Highest band, log-odds")
    return TableBlock("What weighs most in the model", heads, rows, numeric=(2, 3))


def _meanings() -> Section:
    rows = [(in_words(name), in_words(one.theme), one.title) for name, one in FEATURES.items()]
    table = TableBlock("Everything that the model may look at", ("Feature", "Theme", "What it is"), rows)
    text = "Age, gender, ZIP, income, marital and parental status and anything appended are not among them and cannot be added."
    return Section("features", "What it may look at", "", (Block((table,), text=text, fold=True),))
