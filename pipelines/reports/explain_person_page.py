"""A person explained to a data steward: its records, what holds each of them, what was cut, who lives there, and its history."""

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup

from pipelines.identity.explain import Explanation
from pipelines.identity.explain_person import PersonExplanation
from pipelines.reports.explain_page import FOOT, NOTE, Values, drops_of, events_table
from pipelines.reports.level_words import chance
from pipelines.reports.page import Block, Card, Section, TableBlock, code, counted, mark, page
from pipelines.reports.waterfall import posterior_bar, signed, waterfall

MOST_ROWS = 200  # of a table; a person of more edges is better read as a file
TIERS = {"exact": "good", "strict": "plain", "loose": "warn"}


def person_page(told: PersonExplanation, pairs: Sequence[Explanation] = (), values: Values | None = None) -> str:
    """The page of a person as HTML.

    Args:
        told: the person.
        pairs: evidence of the links that hold it, strongest first; drawn as waterfalls.
        values: what is compared, by record and field; shown where given.
    """
    living = told.standing.living
    title = f"Person {living or told.standing.asked} explained"
    said = " ".join(f"{one}." for one in told.standing.retired) or "Why these records are one person, and what became of the id."
    sections = [_records(told, values)] if living else []
    sections += [_evidence(pairs)] if pairs else []
    sections += [_links(told)] if living and len(told.inside) else []
    sections += [_others(told)] if living else []
    history = events_table(told.history, "Events") if len(told.history) else None
    text = "" if history else "No event is known: only results of daily runs have a history."
    sections.append(Section("history", "History of the id", "", (Block((history,) if history else (), text=text),)))
    return page(title, said, sections, _cards(told), FOOT)


def _cards(told: PersonExplanation) -> list[Card]:
    tiers = dict(told.members.group_by(pl.col("tier").cast(pl.String)).len().sort("tier").iter_rows())
    lines = [f"{count:,} {tier}" for tier, count in tiers.items()]
    since = told.history["on_day"].min() if len(told.history) else None
    return [
        Card("Records", f"{len(told.members):,}", lines),
        Card("Links inside", f"{len(told.inside):,}", (f"{len(told.cut):,} cut to other persons",)),
        Card("Others in the household", f"{len(told.companions):,}"),
        *([Card("First known", str(since), (counted(len(told.history), "event"),))] if since else []),
    ]


def _records(told: PersonExplanation, values: Values | None) -> Section:
    numbers = told.numbers
    ways = {row["record_id"]: row for row in told.paths.iter_rows(named=True)}
    rows = []
    for row in told.members.iter_rows(named=True):
        record, way = row["record_id"], ways[row["record_id"]]
        rows.append((numbers[record], code(record), _tier(str(row["tier"])), code(row["rule"]), _way(way, numbers), _link(way)))
    heads = ("No.", "Record", "Tier", "Held by", "Strongest way", "Weakest link of the way")
    note = "The way leads to the record from which the strongest link begins, over the links whose weakest is strongest."
    tables = [TableBlock("Records and what holds them", heads, rows[:MOST_ROWS], note=" ".join((note, _left_out(len(rows)))))]
    blocks = [Block(tables)]
    if values:
        fields = list(dict.fromkeys(field for one in values.values() for field in one))
        cells = [(numbers.get(record, "–"), *(one.get(field, "") for field in fields)) for record, one in sorted(values.items())]
        blocks.append(Block((TableBlock("What is compared", ("No.", *fields), cells[:MOST_ROWS]),)))
    return Section("records", "Its records", counted(len(rows), "record"), blocks)


def _evidence(pairs: Sequence[Explanation]) -> Section:
    drawn = []
    for place, one in enumerate(pairs):
        bar = posterior_bar(one.match, one.household, one.strangers)
        picture = waterfall(drops_of(one), f"Evidence for {one.left_record_id} and {one.right_record_id}")
        head = Markup("<summary>{} and {}: {}</summary>").format(one.left_record_id, one.right_record_id, chance(one.match))
        begin = Markup("<details open>") if place == 0 else Markup("<details>")
        drawn.append(begin + head + bar + picture + Markup("</details>"))
    block = Block(figure=Markup("").join(drawn), text=NOTE)
    return Section("evidence", "What speaks for and against", "Links of the strongest ways, the weakest first", (block,))


def _links(told: PersonExplanation) -> Section:
    table = _edges(told.inside, "Links between its records, by number", told.numbers)
    return Section("links", "All links inside", "Strongest first", (Block((table,)),))


def _others(told: PersonExplanation) -> Section:
    numbers = told.numbers
    likeliest = told.likeliest_homes
    blocks = []
    if len(told.cut):
        caption = "Matches to other persons, cut because the rest speaks against them"
        blocks.append(Block((_edges(told.cut, caption, numbers),)))
    if len(likeliest):
        blocks.append(Block((_edges(likeliest, "Links of the household, the likeliest to each person", numbers),)))
    if told.companions:
        rows = [(code(one),) for one in told.companions[:MOST_ROWS]]
        blocks.append(Block((TableBlock("Others in the household", ("Person",), rows),)))
    if len(told.orders):
        blocks.append(Block((_edges(told.orders, "Orders of a steward", numbers),)))
    blocks = blocks or [Block(text="Nobody: no match was cut, no household is shared, and no steward ordered anything.")]
    return Section("others", "Other persons", "What was cut, who lives there, what a steward ordered", blocks)


def _edges(edges: pl.DataFrame, caption: str, numbers: dict[str, str]) -> TableBlock:
    """Edges as rows; records of the person by their number, others by their id."""
    other = "other_person_id" in edges.columns
    heads = ["Record", "Record", "Kind", "Tier", "Rule", "Bits", "One person", "One household", *(["Other person"] * other)]
    rows = []
    for row in edges.head(MOST_ROWS).iter_rows(named=True):
        ends = [numbers.get(row[f"{end}_record_id"]) or code(row[f"{end}_record_id"]) for end in ("left", "right")]
        said = (row["kind"].replace("_", " "), _tier(str(row["tier"])), code(row["rule"]))
        shares = [chance(one) if one is not None else "–" for one in (row["match"], row["household"])]
        bits = signed(row["weight"]) if row["weight"] is not None else "–"
        rows.append((*ends, *said, bits, *shares, *([code(row["other_person_id"])] if other else [])))
    return TableBlock(caption, heads, rows, numeric=(5, 6, 7), note=_left_out(len(edges)))


def _way(way: dict, numbers: dict[str, str]) -> str:
    if not way["path"]:
        return "no link of its own"
    return "begins here" if len(way["path"]) == 1 else " → ".join(numbers[one] for one in way["path"])


def _link(way: dict) -> str | Markup:
    if way["tier"] is None:
        return "–"
    bits = f" {signed(way['weight'])} bits" if way["weight"] is not None else ""
    return Markup("{} {}{}").format(_tier(way["tier"]), code(way["rule"]), bits)


def _tier(tier: str) -> Markup:
    return mark(tier, TIERS.get(tier, "plain"))


def _left_out(rows: int) -> str:
    return f"{rows - MOST_ROWS:,} more are left out; velocity explain --table writes them all." if rows > MOST_ROWS else ""
