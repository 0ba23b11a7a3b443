"""A pair of records explained to a data steward: the waterfall of its evidence, the three posteriors, and what met the two.

No value of any record appears unless the caller hands the values in.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.identity.explain import MISSING_LABEL, Explanation
from pipelines.identity.explain_verdict import Placed
from pipelines.reports.level_words import chance, level_in_words, odds_in_words
from pipelines.reports.page import Block, Card, Section, TableBlock, code, in_words, page
from pipelines.reports.waterfall import Drop, posterior_bar, signed, waterfall

NOTE = (
    "Each bar begins where the one above ended. 1 bit doubles the odds, 10 bits make them about 1,000 times longer. "
    "The total is the odds of one person to everything else; at 0 they are even."
)
FOOT = "Bits are log2 of how much likelier an agreement is between two records of one person than between strangers."
MOST_EVENTS = 200
MOST_NAMED = 4  # fields that a record lacks, in one line of the chart
Values = Mapping[str, Mapping[str, str]]  # record -> field -> text


def pair_page(
    told: Explanation | None, ends: tuple[str, str], place: Placed, said: str, history: pl.DataFrame, values: Values | None = None
) -> str:
    """The page of a pair as HTML.

    Args:
        told: the evidence; None where no model was learned.
        ends: the two record ids.
        place: where they are.
        said: the verdict.
        history: events that name one of them, in words.
        values: what is compared, by record and field; shown where given.
    """
    sections = [evidence_section(told, values)] if told else []
    sections += [_met_section(told, place), _ids_section(ends, place, history)]
    return page("Two records explained", said, sections, _cards(told, place), FOOT)


def drops_of(told: Explanation) -> list[Drop]:
    """The steps of a waterfall, from the prior over the fields and the household to the total."""
    known = told.steps.filter(pl.col("label") != MISSING_LABEL)
    fields = [
        Drop(in_words(row["field"]), level_in_words(row["label"]), row["match_bits"] + row["frequency_bits"])
        for row in known.iter_rows(named=True)
    ]
    missing = told.steps.filter(pl.col("label") == MISSING_LABEL)["field"].to_list()
    share = Drop("May be one household", "the chance that they only live together", told.household_share_bits, "home")
    return [
        Drop("Before comparing", f"any two records: {odds_in_words(told.prior_bits)}", told.prior_bits, "prior"),
        *fields,
        *([Drop("Nothing to compare", _some(missing), 0.0)] if missing else []),
        Drop("Against strangers", odds_in_words(told.against_strangers), told.against_strangers, "total"),
        *([share] if told.household_share_bits < -0.005 else []),
        Drop("One person", f"{chance(told.match)}, {odds_in_words(told.odds)}", told.odds, "total"),
    ]


def _some(fields: Sequence[str]) -> str:
    """Fields that a record lacks, the first few by name."""
    shown = ", ".join(in_words(one).lower() for one in fields[:MOST_NAMED])
    return shown if len(fields) <= MOST_NAMED else f"{shown} and {len(fields) - MOST_NAMED} more"


def evidence_section(told: Explanation, values: Values | None = None, anchor: str = "evidence") -> Section:
    """Posteriors, waterfall and exact figures of a pair."""
    drawn = waterfall(drops_of(told), f"Evidence for {told.left_record_id} and {told.right_record_id}")
    blocks = (
        Block(title="How likely", figure=posterior_bar(told.match, told.household, told.strangers)),
        Block(title="Field by field", figure=drawn, text=NOTE),
        Block((steps_table(told, values),)),
    )
    return Section(anchor, "What speaks for and against", f"{told.left_record_id} and {told.right_record_id}", blocks)


def steps_table(told: Explanation, values: Values | None = None) -> TableBlock:
    """Every field with its bits, and what they add up to."""
    ends = (told.left_record_id, told.right_record_id)
    names = ["Field", *(("First record", "Second record") if values else ()), "Agreement", "Level"]
    heads = [*names, "Bits", "For how common", "Together", "If one household"]
    rows = []
    for row in told.steps.iter_rows(named=True):
        shown = [values.get(end, {}).get(row["field"], "") for end in ends] if values else []
        together = row["match_bits"] + row["frequency_bits"]
        figures = [signed(one) for one in (row["match_bits"], row["frequency_bits"], together, row["household_bits"])]
        rows.append([in_words(row["field"]), *shown, level_in_words(row["label"]), code(row["label"]), *figures])
    blank = [""] * (len(names) - 1)
    home = told.household_prior_bits
    rows.append(["Before comparing", *blank, "", "", signed(told.prior_bits), signed(home) if home > -1e9 else "–"])
    total = home + float(told.steps["household_bits"].to_numpy().sum())
    rows.append(["Against strangers", *blank, "", "", signed(told.against_strangers), signed(total) if total > -1e9 else "–"])
    rows.append(["May be one household", *blank, "", "", signed(told.household_share_bits), ""])
    rows.append(["One person", *blank, "", "", signed(told.odds), ""])
    return TableBlock("The same in figures (bits)", heads, rows, numeric=tuple(range(len(names), len(heads))))


def events_table(history: pl.DataFrame, caption: str) -> TableBlock:
    """Events in words, oldest first; of very many, the newest."""
    rows = [(str(row["on_day"]), row["kind"], row["told"]) for row in history.tail(MOST_EVENTS).iter_rows(named=True)]
    more = len(history) - len(rows)
    return TableBlock(
        caption, ("Day", "Event", "What happened"), rows, note=f"{more:,} older events are left out." if more else ""
    )


def _cards(told: Explanation | None, place: Placed) -> list[Card]:
    persons = "one person" if place.is_one_person else "two persons"
    cards = [Card("As it stands", persons, ("one household" if place.is_one_household else "",))]
    if told:
        cards += [
            Card("One person", chance(told.match), (odds_in_words(told.odds),)),
            Card("One household, two persons", chance(told.household)),
            Card("Strangers", chance(told.strangers)),
        ]
    return cards


def _met_section(told: Explanation | None, place: Placed) -> Section:
    met = told.rules if told else ()
    rows: list[Sequence[object]] = [(code(rule), "the two agree on every part of it") for rule in met]
    rows += [(code(rule), "joins them, whatever the fields say") for rule in place.rules]
    rows += [(code("steward"), f"a steward ordered: {place.order.replace('_', ' ')}")] if place.order else []
    rows = rows or [("none", "no rule made them meet; such pairs are scored only inside a group that others hold together")]
    note = "The first rule made the pair. A value on very many records makes no pairs, even where a rule names it." if met else ""
    return Section("met", "What made them meet", "", (Block((TableBlock("Rules", ("Rule", "Meaning"), rows, note=note),)),))


def _ids_section(ends: tuple[str, str], place: Placed, history: pl.DataFrame) -> Section:
    rows = [(code(end), code(place.persons[i] or "–"), code(place.households[i] or "–")) for i, end in enumerate(ends)]
    blocks = [Block((TableBlock("Where they are", ("Record", "Person", "Household"), rows),))]
    if len(history):
        blocks.append(Block((events_table(history, "What became of them"),)))
    return Section("ids", "Persons and history", "", blocks)
