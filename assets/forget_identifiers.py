"""What somebody is known by: identifiers with the names beside them, and which of them are theirs alone."""

from collections.abc import Iterator

import polars as pl

from assets.lake import Lake
from pipelines.activation.forget_keys import ALONE, joined_name, mailbox, sha, spellings

LISTS = {"email": "emails", "phone": "phones", "email_hash": "email_hashes", "phone_hash": "phone_hashes"}

_STREET = pl.concat_str("address", pl.lit("|"), "zip")
_CLIENT = pl.when(pl.col("feed") == "web_events").then(pl.col("record_id").str.strip_prefix("web_events:"))


def identifiers_of(
    lake: Lake, records: set[str], contacts: pl.DataFrame, stated: pl.DataFrame, placeholders: frozenset[str]
) -> tuple[set[tuple[str, str, str]], set[str]]:
    """Keys of tombstones (kind, value, name), and identifiers of nobody else as cells hold them."""
    known = pl.concat([stated, _hashed(stated), _of_contacts(contacts)]).unique()
    known = known.join(_nobodys(lake, placeholders), on=["kind", "value"], how="anti")
    newest = lake.read("contact_record", lake.days("contact_record")[-1])
    others = _of_contacts(_carrying(newest.filter(~pl.col("record_id").is_in(list(records))), known))
    others = others.join(known.select("kind", "value").unique(), on=["kind", "value"], how="semi")
    held = {(kind, value) for kind, value, _ in others.iter_rows()}
    barred = {(kind, value, name) for kind, value, called in others.iter_rows() if called for name in spellings(called)}
    keys: set[tuple[str, str, str]] = set()
    for kind, value, called in known.iter_rows():
        if called:
            keys |= {(kind, value, name) for name in spellings(called)} - barred
        if kind in ALONE and (kind, value) not in held:
            keys.add((kind, value, ""))
    alone = {(kind, value) for kind, value, _ in known.iter_rows() if (kind, value) not in held and kind not in ("vin", "row")}
    return keys, set(_as_in_cells(alone, contacts, {value for kind, value in held if kind.endswith("_hash")}))


def nameless_others(
    lake: Lake, ids: set[str], member: pl.DataFrame, contacts: pl.DataFrame, placeholders: frozenset[str]
) -> set[str]:
    """People without a name who are known by an e-mail or phone of the person, or by its hash, which nobody with a name has too.

    Identity keeps apart what it cannot be sure of; to be forgotten they are the same.
    """
    newest = lake.read("contact_record", lake.days("contact_record")[-1]).join(member, on="record_id")
    is_named = (pl.col("first_name").is_not_null() & pl.col("last_name").is_not_null()) | pl.col("is_business")
    named = newest.filter(is_named)["person_id"].unique()
    rest = newest.filter(~pl.col("person_id").is_in(list(ids)))
    mine = (
        _of_contacts(contacts)
        .select("kind", "value")
        .unique()
        .join(_nobodys(lake, placeholders), on=["kind", "value"], how="anti")
    )
    mine = mine.filter(pl.col("kind").is_in(list(LISTS)))
    held = _of_contacts(_carrying(rest.filter(pl.col("person_id").is_in(named.implode())), mine)).select("kind", "value").unique()
    free = mine.join(held, on=["kind", "value"], how="anti")
    others = rest.filter(~pl.col("person_id").is_in(named.implode()))
    return set(_carrying(others, free)["person_id"].to_list())


def _carrying(contacts: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Contact records that state one of the identifiers (kind, value), plain or hashed."""
    values = known["value"].unique()
    asked = set(values)
    plain = pl.concat([contacts[one].explode().drop_nulls().unique() for one in ("emails", "phones")])
    same = [one for one in plain if mailbox(one) in asked or sha(one) in asked]
    wanted = pl.concat([values, pl.Series(same, dtype=pl.String)]).unique().implode()
    stated = [pl.col(one).list.eval(pl.element().is_in(wanted)).list.any().fill_null(False) for one in LISTS.values()]
    single = (_STREET, _CLIENT, pl.col("source_customer_id"), pl.col("web_user_id"))
    return contacts.filter(pl.any_horizontal([*stated, *(one.is_in(wanted).fill_null(False) for one in single)]))


def _nobodys(lake: Lake, placeholders: frozenset[str]) -> pl.DataFrame:
    """E-mails and phones of the group itself and placeholders: kind, value. They say of nobody who it is."""
    made_up = pl.DataFrame(
        [("email" if "@" in one else "phone", one) for one in placeholders], schema=["kind", "value"], orient="row"
    )
    shared = lake.read("shared_identifier", lake.days("shared_identifier")[-1])
    kept = shared.filter(pl.col("reason").cast(pl.String).is_in(["group_owned", "placeholder"]))
    told = kept.select(kind=pl.col("kind").cast(pl.String), value="value", name=pl.lit(None, pl.String))
    both = pl.concat([told, made_up.cast(pl.String).with_columns(name=pl.lit(None, pl.String))])
    return pl.concat([both, _hashed(both)]).select("kind", "value")


def _of_contacts(contacts: pl.DataFrame) -> pl.DataFrame:
    """Identifiers of contact records with the name beside them: kind, value, name."""
    called = pl.struct("first_name", "last_name", "suffix", "is_business").map_elements(
        lambda row: joined_name(row["first_name"], row["last_name"], row["suffix"], is_business=bool(row["is_business"])),
        return_dtype=pl.String,
    )
    rows = contacts.with_columns(name=called) if contacts.height else contacts.with_columns(name=pl.lit(None, pl.String))
    parts = [rows.select(kind=pl.lit(kind), value=pl.col(column), name="name").explode("value") for kind, column in LISTS.items()]
    parts += [
        rows.select(kind=pl.lit(kind), value=value, name="name")
        for kind, value in (
            ("address", _STREET),
            ("customer", pl.col("source_customer_id")),
            ("client", _CLIENT),
            ("client", pl.col("web_user_id")),
        )
    ]
    found = pl.concat(parts).drop_nulls("value")
    hashed = _hashed(found)
    mailboxes = {one: mailbox(one) for one in found.filter(pl.col("kind") == "email")["value"].unique()}
    value = pl.when(pl.col("kind") == "email").then(pl.col("value").replace(mailboxes)).otherwise("value")
    return pl.concat([found.with_columns(value=value), hashed]).unique()


def _hashed(found: pl.DataFrame) -> pl.DataFrame:
    """E-mails and phones as feeds give them hashed."""
    plain = found.filter(pl.col("kind").is_in(["email", "phone"]))
    known = {one: sha(one) for one in plain["value"].unique()}
    return plain.with_columns(
        kind=pl.concat_str("kind", pl.lit("_hash")),
        value=pl.col("value").replace_strict(known, default=None, return_dtype=pl.String),
    )


def sent(lake: Lake, ids: set[str]) -> set[str]:
    """Identifiers as platforms were told them, of nobody else."""
    found: set[str] = set()
    for table in ("delivered", "export_member"):
        for day in lake.days(table):
            rows = lake.read(table, day).select("person_id", "identifiers")
            mine = pl.col("person_id").is_in(list(ids))
            told = [rows.filter(one)["identifiers"].explode().drop_nulls().unique() for one in (mine, ~mine)]
            alone = told[0].filter(~told[0].is_in(told[1].implode()) & told[0].str.contains(r"^(?:email|phone|address):"))
            found |= set(alone.to_list()) | {one.partition(":")[2] for one in alone}
    return found


def _as_in_cells(alone: set[tuple[str, str]], contacts: pl.DataFrame, held: set[str]) -> Iterator[str]:
    """Every text by which a cell may name an identifier that is theirs alone."""
    for kind, value in alone:
        yield value
        if kind == "address":
            continue
        if kind in ("email", "phone") and sha(value) not in held:
            yield sha(value)
    boxes = {value for kind, value in alone if kind == "email"}
    for email in contacts["emails"].explode().drop_nulls().unique():
        if mailbox(email) in boxes:
            yield from (one for one in (email, sha(email)) if one not in held)
    for raw, standard in contacts.select("emails_raw", "emails").iter_rows():
        if standard and all(mailbox(one) in boxes for one in standard):
            yield from (one for one in raw or [] if "@" in one)
