"""The pages of a day: audiences, catalogue, customer file, propensity, judgements, hold-outs and tests, reach."""

import json
from datetime import date

import dagster as dg
import polars as pl

from assets.breaker_check import breaker_findings
from assets.experiments_view import experiments_view
from assets.house import House
from assets.lake import Lake
from assets.site import Made, Page, site
from pipelines.reports.audience_page import audience_page
from pipelines.reports.catalogue_page import Figures, catalogue_page, sizes_of
from pipelines.reports.hygiene_page import hygiene_page
from pipelines.reports.propensity_page import propensity_page
from pipelines.reports.reach_page import TABLES as REACH_TABLES
from pipelines.reports.reach_page import reach_page
from pipelines.reports.validation_page import validation_page

DAYS_DRAWN = 90  # a quarter of sizes in the catalogue


def assets(partitions: dg.DailyPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of the pages."""
    return [site(page, partitions) for page in PAGES]


def sizes_by_day(lake: Lake, day: date) -> pl.DataFrame:
    """audience, day, members over the last days up to a day. Of each day's members nothing but the audience is read."""
    days = [one for one in lake.days("membership") if one <= day][-DAYS_DRAWN:]
    return sizes_of({one: pl.read_parquet(lake.part("membership", one), columns=["audience"]) for one in days})


def verdicts(lake: Lake, day: date) -> list[dict[str, object]]:
    """What was found about every table of a day, in alphabetical order of tables."""
    folder = lake.home / "_validation" / day.isoformat()
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    for one in found:
        if one["table"] == "breaker":
            one["expectations"] += breaker_findings(lake, day)
    return found


def _read(house: House, day: date, names: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    return {name: house.tables.read(name, day) for name in names}


AUDIENCES = ("membership", "eligibility", "channel_loss", "membership_change", "overlap", "kpi")


def _audiences(house: House, day: date) -> Made:
    return Made(audience_page(day, house.rules, _read(house, day, AUDIENCES)))


CATALOGUE = ("membership", "eligibility", "channel_loss")


def _catalogue(house: House, day: date) -> Made:
    members, met, lost = _read(house, day, CATALOGUE).values()
    figures = Figures(members, met, lost, sizes_by_day(house.tables, day))
    return Made(catalogue_page(day, house.rules, figures), counts={"definitions": len(house.rules.audiences)})


HYGIENE = ("hygiene", "unmatched_zip")


def _hygiene(house: House, day: date) -> Made:
    return Made(hygiene_page(day, house.rules, *_read(house, day, HYGIENE).values()))


PROPENSITY = ("propensity_model", "propensity_quality")


def _propensity(house: House, day: date) -> Made:
    model, quality = _read(house, day, PROPENSITY).values()
    return Made(propensity_page(day, house.rules, quality, model))


def _judgements(house: House, day: date) -> Made:
    found = verdicts(house.tables, day)
    return Made(validation_page(day, found), len(found), {"tables": len(found)})


def _experiments(house: House, day: date) -> Made:
    view = experiments_view(house.tables, day)
    return Made(view.page(house.rules), view.arms.height, {"arms": view.arms.height})


def _reach(house: House, day: date) -> Made:
    frames = _read(house, day, REACH_TABLES)
    cells = frames["reach"].height
    return Made(reach_page(day, house.rules, frames), cells, {"cells": cells})


PAGES = (
    Page("audience", "audiences", "marketing", AUDIENCES,
         "The three audiences of the day in one page: sizes, reasons, entries and exits, figures against targets.", _audiences),
    Page("catalogue", "catalogue", "marketing", CATALOGUE,
         "Every audience in plain words made from its rules, with size over time, reasons and losses.", _catalogue),
    Page("hygiene", "hygiene", "data", HYGIENE,
         "How clean the customer file is, by rooftop: who can be acted on, reach, age, duplicates, dead values.", _hygiene),
    Page("propensity", "propensity", "data", PROPENSITY,
         "How the propensity to buy did on later days: calibration, lift, AUC, and what speaks.", _propensity),
    Page("validation", "validation", "data", ("feed_file", "membership_change", "kpi", "shared_with", "breaker"),
         "What Great Expectations and the row contracts found about every table of the day.", _judgements),
    Page("experiments", "experiments", "marketing", ("experiment_arm", "experiment_health", "assignment", "geo_balance"),
         "Hold-outs and tests: arms and their sizes, balance, power by now, contamination, dark ZIPs.", _experiments),
    Page("reach", "reach", "marketing", tuple(REACH_TABLES),
         "What each platform could find, which lists are too small and why, frequency, and what is held back.", _reach),
)  # fmt: skip
