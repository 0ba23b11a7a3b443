"""What in a row says whose it is: identifiers with the name beside them, and the keyed hashes that a tombstone keeps of both.

The same few lines decide which rows of the lake go when somebody is forgotten, and which rows of a later delivery stay out. No
files here, and no name of a feed: a column says by its own name what it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b, sha256

import polars as pl
from nicknames import NickNamer

from pipelines.identity.linkage.derive import full_names
from pipelines.normalise.address import standard_addresses
from pipelines.normalise.email import GMAIL, standard_emails
from pipelines.normalise.invisible import visible
from pipelines.normalise.name import PARTS, person_name
from pipelines.normalise.phone import standard_phones
from pipelines.normalise.postcode import five_digits

KINDS = ("row", "customer", "client", "email", "email_hash", "phone", "phone_hash", "address", "vin")
ALONE = ("row", "customer", "client", "email", "email_hash", "phone", "phone_hash")
"""Kinds that may speak for a row without a name. A street or a vehicle is of more than one person; it needs the name."""

PREFIXES = ("customer_", "co_buyer_")
COLUMNS = {
    "email": ("email", "email_1", "email_2", "email_3"),
    "email_hash": ("email_sha256", "lead_key"),
    "phone": ("phone", "phone_1", "phone_2", "phone_3", "home_phone", "cell_phone", "work_phone", "caller"),
    "phone_hash": ("phone_sha256",),
    "client": ("user_pseudo_id", "web_client", "web_user_id"),
    "vin": ("vin",),
}
_USUAL = r"(?i)^[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$"
STREETS = (("address_1", "address_2", "zip"), ("street", None, "zip"), ("cass_line_1", None, "cass_zip"))
NAMES = {"caller_name": "full_name"}
LONG = {"at": pl.UInt32, "party": pl.String, "kind": pl.String, "value": pl.String}


def is_read(column: str) -> bool:
    """Whether a column of text is looked at to tell whose a row is."""
    base = column
    for prefix in PREFIXES:
        base = base.removeprefix(prefix)
    streets = {one for street in STREETS for one in street}
    return base in {
        *PARTS,
        *NAMES,
        *streets,
        "number",
        "contact_id",
        "dealer_id",
        *(one for names in COLUMNS.values() for one in names),
    }


@dataclass(frozen=True)
class Block:
    """The columns of a row that are about one person: `of` maps the name of a column without its prefix to the column."""

    prefix: str
    of: dict[str, str]

    @property
    def is_main(self) -> bool:
        """Whether the row is this person's; a co-buyer's block only stands in somebody's row."""
        return self.prefix != "co_buyer_"


def blocks(columns: Sequence[str]) -> list[Block]:
    """The people whom a row of these columns names: one, or a buyer and a co-buyer."""
    named = [one for one in PREFIXES if any(column in (f"{one}first_name", f"{one}last_name") for column in columns)]
    if not named:
        return [Block("", {NAMES.get(one, one): one for one in columns})]
    loose = {one: one for one in columns if not one.startswith(PREFIXES)}
    inside = {prefix: {one.removeprefix(prefix): one for one in columns if one.startswith(prefix)} for prefix in named}
    first = named[0]
    return [Block(prefix, {**(loose if prefix == first else _vehicle(loose)), **inside[prefix]}) for prefix in named]


def _vehicle(loose: dict[str, str]) -> dict[str, str]:
    """Of the columns that are nobody's own, those that a second person of the row shares: the vehicle and the rooftop."""
    return {name: column for name, column in loose.items() if name in ("vin", "dealer_id")}


def evidence(
    block: Block, rows: pl.DataFrame, feed: str, key: Sequence[str] = (), is_near: Callable[[str], bool] | None = None
) -> pl.DataFrame:
    """Every identifier that a block states, in standard form, long: at, party, kind, value, each once.

    `rows` has `at` and columns of text; `key` names the columns of the feed's key, none where the row has none in text.
    `is_near` says of a ZIP whether streets there matter: to bring a street into standard form takes its time.
    """
    parts = [pl.DataFrame(schema=LONG), *_listed(block, rows), *_streets(block, rows, is_near), *_numbers(block, rows)]
    if key and all(one in rows.columns for one in key):
        joined = pl.concat_str([pl.col(one).str.strip_chars().fill_null("") for one in key], separator="|")
        parts.append(_long(rows.select("at", value=pl.concat_str(pl.lit(f"{feed}|"), joined)), block, "row"))
    return pl.concat(parts).unique().sort("at", "kind", "value")


def _listed(block: Block, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for kind, names in COLUMNS.items():
        for name in names:
            if name in block.of and block.of[name] in rows.columns:
                stated = rows.select("at", raw=pl.col(block.of[name]).str.strip_chars()).filter(pl.col("raw") != "")
                forms = standard_forms(kind, stated["raw"])
                value = pl.col("raw").replace_strict(forms, default=None, return_dtype=pl.String)
                yield _long(stated.select("at", value=value), block, kind)


def standard_forms(kind: str, raw: pl.Series) -> dict[str, str]:
    """The form in which a value of a kind is compared, per distinct text."""
    texts = raw.unique()
    match kind:
        case "email":
            usual = texts.filter(texts.str.contains(_USUAL))  # its standard form is its lower case; the library takes its time
            said = standard_emails(texts.filter(~texts.is_in(usual.implode()))).select("raw", "standard").iter_rows()
            odd = {one: mailbox(standard or visible(one).lower()) for one, standard in said}
            return odd | {one: mailbox(one.lower()) for one in usual}
        case "phone":
            said = standard_phones(texts).filter("is_valid").select("raw", "standard").iter_rows()
            return dict(said)
        case "vin":
            return {one: one.upper().replace(" ", "") for one in texts if len(one.replace(" ", "")) == 17}
        case "email_hash" | "phone_hash":
            return {one: one.lower() for one in texts}
        case _:
            return {one: one for one in texts}


def mailbox(email: str) -> str:
    """One Google mailbox has many spellings; every other address is itself."""
    local, _, domain = email.rpartition("@")
    if domain not in GMAIL:
        return email
    return f"{local.partition('+')[0].replace('.', '')}@gmail.com"


def _streets(block: Block, rows: pl.DataFrame, is_near: Callable[[str], bool] | None) -> Iterator[pl.DataFrame]:
    for first, second, postcode in STREETS:
        if any(one and block.of.get(one, "") not in rows.columns for one in (first, postcode)):
            continue
        lines = [pl.col(block.of[one]).fill_null("") for one in (first, second) if one and block.of.get(one, "") in rows.columns]
        line = pl.concat_str(lines, separator=" ").str.strip_chars()
        stated = rows.select("at", raw=line, zip=five_digits(pl.col(block.of[postcode]))).filter(pl.col("raw") != "")
        if is_near:
            near = [one for one in stated["zip"].drop_nulls().unique() if is_near(one)]
            stated = stated.filter(pl.col("zip").is_in(near))
        forms = dict(standard_addresses(stated["raw"]).select("raw", "standard").iter_rows())
        street = pl.col("raw").replace_strict(forms, default=None, return_dtype=pl.String)
        yield _long(stated.select("at", value=pl.concat_str(street, pl.lit("|"), "zip")), block, "address")


def _numbers(block: Block, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Customer numbers with who issued them, as contact records have them."""
    if "dealer_id" in rows.columns and block.of.get("number", "") in rows.columns:
        value = pl.concat_str("dealer_id", pl.lit("|"), pl.col(block.of["number"]).str.strip_chars())
        yield _long(rows.select("at", value=value), block, "customer")
    if block.of.get("contact_id", "") in rows.columns:
        value = pl.concat_str(pl.lit("crm|"), pl.col(block.of["contact_id"]).str.strip_chars())
        yield _long(rows.select("at", value=value), block, "customer")


def _long(stated: pl.DataFrame, block: Block, kind: str) -> pl.DataFrame:
    told = stated.filter(pl.col("value").is_not_null() & (pl.col("value") != ""))
    return told.select(pl.col("at").cast(pl.UInt32), party=pl.lit(block.prefix), kind=pl.lit(kind), value="value")


def names(block: Block, rows: pl.DataFrame) -> pl.DataFrame:
    """The name that a block states: at, name; null where no first and last name, and no company, is stated."""
    there = [one for one in PARTS if block.of.get(one, "") in rows.columns]
    texts = rows.select("at", **{one: pl.col(block.of[one]) if one in there else pl.lit(None, pl.String) for one in PARTS})
    known = {row: name_of(*row) for row in texts.select(PARTS).unique().iter_rows()}
    said = [known[row] for row in texts.select(PARTS).iter_rows()]
    return texts.select(pl.col("at").cast(pl.UInt32), name=pl.Series(said, dtype=pl.String))


def name_of(full: str | None, first: str | None, middle: str | None, last: str | None, suffix: str | None) -> str | None:
    """first|last|suffix in standard form, |company| for a company, None where a person is not named whole."""
    found = person_name(full, first, middle, last, suffix)
    return joined_name(found.first, found.last, found.suffix, is_business=found.is_business)


def joined_name(first: str | None, last: str | None, suffix: str | None, *, is_business: bool) -> str | None:
    """As `name_of`, from standard parts."""
    if is_business:
        return f"|{first or last}|" if first or last else None
    return f"{first}|{last}|{suffix or ''}" if first and last else None


def spellings(name: str) -> set[str]:
    """The names that a row may give the same person: short and full first names, the initial, the generation left out."""
    first, last, suffix = name.split("|")
    if not first:
        return {name}
    whole = full_names(first)
    firsts = {first, first[:1], *whole, *(short for one in whole for short in _short_forms(one))}
    return {f"{one}|{last}|{end}" for one in firsts for end in {suffix, ""}}


@cache
def _short_forms(first: str) -> frozenset[str]:
    return frozenset(_namer().nicknames_of(first))


@cache
def _namer() -> NickNamer:
    return NickNamer()


@dataclass(frozen=True)
class Hasher:
    """Keyed hashes, 128 bits in hex: who has not the seed can neither read nor test one."""

    seed: str

    def of(self, kind: str, value: str, name: str = "") -> str:
        """The hash of an identifier, or of an identifier and the name beside it."""
        key = blake2b(b"velocity tombstone\x00" + self.seed.encode(), digest_size=32).digest()
        return blake2b("\x1f".join((kind, value, name)).encode(), key=key, digest_size=16).hexdigest()


def hashed_keys(keys: Iterable[tuple[str, str, str]], hasher: Hasher) -> list[tuple[str, str]]:
    """scope, key_hash of a tombstone, sorted. `keys`: kind, value, the name beside it; blank where nobody else had the value."""
    known = sorted(keys)
    weak = {(kind, value) for kind, value, _ in known}
    weak |= {("zip", value.rpartition("|")[2]) for kind, value in weak if kind == "address"}
    rows = {("any", hasher.of(*one)) for one in weak}
    rows |= {("named" if name else "alone", hasher.of(kind, value, name)) for kind, value, name in known}
    return sorted(rows)


def sha(value: str) -> str:
    """SHA-256 in hex, as feeds and platforms give an e-mail or a phone."""
    return sha256(value.encode()).hexdigest()
