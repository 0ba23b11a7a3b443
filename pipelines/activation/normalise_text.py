"""What every normalising rule shares: removing what cannot be seen, and recognising what is already a hash."""

import polars as pl

HASH = r"(?i)^\s*[0-9a-f]{64}\s*$"  # SHA-256 in hex

# Characters that print nothing: controls, bidirectional marks, zero-width characters, byte order mark, variation selectors.
INVISIBLE = r"[\p{Cf}\u{FE00}-\u{FE0F}\x00-\x08\x0e-\x1f\x7f]"


def visible(value: pl.Expr) -> pl.Expr:
    """The text without characters that print nothing, composed (NFC), so that equal sights are equal bytes."""
    return value.str.replace_all(INVISIBLE, "").str.normalize("NFC")


def blank_to_null(text: pl.Expr) -> pl.Expr:
    """Null where nothing is left, or where the raw value is already a hash: a hash is never hashed again."""
    return pl.when((text != "") & ~text.str.contains(HASH)).then(text)
