"""From everybody to those who may be addressed, step by step, for each audience. It adds up: each loss is counted once.

A step is counted in people: somebody is lost at the first step that leaves no own brand for which all steps so far hold.
"""

import polars as pl

from pipelines.audiences.compile import Compiler, exclusion_name
from pipelines.audiences.eligible import REACHED, brands_of, running
from pipelines.audiences.holdouts import is_held_back
from pipelines.audiences.preview import Side
from pipelines.audiences.radius import register_reach
from pipelines.engine import Engine
from schemas.policy.audiences import AudiencePolicy, Condition

FUNNEL: dict[str, pl.DataType | type[pl.DataType]] = {
    "audience": pl.String,
    "position": pl.Int64,
    "step": pl.String,
    "name": pl.String,
    "winner": pl.String,
    "lost": pl.Int64,
    "remaining": pl.Int64,
}
OTHER_CAUSE = 1_000_000  # place of an exclusion that the definition does not list: after those that it does


Counted = tuple[int, list[tuple[str, int]]]  # people at the top, and the name and loss of each condition


def funnel(engine: Engine, side: Side, counted: dict[str, Counted] | None = None) -> pl.DataFrame:
    """audience, position, step, name, winner, lost, remaining of every running audience; see FUNNEL.

    step: candidates (all), rule, exclusion, arbitration (with the audience that won), members, held_back, no_channel, addressed.
    Totals lose nobody; a step's remaining is the one before it less its own lost. `counted` remembers what conditions lose, for
    another side with the same candidates.
    """
    engine.register("candidate", side["candidate"])
    register_reach(engine, side.policy, side["zip_distance"])
    frames = [_audience(engine, side, one, {} if counted is None else counted) for one in running(side.policy)]
    return pl.concat([pl.DataFrame(schema=FUNNEL), *frames])


def _audience(engine: Engine, side: Side, audience: AudiencePolicy, counted: dict[str, Counted]) -> pl.DataFrame:
    eligibility = side["eligibility"].filter(pl.col("audience") == audience.audience)
    members = side["membership"].filter(pl.col("audience") == audience.audience)
    same = f"{audience.model_dump_json()} {brands_of(side.policy, audience)} {side.policy.conquest.radii}"
    everybody, steps = counted.setdefault(same, counted.get(same) or _rules(engine, side, audience))
    lost: list[tuple[str, str | None, str | None, int]] = [("candidates", None, None, 0)]
    lost += [("rule", name, None, count) for name, count in steps]
    lost += [("exclusion", name, None, count) for name, count in _exclusions(audience, eligibility)]
    lost += [("arbitration", cause, winner, count) for cause, winner, count in _arbitration(eligibility)]
    lost += [("members", None, None, 0), *_after_membership(members), ("addressed", None, None, 0)]
    rows, left = [], everybody
    for position, (step, name, winner, count) in enumerate(lost):
        left -= count
        rows.append((audience.audience, position, step, name, winner, count, left))
    return pl.DataFrame(rows, schema=FUNNEL, orient="row")


def rule_steps(audience: AudiencePolicy) -> list[Condition]:
    """The conditions that must all hold, one by one; the whole where the rules are no list of such."""
    return list(audience.rules.all) if audience.rules.all is not None else [audience.rules]


def _rules(engine: Engine, side: Side, audience: AudiencePolicy) -> Counted:
    """How many people there are, and how many each condition loses of those whom the ones before it left."""
    compiler, conditions = Compiler(audience, side.as_of), rule_steps(audience)
    holds = [compiler.predicate(one) for one in conditions]
    so_far = [" AND ".join(holds[: at + 1]) for at in range(len(holds))]
    columns = ", ".join(f"bool_or({one}) AS step_{at}" for at, one in enumerate(so_far))
    counts = ", ".join(f"count(*) FILTER (step_{at})" for at in range(len(holds)))
    query = f"""
        SELECT count(*), {counts}
        FROM (SELECT person_id, {columns} FROM {REACHED} WHERE list_contains($brands, brand) GROUP BY person_id)
    """
    found = engine.sql(query, brands=brands_of(side.policy, audience), segment=audience.segment, **compiler.bound).row(0)
    names = [exclusion_name(one, at) for at, one in enumerate(conditions)]
    return found[0], [(name, found[at] - found[at + 1]) for at, name in enumerate(names)]


def _exclusions(audience: AudiencePolicy, eligibility: pl.DataFrame) -> list[tuple[str, int]]:
    """How many people each exclusion takes, in the order of the definition, each with all 0 where it takes nobody."""
    order = {exclusion_name(one, at): at for at, one in enumerate(audience.exclusions)}
    out = pl.col("outcome") == "excluded"
    place = pl.col("cause").replace_strict(order, default=OTHER_CAUSE, return_dtype=pl.Int64)
    people = eligibility.group_by("person_id").agg(
        is_out=out.all(), last=pl.struct(place.alias("place"), "cause").filter(out).max_by(place.filter(out))
    )
    taken = people.filter("is_out").select(pl.col("last").struct.field("cause")).group_by("cause").len()
    counts = dict(taken.iter_rows())
    others = sorted(name for name in counts if name not in order)
    return [(name, counts.get(name, 0)) for name in [*order, *others]]


def _arbitration(eligibility: pl.DataFrame) -> list[tuple[str, str | None, int]]:
    """cause, winner, people who met the rules, were not excluded and are nobody's member here; largest first."""
    people = eligibility.filter(pl.col("outcome") != "excluded").sort("brand")
    lost = people.filter(~(pl.col("outcome") == "member").any().over("person_id")).unique(
        "person_id", keep="first", maintain_order=True
    )
    named = lost.group_by("cause", "winner").len()
    return list(named.sort("len", "cause", "winner", descending=[True, False, False]).iter_rows())


def _after_membership(members: pl.DataFrame) -> list[tuple[str, str | None, str | None, int]]:
    held = members.filter(is_held_back())
    by_arm = held.group_by("arm").len().sort("len", "arm", descending=[True, False])
    silent = members.filter(~is_held_back() & (pl.col("channels").list.len() == 0)).height
    arms: list[tuple[str, str | None, str | None, int]] = [("held_back", arm, None, count) for arm, count in by_arm.iter_rows()]
    return [*arms, ("no_channel", None, None, silent)]
