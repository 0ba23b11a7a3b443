"""E-mail addresses, phones and device ids, as the platforms want them before hashing.

Every rule gives null for what is not such an identifier, so that a blank stays a blank and is never hashed.
Rules per platform: the platforms' own pages, named in schemas/platforms.
"""

import polars as pl

from pipelines.activation.normalise_text import HASH, Rule, blank_to_null, lower, spaceless, trimmed, visible

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3: the longest path, less its brackets
EMAIL = r"^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+$"
PLAIN_LOCAL, PLAIN_DOMAIN = r"^[a-z0-9_-]{1,48}@", r"[a-z0-9-]{1,40}\.[a-z]{2,12}$"
EXTENSION = r"(?i)[\s,;]*(?:ext(?:ension|n)?\.?|x|#)[\s:.=]*\d{1,7}\s*$"
LOCAL_COUNTRY = "+1"  # ten digits without a country code are North American
# ITU-T E.164: at most 15 digits; fewer than 8 have no country code. North American area codes do not begin with 0 or 1.
E164 = r"^\+(?:1[2-9]\d{9}|[2-9]\d{7,14})$"
DEVICE = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def _address_or_null(text: pl.Expr) -> pl.Expr:
    is_address = text.str.contains(EMAIL) & (text.str.len_bytes() <= MAX_EMAIL) & ~text.str.contains(HASH)
    return pl.when(is_address).then(text)


def _untagged(text: pl.Expr, domains: str, *, dots: bool) -> pl.Expr:
    """Cut +suffix, and dots where asked, from the local part at the domains of a pattern. Nothing left is null."""
    local = text.str.extract(r"^([^@+]*)")
    local = local.str.replace_all(".", "", literal=True) if dots else local
    cut = pl.when(local != "").then(pl.concat_str(local, text.str.extract("(@.*)$")))
    return pl.when(text.str.contains(domains)).then(cut).otherwise(text)


def _google(text: pl.Expr) -> pl.Expr:
    return _untagged(text, r"[.+].*@(?:gmail|googlemail)\.com$", dots=True)


def _uid2(text: pl.Expr) -> pl.Expr:
    return _untagged(text, r"[.+].*@gmail\.com$", dots=True)


def _tiktok(text: pl.Expr) -> pl.Expr:
    return _untagged(text, r"\+.*@", dots=False)


def _without_extension(value: pl.Expr) -> pl.Expr:
    return value.str.normalize("NFKC").str.replace(EXTENSION, "").str.replace("(0)", "", literal=True)


def _plus_and_digits(text: pl.Expr) -> pl.Expr:
    bare = text.str.replace_all(r"[^0-9]", "")
    return pl.when(text.str.contains(r"^[^0-9]*\+")).then(pl.concat_str(pl.lit("+"), bare)).otherwise(bare)


def _international(text: pl.Expr) -> pl.Expr:
    """The dialling prefixes 00 and 011 mean a plus; ten digits are local; more have their country code already."""
    dialled = text.str.replace(r"^(?:011|00)", "+")
    local = pl.when(dialled.str.len_bytes() == 10).then(pl.lit(LOCAL_COUNTRY)).otherwise(pl.lit("+"))
    return pl.when(dialled.str.starts_with("+")).then(dialled).otherwise(pl.concat_str(local, dialled))


def _number_or_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(E164)).then(text)


def _without_plus(text: pl.Expr) -> pl.Expr:
    return text.str.slice(1)


def _without_country(text: pl.Expr) -> pl.Expr:
    """Ten digits of a North American number; null elsewhere, where ten digits would mean somebody else."""
    return pl.when(text.str.starts_with("+1")).then(text.str.slice(2))


def _device_or_null(text: pl.Expr) -> pl.Expr:
    """The all-zero id is that of a device that refuses: nobody's."""
    return pl.when(text.str.contains(DEVICE) & text.str.contains("[1-9a-f]")).then(text)


def _without_at(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(" @")


_WHOLE = (visible, trimmed, lower, _address_or_null)
_CLOSED = (visible, spaceless, lower, _address_or_null)
_PLAIN = PLAIN_LOCAL + PLAIN_DOMAIN  # without dots and tags: every platform spells it alike
_NUMBER = (visible, _without_extension, _plus_and_digits, _international, _number_or_null)

# Trimmed and lower case.
email_trimmed = Rule(_WHOLE, r"^[a-z0-9._+-]{1,48}@" + PLAIN_DOMAIN)
# Google: blanks go; at gmail.com and googlemail.com the dots and the +suffix go, elsewhere both stay.
email_google = Rule((*_CLOSED, _google), _PLAIN)
# UID2: as Google's, but at gmail.com alone, and without removing blanks inside.
email_uid2 = Rule((*_WHOLE, _uid2), _PLAIN)
# TikTok: the +suffix goes at every domain, dots stay.
email_tiktok = Rule((*_CLOSED, _tiktok), _PLAIN)
# + and digits with country code; extensions, trunk zeros and dialling prefixes removed.
phone_e164 = Rule(_NUMBER, E164)
# The same without the plus: country code, no leading zeros.
phone_digits = Rule((*_NUMBER, _without_plus))
# The ten digits of a North American number.
phone_national = Rule((*_NUMBER, _without_country))
# A mobile advertising id, lower case with its hyphens.
device_id = Rule((visible, trimmed, lower, _device_or_null))
# A user name without its @.
handle = Rule((visible, trimmed, lower, _without_at, blank_to_null))
# Our own id: never changed, never lower-cased.
as_it_is = Rule((blank_to_null,))
