"""The page that tells whoever sends a feed what it must look like, written from the contracts: docs/feeds.md."""

from collections.abc import Iterable

from schemas.contract import EXPECTED, Feed, Field, Kind

_HEAD = """# Feeds

Every file that the drop folder takes. Made from `schemas/sources/`; do not edit by hand.

Headers match without regard to case, spaces, underscores and hyphens. A column that a feed does not declare is an error;
a column that is not required may be missing. Text is UTF-8, with or without a byte order mark, plain or gzip. Files carry a
stamp in their name: `YYYYMMDD`, with `_HHMM` or `_HHMMSS` where there are several a day. Blank cells are empty or `\\N`, and
outside text columns also `NULL`, `N/A` and `(null)`; a date of `0` or `00000000` is blank too.

Never send social security or tax numbers, driver's licences, credit scores, bank accounts, card or passport numbers:
such columns are dropped at the door and named in the day's report.
"""

_LAYOUTS = {
    "tsv": "tab-separated, one header line, nothing quoted",
    "csv": "comma-separated by RFC 4180, one header line",
    "adf": "ADF 1.0 XML, one row per prospect",
    "ga4": "GA4 export JSON, one object per line",
}
_HISTORY = {
    "keyed": "a later version of a row replaces an earlier one; blanks never replace a value",
    "event": "a row happened once; a repeat of its key changes nothing",
}


def feeds_page(feeds: Iterable[Feed]) -> str:
    """The page as Markdown: a table of feeds, then each feed with its columns."""
    ordered = sorted(feeds, key=lambda one: one.name)
    return "\n".join([_HEAD, *_overview(ordered), *(line for one in ordered for line in _section(one))]) + "\n"


def _overview(feeds: list[Feed]) -> list[str]:
    head = ["| feed | what | file, for example | layout | layout is | when missing |", "|---|---|---|---|---|---|"]
    return head + [
        f"| [`{one.name}`](#{one.name}) | {one.title} | `{one.example}` | {one.layout.value} | {_whose(one)} "
        f"| {'the day fails' if one.on_missing == 'fail' else 'the feed is skipped'} |"
        for one in feeds
    ]


def _whose(feed: Feed) -> str:
    return "public" if feed.has_public_layout else "our own contract"


def _section(feed: Feed) -> list[str]:
    carried = {one.raw for one in feed.fields}
    others = sum(1 for one in feed.header if one not in carried)
    facts = [
        f"- File name: `{feed.file_name}`, for example `{feed.example}`",
        f"- Layout: {_LAYOUTS[feed.layout.value]}; {_whose(feed)}",
        f"- Key: {_key(feed)}; {_HISTORY[feed.history]}",
        f"- Arrives: {feed.cadence}; taken up to {feed.late_days} days late",
    ]
    if feed.row_needs_one_of:
        facts.append(f"- A row needs at least one of: {', '.join(f'`{feed.field(one).raw}`' for one in feed.row_needs_one_of)}")
    if others:
        facts.append(
            f"- The published header has {len(feed.header)} columns; the {others} that are not listed here are not carried"
        )
    table = ["| column | kind | required | accepted | also known as | becomes | meaning |", "|---|---|---|---|---|---|---|"]
    return ["", f"## {feed.name}", "", feed.description, "", *facts, "", *table, *(_row(one) for one in feed.fields)]


def _key(feed: Feed) -> str:
    if not feed.key:
        return "the row's own content"
    names = ", ".join(f"`{feed.field(one).raw}`" for one in feed.key)
    if not feed.key_needs:
        return names
    return f"{names}; without {' or '.join(f'`{feed.field(one).raw}`' for one in feed.key_needs)} the row's own content"


def _row(field: Field) -> str:
    kind = "text" if field.kind is Kind.TEXT else f"{field.kind.value}: {EXPECTED[field.kind]}"
    accepted = ", ".join(field.accepted) or _bounds(field)
    cells = (f"`{field.raw}`", kind, "yes" if field.required else "", accepted, ", ".join(field.aliases), f"`{field.name}`")
    return f"| {' | '.join(_cell(one) for one in cells)} | {_cell(field.description)} |"


def _bounds(field: Field) -> str:
    low = "" if field.minimum is None else f"at least {field.minimum:g}"
    high = "" if field.maximum is None else f"at most {field.maximum:g}"
    return ", ".join(one for one in (low, high) if one)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
