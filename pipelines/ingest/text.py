"""Bytes into text: gzip by its magic, the kind of content, the encoding. Whatever is wrong has an error of its own."""

import re
import zlib

from charset_normalizer import from_bytes

from pipelines.ingest.errors import (
    DamagedGzip,
    EmptyFile,
    NotGzip,
    NulBytes,
    OversizedFile,
    TruncatedGzip,
    WrongEncoding,
    WrongType,
)
from schemas.contract import Feed, Layout

LARGEST_BYTES = 4 * 1024**3  # a bound on memory, far above any feed; also what stops a decompression bomb
_SAMPLE = 20_000  # bytes on each side of the first bad byte that are looked at to name an encoding

WANTED = {
    Layout.TSV: "tab-separated text",
    Layout.CSV: "comma-separated text",
    Layout.ADF: "ADF XML",
    Layout.GA4: "one JSON object per line",
}

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word document"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xfd7zXZ", "an xz archive"),
)
_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32 (little endian)"),
    (b"\x00\x00\xfe\xff", "UTF-32 (big endian)"),
    (b"\xff\xfe", "UTF-16 (little endian)"),
    (b"\xfe\xff", "UTF-16 (big endian)"),
)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']", re.IGNORECASE)
_EIGHT_BIT = frozenset({"iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "iso-8859-15", "us-ascii", "ascii"})


def text_of(feed: Feed, name: str, content: bytes) -> str:
    """The text of a file, without byte order mark. Raises a FileError that names what is wrong with it."""
    data = _unpacked(name, content)
    if not data.strip():
        raise EmptyFile(len(data))
    _reject_magic(feed, data)
    text = _decoded(feed, data)
    _reject_kind(feed, text)
    return text


def _unpacked(name: str, content: bytes) -> bytes:
    """The content, decompressed where its first two bytes say gzip, whatever the name says."""
    if not content:
        raise EmptyFile(0)
    if content[:2] != b"\x1f\x8b":
        if name.lower().endswith(".gz"):
            raise NotGzip
        return content
    parts: list[bytes] = []
    left, room = content, LARGEST_BYTES
    while left[:2] == b"\x1f\x8b":  # a gzip file may hold several members
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(left, room))
        except zlib.error as error:
            raise DamagedGzip from error
        room -= len(parts[-1])
        if stream.unconsumed_tail or room <= 0:
            raise OversizedFile(LARGEST_BYTES)
        if not stream.eof:
            raise TruncatedGzip(len(content))
        left = stream.unused_data.lstrip(b"\x00")
    return b"".join(parts)


def _reject_magic(feed: Feed, data: bytes) -> None:
    for magic, found in _MAGIC:
        if data.startswith(magic):
            raise WrongType(found, WANTED[feed.layout], feed.example)


def _decoded(feed: Feed, data: bytes) -> str:
    for bom, found in _BOMS:
        if data.startswith(bom):
            raise WrongEncoding(found, 0, 1)
    zeros = data.count(b"\x00")
    if zeros:
        raise _zeros(data, zeros)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        declared = _declared(feed, data)
        if declared is not None:
            return declared
        raise WrongEncoding(_encoding(data, error.start), error.start, _line(data, error.start)) from error


def _zeros(data: bytes, zeros: int) -> WrongEncoding | NulBytes:
    """UTF-16 without a byte order mark has a zero in every other place; anything else is damage."""
    first = data.index(b"\x00")
    sample = data[: 2 * _SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) > 0.4 * len(sample) / 2 and min(even, odd) < 0.1 * max(even, odd):
        order = "big" if even > odd else "little"
        return WrongEncoding(f"UTF-16 ({order} endian, without byte order mark)", first, _line(data, first))
    return NulBytes(first, _line(data, first), zeros)


def _declared(feed: Feed, data: bytes) -> str | None:
    """XML may declare an eight-bit encoding, and then it is no guess."""
    match = _XML_ENCODING.search(data[:1000]) if feed.layout is Layout.ADF else None
    if match is None or match.group(1).decode().lower() not in _EIGHT_BIT:
        return None
    try:
        return data.decode(match.group(1).decode())
    except UnicodeDecodeError:
        return None


def _encoding(data: bytes, position: int) -> str:
    """A name for what the bytes around a position look like."""
    sample = data[max(0, position - _SAMPLE) : position + _SAMPLE]
    best = from_bytes(sample, cp_isolation=["cp1252", "latin_1", "mac_roman", "shift_jis", "gb18030"]).best()
    if best is not None and best.encoding in {"mac_roman", "shift_jis", "gb18030"}:
        return best.encoding
    # Western text: the printable part of 0x80-0x9F exists in cp1252 only.
    return "cp1252 (Windows)" if re.search(rb"[\x80-\x9f]", sample) else "latin-1 (ISO 8859-1) or cp1252"


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _reject_kind(feed: Feed, text: str) -> None:
    start = text[:2000].lstrip().lower()
    found = _kind(start)
    if feed.layout is Layout.GA4 and found == "text" and "\n{" in text:
        return  # a bad first line is a row's problem, not the file's
    wanted = {Layout.ADF: {"XML"}, Layout.GA4: {"JSON"}}.get(feed.layout, {"text"})
    if found not in wanted:
        raise WrongType(found if found != "text" else "plain text", WANTED[feed.layout], feed.example)


def _kind(start: str) -> str:
    if re.match(r"<!doctype html|<html|<head|<body|<script", start) or (start.startswith("<") and "<html" in start):
        return "an HTML page, perhaps of a login"
    if re.match(r"<[?!a-z/]", start):
        return "XML"
    if start[:1] == "{" or re.match(r"\[\s*(?:[{\[\]\"\d-]|$)", start):
        return "JSON"
    return "text"
