"""The three audiences of a day on one page: for the lead desk, service managers and general managers. Figures only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.audiences.channel_funnel import channel_funnel
from pipelines.reports.audience_figures import Rows, Size, causes, cells, counts, of_segment, reasons, size
from pipelines.reports.audience_words import CAUSES, READERS, arm_in_words
from pipelines.reports.channel_tables import channel_takers, channel_totals
from pipelines.reports.page import Block, Card, Section, TableBlock, bar, code, counted, in_words, long_date, number, page
from pipelines.reports.plan_table import plan_table
from schemas.policy import AudiencePolicy, Policy

_MOST = 12  # rows of a list that is cut
_MOST_CELLS = 30


@dataclass(frozen=True)
class _Told:
    """What every part of the page needs: the policy, the tables, titles of audiences."""

    policy: Policy
    tables: Mapping[str, pl.DataFrame]

    def audiences(self, segment: str) -> list[AudiencePolicy]:
        """The audiences of a segment, by priority."""
        return sorted(
            (one for one in self.policy.audiences if one.segment == segment), key=lambda one: (one.priority, one.audience)
        )

    def title(self, audience: object) -> str:
        """An audience's title in policy, else its name in words."""
        titles = {one.audience: one.title for one in self.policy.audiences}
        return titles.get(str(audience), in_words(str(audience)))

    def of(self, table: str, segment: str) -> pl.DataFrame:
        """A table's rows of a segment's audiences."""
        return of_segment(self.tables[table], [one.audience for one in self.audiences(segment)])


def audience_page(day: date, policy: Policy, tables: Mapping[str, pl.DataFrame]) -> str:
    """The page of a day as HTML. `tables`: membership, eligibility, channel_loss, membership_change, overlap and kpi."""
    told = _Told(policy, tables)
    order = [segment for segment in READERS if segment in policy.channels.segments_on]
    sizes = {one: size(told.of("membership", one), told.of("membership_change", one)) for one in order}
    cards = [_card(READERS[one][0], sizes[one]) for one in order]
    sections = [_segment(told, one) for one in order]
    subtitle = (
        f"{policy.group.title} · {tables['membership']['person_id'].n_unique():,} people, each in one audience per channel · "
        f"policy {policy.policy_hash[:12]}"
    )
    foot = "Counts of people. What may leave the house is decided after this, by consent, licence and platform."
    return page(f"Audiences of {long_date(day)}", subtitle, [*sections, _arbitration(told)], cards, foot)


def _card(title: str, of: Size) -> Card:
    change = f"{of.entered:,} entered, {of.left:,} left since the day before"
    return Card(title, number(of.members), (change, f"{of.addressable:,} with a channel, {of.held_back:,} held back as control"))


def _segment(told: _Told, segment: str) -> Section:
    members, changes = told.of("membership", segment), told.of("membership_change", segment)
    channels = channel_funnel(told.policy, told.of("eligibility", segment), told.of("channel_loss", segment), members)
    title, reader = READERS[segment]
    off = [one.title for one in told.audiences(segment) if not one.is_on]
    blocks = [
        Block((plan_table(told.tables["kpi"], segment),)),
        Block((_audiences(told, segment, members), _by_rooftop(told, members)), "Sizes", f"Off: {', '.join(off)}" if off else ""),
        Block((_cells(told, members),)),
        Block((_reasons(told, members),)),
        Block((channel_totals(told.policy, channels),), "Channels"),
        Block((channel_takers(told.policy, channels),)),
        Block((_arms(members), _tiers(members)), "Tests and tiers"),
        Block((_changes(told, changes, "enter"), _changes(told, changes, "leave")), "Entries and exits"),
    ]
    return Section(segment.replace("_", "-"), title, reader, blocks)


def _audiences(told: _Told, segment: str, members: pl.DataFrame) -> TableBlock:
    found = _pairs(counts(members, "audience"))
    rows = []
    for one in told.audiences(segment):
        if one.is_on:
            people = found.get(one.audience, 0)
            rows.append((one.title, number(people), _share(people, members.height)))
    return TableBlock("By audience, in order of priority", ("Audience", "People", "Share"), rows, numeric=(1,), bars=(2,))


def _by_rooftop(told: _Told, members: pl.DataFrame) -> TableBlock:
    titles = {one.rooftop_id: one.title for one in told.policy.group.rooftops}
    rows = [
        (f"{titles.get(str(rooftop), 'no rooftop known')}", rooftop, number(people), _share(people, members.height))
        for rooftop, people in counts(members, "rooftop_id")
    ]
    return TableBlock("By rooftop", ("Rooftop", "Id", "People", "Share"), rows, numeric=(2,), bars=(3,))


def _cells(told: _Told, members: pl.DataFrame) -> TableBlock:
    rows = [
        (code(str(cell)), told.title(audience), *(number(one) for one in figures)) for cell, audience, *figures in cells(members)
    ]
    heads = ("Cell", "Audience", "People", "Hot", "Warm", "Cold", "Held back")
    note = "Cells are named as platforms see them. Tiers are 0 where an audience has none."
    if len(rows) > _MOST_CELLS:
        rest = sum(int(figures[0]) for _, _, *figures in cells(members)[_MOST_CELLS:])
        note = f"And {counted(len(rows) - _MOST_CELLS, 'smaller cell')} with {counted(rest, 'member')}. {note}"
    return TableBlock("Cells, largest first", heads, rows[:_MOST_CELLS], numeric=(2, 3, 4, 5, 6), note=note)


def _reasons(told: _Told, members: pl.DataFrame) -> TableBlock:
    totals = _pairs(counts(members, "audience"))
    rows = []
    for audience, rule, people in reasons(members):
        of = totals[str(audience)]
        rows.append((in_words(str(rule)), told.title(audience), number(people), _share(people, of)))
    heads = ("Rule that holds", "Audience", "People", "Share of the audience")
    return TableBlock("Why people are in", heads, rows, numeric=(2,), bars=(3,), note="A person can have several reasons.")


def _arms(members: pl.DataFrame) -> TableBlock:
    rows = [(arm_in_words(arm), number(people), _share(people, members.height)) for arm, people in counts(members, "arm")]
    return TableBlock("Arms of running tests", ("Arm", "People", "Share"), rows, numeric=(1,), bars=(2,))


def _tiers(members: pl.DataFrame) -> TableBlock:
    with_tier = members.filter(pl.col("tier").is_not_null())
    rows = [(in_words(tier), number(people), _share(people, with_tier.height)) for tier, people in counts(with_tier, "tier")]
    rows += [
        (f"Identity: {tier}", number(people), _share(people, members.height)) for tier, people in counts(members, "identity_tier")
    ]
    return TableBlock("Tiers of score and identity", ("Tier", "People", "Share"), rows, numeric=(1,), bars=(2,))


def _changes(told: _Told, changes: pl.DataFrame, direction: str) -> TableBlock:
    rows = [
        (told.title(audience), CAUSES.get(str(cause), in_words(str(cause))), number(people))
        for audience, cause, people in counts(changes.filter(pl.col("change") == direction), "audience", "cause")
    ]
    caption = {"enter": "Entered", "leave": "Left"}[direction]
    return TableBlock(caption, ("Audience", "Cause", "People"), *_cut(rows), numeric=(2,), note=_rest(rows))


def _arbitration(told: _Told) -> Section:
    lost = [
        (told.title(audience), CAUSES.get(str(cause), str(cause)), told.title(winner), number(people))
        for audience, cause, winner, people in causes(told.tables["eligibility"], "lost")
    ]
    excluded = [
        (told.title(audience), in_words(str(cause)), number(people))
        for audience, cause, _, people in causes(told.tables["eligibility"], "excluded")
    ]
    shared = [
        (told.title(row["left_audience"]), told.title(row["right_audience"]), number(row["people"]))
        for row in told.tables["overlap"]
        .sort("people", "left_audience", "right_audience", descending=[True, False, False])
        .to_dicts()
        if row["people"]
    ]
    blocks = (
        Block(
            (
                TableBlock(
                    "Lost to another audience", ("Lost by", "Because", "Won by", "People"), *_cut(lost), (3,), (), _rest(lost)
                ),
            )
        ),
        Block(
            (
                TableBlock("Excluded", ("Audience", "Exclusion", "People"), *_cut(excluded), (2,), (), _rest(excluded)),
                TableBlock("Overlap before arbitration", ("Audience", "And", "People"), *_cut(shared), (2,), (), _rest(shared)),
            )
        ),
    )
    return Section("arbitration", "One person, one owner", "What arbitration and exclusions decided, for everybody", blocks)


def _pairs(rows: Rows) -> dict[str, int]:
    return {str(name): int(people) for name, people in rows}


def _share(part: int, whole: int) -> object:
    return bar(part / whole if whole else 0.0)


def _cut(rows: Sequence[Sequence[object]]) -> tuple[Sequence[Sequence[object]]]:
    return (rows[:_MOST],)


def _rest(rows: Sequence[Sequence[object]]) -> str:
    return f"and {counted(len(rows) - _MOST, 'smaller row')}" if len(rows) > _MOST else ("" if rows else "nobody")
