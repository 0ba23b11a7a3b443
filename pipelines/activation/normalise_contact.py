"""E-mail addresses, phones and device ids, as the platforms want them before hashing. Expressions only.

Every rule gives null for what is not such an identifier, so that a blank stays a blank and is never hashed.
Rules per platform: the platforms' own pages, named in schemas/platforms.
"""

import polars as pl

from pipelines.activation.normalise_text import HASH, blank_to_null, visible

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3: the longest path, less its brackets
EMAIL = r"^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+$"
GOOGLE_DOMAINS = ("gmail.com", "googlemail.com")
EXTENSION = r"(?i)[\s,;]*(?:ext(?:ension|n)?\.?|x|#)[\s:.=]*\d{1,7}\s*$"
LOCAL_COUNTRY = "1"  # ten digits without a country code are North American
E164_DIGITS = r"^[1-9]\d{7,14}$"  # ITU-T E.164: at most 15 digits; fewer than 8 have no country code


def email_trimmed(value: pl.Expr) -> pl.Expr:
    """Trimmed and lower case; null where it is no address, or looks like a hash."""
    return _address_or_null(visible(value).str.strip_chars().str.to_lowercase())


def email_google(value: pl.Expr) -> pl.Expr:
    """Google: blanks removed; at gmail.com and googlemail.com the dots and the +suffix go, elsewhere both stay."""
    return _without_tags(_address_or_null(_spaceless(value)), GOOGLE_DOMAINS, dots=True)


def email_uid2(value: pl.Expr) -> pl.Expr:
    """UID2: as Google's, but at gmail.com alone, and without removing blanks inside."""
    return _without_tags(email_trimmed(value), GOOGLE_DOMAINS[:1], dots=True)


def email_tiktok(value: pl.Expr) -> pl.Expr:
    """TikTok: the +suffix goes at every domain, dots stay."""
    return _without_tags(_address_or_null(_spaceless(value)), None, dots=False)


def phone_e164(value: pl.Expr) -> pl.Expr:
    """+ and digits with country code; extensions, trunk zeros and dialling prefixes removed; null where it is no number."""
    digits = _digits(value)
    return pl.when(digits.is_not_null()).then(pl.concat_str(pl.lit("+"), digits))


def phone_digits(value: pl.Expr) -> pl.Expr:
    """The digits of E.164 without the plus: country code, no leading zeros."""
    return _digits(value)


def device_id(value: pl.Expr) -> pl.Expr:
    """A mobile advertising id: lower case with its hyphens; the all-zero id of a device that refuses is null."""
    text = visible(value).str.strip_chars().str.to_lowercase()
    shape = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    return pl.when(text.str.contains(shape) & text.str.contains("[1-9a-f]")).then(text)


def handle(value: pl.Expr) -> pl.Expr:
    """A user name: lower case, without its @."""
    return blank_to_null(visible(value).str.strip_chars(" @").str.to_lowercase())


def as_it_is(value: pl.Expr) -> pl.Expr:
    """Our own id: never changed, never lower-cased."""
    return blank_to_null(value)


def _spaceless(value: pl.Expr) -> pl.Expr:
    return visible(value).str.replace_all(r"\s+", "").str.to_lowercase()


def _address_or_null(text: pl.Expr) -> pl.Expr:
    is_address = text.str.contains(EMAIL) & (text.str.len_bytes() <= MAX_EMAIL) & ~text.str.contains(HASH)
    return pl.when(is_address).then(text)


def _without_tags(text: pl.Expr, domains: tuple[str, ...] | None, *, dots: bool) -> pl.Expr:
    """Cut +suffix, and dots where asked, from the local part at these domains; at all of them for None. Empty is null."""
    ending = r"@.*$" if domains is None else "@(?:" + "|".join(one.replace(".", r"\.") for one in domains) + ")$"
    local = text.str.replace(r"@.*$", "").str.replace(r"\+.*$", "")
    local = local.str.replace_all(".", "", literal=True) if dots else local
    cut = pl.when(local != "").then(pl.concat_str(local, text.str.extract(r"(@.*)$")))
    return pl.when(text.str.contains(ending)).then(cut).otherwise(text)


def _digits(value: pl.Expr) -> pl.Expr:
    text = visible(value).str.normalize("NFKC").str.replace(EXTENSION, "").str.replace(r"\(0\)", "")
    bare = text.str.replace_all(r"[^0-9]", "")
    is_international = text.str.contains(r"^[^0-9]*\+")
    dialled = pl.when(is_international).then(bare).otherwise(bare.str.replace(r"^(?:011|00)", ""))
    local = (~is_international) & (dialled.str.len_bytes() == 10)
    full = pl.when(local).then(pl.concat_str(pl.lit(LOCAL_COUNTRY), dialled)).otherwise(dialled)
    is_north_american = full.str.starts_with(LOCAL_COUNTRY)
    is_number = full.str.contains(E164_DIGITS) & (~is_north_american | full.str.contains(r"^1[2-9]\d{9}$"))
    return pl.when(is_number & ~text.str.contains(HASH)).then(full)
