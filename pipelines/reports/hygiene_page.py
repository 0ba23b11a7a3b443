"""How clean the customer file is, on one page, for the steward and the general managers. Figures only, nobody's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from markupsafe import Markup

from pipelines.identity.hygiene import METRICS
from pipelines.reports.page import Block, Card, Section, TableBlock, bar, code, in_words, long_date, mark, number, page, percent
from schemas.policy import Policy

GROUP = "group"
OUTCOMES = {
    "actionable": ("can be acted on", "#5b8db8"),
    "stale": ("not seen for years", "#e0b04c"),
    "no_consent": ("refused every use", "#b5514d"),
    "no_identifier": ("cannot be reached", "#b3bdc7"),
    "minor": ("under age", "#7b6d9c"),
    "business": ("a business", "#7f8c99"),
    "staff": ("works here", "#3f8f86"),
    "bought": ("only bought", "#c9d2da"),
}
"""What becomes of people on file, in words, with the colour of each in the bars."""
KINDS = (("email", "E-mail"), ("phone", "Phone"), ("address", "Address"))

Figure = tuple[int, int | None, float | None]


@dataclass(frozen=True)
class _Told:
    """Figures by rooftop, metric and detail, and the rooftops by title, the group first."""

    figures: Mapping[tuple[str, str, str], Figure]
    places: Sequence[tuple[str, str]]

    def of(self, place: str, metric: str, detail: str = "") -> Figure:
        return self.figures.get((place, metric, detail), (0, None, None))

    def count(self, place: str, metric: str, detail: str = "") -> int:
        return self.of(place, metric, detail)[0]

    def share(self, place: str, metric: str, detail: str = "") -> float:
        return self.of(place, metric, detail)[2] or 0.0

    def details(self, metric: str) -> list[str]:
        """Details of a metric for the group, largest count first."""
        known = [(-one[0], detail) for (place, name, detail), one in self.figures.items() if (place, name) == (GROUP, metric)]
        return [detail for _, detail in sorted(known) if detail]


def hygiene_page(day: date, policy: Policy, hygiene: pl.DataFrame, unmatched: pl.DataFrame | None = None) -> str:
    """The page of a day as HTML, from the table hygiene and, where it is given, the table unmatched_zip."""
    rows = hygiene.select("rooftop_id", "metric", "detail", "count", "whole", "ratio").iter_rows()
    figures = {(place, metric, detail): (count, whole, ratio) for place, metric, detail, count, whole, ratio in rows}
    rooftops = [(one.rooftop_id, f"{one.rooftop_id} {one.title}") for one in policy.group.rooftops]
    titled = [(place, title.replace(" ", "\u00a0")) for place, title in ((GROUP, "Whole group"), *rooftops)]  # never broken
    told = _Told(figures, titled)
    months = policy.identity.stale_after_months
    sections = (
        _actionable(told, policy.identity.hygiene.actionable_share_low, months),
        _reach(told, months),
        _duplicates(told),
        _faults(told),
        *([_unmatched(unmatched)] if unmatched is not None else []),
        _meanings(),
    )
    foot = "A person counts at every rooftop that holds a record of them, so rooftops add up to more than the group."
    return page(f"Customer file of {long_date(day)}", policy.group.title, sections, _cards(told, months), foot)


def _cards(told: _Told, months: int) -> tuple[Card, ...]:
    on_file = told.of(GROUP, "actionable")
    return (
        Card(
            "People on file",
            number(on_file[1] or 0),
            (f"{told.count(GROUP, 'records'):,} records of {_people(told)} people in all",),
        ),
        Card(
            "Can be acted on",
            percent(on_file[2] or 0.0),
            (f"{on_file[0]:,} people", "first-party, adult, reachable, not refused"),
        ),
        Card(
            "Reachable",
            percent(told.share(GROUP, "matchable")),
            (
                "by e-mail, phone or address, of all people",
                f"{percent(told.share(GROUP, 'stale_people'))} not seen for {months} months",
            ),
        ),
        Card(
            "Entered twice",
            percent(told.share(GROUP, "several_customer_numbers")),
            ("have two customer numbers at one rooftop, of those with one",),
        ),
    )


def _people(told: _Told) -> str:
    return f"{told.count(GROUP, 'persons'):,}"


def _actionable(told: _Told, low: float, months: int) -> Section:
    rows = []
    for place, title in told.places:
        count, whole, ratio = told.of(place, "actionable")
        verdict = mark("too few", "warn") if (ratio or 0) < low else mark("enough", "good")
        rows.append((title, number(whole or 0), number(count), _stack(told, place), verdict if whole else "–"))
    heads = ("Rooftop", "On file", "Can be acted on", "What becomes of them", f"At least {percent(low)}")
    table = TableBlock("People on file", heads, rows, numeric=(1, 2), bars=(3,), note=_legend(told))
    causes = [
        (
            in_words(OUTCOMES[cause][0]),
            number(told.count(GROUP, "not_actionable", cause)),
            bar(told.share(GROUP, "not_actionable", cause)),
        )
        for cause in told.details("not_actionable")
    ]
    why = TableBlock("What stands in the way, whole group", ("Cause", "People", "Share of people on file"), causes, (1,), (2,))
    count, whole, ratio = told.of(GROUP, "actionable_customers")
    text = (
        f"Of {whole or 0:,} people who bought or were serviced, {count:,} ({percent(ratio or 0.0)}) can be acted on. "
        f"An identifier that nobody showed for {months} months does not count."
    )
    return Section("actionable", "Who can be acted on", "For general managers", (Block((table,)), Block((why,), text=text)))


def _stack(told: _Told, place: str) -> Markup:
    """One bar of all people on file of a rooftop, cut by what becomes of them; the share that can be acted on beside it."""
    whole = told.of(place, "actionable")[1] or 0
    at, parts = 0.0, Markup('<rect width="100" height="10" fill="#e8edf2"/>')  # the ground, as in every bar
    for name, (words, colour) in OUTCOMES.items():
        count = told.count(place, "actionable") if name == "actionable" else told.count(place, "not_actionable", name)
        if whole and count:
            width = 100 * count / whole
            shape = Markup('<rect x="{:.2f}" width="{:.2f}" height="10" fill="{}"><title>{}: {:,}</title></rect>')
            parts += shape.format(at, width, colour, words, count)
            at += width
    frame = '<span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg><b>{}</b></span>'
    return Markup(frame).format(parts, percent(told.share(place, "actionable")))


def _legend(told: _Told) -> Markup:
    """What the colours of the bars mean, of those that occur."""
    swatch = '<svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="{}"/></svg>&#160;{}'
    occurring = {"actionable", *told.details("not_actionable")}
    named = [(words.replace(" ", "\u00a0"), colour) for name, (words, colour) in OUTCOMES.items() if name in occurring]
    return Markup(" &#160; ").join(Markup(swatch).format(colour, words) for words, colour in named)


def _reach(told: _Told, months: int) -> Section:
    heads = ("Rooftop", "People", *(title for _, title in KINDS), "Any")
    rows = [
        (
            title,
            number(told.count(place, "persons")),
            *(bar(told.share(place, "matchable", kind)) for kind in ("email", "phone", "address", "")),
        )
        for place, title in told.places
    ]
    reach = TableBlock("People with a usable identifier", heads, rows, (1,), (2, 3, 4, 5))
    stale = [
        (title, bar(told.share(place, "stale_people")), *(bar(told.share(place, "stale_identifiers", kind)) for kind, _ in KINDS))
        for place, title in told.places
    ]
    age = TableBlock(
        f"Not seen for {months} months", ("Rooftop", "People", "E-mails", "Phones", "Addresses"), stale, bars=(1, 2, 3, 4)
    )
    return Section("reach", "Who can be reached", "For general managers and the steward", (Block((reach,)), Block((age,))))


def _duplicates(told: _Told) -> Section:
    feeds = [
        (
            in_words(feed),
            number(told.count(GROUP, "records", feed)),
            number(told.of(GROUP, "records_per_person", feed)[1]),
            _decimal(told, feed),
        )
        for feed in told.details("records")
    ]
    by_feed = TableBlock(
        "Records and people by feed, whole group", ("Feed", "Records", "People", "Records a person"), feeds, (1, 2, 3),
        note=f"Bought records: {told.count(GROUP, 'bought_records'):,}, {percent(told.share(GROUP, 'bought_records'))} of all.",
    )  # fmt: skip
    twice = [
        (
            title,
            number(told.count(place, "several_customer_numbers")),
            bar(told.share(place, "several_customer_numbers")),
            bar(told.share(place, "service_only")),
        )
        for place, title in told.places
    ]
    heads = ("Rooftop", "With several numbers", "Share of those with one", "Serviced, never bought here")
    by_place = TableBlock("Customer numbers and service-only customers", heads, twice, (1,), (2, 3))
    return Section("duplicates", "Who is entered more than once", "For the steward", (Block((by_feed,)), Block((by_place,))))


def _decimal(told: _Told, feed: str) -> str:
    return f"{told.share(GROUP, 'records_per_person', feed):.2f}"


def _faults(told: _Told) -> Section:
    rows = [
        (
            title,
            number(told.count(place, "undeliverable_emails")),
            bar(told.share(place, "undeliverable_emails")),
            *(percent(told.share(place, "invalid", kind)) for kind, _ in KINDS),
            number(told.count(place, "shared_identifiers")),
        )
        for place, title in told.places
    ]
    heads = ("Rooftop", "Dead mailboxes", "Share of e-mails", "Invalid e-mails", "Phones", "Addresses", "Shared values")
    table = TableBlock(
        "Values that cannot be used",
        heads,
        rows,
        (1, 3, 4, 5, 6),
        (2,),
        note="Invalid: of the records that give one. Shared: values that too many people carry to identify anybody.",
    )
    reasons = {"fan_out": "On too many people", "group_owned": "The group's own", "placeholder": "Typed to fill a field"}
    shared = [(reasons[one], number(told.count(GROUP, "shared_identifiers", one))) for one in told.details("shared_identifiers")]
    by_reason = TableBlock("Shared identifiers, whole group", ("Reason", "Values"), shared, (1,))
    return Section("faults", "What cannot be used", "For the steward", (Block((table,)), Block((by_reason,))))


NO_PLACE = {
    "not_a_zip": "Text that is no US ZIP",
    "unknown": "Five digits that no post office has",
    "no_place": "A ZIP without a place, as military ones",
}
MOST_ZIPS = 25


def _unmatched(found: pl.DataFrame) -> Section:
    """Postcodes without a place: people who give only such a one are in no radius and in no market."""
    by_reason = found.group_by("reason").agg(pl.len(), pl.col("records").sum(), pl.col("people").sum()).sort("reason")
    rows = [(NO_PLACE[str(reason)], *map(number, counts)) for reason, *counts in by_reason.iter_rows()]
    heads = ("Why", "ZIPs", "Records", "People")
    whole = TableBlock("Postcodes without a place, whole group", heads, rows, (1, 2, 3))
    most = found.filter(pl.col("zip") != "").sort("people", "zip", descending=[True, False]).head(MOST_ZIPS)
    each = [
        (code(zip_code), NO_PLACE[reason], number(records), number(people))
        for zip_code, reason, records, people in most.select(
            "zip", pl.col("reason").cast(pl.String), "records", "people"
        ).iter_rows()
    ]
    listed = TableBlock("Those that most people give", ("ZIP", "Why", "Records", "People"), each, (2, 3))
    text = "Who gives no other postcode is in no radius and in no market, and is reached only where geography does not count."
    return Section("zips", "Postcodes without a place", "For the steward", (Block((whole,), text=text), Block((listed,))))


def _meanings() -> Section:
    rows = [(in_words(metric), words[:1].upper() + words[1:]) for metric, words in METRICS.items()]
    return Section(
        "meanings",
        "What the figures mean",
        "",
        (Block((TableBlock("Metrics of the table hygiene", ("Metric", "What it counts"), rows),), fold=True),),
    )
