"""CRM leads as ADF XML, with the malformations seen in real ones."""

from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from data_samples.simulator.clock import utc_seconds
from data_samples.simulator.columns import text as text_column
from data_samples.simulator.contacts import PROVIDERS, SITE, client_ids
from data_samples.simulator.days import compact
from data_samples.simulator.sessions import lead_clients
from data_samples.simulator.world import World
from data_samples.simulator.writer import Writer

FILE_TAGS = ("site", "autotrader", "cars", "oem")
SINGLE_EVERY = 9  # one lead in so many comes in a file of its own, written by some careless sender
FIRST_NUMBER = 700_001
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
TRADES_ONE_IN = 6
SENDS_CLIENT = 0.4  # of the site's own forms
Row = dict[str, Any]


def write_leads(world: World, writer: Writer, leads: pl.DataFrame) -> None:
    """One file per delivery and provider, and single leads with malformations."""
    wanted = ("stock_number", "vin", "year", "make", "model", "price", "condition")
    rows = leads.join(world.stock.select("unit", *wanted), on="unit", how="left", maintain_order="left")
    rows = rows.with_columns(
        delivery=pl.Series(world.calendar.delivery_of(rows["day"].to_numpy())),
        moment=pl.Series(utc_seconds(world.policy.group.time_zone, rows["day"].to_numpy(), rows["second"].to_numpy())),
        lead=pl.col("lead").cast(pl.Int64),
    )
    rows = _with_held(world, _with_client(world, rows))
    writer.link(rows.with_columns(prospect=pl.col("lead") + FIRST_NUMBER), "crm_leads", ["prospect"], "lead")
    for (delivery, provider), part in rows.sort("delivery", "provider", "lead").group_by(
        "delivery", "provider", maintain_order=True
    ):
        stamp, tag = compact(world.calendar.deliveries[int(str(delivery))]), FILE_TAGS[int(str(provider))]
        texts = [(row, prospect(world, row)) for row in part.iter_rows(named=True)]
        plain = [text for row, text in texts if row["lead"] % SINGLE_EVERY != 4]
        for row, text in texts:
            if row["lead"] % SINGLE_EVERY == 4:
                writer.put("crm_leads", f"adf_{stamp}_2346_{tag}_{row['lead']:06d}.xml", careless(row, text).encode(), 1)
        if plain:
            body = f'{XML}<?adf version="1.0"?>\n<adf>\n{"".join(plain)}</adf>\n'
            writer.put("crm_leads", f"adf_{stamp}_2345_{tag}.xml", body.encode(), len(plain))


def prospect(world: World, row: Row) -> str:
    """One well-formed <prospect>."""
    site = world.policy.group.rooftops[row["rooftop"]]
    when = datetime.fromtimestamp(row["moment"], UTC).astimezone(ZoneInfo(world.policy.group.time_zone)).isoformat()
    kind = "resend" if row["key"] >= 2**40 and row["lead"] % 2 else "new"
    provider = PROVIDERS[row["provider"]]
    return (
        f'<prospect status="{kind}">\n<id sequence="1" source="{provider}">{row["lead"] + FIRST_NUMBER}</id>\n{_client(row)}'
        f"<requestdate>{when}</requestdate>\n"
        f'{_vehicles(row)}<customer><contact primarycontact="1">{_contact(row)}</contact>'
        f"<timeframe><description>within {14 + row['lead'] % 4 * 14} days</description></timeframe>"
        f"<comments>Is this vehicle still available?</comments></customer>\n"
        f'<vendor><id source="group">{site.rooftop_id}</id>'
        f"<vendorname>{escape((site.vendor_names or (site.title,))[0])}</vendorname>"
        f'<contact><name part="full" type="business">{escape(site.title)}</name></contact></vendor>\n'
        f'<provider><name part="full">{provider}</name><service>New and used leads</service></provider>\n</prospect>\n'
    )


def _contact(row: Row) -> str:
    names = f'<name part="first">{escape(row["first_name"])}</name><name part="last">{escape(row["last_name"])}</name>'
    if row["lead"] % 5 == 0:
        names = f'<name part="full">{escape(row["full_name"])}</name>'
    email = f'<email preferredcontact="1">{escape(row["email_1"])}</email>' if row["email_1"] else ""
    phone = (
        f'<phone type="{("cellphone", "voice", "mobile")[row["lead"] % 3]}">{escape(row["cell"])}</phone>' if row["cell"] else ""
    )
    if not row["address_1"] or row["lead"] % 3 == 0:
        return names + email + phone
    return (
        f'{names}{email}{phone}<address type="home"><street line="1">{escape(row["address_1"])}</street>'
        f"<city>{escape(row['city'])}</city>"
        f"<regioncode>{row['state']}</regioncode><postalcode>{row['zip']}</postalcode><country>US</country></address>"
    )


def _vehicles(row: Row) -> str:
    make = str({"Mercedes-Benz": "Mercedes Benz", "Chevrolet": "chevy"}.get(row["make"], row["make"]))
    wanted = (
        f'<vehicle interest="{row["interest"]}" status="{"new" if row["condition"] == "new" else "used"}">'
        f"<year>{row['year']}</year><make>{escape(make)}</make><model>{escape(row['model'])}</model><vin>{row['vin']}</vin>"
        f'<stock>{row["stock_number"]}</stock><price type="asking" currency="USD">{row["price"]:.2f}</price></vehicle>\n'
    )
    return wanted + (_trade(row) if row["held_miles"] and row["lead"] % TRADES_ONE_IN == 1 else "")


def _trade(row: Row) -> str:
    """The vehicle that the person would trade in; the VIN where the form asks for it."""
    vin = f"<vin>{row['held_vin']}</vin>" if row["lead"] % 4 == 1 else ""
    return (
        f'<vehicle interest="trade-in" status="used"><year>{row["held_year"]}</year><make>{escape(row["held_make"])}</make>'
        f"<model>{escape(row['held_model'])}</model>{vin}"
        f'<odometer status="original" units="miles">{row["held_miles"]}</odometer></vehicle>\n'
    )


def _with_client(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Adds the client id that some of the site's forms send along."""
    key, client = lead_clients(world, rows)
    sends = pl.Series(world.draws.chance("form sends client", SENDS_CLIENT, key)) & (rows["provider"] == SITE)
    return rows.with_columns(client=pl.when(sends).then(text_column(client_ids(world.draws, client))))


def _client(row: Row) -> str:
    return f'<id sequence="2" source="ga_client_id">{row["client"]}</id>\n' if row["client"] else ""


def _with_held(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Adds the vehicle that the person held longest on the lead's day, with its miles to the nearest hundred or as read."""
    pace = world.people.select("person", "miles_per_year")
    held = world.spells.select(
        "person",
        "start",
        "stop",
        "miles_at_start",
        *(pl.col(name).alias(f"held_{name}") for name in ("vin", "year", "make", "model")),
    )
    held = rows.select("lead", "person", "day").join(held, on="person", how="inner").join(pace, on="person", how="left")
    held = (
        held.filter(pl.col("day").is_between("start", pl.col("stop") - 1))
        .sort("lead", "start", "held_vin")
        .unique("lead", keep="first")
    )
    miles = pl.col("miles_at_start") + (pl.col("day") - pl.col("start")) / 365.25 * pl.col("miles_per_year")
    rounded = pl.when(pl.col("lead") % 2 == 0).then((miles / 100).round() * 100).otherwise(miles)
    held = held.select("lead", "^held_.*$", held_miles=rounded.cast(pl.Int64).clip(1))
    return rows.join(held, on="lead", how="left", maintain_order="left")


def careless(row: Row, text: str) -> str:
    """A whole file with one lead and one of the malformations seen in the wild, taken in turn."""
    start, end = text.index("<requestdate>") + len("<requestdate>"), text.index("</requestdate>")
    spoken = datetime.fromtimestamp(row["moment"], UTC).strftime("%Y-%m-%dT%-I:%M:%S %p")
    bodies = (
        f'<?ADF VERSION "1.0"?>\n<?XML VERSION "1.0"?>\n<adf>\n{text}</adf>\n',
        f'\n<?xml version="1.0"?>\n<adf version="1.0">\n{text.replace("still available?", "still available & ready?")}</adf>\n',
        XML + "<adf>\n" + text.replace('sequence="1"', "sequence=1") + "</adf>\n",
        XML + "<adf>\n" + text.replace("<phone", "<phone/><phone") + "</adf>\n",
        f"<adf>\n{text[:start]}{spoken}{text[end:]}</adf>\n",
        XML
        + "<adf>\n"
        + text.replace("<comments>Is", "<comments><![CDATA[<b>Is").replace("available?</c", "available?</b>]]></c")
        + "</adf>\n",
        f"<adf>\n{text[:start]}as soon as possible{text[end:]}</adf>\n",
    )
    return bodies[row["lead"] // SINGLE_EVERY % len(bodies)]
