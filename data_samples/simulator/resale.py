"""Trade-ins, and what becomes of them: a traded vehicle is sold to the next used-car buyer, or goes to auction."""

from collections import defaultdict

import numpy as np
import polars as pl

from data_samples.simulator.columns import at, numbers
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws
from data_samples.simulator.ownership import LEASE, USED

VEHICLE = ("vin", "make", "model", "year", "body", "msrp", "in_service")
SHELF_DAYS = (6, 110)  # days between trade-in and resale


def trade_and_resell(draws: Draws, people: pl.DataFrame, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Passes vehicles on. Adds trade_spell (the spell whose vehicle was traded in, else -1), trade_miles and resold_to."""
    traded = _traded(draws, spells)
    start, stop, rooftop, how = numbers(spells, "start", "stop", "rooftop", "how")
    pace = at(people, "miles_per_year", spells["person"].to_numpy()).to_numpy()
    miles, in_service = spells["miles_at_start"].to_numpy().copy(), spells["in_service"].to_numpy()
    wanted = (how == USED) & spells["here"].to_numpy() & draws.chance("from our trades", 0.6, spells["spell"].to_numpy())
    root, resold = np.arange(len(spells)), np.full(len(spells), -1)
    shelf: dict[int, list[int]] = defaultdict(list)
    for j in np.argsort(start, kind="stable").tolist():
        if wanted[j]:
            shelf[rooftop[j]] = [i for i in shelf[rooftop[j]] if start[j] - stop[i] <= SHELF_DAYS[1]]
            i = next((i for i in shelf[rooftop[j]] if start[j] - stop[i] >= SHELF_DAYS[0]), None)
            if i is not None:
                shelf[rooftop[j]].remove(i)
                root[j], resold[i] = root[i], j
                miles[j] = miles[i] + (stop[i] - start[i]) / 365.25 * pace[i] + 15
        if traded[j] >= 0 and start[j] - in_service[root[traded[j]]] < 12 * 365:
            shelf[rooftop[j]].append(int(traded[j]))
    years = np.maximum((start - in_service[root]) // 365, 0)
    return spells.with_columns(
        *(at(spells, name, root).alias(name) for name in VEHICLE),
        miles_at_start=pl.Series(miles),
        age=pl.Series(np.where(how == USED, np.minimum(years, 14), 0)),
        trade_spell=pl.Series(traded),
        trade_miles=pl.Series(np.where(traded >= 0, (miles + (stop - start) / 365.25 * pace)[traded], 0).astype(np.int64)),
        resold_to=pl.Series(resold),
    )


def _traded(draws: Draws, spells: pl.DataFrame) -> np.ndarray:
    """For every purchase at our rooftops, the buyer's spell before it where that vehicle was traded in, else -1."""
    person, how, ids = numbers(spells, "person", "how", "spell")
    before = np.arange(len(spells)) - 1
    same = np.append(False, person[1:] == person[:-1])
    fine = same & spells["here"].to_numpy() & (spells["cause"] != "total_loss").to_numpy()
    likely = np.where(how[before] == LEASE, 0.35, 0.66)
    return np.where(fine & draws.chance("trades in", likely, ids), before, -1)
