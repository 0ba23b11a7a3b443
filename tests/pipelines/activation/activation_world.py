"""A small world by hand: enough tables for the gate and the exports, with a policy of one or two platforms."""

from datetime import date
from types import SimpleNamespace

import polars as pl

from pipelines.step import Day
from schemas.policy.channels import ChannelsPolicy, Platform
from schemas.policy.privacy import Grant, PrivacyPolicy
from schemas.tables import all_tables

TODAY = date(2026, 11, 21)
CELL = "VAG_LO_LUX_M1"
BREAKER = "breaker_release feed_freshness identity_health pending_removal drift"


def frame(name, rows):
    """A frame of a table from partial rows; what a row does not say is null, empty or plainly harmless."""
    columns = all_tables()[name].schema.columns()
    filled = [{key: row.get(key, _plain(column)) for key, column in columns.items()} for row in rows]
    return pl.DataFrame(filled, schema={key: column.dtype for key, column in columns.items()}, orient="row")


def _plain(column):
    if column.nullable:
        return None
    match column.dtype:
        case pl.String:
            return ""
        case pl.Boolean:
            return False
        case pl.Int64 | pl.UInt64:
            return 1
        case pl.Date:
            return date(2026, 1, 1)
        case pl.List():
            return []
        case pl.Enum():
            return column.dtype.categories[0]
    return None


def policy(**changes):
    """A policy with both platforms on, minimum size 1, and the grants of the example groups."""
    platforms = {
        name: Platform(
            is_on=name not in changes.get("off", ()),
            channels=("social", "display"),
            account="1",
            min_members=changes.get("min_members", 1),
            membership_days=changes.get("membership_days", 90),
            identity_tiers=("exact", "strict"),
            segments=("in_market", "loyalty", "conquest"),
        )
        for name in ("google", "meta")
    }
    grants = [
        Grant(recipient=name, purpose="ads", basis="first_party_relationship", segments=("in_market", "loyalty", "conquest"))
        for name in platforms
    ]
    grants += [
        Grant(recipient=name, purpose="ads", basis="licence", segments=("conquest", "loyalty", "in_market")) for name in platforms
    ]
    privacy = PrivacyPolicy(
        grants=tuple(changes.get("grants", grants)),
        excluded_states=changes.get("excluded_states", ()),
        allow_unknown_state=changes.get("allow_unknown_state", False),
        minimum_age_years=18,
        gpc_is_opt_out_everywhere=changes.get("gpc_everywhere", True),
        undeliverable_bounces=1,
        credit_forbidden_columns=(),
        forbidden_name_words=(),
    )
    channels = ChannelsPolicy(
        segment_priority=("loyalty", "in_market", "conquest"),
        brand_choice=("garage",),
        platforms=platforms,
        segments_on=changes.get("segments_on", ("loyalty", "in_market", "conquest")),
    )
    planned = changes.get("planned", ("social", "search"))
    audiences = (SimpleNamespace(audience="due", channels=planned, channels_by_brand=changes.get("by_brand", {})),)
    return SimpleNamespace(privacy=privacy, channels=channels, audiences=audiences)


def day(as_of=TODAY, **changes):
    return Day(as_of, policy(**changes), "seed")


class World:
    """Tables by name. `add_person` makes a person who passes everywhere, unless told otherwise."""

    def __init__(self):
        names = "audience_conquest audience_in_market audience_loyalty person person_identifier member contact_record"
        self.rows = {name: [] for name in f"{names} consent_event feed_file suppression shared_identifier {BREAKER}".split()}
        self.previous = frame("delivered", [])
        self.dead, self.told = frame("dead_letter", []), frame("receipt_member", [])
        self.feed("accepted")

    def feed(self, *statuses):
        self.rows["feed_file"] = [
            {"feed": "privacy_requests", "file_name": f"{n}.csv", "status": one} for n, one in enumerate(statuses)
        ]

    def add_person(self, person_id, *, segment="loyalty", own=True, email=None, phone=None, state="GA", **more):
        email = email or f"{person_id}@example.com"
        licence = {} if own else {"licence_id": "L1", "permitted_channels": ["social"], "licence_expires_on": date(2027, 1, 1)}
        licence |= {key: more[key] for key in ("permitted_channels", "licence_expires_on") if key in more}
        name = {"first_name": more.get("first_name", "Ann"), "last_name": more.get("last_name", "Lee")}
        self.rows["person"].append(
            {"person_id": person_id, "state": state, "birth_date": more.get("birth_date"), "is_first_party": own} | name
        )
        known = {"email": email, "phone": phone, "address": more.get("address", f"1 MAIN ST|ATLANTA|{state}|30301")}
        for kind, value in known.items():
            if value:
                self.identify(person_id, kind, value, own=own, **licence)
        self.rows["member"].append({"record_id": f"crm_contacts:{person_id}", "person_id": person_id})
        self.rows["contact_record"].append({"record_id": f"crm_contacts:{person_id}", "is_first_party": own} | name | licence)
        self.rows[f"audience_{segment}"].append(
            {
                "audience": more.get("audience", "due"),
                "person_id": person_id,
                "segment": segment,
                "cell": more.get("cell", CELL),
                "identity_tier": more.get("identity_tier", "exact"),
                "arm": more.get("arm", "treatment"),
                "channels": more.get("channels", ["social"]),
                "is_first_party": own,
            }
        )

    def identify(self, person_id, kind, value, *, own=True, **licence):
        self.rows["person_identifier"].append(
            {"person_id": person_id, "kind": kind, "value": value, "is_first_party": own} | licence
        )

    def ask(self, kind, received_on=TODAY, source="privacy_requests", **by):
        number = len(self.rows["consent_event"])
        self.rows["consent_event"].append(
            {"consent_id": f"c{number}", "kind": kind, "received_on": received_on, "source": source} | by
        )

    def register(self, engine):
        for name, rows in self.rows.items():
            engine.register(name, frame(name, rows))
        engine.register("held", self.previous)
        engine.register("dead_letter", self.dead)
        engine.register("receipt_member", self.told)

    def suppress(self, engine, the_day):
        from pipelines.activation.suppression import STEP

        self.register(engine)
        made = STEP.frames(engine, the_day)["suppression"]
        engine.register("suppression", made)
        return made

    def export(self, engine, the_day):
        from pipelines.activation.exports import STEP

        self.suppress(engine, the_day)
        return STEP.frames(engine, the_day)


def sent(made, platform=None):
    """The action per platform and person of a day's exports."""
    rows = made["export_member"]
    rows = rows if platform is None else rows.filter(pl.col("platform") == platform)
    return {(one["platform"], one["person_id"]): one["action"] for one in rows.iter_rows(named=True)}


def causes(made, platform="google"):
    """How many people the gate kept from a platform, by cause."""
    rows = made["gate_refusal"].filter(pl.col("platform") == platform)
    return dict(rows.select("cause", "people").rows())
