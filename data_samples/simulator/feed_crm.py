"""CRM contacts as CSV: new and changed ones, and the whole CRM again shortly before the end."""

import numpy as np
import polars as pl

from data_samples.simulator.accounts import is_seven_times
from data_samples.simulator.cells import iso_date
from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.draws import repeat
from data_samples.simulator.mentions import Care, mention
from data_samples.simulator.people import BOUGHT_IN, OWNER
from data_samples.simulator.tables import write_csv_feed
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

CRM_CARE = Care(stale=0.15, nickname=0.2, typo=0.03, birth=0.25, last_first=0.0)
IN_CRM, TWICE_IN_CRM, MORE_COPIES = 0.78, 0.05, 5
FULL_EXPORT_BEFORE_LAST = 3  # deliveries before the last one with a full export, which also carries a column that must not enter
FORBIDDEN_VALUE = "000-00-0000"


def make_contacts(world: World) -> pl.DataFrame:
    """One row per CRM contact: person, days created and updated, and what is written about the person."""
    draws, people, calendar = world.draws, world.people, world.calendar
    who, kind = numbers(people, "person", "kind")
    known = draws.chance("in CRM", IN_CRM, who)
    copies = known + (known & draws.chance("twice in CRM", TWICE_IN_CRM, who)) + MORE_COPIES * is_seven_times(draws, people)
    person, number = repeat(np.where(kind == OWNER, 0, copies).astype(np.int64))
    key = person * 8 + number
    created = calendar.last - draws.waiting("CRM age", 1300, 2, key).astype(np.int64).clip(0, 3600)
    updated = created + (draws.uniform("CRM update", key) * (calendar.last - created + 30)).astype(np.int64)
    bought_in = kind[person] == BOUGHT_IN
    created = np.where(bought_in, calendar.last - 1400 - key % 900, created)
    gone = at(people, "gone_on", person).to_numpy() - key % 60
    created = np.minimum(created, gone)
    updated = np.where(bought_in, created + 10, np.clip(updated, created, np.minimum(calendar.last, gone)))
    rooftop = at(people, "rooftop", person).to_numpy()
    seen = mention(world.policy, draws.branch("CRM"), people, person, updated, key, rooftop, CRM_CARE)
    contacts = seen.with_columns(
        key=pl.Series(key), created=pl.Series(created), updated=pl.Series(updated), rooftop_number=pl.Series(rooftop)
    ).sort("created", "key")
    return contacts.with_columns(contact_id=text([f"{n + 5001:08d}" for n in range(len(contacts))]))


def write_contacts(world: World, writer: Writer) -> None:
    """Every contact when created and when updated, and all of them again in the full export."""
    contacts, calendar = make_contacts(world), world.calendar
    writer.link(contacts, "crm_contacts", ["contact_id"], "contact")
    made, changed = (calendar.delivery_of(contacts[name].to_numpy()) for name in ("created", "updated"))
    full = max(len(calendar.deliveries) - 1 - FULL_EXPORT_BEFORE_LAST, 1)
    again = contacts.filter(pl.Series(made <= full)).with_columns(delivery=pl.lit(full, dtype=pl.Int64))
    parts = [
        contacts.with_columns(delivery=pl.Series(made)).filter(pl.Series(made != full)),
        contacts.with_columns(delivery=pl.Series(changed)).filter(pl.Series((changed > made) & (changed != full))),
    ]
    rows = _cells(world, pl.concat(parts).sort("delivery", "contact_id"))
    write_csv_feed(world, writer, "crm_contacts", rows, "crm_contacts_%s_0400.csv".__mod__)
    again = _cells(world, again).with_columns(ssn=pl.lit(FORBIDDEN_VALUE))
    write_csv_feed(world, writer, "crm_contacts", again, "crm_contacts_%s_0400.csv".__mod__, extra=("ssn",))


def _cells(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    person, key = numbers(rows, "person", "key")
    draws = world.draws
    ids = dict(enumerate(one.rooftop_id for one in world.policy.group.rooftops))
    rows = rows.join(_held(world, rows), on="key", how="left", maintain_order="left")
    blocks = {name: draws.chance(f"CRM {name}", 0.02, key) for name in ("do_not_email", "do_not_call", "do_not_mail", "opt_out")}
    return rows.with_columns(
        pl.col("rooftop_number").replace_strict(ids).alias("rooftop"),
        pl.col("cell").alias("phone_1"),
        pl.col("home").alias("phone_2"),
        iso_date("birth").alias("birth_date"),
        pl.lit("individual").alias("party_type"),
        pl.when(pl.Series(draws.chance("states vehicle", 0.2, key))).then("held_vin").alias("vin"),
        pl.when(pl.Series(draws.chance("has login", 0.4, person))).then(at(world.people, "login", person)).alias("web_user_id"),
        *(text(np.where(values, "Y", "N")).alias(name) for name, values in blocks.items()),
        *(
            pl.concat_str(iso_date(mine), pl.lit("T10:15:00Z")).alias(raw)
            for raw, mine in (("created_at", "created"), ("updated_at", "updated"))
        ),
    )


def _held(world: World, contacts: pl.DataFrame) -> pl.DataFrame:
    """The vehicle that the person of each contact held when the contact was last updated: key, held_vin."""
    told = contacts.select("key", "person", "updated").unique("key", maintain_order=True)
    held = told.join(world.spells.select("person", "start", "stop", held_vin="vin"), on="person")
    held = held.filter(pl.col("updated").is_between("start", "stop", closed="left"))
    return held.sort("key", "held_vin").unique("key", keep="first", maintain_order=True).select("key", "held_vin")
