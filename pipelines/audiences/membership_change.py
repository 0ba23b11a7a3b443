"""Who entered and who left since the day before, why, by which rule, and the figures behind it on both days."""

import polars as pl

from pipelines.audiences.change_cause import FACTS, HIGHER_IS_LESS, by_data, by_person
from pipelines.audiences.change_figures import figures_of
from pipelines.audiences.preview import Side, as_text
from pipelines.audiences.preview_moves import PAIR, one_way
from pipelines.engine import Engine, query_text
from pipelines.shape import in_shape
from pipelines.step import Day, Input, Step, Window
from schemas.policy import Policy
from schemas.tables.audiences import MEMBERSHIP_CHANGE

_TEXT = pl.lit(None, pl.String)
_NONE: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String, "person_id": pl.String, "brand": pl.String, "cell": pl.String, "kind": pl.String, "what": pl.String,
    "condition": pl.String, "trait": pl.String, "is_policy": pl.Boolean,
}  # fmt: skip
_MOVER = """
    SELECT person_id FROM (
        (SELECT audience, person_id FROM membership EXCEPT SELECT audience, person_id FROM previous_membership)
        UNION ALL
        (SELECT audience, person_id FROM previous_membership EXCEPT SELECT audience, person_id FROM membership)
    ) GROUP BY person_id ORDER BY person_id
"""
_OF_MOVERS = {
    "membership": "audience, person_id, brand, cell",
    "eligibility": "audience, person_id, brand, outcome, cause, winner",
    "candidate": "*",
}
_OF_FACTS = ("person", "member", "contact_record", "transaction", "trigger_event", "person_identifier")
WINDOWS: tuple[Window, ...] = ("day", "previous", "otherwise")
_BEFORE, _BETWEEN, _AFTER = "previous_", "otherwise_", ""


def build(engine: Engine, day: Day) -> pl.DataFrame:
    """Entries and exits, one row per audience and person, each with one cause; see docs/history.md.

    What the policy of the day before would have made of today stands between the two days: who differs there differs by the
    data, everybody else by the policy. A policy before that the lake did not keep leaves the cause `rule` without a name.
    """
    engine.keep("mover", _MOVER)
    then = engine.sql("SELECT max(policy_hash) AS it FROM previous_membership").item()
    is_changed = then is not None and then != day.policy.policy_hash
    earlier = day.policy_before if is_changed else day.policy
    facts = engine.sql(query_text(__package__, "membership_change"), as_of=day.as_of)
    after = _side(engine, day, day.policy, _AFTER, is_after=True)
    before = _side(engine, day, earlier or day.policy, _BEFORE)
    between = _side(engine, day, earlier, _BETWEEN) if is_changed and earlier else None
    entered = _way(engine, after, before, between, is_unknown=is_changed and earlier is None)
    left = _way(engine, before, after, between, is_unknown=is_changed and earlier is None)
    changes = pl.concat([entered.with_columns(change=pl.lit("enter")), left.with_columns(change=pl.lit("leave"))])
    return in_shape(_caused(changes, facts, before, after), MEMBERSHIP_CHANGE)


def _side(engine: Engine, day: Day, policy: Policy, prefix: str, *, is_after: bool = False) -> Side:
    """The tables of one side, of those who moved."""
    tables = {
        name: as_text(engine.sql(f'SELECT {columns} FROM "{prefix}{name}" WHERE person_id IN (SELECT person_id FROM mover)'))
        for name, columns in _OF_MOVERS.items()
    }
    tables["zip_distance"] = as_text(engine.sql(f'SELECT * FROM "{prefix}zip_distance"'))
    return Side(policy, day.as_of, tables, is_after=is_after)


def _way(engine: Engine, here: Side, there: Side, between: Side | None, *, is_unknown: bool) -> pl.DataFrame:
    """Members here who are not there: the columns of _NONE. is_policy: the policy made the difference, not the data."""
    if is_unknown:
        only = here["membership"].join(there["membership"], on=PAIR, how="anti")
        return _listed(only.with_columns(kind=pl.lit("rule"), what=_TEXT, condition=_TEXT, trait=_TEXT), is_policy=True)
    if between is None:
        return _listed(_told(engine, here, there), is_policy=False)
    # Whoever the earlier policy keeps on this side today moved because of the policy, and else because of the data.
    pairs = here["membership"].join(there["membership"], on=PAIR, how="anti").select(PAIR)
    by_policy, by_news = ((here, between), (between, there)) if here.is_after else ((between, there), (here, between))
    told_by_policy = _listed(_told(engine, *by_policy), is_policy=True)
    told_by_news = _listed(_told(engine, *by_news), is_policy=False)
    first = told_by_policy.join(pairs, on=PAIR, how="semi")
    rest = told_by_news.join(pairs, on=PAIR, how="semi").join(first, on=PAIR, how="anti")
    return pl.concat([first, rest])


def _told(engine: Engine, here: Side, there: Side) -> pl.DataFrame:
    return one_way(engine, here, there).rename({"cause": "kind"})


def _listed(rows: pl.DataFrame, *, is_policy: bool) -> pl.DataFrame:
    missing = [_TEXT.alias(name) for name in ("condition", "trait") if name not in rows.columns]
    every = rows.with_columns(missing).with_columns(is_policy=pl.lit(is_policy))
    return every.select(pl.col(name).cast(dtype) for name, dtype in _NONE.items())


def _caused(changes: pl.DataFrame, facts: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    figures = figures_of(changes, before, after)
    rows = changes.join(figures, on=[*PAIR, "change"], how="left").join(
        facts.select("person_id", *FACTS), on="person_id", how="left"
    )
    by_figure = pl.when(~pl.col("is_policy")).then("figure_trait")  # where the policy decides, figures may differ and not matter
    traits = rows.with_columns(trait=pl.coalesce("trait", by_figure))
    lower, higher = pl.col("number_after") < pl.col("number_before"), pl.col("number_after") > pl.col("number_before")
    is_less = pl.when(pl.col("trait").is_in(HIGHER_IS_LESS)).then(higher).otherwise(lower)
    prepared = traits.with_columns(
        is_fallen=is_less.fill_null(pl.col("number_before").is_not_null() & pl.col("number_after").is_null()),
        ended=pl.col("turned_triggers").fill_null([]).list.set_intersection(pl.col("ended_triggers").fill_null([])),
    )
    caused = by_person(prepared).with_columns(of_person=pl.col("cause"))
    caused = by_data(caused).with_columns(
        cause=pl.when(pl.col("is_policy")).then(pl.lit("rule")).otherwise(pl.coalesce("of_person", "cause"))
    )
    is_here = pl.col("of_person").is_null() | pl.col("is_policy")
    named = pl.when(pl.col("kind").is_in(["exclusion", "arbitration"])).then("what").otherwise("condition")
    return _with_winner(caused, before, after).with_columns(
        rule=pl.when(is_here).then(named),
        trait=pl.when(is_here).then("trait"),
        other_person_id=pl.when(pl.col("cause") == "identity").then("other_person_id"),
    )


def _with_winner(rows: pl.DataFrame, before: Side, after: Side) -> pl.DataFrame:
    """The audience that arbitration gave the person to: today for who left, on the day before for who entered."""
    lost = pl.col("outcome") == "lost"
    sides = [
        side["eligibility"].filter(lost).group_by(PAIR).agg(winner=pl.col("winner").min(), change=pl.lit(change).first())
        for side, change in ((after, "leave"), (before, "enter"))
    ]
    joined = rows.join(pl.concat(sides), on=[*PAIR, "change"], how="left")
    return joined.with_columns(winner=pl.when(pl.col("kind") == "arbitration").then("winner"))


STEP = Step(
    tables=(MEMBERSHIP_CHANGE,),
    inputs=(
        *(
            Input(name, window)
            for name in ("membership", "eligibility", "candidate", "zip_distance")
            for window in ("day", "previous", "otherwise")
        ),
        *(
            Input(name, window)
            for name in ("person", "member", "contact_record", "transaction", "trigger_event", "person_identifier")
            for window in ("day", "previous")
        ),
        Input("touch"),
        Input("consent_event"),
    ),
    build=build,
)
