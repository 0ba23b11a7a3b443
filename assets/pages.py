"""Writes the pages of a day: judgements, audiences, catalogue, customer file, propensity. Static, without a server."""

import json
import time
from collections.abc import Iterator
from datetime import date

import dagster as dg
import polars as pl

from assets.breaker_check import breaker_findings
from assets.house import House
from assets.lake import Lake
from assets.progress import tell
from assets.table import day_of
from pipelines.reports.audience_page import audience_page
from pipelines.reports.catalogue_page import Figures, catalogue_page, sizes_of
from pipelines.reports.hygiene_page import hygiene_page
from pipelines.reports.propensity_page import propensity_page
from pipelines.reports.validation_page import validation_page

DAYS_DRAWN = 90  # a quarter of sizes in the catalogue


def assets(partitions: dg.DailyPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The assets of the pages."""
    sites = (_audience_site, _catalogue_site, _hygiene_site, _propensity_site, _validation_site)
    return [site(partitions) for site in sites]


def _audience_site(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name="audience_site",
        deps=["membership", "eligibility", "channel_loss", "membership_change", "overlap", "kpi"],
        group_name="reports",
        owners=["team:marketing"],
        kinds={"html"},
        partitions_def=partitions,
        description="The three audiences of the day in one page: sizes, reasons, entries and exits, figures against targets.",
    )
    def audience_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day, lake = time.monotonic(), day_of(context), house.tables
        names = ("membership", "eligibility", "channel_loss", "membership_change", "kpi", "overlap")
        html = audience_page(day, house.rules, {name: lake.read(name, day) for name in names})
        place = lake.write_bytes(f"_site/{day.isoformat()}/audiences.html", html.encode())
        tell("audience_site", 1, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place)})

    return audience_site


def _catalogue_site(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name="catalogue_site",
        deps=["membership", "eligibility", "channel_loss"],
        group_name="reports",
        owners=["team:marketing"],
        kinds={"html"},
        partitions_def=partitions,
        description="Every audience in plain words made from its rules, with size over time, reasons and losses.",
    )
    def catalogue_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day, lake = time.monotonic(), day_of(context), house.tables
        members, met, lost = (lake.read(name, day) for name in ("membership", "eligibility", "channel_loss"))
        figures = Figures(members, met, lost, sizes_by_day(lake, day))
        html = catalogue_page(day, house.rules, figures)
        place = lake.write_bytes(f"_site/{day.isoformat()}/catalogue.html", html.encode())
        tell("catalogue_site", 1, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place), "definitions": len(house.rules.audiences)})

    return catalogue_site


def sizes_by_day(lake: Lake, day: date) -> pl.DataFrame:
    """audience, day, members over the last days up to a day. Of each day's members nothing but the audience is read."""
    days = [one for one in lake.days("membership") if one <= day][-DAYS_DRAWN:]
    return sizes_of({one: pl.read_parquet(lake.part("membership", one), columns=["audience"]) for one in days})


def _hygiene_site(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name="hygiene_site",
        deps=["hygiene", "unmatched_zip"],
        group_name="reports",
        owners=["team:data"],
        kinds={"html"},
        partitions_def=partitions,
        description="How clean the customer file is, by rooftop: who can be acted on, reach, age, duplicates, dead values.",
    )
    def hygiene_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day = time.monotonic(), day_of(context)
        tables = house.tables
        html = hygiene_page(day, house.rules, tables.read("hygiene", day), tables.read("unmatched_zip", day))
        place = house.tables.write_bytes(f"_site/{day.isoformat()}/hygiene.html", html.encode())
        tell("hygiene_site", 1, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place)})

    return hygiene_site


def _propensity_site(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name="propensity_site",
        deps=["propensity_model", "propensity_quality"],
        group_name="reports",
        owners=["team:data"],
        kinds={"html"},
        partitions_def=partitions,
        description="How the propensity to buy did on later days: calibration, lift, AUC, and what speaks.",
    )
    def propensity_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day, lake = time.monotonic(), day_of(context), house.tables
        html = propensity_page(day, house.rules, lake.read("propensity_quality", day), lake.read("propensity_model", day))
        place = lake.write_bytes(f"_site/{day.isoformat()}/propensity.html", html.encode())
        tell("propensity_site", 1, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place)})

    return propensity_site


def _validation_site(partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name="validation_site",
        deps=["feed_file", "membership_change", "kpi", "shared_with", "breaker"],
        group_name="reports",
        owners=["team:data"],
        kinds={"html"},
        partitions_def=partitions,
        description="What Great Expectations and the row contracts found about every table of the day.",
    )
    def validation_site(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day = time.monotonic(), day_of(context)
        found = verdicts(house.tables, day)
        place = house.tables.write_bytes(f"_site/{day.isoformat()}/validation.html", validation_page(day, found).encode())
        tell("validation_site", len(found), started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place), "tables": len(found)})

    return validation_site


def verdicts(lake: Lake, day: date) -> list[dict[str, object]]:
    """What was found about every table of a day, in alphabetical order of tables."""
    folder = lake.home / "_validation" / day.isoformat()
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    for one in found:
        if one["table"] == "breaker":
            one["expectations"] += breaker_findings(lake, day)
    return found
