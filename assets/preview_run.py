"""A preview: the last published day under its own policy and under a changed one. It reads the lake and writes nothing to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from assets.house import House
from assets.lake import Lake
from assets.policy_reads import changed_sections, changed_values, is_same_code, is_touched, kept_policy, read_under
from assets.rehearsal import NotPublished, is_as_declared, ready, rehearse, step_of_table, tables_between
from pipelines.activation.exports import STEP as EXPORTS
from pipelines.activation.reach import reach
from pipelines.audiences.preview import TABLES, Side, as_text
from pipelines.audiences.preview_figures import both, figures
from pipelines.step import Day
from schemas.policy import Policy

SEGMENTS = ("conquest", "in_market", "loyalty")
WANTED = (*TABLES, "suppression")


class PolicyNotKept(Exception):
    """The policy under which a day was published is neither kept beside it nor the one that is to be changed."""

    def __init__(self, day: date, policy_hash: str) -> None:
        super().__init__(
            f"{day} was published under the policy {policy_hash[:12]}, which the lake does not keep and which is not the one in "
            "--policy: there is nothing to compare with. Run the day again, or give the folder of that policy"
        )


@dataclass(frozen=True)
class Preview:
    """What a changed policy would do. `frames` hold counts, `moved` the ids of people, `made` the tables computed anew.

    `made_twice`: of these, the ones computed for the side before too, because other code had published them.
    """

    day: date
    before: Policy
    after: Policy
    made: tuple[str, ...]
    made_twice: tuple[str, ...]
    frames: Mapping[str, pl.DataFrame]
    moved: pl.DataFrame

    @property
    def sections(self) -> list[str]:
        """The sections of the policy that differ."""
        return changed_sections(self.before, self.after)

    @property
    def values(self) -> list[tuple[str, str, str]]:
        """The values that differ: path, before, after."""
        return changed_values(self.before, self.after)


def last_day(lake: Lake) -> date:
    """The newest day whose audiences are published. Errors: NotPublished."""
    days = lake.days("membership")
    if not days:
        raise NotPublished(lake, None)
    return days[-1]


def published_policy(lake: Lake, day: date, base: Policy) -> Policy:
    """The policy of a published day; `base` where it has the day's hash. Errors: NotPublished, PolicyNotKept."""
    if not lake.part("membership", day).is_file():
        raise NotPublished(lake, day)
    found = read_under(lake, "membership", day) or lake.read("membership", day)["policy_hash"].max()
    if found is None or str(found) == base.policy_hash:
        return base
    kept = kept_policy(lake, str(found))
    if kept is None:
        raise PolicyNotKept(day, str(found))
    return kept


def preview(house: House, day: date, before: Policy, after: Policy, *, with_reach: bool = True) -> Preview:
    """Compare a published day with what `after` would have made of it; `before` is the policy that it was published under.

    Only the first tables whose step read a section that differs, and what follows from them, are made. Tables that the lake
    holds in an older shape, or that other code made, are made on both sides. Errors: NotPublished.
    """
    lake = house.tables
    concerned = tables_between(set(step_of_table()), set(WANTED))
    older = tables_between({one for one in concerned if not is_as_declared(lake, one, day)}, WANTED)
    touched = {one for one in concerned if before.policy_hash != after.policy_hash and is_touched(lake, one, day, after)}
    made = older | tables_between(touched, WANTED)
    if not all(is_same_code(lake, one, day) for one in made):
        older = made
    published = {one: as_text(lake.read(one, day)) for one in WANTED if one not in older}
    # Whoever has an arm keeps it: a change would be published on a later day, on which these arms are those of the day before.
    drawn = {"previous_assignment": lake.read("assignment", day)} if lake.part("assignment", day).is_file() else {}
    sides = []
    for policy, tables in ((before, older), (after, made)):
        frames = rehearse(house, day, policy, tables, given=drawn) if tables else {}
        new = {name: as_text(frame) for name, frame in frames.items() if name in WANTED}
        sides.append(Side(policy, day, {**published, **new}, is_after=policy is after))
    with ready(house, (), day) as engine:
        told, moved = figures(engine, sides[0], sides[1])
    if with_reach:
        told["reach"] = _reach(house, day, *sides)
    return Preview(day, before, after, tuple(sorted(made)), tuple(sorted(older)), told, moved)


def _reach(house: House, day: date, *sides: Side) -> pl.DataFrame:
    """The reach of each side's members, found by itself: a household gets one letter, so together they would compete."""
    return both(*(_reached(house, day, side, side["membership"]) for side in sides))


def _reached(house: House, day: date, side: Side, members: pl.DataFrame) -> pl.DataFrame:
    """The reach of members under a side's policy, by the tables that the exports read."""
    audiences = {f"audience_{one}": members.filter(pl.col("segment") == one) for one in SEGMENTS}
    inputs = [one for one in EXPORTS.inputs if one.window != "previous"]
    with ready(house, inputs, day, frames={**audiences, "suppression": side["suppression"]}) as engine:
        return reach(engine, Day(day, side.policy, house.seed))
