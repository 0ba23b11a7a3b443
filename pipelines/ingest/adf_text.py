"""ADF as it arrives in the wild, mended into prospects that an XML parser can read, one text per prospect.

Cutting at each <prospect> keeps one broken lead from spoiling the next, and brings a vendor or provider that stands after a
prospect closed too early back into it.
"""

import html
import re
from dataclasses import dataclass
from html.entities import html5

from pipelines.ingest.errors import DeclaredEntities

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(r"<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_NOISE = re.compile(r"<[?!][^>]*>")
_START = re.compile(r"<prospect\b[^>]*>", re.IGNORECASE)
_END = re.compile(r"</(?:prospect|adf)\s*>", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_LESS = re.compile(r"<(?![A-Za-z/])")
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_UNQUOTED = re.compile(r"(\s[A-Za-z_][\w:.-]*)\s*=\s*([^\s\"'<>=]+)(?=[\s/>])")
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(frozen=True)
class ProspectText:
    """One prospect: as delivered, mended for the parser, and whether its end is in the file."""

    number: int
    delivered: str
    mended: str
    is_whole: bool


def prospect_texts(text: str) -> list[ProspectText]:
    """The prospects of a file in order. Raises DeclaredEntities where the file declares entities of its own."""
    masked = _COMMENT.sub("", _CDATA.sub(lambda one: html.escape(one.group(1), quote=False), text))
    if _DECLARED.search(masked):
        raise DeclaredEntities
    starts = _starts(masked)
    before = _between(masked[: starts[0]]) if starts else ""
    # Where CDATA or a comment hides a <prospect>, the text as delivered cannot be cut, and the mended one is kept.
    delivered = text if len(_starts(text)) == len(starts) else masked
    pairs = zip(_cut(masked), _cut(delivered), strict=True)
    return [_prospect(number, chunk, raw.strip(), before) for number, (chunk, raw) in enumerate(pairs, 1)]


def is_adf(text: str) -> bool:
    """Whether an XML text is ADF: it has the root or a prospect, in whatever case."""
    return re.search(r"<(?:adf|prospect)\b", text, re.IGNORECASE) is not None


def _starts(text: str) -> list[int]:
    return [one.start() for one in _START.finditer(text)]


def _cut(text: str) -> list[str]:
    starts = _starts(text)
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=False)]


def _between(head: str) -> str:
    """Elements that stand before the first prospect (a vendor for all of them), without the root and the declarations."""
    return re.sub(r"</?adf\b[^>]*>", "", _NOISE.sub("", head), flags=re.IGNORECASE)


def _prospect(number: int, chunk: str, delivered: str, before: str) -> ProspectText:
    opening = _START.match(chunk)
    tag = opening.group(0) if opening else "<prospect>"
    body = chunk[len(tag) :]
    is_whole = _END.search(body) is not None
    if tag.endswith("/>"):
        tag, is_whole = tag[:-2] + ">", True
    inner = _END.sub("", _NOISE.sub("", body))
    return ProspectText(number, delivered, _mended(f"{tag}{inner}{before}</prospect>"), is_whole)


def _mended(text: str) -> str:
    """Bare ampersands and less-than signs escaped, HTML entities resolved, attribute values quoted."""
    text = _LESS.sub("&lt;", _AMPERSAND.sub(_ampersand, text))
    return _TAG.sub(lambda tag: _UNQUOTED.sub(r'\1="\2"', tag.group(0)), text)


def _ampersand(match: re.Match[str]) -> str:
    reference = match.group(1)
    if reference is None:
        return "&amp;"
    name = reference.rstrip(";")
    if name in _XML:
        return match.group(0)
    if name.startswith("#"):
        return html.escape(html.unescape(match.group(0)), quote=False)
    return html.escape(html5[reference], quote=False) if reference in html5 else "&amp;" + reference
