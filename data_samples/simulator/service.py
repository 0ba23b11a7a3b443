"""Service: which vehicles come to us, every visit by miles and months, what was done and recommended, and appointments."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws, Floats, Ints, repeat
from data_samples.simulator.people import BOUGHT_IN, OWNER, SALES, SERVICE_ONLY
from schemas.policy import Policy

MOST_VISITS = 26
TWO_VALUES_ONE_IN = 31  # orders whose first line holds two values
VOID_SHARE, MISSED_SHARE = 0.012, 0.05  # of orders; of appointments that nobody kept
DAYS_AHEAD = 45  # appointments are booked at most this far ahead
MENU = (
    ("LOF", "LUBE OIL AND FILTER", 69.95, 5),
    ("ROT", "TIRE ROTATION", 29.95, 3),
    ("MPI", "MULTI POINT INSPECTION", 0.0, 3),
    ("BRK", "FRONT BRAKE PADS AND ROTORS", 489.0, 1),
    ("BAT", "BATTERY REPLACEMENT", 219.0, 0.6),
    ("TIRE", "FOUR TIRES MOUNT AND BALANCE", 842.0, 0.7),
    ("CAF", "CABIN AIR FILTER", 79.0, 1),
    ("ALN", "FOUR WHEEL ALIGNMENT", 129.95, 0.8),
    ("RECALL", "RECALL CAMPAIGN", 0.0, 0.5),
    ("DIAG", "DIAGNOSE CHECK ENGINE LIGHT", 159.0, 0.7),
)
MAJORS = ((30_000, "30K"), (60_000, "60K"), (90_000, "90K"))


def make_visits(policy: Policy, draws: Draws, people: pl.DataFrame, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Visits to our rooftops with day, miles, work and money; days up to DAYS_AHEAD after the last one are appointments."""
    mine = _kept_here(policy, draws, spells)
    interval = _interval(policy, people, mine) * (0.85 + 0.35 * draws.uniform("service habit", mine["spell"].to_numpy()))
    start, stop = numbers(mine, "start", "stop")
    until = np.minimum(stop, calendar.last + DAYS_AHEAD)
    count = np.clip(((until - start - 30) / interval).astype(np.int64), 0, MOST_VISITS)
    row, number = repeat(count)
    visits = mine[row].with_columns(number=pl.Series(number + 1))
    key = (visits["spell"].to_numpy(), number)
    day = start[row] + ((number + 1 + 0.25 * (draws.uniform("visit jitter", *key) - 0.5)) * interval[row]).astype(np.int64)
    years = (day - visits["in_service"].to_numpy()) / 365.25
    keeps = np.where(visits["own_make"].to_numpy(), 0.93, 0.6) * np.exp(-0.09 * np.maximum(years - 3, 0))
    lapse = start[row] + draws.waiting("faithful days", 1900, 2, visits["spell"].to_numpy())
    gone = at(people, "gone_on", visits["person"].to_numpy()).to_numpy()
    shown = draws.chance("comes", keeps, *key) & (day < until[row]) & (day < np.minimum(lapse, gone))
    visits = visits.with_columns(day=pl.Series(day), miles=pl.Series(_odometer(draws, people, visits, day, key)))
    visits = visits.filter(pl.Series(shown)).sort("day", "spell", "number").with_row_index("visit")
    visits = visits.with_columns(pl.col("visit").cast(pl.Int64), ro=numbered(visits, 123))
    return _work(draws, visits, calendar)


def numbered(frame: pl.DataFrame, start: int) -> pl.Series:
    """Running numbers per rooftop with leading zeros, in the frame's order."""
    return frame.select((pl.int_range(pl.len()).over("rooftop") + start).cast(pl.String).str.zfill(6)).to_series()


def _kept_here(policy: Policy, draws: Draws, spells: pl.DataFrame) -> pl.DataFrame:
    """The spells whose vehicle is serviced with us."""
    own = {one.brand: one.make for one in policy.group.brands}
    makes = np.array([own[one.brand] for one in policy.group.rooftops], dtype=object)
    own_make = spells["make"].to_numpy() == makes[spells["rooftop"].to_numpy()]
    kind, here = numbers(spells, "kind", "here")
    share = np.where(here & own_make, 0.8, np.where(here, 0.35, np.where(own_make, 0.3, 0.03)))
    share = np.where(kind == SERVICE_ONLY, np.where(own_make, 0.95, 0.15), share)
    share = np.where((kind == OWNER) & ~here, 0.0, np.where(kind == BOUGHT_IN, share * 0.5, share))
    keeps = draws.chance("services here", share, spells["spell"].to_numpy())
    return spells.with_columns(own_make=pl.Series(own_make)).filter(pl.Series(keeps & (kind <= OWNER) & (kind >= SALES)))


def _interval(policy: Policy, people: pl.DataFrame, spells: pl.DataFrame) -> Floats:
    """Days between two due dates: the make's miles at the person's pace, or its months, whichever is sooner."""
    by_make = {one.make: (one.months, one.miles) for one in policy.reference.service_intervals}
    months, miles = (np.array([by_make.get(make, (12, 7_500))[i] for make in spells["make"].to_list()]) for i in (0, 1))
    pace = at(people, "miles_per_year", spells["person"].to_numpy()).to_numpy()
    return np.clip(np.minimum(months * 30.4, miles / pace * 365.25), 90, 400)


def due_dates(
    policy: Policy, people: pl.DataFrame, spells: pl.DataFrame, visits: pl.DataFrame, calendar: Calendar
) -> pl.DataFrame:
    """The true next due day of every vehicle held on the last day that we have serviced: last visit plus interval."""
    held = spells.filter((pl.col("start") <= calendar.last) & (pl.col("stop") > calendar.last))
    done = visits.filter((pl.col("day") <= calendar.last) & ~pl.col("is_missed") & ~pl.col("is_void"))
    last = done.group_by("spell").agg(pl.col("day").max().alias("last_visit"))
    held = held.join(last, on="spell", how="inner").sort("spell")
    due = held["last_visit"].to_numpy() + _interval(policy, people, held).astype(np.int64)
    return held.select("person", "vin", "last_visit").with_columns(due=pl.Series(due))


def _odometer(draws: Draws, people: pl.DataFrame, visits: pl.DataFrame, day: Ints, key: tuple[Ints, Ints]) -> Ints:
    """True miles, with a few typing errors and a few clocks turned back."""
    pace = at(people, "miles_per_year", visits["person"].to_numpy()).to_numpy()
    miles = visits["miles_at_start"].to_numpy() + (day - visits["start"].to_numpy()) / 365.25 * pace
    u = draws.uniform("odometer fault", *key)
    return (
        np.where(u < 0.003, miles * 10, np.where(u < 0.006, miles / 10, np.where(u < 0.009, miles - 22_000, miles)))
        .clip(1)
        .astype(np.int64)
    )


def _work(draws: Draws, visits: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Operations of each visit as cell text, amounts by pay type, when it closed, and its appointment."""
    ids, miles, day = numbers(visits, "visit", "miles", "day")
    key = visits["spell"].to_numpy() * 64 + visits["number"].to_numpy()
    weights = [weight for *_, weight in MENU]
    lines = 1 + draws.poisson("extra lines", 0.8, key).clip(0, 3)
    ops = np.stack([draws.choose(f"operation {k}", weights, key) for k in range(4)])
    ops[0] = np.where(draws.chance("oil first", 0.7, key), 0, ops[0])
    warranty, internal = draws.chance("warranty pay", 0.13, key), draws.chance("internal pay", 0.025, key)
    declined = draws.chance("declined", 0.22, key)
    declined_op = draws.choose("declined operation", (0, 0, 0, 4, 2, 4, 2, 2, 0, 0), key)
    codes, texts, kinds, totals = [], [], [], []
    for i in range(len(ids)):
        mine = [MENU[o] for o in dict.fromkeys(ops[: lines[i], i].tolist())]
        major = next((name for limit, name in MAJORS if abs(int(miles[i]) - limit) < 4_000), None)
        chosen = [(m[0], m[1], m[2]) for m in mine] + ([(major, f"{major} MILE SERVICE", 389.0)] if major else [])
        if key[i] % TWO_VALUES_ONE_IN == 3:
            chosen[0] = (f"{chosen[0][0]}^SHOP", f"{chosen[0][1]}^SHOP SUPPLIES", chosen[0][2])
        codes.append("|".join(c for c, _, _ in chosen))
        texts.append("|".join(t for _, t, _ in chosen))
        kinds.append(
            "|".join(
                "I" if internal[i] else "W" if (warranty[i] and n == 0) or c.startswith("RECALL") else "C"
                for n, (c, _, _) in enumerate(chosen)
            )
        )
        totals.append(sum(p for _, _, p in chosen))
    total = np.round(np.array(totals) * (0.9 + 0.25 * draws.uniform("price level", key)), 2)
    long = draws.chance("several days", 0.3, key)
    has_appointment = draws.chance("has appointment", 0.62, key) | (day > calendar.last)
    missed = has_appointment & (day <= calendar.last) & draws.chance("missed", MISSED_SHARE, key)
    return visits.with_columns(
        codes=text(codes),
        texts=text(texts),
        pay=text(kinds),
        total=pl.Series(total),
        is_warranty=pl.Series(warranty),
        is_internal=pl.Series(internal),
        recommended=_declined(declined, declined_op, 0),
        recommendation=_declined(declined, declined_op, 1),
        closed=pl.Series(day + np.where(long, 1 + draws.integer("days open", 0, 4, key), 0)),
        booked=pl.Series(day - draws.integer("booked ahead", 1, 21, key)),
        has_appointment=pl.Series(has_appointment),
        is_missed=pl.Series(missed),
        is_void=pl.Series(draws.chance("void", VOID_SHARE, key) & ~missed),
    )


def _declined(declined: NDArray[np.bool_], operation: Ints, part: int) -> pl.Series:
    """Code (part 0) or text (part 1) of the recommended work that the customer declined."""
    return text(
        [str(MENU[o][part]) if said_no else None for said_no, o in zip(declined.tolist(), operation.tolist(), strict=True)]
    )
