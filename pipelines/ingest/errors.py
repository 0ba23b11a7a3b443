"""Why a whole file cannot be used. Each error takes its culprits as data and says what to do; none carries personal data."""

from collections.abc import Sequence


class FileError(Exception):
    """A file that cannot be used. `rule` names the kind for the quarantine; `fix` says what to do."""

    rule = "file|unreadable"

    def __init__(self, reason: str, fix: str, column: str | None = None) -> None:
        super().__init__(f"{reason} {fix}")
        self.reason = reason
        self.fix = fix
        self.column = column


class EmptyFile(FileError):
    """Nothing in it."""

    rule = "file|empty"

    def __init__(self, size: int) -> None:
        what = "The file is empty (0 bytes)." if size == 0 else f"The file holds {size:,} bytes and not one line of text."
        super().__init__(what, "Send it again; an export without rows still has its header line.")


class TruncatedGzip(FileError):
    """A gzip stream that stops early."""

    rule = "file|truncated_gzip"

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The gzip stream ends early, after {size:,} bytes: the transfer was cut off.", "Deliver the whole file again."
        )


class DamagedGzip(FileError):
    """A gzip stream that does not decompress."""

    rule = "file|damaged_gzip"

    def __init__(self) -> None:
        super().__init__("The gzip stream is damaged and does not decompress.", "Compress and deliver the file again.")


class OversizedFile(FileError):
    """A file that decompresses to more than we take."""

    rule = "file|oversized"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The file decompresses to more than {limit:,} bytes.", "Split it into smaller files.")


class NotGzip(FileError):
    """A name that ends in .gz over content that is not gzip."""

    rule = "file|not_gzip"

    def __init__(self) -> None:
        super().__init__("The name ends in .gz but the content is not gzip.", "Compress the file, or drop .gz from its name.")


class WrongType(FileError):
    """Content of another kind than the feed declares."""

    rule = "file|wrong_type"

    def __init__(self, found: str, wanted: str, example: str) -> None:
        super().__init__(f"The content is {found}; this feed takes {wanted}.", f"Export it as {wanted}, for example {example}.")


class WrongEncoding(FileError):
    """Text that is not UTF-8."""

    rule = "file|encoding"

    def __init__(self, found: str, position: int, line: int) -> None:
        where = f"byte {position:,}, line {line:,}"
        super().__init__(f"The text is not UTF-8: at {where} it looks like {found}.", "Export it again as UTF-8.")


class NulBytes(FileError):
    """Zero bytes inside text."""

    rule = "file|nul_bytes"

    def __init__(self, position: int, line: int, count: int) -> None:
        super().__init__(
            f"The text holds {count:,} NUL bytes, the first at byte {position:,}, line {line:,}: the file is damaged.",
            "Deliver the file again.",
        )


class DeclaredEntities(FileError):
    """XML that declares its own entities."""

    rule = "file|entities"

    def __init__(self) -> None:
        super().__init__(
            "The XML declares entities of its own, which is how entity bombs and file inclusion work.",
            "Send ADF without a DOCTYPE that declares entities.",
        )


class NoHeader(FileError):
    """A first line in which no column is known. It may be data, so it is not repeated here."""

    rule = "file|no_header"

    def __init__(self, found: int, wanted: Sequence[str]) -> None:
        super().__init__(
            f"The first line has {found} cells and none is a column of this feed: the header is missing or of another feed.",
            f"The first line must name the columns, for example {', '.join(wanted)}.",
        )


class UnknownColumn(FileError):
    """A column that the feed does not declare."""

    rule = "file|unknown_column"

    def __init__(self, found: Sequence[tuple[str, str]]) -> None:
        each = "; ".join(f"{name!r} (nearest: {near!r})" if near else f"{name!r}" for name, near in found)
        super().__init__(
            f"Unknown {'column' if len(found) == 1 else 'columns'} {each}.",
            "Correct the header, or declare the column or its alias in the feed's contract.",
            found[0][0],
        )


class MissingColumn(FileError):
    """A required column that is not there."""

    rule = "file|missing_column"

    def __init__(self, missing: Sequence[str], found: Sequence[str]) -> None:
        wanted = ", ".join(repr(one) for one in missing)
        super().__init__(
            f"Required {'column' if len(missing) == 1 else 'columns'} {wanted} not found; the header has {', '.join(found)}.",
            f"Add {wanted} to the export, or declare the header it goes by as an alias.",
            missing[0],
        )


class DuplicateColumn(FileError):
    """Two columns that mean the same."""

    rule = "file|duplicate_column"

    def __init__(self, first: str, second: str, meaning: str) -> None:
        super().__init__(
            f"The columns {first!r} and {second!r} both mean {meaning!r}.", "Keep one of them in the export.", second
        )


class DamagedJson(FileError):
    """One JSON document that does not parse."""

    rule = "file|damaged_json"

    def __init__(self, line: int, column: int) -> None:
        super().__init__(
            f"The JSON document is damaged at line {line:,}, column {column:,}: not one event can be read from it.",
            "Export one whole JSON object per line.",
        )
