"""Splink 5 on one file of people, configured by its own documentation: the peer of the identity benchmark.

    PEER_PYTHON benchmarks/identity_peers.py --set dealer --records FILE.parquet --out DIR

Runs in an interpreter that has splink, and so imports nothing of this project. Writes the members at each threshold as
DIR/members_<threshold>.parquet (rid, cluster) and what it cost as DIR/cost.json. Wall and CPU count from opening the file to
the members of the first threshold in memory; the other thresholds come after the clock has stopped.
"""

import argparse
import json
import logging
import resource
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.9, 0.5, 0.7, 0.95, 0.99, 0.999)


@dataclass(frozen=True)
class Setup:
    """How Splink is told to link one file: its columns in SQL, what it compares, and what it blocks on."""

    columns: str
    comparisons: Callable[[], list]
    blocking: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...]
    certain: tuple[tuple[str, ...], ...]
    recall: float = 0.7
    source: str | None = None


def _exact(name: str) -> object:
    return cl.ExactMatch(name).configure(term_frequency_adjustments=True)


def _close(name: str, *distances: int) -> object:
    return cl.DamerauLevenshteinAtThresholds(name, list(distances)).configure(term_frequency_adjustments=True)


def _postcode(name: str) -> object:
    """PostcodeComparison knows British postcodes only; these are its levels for five digits."""
    levels = [cll.NullLevel(name), cll.ExactMatchLevel(name, term_frequency_adjustments=True)]
    levels += [cll.DamerauLevenshteinLevel(name, 1), cll.ExactMatchLevel(f"substr({name}, 1, 3)"), cll.ElseLevel()]
    return cl.CustomComparison(output_column_name=name, comparison_levels=levels)


def _dealer() -> list:
    names = [cl.NameComparison("first_name"), cl.NameComparison("last_name"), cl.EmailComparison("email")]
    place = [cl.JaroWinklerAtThresholds("street", [0.95, 0.88]).configure(term_frequency_adjustments=True), _postcode("zip")]
    numbers = [_close("phone", 1), _close("vin", 1), _exact("customer_no"), _exact("client_id")]
    return [*names, *place, *numbers, cl.DateOfBirthComparison("dob", input_is_string=True)]


def _febrl() -> list:
    names = [cl.NameComparison("given_name"), cl.NameComparison("surname")]
    place = [
        _close("address_1", 1, 2),
        _close("suburb", 1, 2),
        _close("postcode", 1, 2),
        _exact("state"),
        _close("street_number", 1),
    ]
    born = cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=False)
    return [*names, *place, born, cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])]


def _fake() -> list:
    names = [cl.NameComparison("first_name"), cl.NameComparison("surname"), cl.EmailComparison("email")]
    return [*names, cl.DateOfBirthComparison("dob", input_is_string=True), _exact("city")]


def _rldata() -> list:
    names = [cl.NameComparison("fname_c1"), cl.NameComparison("lname_c1"), _exact("fname_c2"), _exact("lname_c2")]
    return [*names, _close("birth_year", 1), _exact("birth_month"), _exact("birth_day")]


def _census() -> list:
    names = [cl.NameComparison("first_name"), cl.NameComparison("last_name"), _exact("middle_initial")]
    place = [_close("street_number", 1), _close("street_name", 1, 2), _exact("unit_number"), _exact("city"), _postcode("zipcode")]
    return [
        *names,
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%m/%d/%Y", invalid_dates_as_null=False),
        *place,
    ]


DEALER_STREET = """regexp_replace(regexp_replace(address, ' apt .*$', ''), ' (boulevard|drive|street|lane|road|avenue|court)$',
    CASE regexp_extract(regexp_replace(address, ' apt .*$', ''), '(\\w+)$', 1) WHEN 'boulevard' THEN ' blvd'
    WHEN 'drive' THEN ' dr' WHEN 'street' THEN ' st' WHEN 'lane' THEN ' ln'
    WHEN 'road' THEN ' rd' WHEN 'avenue' THEN ' ave' ELSE ' ct' END)"""
INITIAL = "substr(first_name, 1, 1)"
BORN = ("birth_year", "birth_month", "birth_day")
# Blocks that a household shares also ask for the initial: without it Splink joins families (dealer_20000: F1 0.80, with it 0.95).
BLOCKS_OF_PEOPLE = (
    ("email",), ("phone", INITIAL), ("vin", INITIAL), ("customer_no",), ("client_id",), ("street", "first_name"),
    ("first_name", "last_name", "zip"), ("last_name", "dob"), ("first_name", "dob"),
    ("last_name", "substr(first_name, 1, 2)", "zip"), ("email_user", "first_name"),
)  # fmt: skip
FEBRL = Setup(
    columns="*",
    comparisons=_febrl,
    blocking=(
        ("given_name", "surname"),
        ("soc_sec_id",),
        ("date_of_birth",),
        ("postcode", "surname"),
        ("address_1", "given_name"),
    ),
    training=(("date_of_birth",), ("given_name",), ("soc_sec_id",)),
    certain=(("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
    recall=0.9,
)
SETUPS = {
    "dealer": Setup(
        columns=f"*, {DEALER_STREET} AS street, regexp_extract(email, '^[^@]+') AS email_user",
        comparisons=_dealer,
        blocking=BLOCKS_OF_PEOPLE,
        training=(("customer_no",), ("first_name", "last_name")),
        certain=(("email", "first_name"), ("phone", "first_name"), ("first_name", "last_name", "street"), ("customer_no",)),
    ),
    "febrl3": FEBRL,
    "febrl4": Setup(**{**vars(FEBRL), "source": "src"}),
    "fake_1000": Setup(
        columns="*",
        comparisons=_fake,
        blocking=(("first_name",), ("surname",), ("dob",), ("email",)),
        training=(("first_name", "surname"), ("dob",), ("email",)),
        certain=(("first_name", "surname", "dob"), ("email",)),
    ),
    "rldata10000": Setup(
        columns='*, "by" AS birth_year, bm AS birth_month, bd AS birth_day',
        comparisons=_rldata,
        blocking=(
            ("fname_c1", "lname_c1"),
            ("fname_c1", "birth_year", "birth_month"),
            ("lname_c1", "birth_year", "birth_month"),
            BORN,
            ("fname_c1", "birth_day", "birth_month"),
            ("lname_c1", "birth_year", "birth_day"),
        ),
        training=(("fname_c1", "lname_c1"), BORN),
        certain=(("fname_c1", "lname_c1", *BORN), ("lname_c1", *BORN)),
    ),
    "pseudopeople": Setup(
        columns="*",
        comparisons=_census,
        blocking=(
            ("first_name", "last_name"),
            ("date_of_birth", INITIAL),
            ("last_name", "street_name", INITIAL),
            ("first_name", "street_name"),
            ("street_name", "street_number", INITIAL),
            ("date_of_birth", "last_name"),
        ),
        training=(("first_name", "last_name"), ("first_name", "street_name")),
        certain=(("first_name", "last_name", "date_of_birth"), ("first_name", "last_name", "street_name")),
    ),
}


def linker_of(setup: Setup, path: Path, connection: duckdb.DuckDBPyConnection) -> Linker:
    """The records read and registered, one table or one for each source."""
    api = DuckDBAPI(connection)
    connection.execute(f"CREATE TABLE people AS SELECT {setup.columns} FROM read_parquet($path)", {"path": str(path)})
    settings = SettingsCreator(
        link_type="link_only" if setup.source else "dedupe_only",
        unique_id_column_name="rid",
        comparisons=setup.comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in setup.blocking],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    if not setup.source:
        return Linker(api.register("people"), settings, log_level=None)
    sides = [side for (side,) in connection.execute(f"SELECT DISTINCT {setup.source} FROM people ORDER BY 1").fetchall()]
    tables = []
    for side in sides:
        connection.execute(f"CREATE TABLE people_{side} AS SELECT * FROM people WHERE {setup.source} = '{side}'")
        tables.append(api.register(f"people_{side}", dataset_display_name=side))
    return Linker(tables, settings, log_level=None)


def train(linker: Linker, setup: Setup, pairs: float) -> None:
    """Splink's recipe: the prior from certain rules, u from random pairs, m by EM on two or three blocks."""
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in setup.certain], recall=setup.recall
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
    for rule in setup.training:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))


def members(linker: Linker, scored: object, threshold: float) -> object:
    """Arrow table of rid and cluster: connected components of the pairs from `threshold`."""
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=threshold)
    return found.as_duckdbpyrelation().select("rid, CAST(cluster_id AS VARCHAR) AS cluster").to_arrow_table()


def spent() -> tuple[float, float, int]:
    """Monotonic seconds, CPU seconds of this process, and its peak memory in MB."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--set", choices=sorted(SETUPS), required=True)
    asked.add_argument("--records", type=Path, required=True)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--thresholds", default=",".join(map(str, THRESHOLDS)))
    asked.add_argument("--pairs", type=float, default=1e6)
    told = asked.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    told.out.mkdir(parents=True, exist_ok=True)
    thresholds = told.thresholds.split(",")
    start, cpu_before, _ = spent()
    setup = SETUPS[told.set]
    linker = linker_of(setup, told.records, duckdb.connect())
    train(linker, setup, told.pairs)
    scored = linker.inference.predict(threshold_match_probability=min(map(float, thresholds)))
    first = members(linker, scored, float(thresholds[0]))
    end, cpu_after, peak = spent()
    pq.write_table(first, told.out / f"members_{thresholds[0]}.parquet")
    for threshold in thresholds[1:]:
        pq.write_table(members(linker, scored, float(threshold)), told.out / f"members_{threshold}.parquet")
    pairs = scored.as_duckdbpyrelation().count("*").fetchall()[0][0]
    after, cpu_last, _ = spent()
    cost = {"wall": end - start, "cpu": cpu_after - cpu_before, "peak_mb": peak, "scored": pairs}
    (told.out / "cost.json").write_text(json.dumps({**cost, "extra_wall": after - end, "extra_cpu": cpu_last - cpu_after}))


if __name__ == "__main__":
    main()
