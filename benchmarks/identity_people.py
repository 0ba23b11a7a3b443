"""Customers of a dealer group in any number, with the truth of who is who and who lives together.

    python -m benchmarks.identity_people --records 100000,1000000 --out out/bench

Four sources write about the same people: forms of the site, the CRM, sales and service. What they hold, leave out, share and get
wrong follows the shares of a hand-checked file of 20,000 such records. Same seed and size, same bytes.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.identity_errors import mistyped, with_chance
from benchmarks.identity_names import ENDS, given_names, invent, nickname_table, surnames

Draw = np.random.Generator
SOURCES = ("web", "crm", "dms_sales", "dms_service")
SOURCE_SHARE = (0.123, 0.379, 0.202, 0.296)
HOUSEHOLD_SIZES = (0.457, 0.353, 0.117, 0.073)  # one person to four
STOP = 0.395  # chance that a record of a person is the last; geometric, at most 12
SHARED_SURNAME, SHARED_PHONE, SHARED_EMAIL, SHARED_VEHICLE = 0.73, 0.25, 0.08, 0.32
MISSING = {  # share of null by source, in the order of SOURCES
    "first_name": (0.004, 0.006, 0.006, 0.005),
    "last_name": (0.035, 0.011, 0.003, 0.004),
    "email": (0.042, 0.171, 0.309, 0.459),
    "phone": (0.322, 0.114, 0.069, 0.102),
    "address": (0.794, 0.345, 0.019, 0.097),
    "zip": (0.509, 0.301, 0.022, 0.081),
    "city": (0.789, 0.352, 0.021, 0.094),
    "dob": (1.0, 0.952, 0.4, 0.972),
    "vin": (1.0, 0.801, 0.027, 0.047),
    "customer_no": (1.0, 1.0, 0.022, 0.025),
    "client_id": (0.107, 0.896, 1.0, 1.0),
}
TYPOS = {
    "first_name": 0.03,
    "last_name": 0.025,
    "email": 0.01,
    "phone": 0.012,
    "address": 0.015,
    "zip": 0.009,
    "dob": 0.01,
    "vin": 0.003,
}
DOMAINS = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "aol.com",
    "outlook.com",
    "icloud.com",
    "comcast.net",
    "att.net",
    "bellsouth.net",
)
DOMAIN_SHARE = (0.456, 0.176, 0.104, 0.065, 0.06, 0.056, 0.032, 0.03, 0.021)
AREA_CODES = np.array(["919", "704", "828", "336", "910", "980", "252"])
STREETS = {
    "way": "way",
    "blvd": "boulevard",
    "dr": "drive",
    "st": "street",
    "ln": "lane",
    "rd": "road",
    "ave": "avenue",
    "ct": "court",
}
SALES_DESKS = 30  # e-mails and phones of the group itself, typed where the customer's was not known
VIN_LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ", dtype=np.uint8)
DAYS = (np.datetime64("2024-01-01"), 900)


def shares(random: Draw, weights: tuple[float, ...] | NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Row numbers of a table drawn by its weights."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges, random.random(size) * edges[-1], side="right").clip(max=len(edges) - 1)


def _households(random: Draw, people: int) -> NDArray[np.int64]:
    """The household of each person: neighbours in the order of persons."""
    sizes = shares(random, HOUSEHOLD_SIZES, people) + 1
    return np.repeat(np.arange(people), sizes)[:people]


def _phones(random: Draw, size: int) -> pl.Series:
    lines = random.integers(2_000_000, 10_000_000, size)
    return pl.Series(AREA_CODES[random.integers(0, len(AREA_CODES), size)]) + pl.Series(lines).cast(pl.String)


def _vins(random: Draw, size: int) -> pl.Series:
    letters = VIN_LETTERS[random.integers(0, len(VIN_LETTERS), (size, 17))]
    return pl.Series(letters.view("S17").ravel().astype("U17"))


def _towns(random: Draw, records: int) -> pl.DataFrame:
    """Columns zip and city; a larger file covers more ZIP codes, at most 950, with three or four to a town."""
    zips = min(950, int(400 * (records / 20_000) ** 0.2))
    towns = np.array([word + "ville" for word in invent(int(zips / 3.4), ENDS, set(), random)])
    codes = 28_000 + random.permutation(1_000)[:zips]
    return pl.DataFrame({"zip": codes.astype(str), "city": towns[np.arange(zips) % len(towns)]})


def _places(random: Draw, size: int, towns: pl.DataFrame, surname: NDArray[np.str_]) -> pl.DataFrame:
    """Columns address, flat, zip and city of `size` homes."""
    zip_row = shares(random, 1 / (np.arange(towns.height) + 4.0), size)
    numbers, kinds = random.integers(100, 9_999, size), np.array(list(STREETS))[random.integers(0, len(STREETS), size)]
    roads = surname[shares(random, 1 / (np.arange(6_000) + 50.0), size)]
    flat = pl.Series(random.integers(1, 400, size)).cast(pl.String)
    plain = pl.Series(numbers).cast(pl.String) + " " + pl.Series(roads) + " " + pl.Series(kinds)
    return towns[zip_row].with_columns(address=plain, flat=with_chance(random, 0.15, flat))


def _emails(random: Draw, people: pl.DataFrame) -> pl.Series:
    """An address made of the name, in one of the usual ways, mostly with a number."""
    first, last = pl.col("first_name"), pl.col("last_name")
    ways = (first.str.slice(0, 1) + last, last + first.str.slice(0, 1), first + last, first + "." + last, first)
    size = people.height
    way, number = shares(random, (0.27, 0.21, 0.2, 0.19, 0.13), size), random.integers(10, 1_000, size)
    is_numbered = (random.random(size) < 0.7) | (way == len(ways) - 1)
    domain = np.array(DOMAINS)[shares(random, DOMAIN_SHARE, size)]
    drawn = people.with_columns(
        way=pl.Series(way), number=pl.Series(number), has=pl.Series(is_numbered), domain=pl.Series(domain)
    )
    user = pl.coalesce(pl.when(pl.col("way") == n).then(text) for n, text in enumerate(ways))
    tail = pl.when("has").then(pl.col("number").cast(pl.String)).otherwise(pl.lit(""))
    return drawn.select(user + tail + "@" + pl.col("domain")).to_series()


def _names(random: Draw, people: int, household: NDArray[np.int64]) -> pl.DataFrame:
    """Columns first_name, last_name and, for some women, maiden_name."""
    surname, weight = surnames(random)
    of_house = surname[shares(random, weight, int(household[-1]) + 1)][household]
    own = surname[shares(random, weight, people)]
    last = np.where(random.random(people) < SHARED_SURNAME**0.5, of_house, own)
    is_female = random.random(people) < 0.5
    women, men = given_names(True, random), given_names(False, random)
    first = np.where(is_female, women[0][shares(random, women[1], people)], men[0][shares(random, men[1], people)])
    maiden = pl.Series(np.where(last == own, surname[shares(random, weight, people)], own))
    kept = with_chance(random, 0.12, maiden).zip_with(pl.Series(is_female), pl.Series([None] * people, dtype=pl.String))
    return pl.DataFrame({"first_name": first, "last_name": last, "maiden_name": kept})


def _of_house(random: Draw, household: NDArray[np.int64], chance: float, own: pl.Series, shared: pl.Series) -> pl.Series:
    """The household's value for the members of a `chance` of households, each member's own for the others."""
    is_shared = (random.random(len(shared)) < chance)[household]
    return shared.gather(household).zip_with(pl.Series(is_shared), own)


def _ages(random: Draw, people: int) -> NDArray[np.int64]:
    """Days before and after the middle of 1982; those too old or too young are spread over all ages."""
    days = random.normal(0, 17 * 365, people)
    return np.where((days < -18_000) | (days > 9_900), random.uniform(-18_000, 9_900, people), days).astype(np.int64)


def persons(random: Draw, people: int, records: int) -> pl.DataFrame:
    """One row per person, with the values the sources may hold of them; `old_` and `second_` ones are null for many."""
    household = _households(random, people)
    houses = int(household[-1]) + 1
    frame = _names(random, people, household).with_columns(
        household=pl.Series(household), person=pl.int_range(people, eager=True)
    )
    streets, towns = surnames(random)[0], _towns(random, records)
    home = _places(random, houses, towns, streets)[household]
    old = _places(random, people, towns, streets).rename(lambda name: f"old_{name}")
    mails = [_emails(random, frame) for _ in range(2)]
    mail_of_house = mails[0].gather(np.unique(household, return_index=True)[1])
    email = _of_house(random, household, SHARED_EMAIL, mails[0], mail_of_house)
    phone = _of_house(random, household, SHARED_PHONE, _phones(random, people), _phones(random, houses))
    cars = _of_house(random, household, SHARED_VEHICLE, _vins(random, people), _vins(random, houses))
    resold = cars.gather(random.integers(0, people, people))
    second = _vins(random, people).zip_with(pl.Series(random.random(people) < 0.92), resold)
    born = np.datetime64("1982-07-01") + _ages(random, people)
    return frame.with_columns(home, **{name: old[name] for name in old.columns}).with_columns(
        is_mover=pl.Series(random.random(people) < 0.48), phone=phone, email=email,
        second_email=with_chance(random, 0.7, mails[1]),
        second_phone=with_chance(random, 0.62, _phones(random, people)), vin=cars, second_vin=with_chance(random, 0.85, second),
        dob=pl.Series(born).cast(pl.Date).cast(pl.String), customer_no=(pl.col("person") + 100_000).cast(pl.String),
        client_id=(pl.col("person") + 1_000).cast(pl.String),
    )  # fmt: skip


def _chosen(random: Draw, frame: pl.DataFrame) -> pl.DataFrame:
    """Which of a person's values each record holds: the usual or the other one."""
    size = frame.height

    def either(name: str, other: str, chance: float) -> pl.Expr:
        return pl.when(pl.Series(random.random(size) < chance)).then(pl.coalesce(other, name)).otherwise(pl.col(name)).alias(name)

    moved = pl.col("is_mover") & pl.Series(random.random(size) < 0.42)
    places = [pl.when(moved).then(f"old_{name}").otherwise(name).alias(name) for name in ("address", "flat", "zip", "city")]
    again = [either("email", "second_email", 0.38), either("phone", "second_phone", 0.35), either("vin", "second_vin", 0.45)]
    return frame.with_columns(*places, *again, either("last_name", "maiden_name", 0.3))


def _written(random: Draw, frame: pl.DataFrame) -> pl.DataFrame:
    """How each source puts it down: nicknames, initials, long street kinds, no flat, names the wrong way round."""
    size = frame.height
    short = frame.select("first_name").join(
        nickname_table(), left_on="first_name", right_on="name", how="left", maintain_order="left"
    )
    nicknames = short["nicknames"]
    row = pl.Series(random.integers(0, 1_000, size)) % nicknames.list.len().cast(pl.Int64)
    nickname = with_chance(random, 0.09, nicknames.list.get(row, null_on_oob=True))
    initial = with_chance(random, 0.015, frame["first_name"].str.slice(0, 1))
    kind = pl.col("address").str.split(" ").list.last()
    long = pl.when(pl.Series(random.random(size) < 0.25)).then(kind.replace(STREETS)).otherwise(kind)
    street = pl.col("address").str.replace(r"\S+$", "") + long
    flat = pl.when(pl.Series(random.random(size) < 0.7)).then(pl.lit(" apt ") + pl.col("flat"))
    named = frame.with_columns(first_name=pl.coalesce(initial, nickname, "first_name"), address=street + flat.fill_null(""))
    is_swapped = pl.Series(random.random(size) < 0.005)
    first = pl.when(is_swapped).then("last_name").otherwise("first_name")
    last = pl.when(is_swapped).then("first_name").otherwise("last_name")
    return named.with_columns(first_name=first, last_name=last)


def _numbered(random: Draw, frame: pl.DataFrame) -> pl.DataFrame:
    """Second numbers of the same customer, cookies that did not last, and the group's own e-mails and phones."""
    size = frame.height
    extra = (pl.Series(random.permutation(size)) + 10 ** max(6, len(str(size))) * 9).cast(pl.String)
    cookie = (pl.Series(random.permutation(size)) + 10 ** max(7, len(str(size))) * 3).cast(pl.String)
    desks = pl.Series([f"sales{n}@dealergroup.com" for n in range(SALES_DESKS)])
    lines = _phones(random, SALES_DESKS)
    drawn = {
        "customer_no": with_chance(random, 0.2, extra),
        "client_id": with_chance(random, 0.3, cookie),
        "email": with_chance(random, 0.007, desks.gather(random.integers(0, SALES_DESKS, size))),
        "phone": with_chance(random, 0.0065, lines.gather(random.integers(0, SALES_DESKS, size))),
    }
    return frame.with_columns(pl.coalesce(values, name).alias(name) for name, values in drawn.items())


def _spoiled(random: Draw, frame: pl.DataFrame) -> pl.DataFrame:
    """Slips of the keyboard, and what a source does not hold."""
    source = frame["source"].to_numpy()
    slipped = frame.with_columns(mistyped(random, frame[name], chance).alias(name) for name, chance in TYPOS.items())
    gone = {name: random.random(frame.height) < np.asarray(by)[source] for name, by in MISSING.items()}
    held = [pl.when(~pl.Series(is_gone)).then(name).alias(name) for name, is_gone in gone.items()]
    return slipped.with_columns(held).with_columns(src=pl.Series(np.array(SOURCES)[source]))


def people(records: int, seed: int = 11) -> pl.DataFrame:
    """`records` rows in no order: rid, truth, household_truth, src, seen and the eleven columns of MISSING, all strings."""
    random = np.random.default_rng(seed)
    counts = random.geometric(STOP, records).clip(max=12)
    heads = int(np.searchsorted(np.cumsum(counts), records)) + 1
    who = np.repeat(np.arange(heads), counts[:heads])[:records]
    who = who[random.permutation(records)]
    frame = persons(random, heads, records)[who].with_columns(source=pl.Series(shares(random, SOURCE_SHARE, records)))
    for step in (_chosen, _written, _numbered, _spoiled):
        frame = step(random, frame)
    seen = (DAYS[0] + random.integers(0, DAYS[1], records)).astype("datetime64[D]")
    return frame.select(
        pl.int_range(records).cast(pl.String).alias("rid"), pl.col("person").cast(pl.String).alias("truth"),
        pl.col("household").cast(pl.String).alias("household_truth"), "src",
        pl.Series("seen", seen).cast(pl.Date).cast(pl.String),
        *MISSING,
    )  # fmt: skip


def written(records: int, folder: Path, seed: int = 11) -> Path:
    """The file of `records` people under `folder`, made if it is not there."""
    path = folder / f"dealer_{records}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(".part")
        people(records, seed).write_parquet(staged)
        staged.rename(path)
    return path


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--records", default="100000")
    asked.add_argument("--seed", type=int, default=11)
    asked.add_argument("--out", type=Path, required=True)
    told = asked.parse_args()
    for size in told.records.split(","):
        before = time.monotonic()
        print(written(int(size), told.out, told.seed), f"{time.monotonic() - before:.1f} s")


if __name__ == "__main__":
    main()
