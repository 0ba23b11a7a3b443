"""Who held which vehicle and when: one row per spell of ownership, from ten years ago until a little after the last day."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_samples.simulator.columns import text
from data_samples.simulator.days import Calendar
from data_samples.simulator.draws import Draws, Floats, Ints
from data_samples.simulator.garage import Catalogue
from data_samples.simulator.people import BOUGHT_IN, OWNER, PROSPECT, SALES, SERVICE_ONLY
from schemas.policy import Policy

HISTORY_DAYS = 3650
AHEAD_DAYS = 120  # purchases this far after the last day are simulated, so that their journeys are under way
MOST_SPELLS = 7
LEASE_TERMS, LEASE_WEIGHTS = np.array([24, 36, 39]), (0.15, 0.6, 0.25)
LOAN_TERMS, LOAN_WEIGHTS = np.array([48, 60, 72, 84]), (0.12, 0.33, 0.42, 0.13)
MONTH_DAYS = 30.4375
OTHER_MAKES = (
    ("Toyota", 15),
    ("Ford", 13),
    ("Chevrolet", 12),
    ("Honda", 10),
    ("Nissan", 7),
    ("Hyundai", 6),
    ("Kia", 5),
    ("Subaru", 5),
    ("Jeep", 5),
    ("Ram", 4),
    ("GMC", 4),
    ("Volkswagen", 3),
    ("Mazda", 3),
    ("BMW", 3),
    ("Mercedes-Benz", 3),
    ("Lexus", 3),
    ("Audi", 2),
)
NEW, LEASE, USED = range(3)
HERE_SHARE = {SALES: 0.72, SERVICE_ONLY: 0.0, BOUGHT_IN: 0.06, PROSPECT: 0.0, OWNER: 0.03}


def make_spells(policy: Policy, draws: Draws, people: pl.DataFrame, catalogue: Catalogue, calendar: Calendar) -> pl.DataFrame:
    """Spells of ownership with their vehicles; `start` and `stop` are day numbers, stop is exclusive."""
    spells = pl.concat([one for one in _timeline(draws, people, calendar)]).sort("person", "start")
    spells = spells.with_row_index("spell").with_columns(pl.col("spell").cast(pl.Int64))
    spells = spells.join(
        people.select("person", "kind", "gone_on", rooftop=pl.col("rooftop")), on="person", how="left", maintain_order="left"
    )
    spells = _where(policy, draws, spells, calendar)
    return _vehicle(policy, draws, spells, catalogue)


def _timeline(draws: Draws, people: pl.DataFrame, calendar: Calendar) -> list[pl.DataFrame]:
    """Spell after spell for everybody at once. A spell ends when the next one begins."""
    person, kind = people["person"].to_numpy(), people["kind"].to_numpy()
    event = people["life_event_on"].to_numpy()
    horizon = calendar.last + AHEAD_DAYS
    start = calendar.last - HISTORY_DAYS + draws.uniform("first vehicle", person) * 1900
    start = np.maximum(start, people["birth"].to_numpy() + 18 * 365.25)
    cause = np.full(len(person), "first")
    rows = []
    for k in range(MOST_SPELLS):
        how = draws.choose("how", (0.34, 0.2, 0.46), person, k)
        term = np.where(how == LEASE, LEASE_TERMS[draws.choose("lease term", LEASE_WEIGHTS, person, k)], 0)
        held, why = _hold(draws, person, k, how, term, start, event)
        alive = start < horizon
        rows.append(
            pl.DataFrame(
                {
                    "person": person[alive],
                    "start": start[alive].astype(np.int64),
                    "stop": (start + held)[alive].astype(np.int64),
                    "how": how[alive],
                    "lease_term": term[alive],
                    "cause": text(cause[alive]),
                }
            )
        )
        person, kind, event, start, cause = person[alive], kind[alive], event[alive], (start + held)[alive], why[alive]
    return rows


def _hold(
    draws: Draws, person: Ints, k: int, how: Ints, term: Ints, start: Floats, event: Ints
) -> tuple[Floats, NDArray[np.str_]]:
    """Days until the vehicle is replaced, and the cause of replacing it."""
    loan = 200 + draws.waiting("years held", np.where(how == USED, 3.8, 4.9) * 365, 3, person, k)
    lease = term * MONTH_DAYS + 12 * draws.normal("lease slack", person, k)
    early = draws.chance("pull ahead", 0.12, person, k)
    kept = draws.chance("bought out", 0.12, person, k)
    lease = (
        lease - early * (30 + 120 * draws.uniform("how early", person, k)) + kept * (300 + 900 * draws.uniform("kept", person, k))
    )
    held = np.where(how == LEASE, lease, loan)
    cause = np.where(how == LEASE, np.where(kept, "bought_out_later", np.where(early, "pull_ahead", "lease_end")), "vehicle_age")
    loss = draws.chance("total loss", 0.03, person, k)
    held = np.where(loss, 60 + held * draws.uniform("loss day", person, k), held)
    cause = np.where(loss, "total_loss", cause)
    moved_by = event + 20 + 100 * draws.uniform("after event", person, k)
    triggered = (moved_by > start + 400) & (moved_by < start + held) & draws.chance("event triggers", 0.45, person, k)
    return np.where(triggered, moved_by - start, held), np.where(triggered, "life_event", cause)


def _where(policy: Policy, draws: Draws, spells: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Whether a spell began at one of our rooftops, and at which."""
    person, spell_start = spells["person"].to_numpy(), spells["start"].to_numpy()
    kind = spells["kind"].to_numpy()
    here = draws.uniform("here", person, spell_start) < np.array([HERE_SHARE[k] for k in range(5)])[kind]
    comes = spell_start < spells["gone_on"].to_numpy()
    forced = _one_each(draws, spells, (kind == SALES) & (spell_start <= calendar.last) & comes)
    acquired = _one_each(draws, spells, (kind == BOUGHT_IN) & (spell_start < calendar.last - 1100))
    here = here & ~((kind == BOUGHT_IN) & (spell_start < calendar.last - 1100)) | forced | acquired
    here = here & comes & ~((kind == OWNER) & (spell_start < calendar.first))
    home = spells["rooftop"].to_numpy()
    sibling = _sibling(policy, draws, home, person, spell_start)
    return spells.drop("gone_on").with_columns(
        here=pl.Series(here), home=pl.Series(home), rooftop=pl.Series(np.where(here, sibling, home))
    )


def _one_each(draws: Draws, spells: pl.DataFrame, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """One allowed spell of every person that has any."""
    chosen = spells.select("person", "spell").filter(pl.Series(allowed))
    chosen = chosen.with_columns(
        order=pl.Series(draws.uniform("forced", chosen["person"].to_numpy(), chosen["spell"].to_numpy()))
    )
    chosen = chosen.sort("person", "order").unique("person", keep="first", maintain_order=True)
    mask = np.zeros(len(spells), dtype=bool)
    mask[chosen["spell"].to_numpy()] = True
    return mask


def _sibling(policy: Policy, draws: Draws, home: Ints, person: Ints, start: Ints) -> Ints:
    """Mostly the home rooftop; now and then another one of the same market."""
    market = {one.market: i for i, one in enumerate(policy.group.markets)}
    of = np.array([market[one.market] for one in policy.group.rooftops])
    result, away = home.copy(), draws.chance("other rooftop", 0.16, person, start)
    for one in np.unique(of):
        mine = away & (of[home] == one)
        options = np.flatnonzero(of == one)
        result[mine] = options[draws.integer("which rooftop", 0, len(options) - 1, person[mine], start[mine])]
    return result


def _vehicle(policy: Policy, draws: Draws, spells: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Make, model year, VIN pattern and serial number of every spell's vehicle."""
    ids = spells["spell"].to_numpy()
    person, start, how = (spells[c].to_numpy() for c in ("person", "start", "how"))
    make = _makes(policy, draws, spells)
    year = 1970 + ((start + 75) / 365.2425).astype(np.int64)  # the model year changes in autumn
    age = np.clip(1 + draws.waiting("age when bought", 4.0, 2, person, start).astype(np.int64), 1, 14)
    year = np.where(how == USED, np.maximum(year - age, 2001), year)
    chosen = catalogue.assign(make, year, ids)
    return spells.with_columns(
        vin=text(catalogue.vins(chosen, ids)),
        make=text(catalogue.column("make", chosen)),
        model=text(catalogue.column("model", chosen)),
        year=pl.Series(catalogue.column("year", chosen).astype(np.int64)),
        body=text(catalogue.column("body", chosen)),
        msrp=pl.Series(np.round(catalogue.column("msrp", chosen) * (0.94 + 0.2 * draws.uniform("equipment", ids)), -1)),
        age=pl.Series(np.where(how == USED, age, 0)),
        miles_at_start=pl.Series(
            np.where(how == USED, age * (9_000 + 6_000 * draws.uniform("used miles", ids)), 8).astype(np.int64)
        ),
        in_service=pl.Series(start - np.where(how == USED, age * 365 - 40, 0)),
    )


def _makes(policy: Policy, draws: Draws, spells: pl.DataFrame) -> NDArray[np.object_]:
    person, start, how, kind = (spells[c].to_numpy() for c in ("person", "start", "how", "kind"))
    here, rooftop = spells["here"].to_numpy(), spells["rooftop"].to_numpy()
    own = {one.brand: one.make for one in policy.group.brands}
    ours = np.array([own[one.brand] for one in policy.group.rooftops], dtype=object)[rooftop]
    names = np.array([name for name, _ in OTHER_MAKES], dtype=object)
    other = names[draws.choose("other make", [weight for _, weight in OTHER_MAKES], person, start)]
    rivals = _rivals(policy, draws, rooftop, person, start)
    u = draws.uniform("make", person, start)
    result = np.where((kind == OWNER) & (u < 0.9), rivals, other)
    result = np.where((kind == SERVICE_ONLY) & (u < 0.85), ours, result)
    result = np.where(~here & np.isin(kind, (SALES, BOUGHT_IN)) & (u < 0.15), ours, result)
    return np.where(here & ((how != USED) | (u < 0.55)), ours, result)


def _rivals(policy: Policy, draws: Draws, rooftop: Ints, person: Ints, start: Ints) -> NDArray[np.object_]:
    """A competitor make that the brand of the nearest rooftop can win from."""
    makes = {one.brand: one.makes for one in policy.conquest.brands}
    everything = sorted({make for one in makes.values() for make in one}) or ["Toyota"]
    result = np.empty(len(rooftop), dtype=object)
    for index, one in enumerate(policy.group.rooftops):
        mine = rooftop == index
        options = np.array(makes.get(one.brand, everything), dtype=object)
        result[mine] = options[draws.integer("rival", 0, len(options) - 1, person[mine], start[mine])]
    return result


def add_finance(draws: Draws, spells: pl.DataFrame) -> pl.DataFrame:
    """Price, loan or lease terms. Payments by the annuity formula; leases by depreciation plus rent charge."""
    ids, how = spells["spell"].to_numpy(), spells["how"].to_numpy()
    msrp, age = spells["msrp"].to_numpy(), spells["age"].to_numpy()
    price = np.round(np.where(how == USED, msrp * 0.82 * 0.86**age, msrp * (0.94 + 0.05 * draws.uniform("discount", ids))), 2)
    cash = draws.chance("cash", 0.15, ids) & (how != LEASE)
    term = np.where(how == LEASE, spells["lease_term"].to_numpy(), LOAN_TERMS[draws.choose("loan term", LOAN_WEIGHTS, ids)])
    term = np.where(cash, 0, term)
    apr = np.round(np.where(how == USED, 6.5, 3.9) + 5.5 * draws.uniform("apr", ids) ** 2, 2)
    down = np.round(price * (0.04 + 0.16 * draws.uniform("down", ids)), -2)
    financed = np.where(cash, 0, np.round(price - down, 2))
    rate = apr / 1200
    residual = np.where(how == LEASE, np.round(msrp * (0.70 - 0.0035 * term)), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        loan_payment = financed * rate / (1 - (1 + rate) ** -np.maximum(term, 1))
    lease_payment = (financed - residual) / np.maximum(term, 1) + (financed + residual) * 0.0017
    allowed = np.array([10_000, 12_000, 15_000])[draws.choose("allowed miles", (0.3, 0.45, 0.25), ids)]
    return spells.with_columns(
        price=pl.Series(price),
        cash=pl.Series(cash),
        term=pl.Series(term),
        apr=pl.Series(np.where(cash | (how == LEASE), np.nan, apr)),
        down=pl.Series(np.where(cash, 0, down)),
        financed=pl.Series(financed),
        residual=pl.Series(residual),
        payment=pl.Series(np.round(np.where(cash, 0, np.where(how == LEASE, np.maximum(lease_payment, 99), loan_payment)), 2)),
        allowed=pl.Series(np.where(how == LEASE, allowed * term // 12, 0)),
    )
