"""Explanations as tables in the terminal. Values of records are printed only where the view holds them."""

import polars as pl
from rich.console import Console
from rich.table import Table

from assets.explain_view import PairView, PersonView
from pipelines.identity.explain import Explanation
from pipelines.reports.level_words import chance, level_in_words, odds_in_words
from pipelines.reports.waterfall import signed

MOST_ROWS = 40


def show_pair(out: Console, view: PairView) -> None:
    """Print a pair: verdict, weights, posteriors, rules, history."""
    out.print(f"{view.ends[0]}  and  {view.ends[1]}", soft_wrap=True)
    out.print(view.said, style="bold", soft_wrap=True)
    for place, end in enumerate(view.ends):
        person, household = view.place.persons[place], view.place.households[place]
        out.print(f"  {end}: person {person}" + (f", household {household}" if household else ""), soft_wrap=True)
    if view.told:
        out.print(weights(view.told, view.values))
        shares = (("one person", view.told.match), ("one household", view.told.household), ("strangers", view.told.strangers))
        out.print("posteriors: " + ", ".join(f"{name} {chance(share)}" for name, share in shares))
        met = "; ".join(view.told.rules) or "none: scored inside a component"
        out.print(f"met by: {met}", soft_wrap=True)
    if view.place.order:
        out.print(f"ordered by a steward: {view.place.order.replace('_', ' ')}")
    if view.place.rules:
        out.print(f"joined by: {'; '.join(view.place.rules)}", soft_wrap=True)
    _history(out, view.history)


def weights(told: Explanation, values: dict[str, dict[str, str]] | None) -> Table:
    """The waterfall as a table: each step, and where the sum stands after it."""
    table = Table(title="log2 weights; above 0 they speak for one person")
    ends = (told.left_record_id, told.right_record_id)
    for name in ("field", *(("first", "second") if values else ()), "agreement"):
        table.add_column(name, overflow="fold")
    for name in ("bits", "for how common", "sum", "household"):
        table.add_column(name, justify="right")
    blank = ["", ""] if values else []
    home = signed(told.household_prior_bits) if told.household_prior_bits > -1e9 else ""
    table.add_row(
        "before comparing", *blank, odds_in_words(told.prior_bits), signed(told.prior_bits), "", signed(told.prior_bits), home
    )
    now = told.prior_bits
    for row in told.steps.iter_rows(named=True):
        now += row["match_bits"] + row["frequency_bits"]
        shown = [values.get(end, {}).get(row["field"], "") for end in ends] if values else []
        figures = [signed(one) for one in (row["match_bits"], row["frequency_bits"], now, row["household_bits"])]
        table.add_row(row["field"], *shown, level_in_words(row["label"]), *figures)
    table.add_row("against strangers", *blank, odds_in_words(told.against_strangers), "", "", signed(told.against_strangers), "")
    if told.household_share_bits < -0.005:
        share = signed(told.household_share_bits)
        table.add_row("may be one household", *blank, "", share, "", signed(told.odds), "")
    table.add_row("one person", *blank, odds_in_words(told.odds), "", "", signed(told.odds), "", style="bold")
    return table


def show_person(out: Console, view: PersonView) -> None:
    """Print a person: its records and what holds them, links, other persons, history."""
    told = view.told
    for step in told.standing.retired:
        out.print(step, style="yellow", soft_wrap=True)
    if told.standing.living is None:
        out.print(f"{told.standing.asked} stands for nobody now", style="bold")
    else:
        out.print(f"person {told.standing.living}: {len(told.members):,} records, {len(told.inside):,} links", style="bold")
        out.print(_records(view))
        _edges(out, told.inside, "links inside, the strongest first", told.numbers)
        _edges(out, told.cut, "matches to other persons, cut because the rest speaks against them", told.numbers)
        _edges(out, told.likeliest_homes, "links of the household, the likeliest to each person", told.numbers)
        _edges(out, told.orders, "orders of a steward", told.numbers)
        if view.values:
            out.print(_values(view.values, told.numbers))
    _history(out, told.history)


def _records(view: PersonView) -> Table:
    table = Table(title="records and what holds them")
    for name in ("no.", "record", "tier", "held by", "strongest way", "its weakest link"):
        table.add_column(name, overflow="fold")
    numbers = view.told.numbers
    ways = {row["record_id"]: row for row in view.told.paths.iter_rows(named=True)}
    for row in view.told.members.head(MOST_ROWS).iter_rows(named=True):
        record, way = row["record_id"], ways[row["record_id"]]
        table.add_row(numbers[record], record, str(row["tier"]), row["rule"], _way(way, numbers), _link(way))
    _more(table, len(view.told.members))
    return table


def _way(way: dict, numbers: dict[str, str]) -> str:
    if not way["path"]:
        return "no link of its own"
    return "begins here" if len(way["path"]) == 1 else " > ".join(numbers[one] for one in way["path"])


def _link(way: dict) -> str:
    bits = f" {signed(way['weight'])}" if way["weight"] is not None else ""
    return f"{way['tier']}, {way['rule']}{bits}" if way["tier"] else ""


def _edges(out: Console, edges: pl.DataFrame, title: str, numbers: dict[str, str]) -> None:
    """Edges as rows; records of the person by their number, others by their id."""
    if edges.is_empty():
        return
    other = "other_person_id" in edges.columns
    table = Table(title=title)
    names = ("record", "record", "kind", "tier", "rule", "bits", "match", "household", *(("person",) if other else ()))
    for name in names:
        table.add_column(name, overflow="fold", justify="right" if name in ("bits", "match", "household") else "left")
    for row in edges.head(MOST_ROWS).iter_rows(named=True):
        figures = [
            signed(row["weight"]) if row["weight"] is not None else "",
            *(chance(one) if one is not None else "" for one in (row["match"], row["household"])),
        ]
        ends = [numbers.get(row[f"{end}_record_id"], row[f"{end}_record_id"]) for end in ("left", "right")]
        table.add_row(*ends, row["kind"], str(row["tier"]), row["rule"], *figures, *([row["other_person_id"]] if other else []))
    _more(table, len(edges))
    out.print(table)


def _values(values: dict[str, dict[str, str]], numbers: dict[str, str]) -> Table:
    table = Table(title="what is compared")
    fields = list(dict.fromkeys(field for one in values.values() for field in one))
    for name in ("no.", *fields):
        table.add_column(name, overflow="fold")
    for record, one in sorted(values.items())[:MOST_ROWS]:
        table.add_row(numbers.get(record, record), *(one.get(field, "") for field in fields))
    _more(table, len(values))
    return table


def _history(out: Console, history: pl.DataFrame) -> None:
    for line in history["told"].tail(MOST_ROWS):
        out.print(line, soft_wrap=True)


def _more(table: Table, rows: int) -> None:
    if rows > MOST_ROWS:
        table.caption = f"{rows - MOST_ROWS:,} more"
