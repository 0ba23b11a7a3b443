"""The catalogue: every definition in force on one page, in words made from its rules, with what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from markupsafe import Markup

from pipelines.audiences.channel_funnel import channel_funnel
from pipelines.audiences.preview_budget import cell_budget, segment_usd
from pipelines.audiences.rule_words import Said, said, sentence
from pipelines.reports.audience_figures import causes, cells, counts, once, reasons
from pipelines.reports.audience_words import CAUSES, READERS, arm_in_words
from pipelines.reports.channel_tables import channel_takers, channel_totals
from pipelines.reports.page import Block, Card, Section, TableBlock, bar, code, counted, in_words, long_date, number, page
from pipelines.reports.sparkline import sparkline
from schemas.policy import AudiencePolicy, Policy

_MOST = 12  # rows of a list that is cut


@dataclass(frozen=True)
class Figures:
    """The tables of the day, and the size of every audience on every day that is told: audience, day, members."""

    membership: pl.DataFrame
    eligibility: pl.DataFrame
    channel_loss: pl.DataFrame
    sizes: pl.DataFrame


def catalogue_page(day: date, policy: Policy, figures: Figures) -> str:
    """The page as HTML. `figures` are of the day; sizes may reach back as far as the lake does."""
    order = {segment: at for at, segment in enumerate(policy.channels.segment_priority)}
    audiences = sorted(policy.audiences, key=lambda one: (order[one.segment], one.priority, one.audience))
    usd = cell_budget(policy, figures.membership)
    sections = [_overview(policy, audiences, figures), *(_section(policy, one, figures, usd) for one in audiences)]
    on = sum(_runs(policy, one) for one in audiences)
    cards = [
        Card("Definitions", number(len(audiences)), (f"{on} in force, {len(audiences) - on} off",)),
        Card("Members", number(figures.membership["person_id"].n_unique()), ("people in at least one audience",)),
        Card("Export lists", number(figures.membership["cell"].n_unique()), ("cells, by their neutral names",)),
    ]
    subtitle = f"{policy.group.title} · {long_date(day)} · policy {policy.policy_hash[:12]}"
    foot = f"Words are made from the rules themselves. Policy {policy.policy_hash}."
    return page("Catalogue of audiences", subtitle, sections, cards, foot)


def _runs(policy: Policy, one: AudiencePolicy) -> bool:
    return one.is_on and one.segment in policy.channels.segments_on


def _overview(policy: Policy, audiences: Sequence[AudiencePolicy], figures: Figures) -> Section:
    people = {str(name): int(n) for name, n in counts(figures.membership, "audience")}
    rows = [
        (
            Markup('<a href="#{}">{}</a>').format(_anchor(one), one.title),
            in_words(one.segment),
            one.owner.removeprefix("team:"),
            number(people.get(one.audience, 0)) if _runs(policy, one) else "off",
            sparkline(_sizes(figures, one), f"Size of {one.title}"),
            Markup('<div style="min-width:300px">{}</div>').format(sentence(one, policy)),
        )
        for one in audiences
    ]
    heads = ("Audience", "Segment", "Owner", "People", "Size over time", "Who is in it")
    block = Block((TableBlock("All definitions, in order of priority", heads, rows, numeric=(3,)),))
    return Section("all", "All definitions", "For whoever wants to know which lists there are, and why", (block,))


def _section(policy: Policy, one: AudiencePolicy, figures: Figures, usd: Mapping[str, float]) -> Section:
    mine = figures.membership.filter(pl.col("audience") == one.audience)
    met = figures.eligibility.filter(pl.col("audience") == one.audience)
    taken = figures.channel_loss.filter(pl.col("audience") == one.audience)
    lead = f"{one.purpose} · {READERS[one.segment][0]} · owner {one.owner.removeprefix('team:')}"
    if not _runs(policy, one):
        return Section(
            _anchor(one), one.title, f"{lead} · off", (Block(figure=_rules(policy, one)), Block((_card(policy, one, mine),)))
        )
    channels = channel_funnel(policy, met, taken, mine)
    blocks = (
        Block(figure=_rules(policy, one), title="Who is in it"),
        Block((_card(policy, one, mine),)),
        Block(figure=_drawn(figures, one), title=_size_title(figures, one)),
        Block((_reasons(mine), _losses(policy, met))),
        Block((channel_totals(policy, channels),)),
        Block((channel_takers(policy, channels),)),
        Block((_arms(mine), _cells(mine, usd))),
    )
    return Section(_anchor(one), one.title, lead, blocks)


def _rules(policy: Policy, one: AudiencePolicy) -> Markup:
    rules = said(one.rules, one, policy)
    parts = rules.below if rules.words == "all of these" else (rules,)
    body = Markup("").join(_item(part) for part in parts)
    left_out = Markup("").join(_item(said(each, one, policy)) for each in one.exclusions)
    out = Markup("<p>Not:</p><ul>{}</ul>").format(left_out) if left_out else Markup()
    return Markup("<p>Everybody who meets all of these:</p><ul>{}</ul>{}").format(body, out)


def _item(one: Said) -> Markup:
    if one.below:
        return Markup("<li>{}:<ul>{}</ul></li>").format(one.words, Markup("").join(_item(child) for child in one.below))
    return Markup("<li>{} <code>{}</code></li>").format(one.words, one.name)


def _card(policy: Policy, one: AudiencePolicy, mine: pl.DataFrame) -> TableBlock:
    titles = {theme.message: theme.text for theme in policy.plan.messages}
    brands = one.brands or tuple(each.brand for each in policy.group.brands)
    usd = segment_usd(policy, one.segment)
    of_segment = f"{number(sum(usd.values()), 'US dollars')} a year for the segment"
    by_kind = ", ".join(f"{kind} {number(part, 'US dollars')}" for kind, part in usd.items() if kind)
    rows = [
        (
            "Definition",
            code(one.audience) if one.extends is None else Markup("{} on {}").format(code(one.audience), code(one.extends)),
        ),
        (
            "Export names",
            Markup("{}…").format(code(f"{policy.group.export_prefix}_{one.code}")) + f", cut by {', '.join(one.cell_by)}",
        ),
        *_by_brand(
            "Channels",
            {brand: ", ".join(policy.channels.channels.get(name, name) for name in one.channels_of(brand)) for brand in brands},
        ),
        *_by_brand("Message", {brand: titles.get(one.message_of(brand), one.message_of(brand)) for brand in brands}),
        ("Budget", f"{of_segment}{f' ({by_kind})' if by_kind else ''}; {counted(mine.height, 'member')} of this audience"),
        ("Stay", f"{counted(one.stay_days, 'day')} unless renewed"),
        ("Credit offer", "yes: age, income, ZIP and life events are forbidden in its rules" if one.credit_offer else "no"),
    ]
    return TableBlock("What becomes of members", ("What", "As the policy says"), rows)


def _by_brand(what: str, told: Mapping[str, str]) -> list[tuple[str, str]]:
    """A row for all brands where they say the same, else one per brand."""
    if len(set(told.values())) == 1:
        return [(what, next(iter(told.values())))]
    return [(f"{what}, {brand}", words) for brand, words in told.items()]


def _sizes(figures: Figures, one: AudiencePolicy) -> list[tuple[date, int]]:
    """The size on each day that is told, 0 where nobody was in it."""
    days = figures.sizes.select("day").unique().sort("day")
    mine = figures.sizes.filter(pl.col("audience") == one.audience).select("day", "members")
    return [(day, int(people or 0)) for day, people in days.join(mine, on="day", how="left").sort("day").rows()]


def _drawn(figures: Figures, one: AudiencePolicy) -> Markup:
    """The size by day as a line; nothing where one day is told, which draws none."""
    told = _sizes(figures, one)
    return sparkline(told, f"Size of {one.title} by day", is_large=True) if len(told) > 1 else Markup()


def _size_title(figures: Figures, one: AudiencePolicy) -> str:
    told = _sizes(figures, one)
    return f"Size over {counted(len(told), 'day')}: {number(told[-1][1]) if told else 'not told'} now"


def _reasons(mine: pl.DataFrame) -> TableBlock:
    rows = [(in_words(str(rule)), number(n), bar(n / mine.height)) for _, rule, n in reasons(mine)]
    note = "" if rows else "nobody is in it today: see what became of those who met the rules"
    return TableBlock("Why members are in", ("Rule that holds", "People", "Share"), rows, numeric=(1,), bars=(2,), note=note)


def _losses(policy: Policy, met: pl.DataFrame) -> TableBlock:
    titles = {one.audience: one.title for one in policy.audiences}
    people = met["person_id"].n_unique()
    rows = []
    for outcome, words in (("excluded", "excluded: "), ("lost", "")):
        for _, cause, winner, n in causes(met, outcome):
            why = CAUSES.get(str(cause), in_words(str(cause)).lower())
            won = f" ({titles.get(str(winner), str(winner))})" if winner else ""
            rows.append((f"{words}{why}{won}", number(n), bar(n / people if people else 0.0)))
    ends = {name: n for name, n in counts(once(met), "outcome")}
    parts = f"{ends.get('member', 0):,} members, {ends.get('excluded', 0):,} excluded, {ends.get('lost', 0):,} lost"
    note = f"{people:,} met the rules for some brand: {parts}" if people else "nobody met the rules today"
    heads = ("What kept people out", "People", "Share")
    return TableBlock("Exclusions and losses by cause", heads, rows[:_MOST], numeric=(1,), bars=(2,), note=note)


def _arms(mine: pl.DataFrame) -> TableBlock:
    rows = [(arm_in_words(str(arm)), number(n), bar(n / mine.height)) for arm, n in counts(mine, "arm")]
    return TableBlock("Arms of running tests", ("Arm", "People", "Share"), rows[:_MOST], numeric=(1,), bars=(2,))


def _cells(mine: pl.DataFrame, usd: Mapping[str, float]) -> TableBlock:
    rows: list[Sequence[object]] = [
        (code(str(cell)), number(n), number(round(usd.get(str(cell), 0.0)), "US dollars")) for cell, _, n, *_ in cells(mine)
    ]
    more = f"and {counted(len(rows) - _MOST, 'smaller cell')}. " if len(rows) > _MOST else ""
    note = f"{more}Budget: what the plan gives the segment, market and brand, shared by their members alike."
    return TableBlock(
        "Cells, as platforms see them", ("Export name", "People", "Budget a year"), rows[:_MOST], numeric=(1, 2), note=note
    )


def _anchor(one: AudiencePolicy) -> str:
    return one.audience.replace("_", "-")


def sizes_of(days: Mapping[date, pl.DataFrame]) -> pl.DataFrame:
    """audience, day, members from the membership of each day (only its column audience is read)."""
    frames = [
        frame.group_by("audience").agg(pl.len().cast(pl.Int64).alias("members")).with_columns(day=pl.lit(day))
        for day, frame in days.items()
    ]
    schema = {"audience": pl.String, "day": pl.Date, "members": pl.Int64}
    told = [frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items()) for frame in frames]
    return pl.concat([pl.DataFrame(schema=schema), *told]).sort("audience", "day")
