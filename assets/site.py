"""The one factory of pages: from what a page is and what makes it to a Dagster asset that writes it. Static, without a server."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from assets.house import House
from assets.progress import tell
from assets.table import day_of


@dataclass(frozen=True)
class Made:
    """A page as HTML, the rows that it tells as its progress, and the counts that the UI shows beside its place."""

    html: str
    rows: int = 1
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """One page of a day: the asset `<asset>_site`, in the lake as `_site/<day>/<file>.html`."""

    asset: str
    file: str
    owner: str
    deps: tuple[str, ...]
    description: str
    make: Callable[[House, date], Made]


def site(page: Page, partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    """The asset that writes a page."""
    name = f"{page.asset}_site"

    @dg.asset(
        name=name,
        deps=list(page.deps),
        group_name="reports",
        owners=[f"team:{page.owner}"],
        kinds={"html"},
        partitions_def=partitions,
        description=page.description,
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day = time.monotonic(), day_of(context)
        made = page.make(house, day)
        place = house.tables.write_bytes(f"_site/{day.isoformat()}/{page.file}.html", made.html.encode())
        tell(name, made.rows, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": str(place), **made.counts})

    return body
