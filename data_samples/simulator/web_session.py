"""What all events of one web session share, as pieces of their JSON lines."""

import numpy as np
import polars as pl

from data_samples.simulator.clock import utc_seconds
from data_samples.simulator.columns import at, numbers
from data_samples.simulator.contacts import client_ids, sha256
from data_samples.simulator.days import compact
from data_samples.simulator.networks import network_text
from data_samples.simulator.sessions import CASUAL, SERVICE, TABLET
from data_samples.simulator.world import World

DEVICES = ("mobile", "desktop", "tablet")
SOURCES = (
    ("google", "organic"),
    ("(direct)", "(none)"),
    ("google", "cpc"),
    ("facebook", "paid_social"),
    ("autotrader", "referral"),
    ("bing", "organic"),
)
GPC = ',{"key":"gpc","value":{"int_value":"1"}}'


def session_text(world: World, sessions: pl.DataFrame, hashed: pl.Series) -> pl.DataFrame:
    """Columns opening, host, query, lead, params and closing, one row per session. `hashed` is each lead's hashed e-mail."""
    rooftop, day = numbers(sessions, "rooftop", "day")
    began = utc_seconds(world.policy.group.time_zone, *numbers(sessions, "day", "second"))
    hosts = hostnames(world)
    dates = {int(one): compact(one) for one in np.unique(day)}
    submitted = _submitted(world, sessions, hashed)
    return pl.DataFrame(
        {
            "opening": [f'{{"event_date":"{dates[one]}","event_timestamp":"' for one in day.tolist()],
            "host": [hosts[one] for one in rooftop.tolist()],
            "query": [f"?utm_medium=email&mail_event={one}" if one else "" for one in sessions["mail_event"].to_list()],
            "lead": [f',{{"key":"lead_key","value":{{"string_value":"{one}"}}}}' if one else "" for one in submitted],
            "params": [
                f',{{"key":"ga_session_id","value":{{"int_value":"{one}"}}}}{more}],"event_bundle_sequence_id":"'
                for one, more in zip(began.tolist(), _tagged(world, sessions), strict=True)
            ],
            "closing": _closing(world, sessions),
        }
    )


def _tagged(world: World, sessions: pl.DataFrame) -> list[str]:
    """Parameters that only some browsers and sites send."""
    gpc = world.draws.chance("browser sends GPC", 0.03, sessions["client"].to_numpy()).tolist()
    return [(GPC if sends else "") + network for sends, network in zip(gpc, network_text(world, sessions), strict=True)]


def hostnames(world: World) -> list[str]:
    """The first hostname of each rooftop's site."""
    return [(one.web_hostnames or ("www.dealer.example",))[0] for one in world.policy.group.rooftops]


def _submitted(world: World, sessions: pl.DataFrame, hashed: pl.Series) -> list[str | None]:
    """The hashed e-mail of the session's form: the lead's own, or the visitor's on service forms and showroom tablets."""
    lead, kind, person = numbers(sessions, "lead", "kind", "person")
    fills_in = np.isin(kind, (SERVICE, TABLET)) & (person >= 0)
    mails = at(world.people, "email", np.where(fills_in, person, 0)).to_list()
    own = sha256([mail if fills else None for mail, fills in zip(mails, fills_in.tolist(), strict=True)])
    return [hashed[i] if i >= 0 else mine for i, mine in zip(lead.tolist(), own, strict=True)]


def _closing(world: World, sessions: pl.DataFrame) -> list[str]:
    """From after the position in the batch to before the items."""
    draws = world.draws
    client, rooftop, person, kind, key = numbers(sessions, "client", "rooftop", "person", "kind", "key")
    logged_in = (person >= 0) & (kind < CASUAL) & draws.chance("logs in", 0.3, client)
    users = [
        f'"{one}"' if inside else "null"
        for one, inside in zip(at(world.people, "login", person.clip(0)).to_list(), logged_in, strict=True)
    ]
    ads = np.where(draws.chance("denies ads", 0.05, client), "No", "Yes").tolist()
    source = draws.choose("source", (40, 25, 15, 8, 6, 6), key).tolist()
    origin = [f'"traffic_source":{{"name":"(none)","medium":"{medium}","source":"{name}"}}' for name, medium in SOURCES]
    site, ids = _sites(world), client_ids(draws, client)
    return [
        f'","user_id":{user},"user_pseudo_id":"{one}","privacy_info":{{"analytics_storage":"Yes","ads_storage":"{ad}",'
        f'"uses_transient_token":"No"}},{origin[via]},"device":{{"category":"{DEVICES[device]}",{site[place]}'
        for user, one, ad, via, device, place in zip(
            users, ids, ads, source, (client % 3).tolist(), rooftop.tolist(), strict=True
        )
    ]


def _sites(world: World) -> list[str]:
    titles = {one.market: one.title for one in world.policy.group.markets}
    streams = [(one.web_stream_ids or ("7000",))[0] for one in world.policy.group.rooftops]
    return [
        f'"web_info":{{"hostname":"{host}"}}}},"geo":{{"country":"United States","metro":"{titles[one.market]}"}},'
        f'"stream_id":"{stream}","platform":"WEB"'
        for host, one, stream in zip(hostnames(world), world.policy.group.rooftops, streams, strict=True)
    ]
