"""ADF 1.0 XML into rows of text: one row per prospect, in the names that the feed's fields declare.

The parser loads no DTD, resolves no entity and opens no network. Employment, income and other children outside the
DTD are not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from lxml import etree

from pipelines.ingest.adf_lead import lead_values, local_name
from pipelines.ingest.adf_text import ProspectText, is_adf, prospect_texts
from pipelines.ingest.errors import WrongType
from pipelines.ingest.forbidden import forbidden
from pipelines.ingest.rows import LINE, RawRows, broken_rows
from pipelines.ingest.text import WANTED
from schemas.contract import Feed

_WITHHELD = "(withheld: the prospect is damaged and names something that must never enter)"


@dataclass(frozen=True, eq=False)
class _Lead:
    """A prospect after what must never enter was taken out of it: its tree where it has one, its text, what was dropped."""

    number: int
    tree: etree._Element | None
    text: str
    dropped: tuple[str, ...]


def adf_rows(feed: Feed, text: str) -> RawRows:
    """Rows of an ADF file. Raises WrongType where the XML is not ADF, DeclaredEntities where it declares entities."""
    if not is_adf(text):
        raise WrongType("XML that is not ADF", WANTED[feed.layout], feed.example)
    leads = [(one, _lead(one)) for one in prospect_texts(text)]
    good = [lead for one, lead in leads if lead.tree is not None and one.is_whole]
    values = [lead_values(lead.tree) for lead in good if lead.tree is not None]
    cells = {LINE: pl.Series([lead.number for lead in good], dtype=pl.Int64)}
    cells |= {one.name: pl.Series([value.get(one.raw) for value in values], dtype=pl.String) for one in feed.fields}
    return RawRows(
        cells=pl.DataFrame(cells),
        texts=pl.Series([lead.text for lead in good], dtype=pl.String),
        broken=_broken([lead for one, lead in leads if lead.tree is None or not one.is_whole]),
        header_text=None,
        delivered={one.name: one.raw for one in feed.fields},
        dropped=tuple(sorted({name for _, lead in leads for name in lead.dropped})),
        scrub=_as_it_is,
    )


def _as_it_is(text: str) -> str:
    """Texts of prospects are cleaned where they are cut."""
    return text


def _lead(one: ProspectText) -> _Lead:
    tree = _tree(one)
    if tree is None:
        words = one.delivered.replace("<", " ").replace(">", " ").split()
        return _Lead(one.number, None, _WITHHELD if forbidden(words) else one.delivered, ())
    dropped = forbidden(name for node in tree.iter(etree.Element) for name in _named(node))
    if not dropped:
        return _Lead(one.number, tree, one.delivered, ())
    for node in [node for node in tree.iter(etree.Element) if forbidden(_named(node))]:
        node.clear(keep_tail=True)  # type: ignore[call-arg]  # the element's own name stays, nothing that it held does
    return _Lead(one.number, tree, etree.tostring(tree, encoding="unicode"), tuple(dropped))


def _tree(one: ProspectText) -> etree._Element | None:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(one.mended.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _broken(leads: Sequence[_Lead]) -> pl.DataFrame:
    rows = [(lead.number, lead.text) for lead in leads]
    frame = pl.DataFrame(rows, schema={LINE: pl.Int64, "raw_text": pl.String}, orient="row")
    return broken_rows(
        "prospect|unclosed",
        frame,
        "The prospect is cut off: neither it nor the file is closed after it.",
        "Send the whole lead again.",
    )


def _named(node: etree._Element) -> list[str]:
    """What an element is called: its tag, its attributes, and what type, source or name it says it is."""
    said = [str(node.get(one)) for one in ("type", "source", "name", "part") if node.get(one)]
    return [local_name(node), *(str(one) for one in node.attrib), *said]
