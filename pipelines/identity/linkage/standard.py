"""One standard form per kind of field, computed once per distinct text. Null where nothing is left to compare."""

from collections.abc import Callable

import polars as pl

from schemas.identity_model import FieldKind

STREET_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "boulevard": "blvd",
    "circle": "cir", "place": "pl", "terrace": "ter", "trail": "trl", "parkway": "pkwy", "highway": "hwy", "square": "sq",
    "north": "n", "south": "s", "east": "e", "west": "w", "apartment": "apt", "suite": "ste", "unit": "apt",
}  # fmt: skip
MOST_CHARACTERS = 1_000  # of a text; what follows is not compared, since comparing takes time by the square of the length
NATIONAL_DIGITS = 10  # a country code before a ten-digit number tells nothing more about who it is


def standard(kind: FieldKind, texts: pl.Series) -> pl.Series:
    """The standard form of each text of one kind."""
    out = pl.DataFrame({"x": texts.cast(pl.String).str.head(MOST_CHARACTERS)}).select(_FORMS[kind](pl.col("x"))).to_series()
    return pl.DataFrame({"x": out}).select(pl.when(pl.col("x") != "").then("x")).to_series()


def _plain(text: pl.Expr) -> pl.Expr:
    """Lower case without accents."""
    return text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase().str.replace_all(r"\p{M}", "")


def _words(text: pl.Expr) -> pl.Expr:
    spaced = _plain(text).str.replace_all(r"['’.`]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ")
    return spaced.str.strip_chars()


def _email(text: pl.Expr) -> pl.Expr:
    squeezed = text.str.to_lowercase().str.replace_all(r"\s", "")
    return pl.when(squeezed.str.contains(r".@.")).then(squeezed)


def _phone(text: pl.Expr) -> pl.Expr:
    """The national number, without the extension behind it."""
    main = text.str.to_lowercase().str.replace(r"(?:ext(?:ension)?|x|#|;ext=)\D{0,3}\d{1,6}\D*$", "")
    digits = main.str.replace_all(r"[^0-9]", "").str.tail(NATIONAL_DIGITS)
    return pl.when(digits.str.len_chars() >= 5).then(digits)


def _address(text: pl.Expr) -> pl.Expr:
    words = _words(text).str.split(" ")
    short = words.list.eval(pl.element().replace(list(STREET_WORDS), list(STREET_WORDS.values())))
    return short.list.join(" ")


def _code(text: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")


def _date(text: pl.Expr) -> pl.Expr:
    """YYYYMMDD; a text that is no date keeps its digits, because a typing error is still close to what was meant."""
    stripped = text.str.strip_chars().str.replace(r"[T ]\d{1,2}:\d{2}.*$", "")
    parts = stripped.str.extract_groups(r"^([0-9]{4})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{1,2})$")
    iso = pl.concat_str(parts.struct.field("1"), *(parts.struct.field(one).str.zfill(2) for one in "23"))
    turned = stripped.str.extract_groups(r"^([0-9]{1,2})[^0-9]+([0-9]{1,2})[^0-9]+([0-9]{4})$")
    american = pl.concat_str(turned.struct.field("3"), *(turned.struct.field(one).str.zfill(2) for one in "12"))
    return pl.coalesce(iso, american, _plain(stripped).str.replace_all(r"[^a-z0-9]", ""))


_FORMS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "given_name": _words,
    "family_name": _words,
    "name": _words,
    "email": _email,
    "phone": _phone,
    "address": _address,
    "postcode": _code,
    "date": _date,
    "id": _code,
    "vin": _code,
    "text": _words,
    "category": _words,
}
