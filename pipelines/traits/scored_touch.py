"""Touches that score, shared by intent and interest: window, exclusions, person, brand, caps and decay.

What is made of them belongs to intent (how much, why, about what) and interest (what is looked at and held). Tables are kept
inside the engine under these names, people, brands, kinds and things as numbers, so that millions of rows stay narrow:
touch_window, touch_source, touch_thing, touch_shopper, touch_same_act. What a touch brings is worked out by points.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import numpy as np
import polars as pl

from pipelines.engine import Engine, Value, query_text
from pipelines.step import Day
from pipelines.traits.points import Figures, Touches
from schemas.policy import Policy

PACKAGE = "pipelines.traits"
SOURCES = """
    SELECT source_no, coalesce(max(per_day), 'inf'::DOUBLE) AS per_day, coalesce(max(in_all), 'inf'::DOUBLE) AS in_all
    FROM touch_source GROUP BY source_no
"""
ALL = "all"  # the person as a whole, among the names of brands
REPEAT = "repeat_view"  # the bonus for a vehicle seen again on another day, among the names of kinds
NOWHERE = -1  # the number of a kind that has no weight
VEHICLE_PAGES = ("vdp_view", "third_party_vdp")
LEADS = ("lead", "lead_third_party")
# What the columns of intent count: kinds of touch by name of the column's flag.
COUNTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "is_vehicle_page": VEHICLE_PAGES,
        "is_payment": ("payment_tool",),
        "is_form": ("form_sales", "form_trade", "form_credit", "form_test_drive", *LEADS),
        "is_call": ("call_sales",),
        "is_third_party": ("lead_third_party", "third_party_vdp", "third_party_search", "third_party_signal"),
    }
)


def keep_touches(engine: Engine, day: Day) -> Touches:
    """Keep the tables of the window in the engine and return its touches that count, as numbers.

    Reads `touch_day`, `member` and `touch_exclusion`.
    """
    intent = day.policy.scoring.intent
    register_brands(engine, day.policy)
    _register_weights(engine, day.policy)
    window = {"starts_on": day.as_of - timedelta(days=intent.window_days - 1), "as_of": day.as_of}
    _keep(engine, "touch_window", **window)
    _keep(engine, "touch_source")
    _keep(engine, "touch_thing", price_band_usd=intent.price_band_usd, **window)
    _keep(engine, "touch_shopper")
    _keep(engine, "touch_same_act", lead_after_form_minutes=round(intent.lead_after_form_hours * 60), **window)
    kinds = kind_names(day.policy)
    rows = engine.sql(query_text(PACKAGE, "touch_narrow"), lead_no=kinds.index("lead") if "lead" in kinds else NOWHERE)
    return Touches(*(rows[name].to_numpy() for name in ("person", "kind", "source", "age", "thing", "touches")))


def figures_of(engine: Engine, policy: Policy) -> Figures:
    """The policy's figures by number. Reads `touch_source`."""
    intent = policy.scoring.intent
    weights = [intent.weights.get(kind) for kind in kind_names(policy)]
    decay = [[0.5 ** (age / one.half_life_days) if one else 0.0 for age in range(intent.window_days)] for one in weights]
    source = engine.sql(SOURCES)
    shared = engine.sql("SELECT DISTINCT kind_no FROM touch_source WHERE has_other")["kind_no"].to_numpy()
    places = source["source_no"].to_numpy()
    per_day, in_all = (np.full(int(places.max(initial=0)) + 1, np.inf) for _ in range(2))
    per_day[places], in_all[places] = source["per_day"].to_numpy(), source["in_all"].to_numpy()
    return Figures(
        points=np.array([one.points if one else 0.0 for one in weights]),
        cap_per_day=np.array([one.cap_per_day if one else 0.0 for one in weights]),
        decay=np.array(decay),
        is_shared=np.isin(np.arange(len(weights)), shared),
        per_day=per_day,
        in_all=in_all,
    )


def brand_names(policy: Policy) -> list[str]:
    """Own brands and `all`, sorted; a brand's number in the kept tables is its place here."""
    return sorted([ALL, *(one.brand for one in policy.group.brands)])


def kind_names(policy: Policy) -> list[str]:
    """Kinds with a weight and `repeat_view`, sorted; a kind's number in the kept tables is its place here."""
    return sorted([REPEAT, *policy.scoring.intent.weights])


def register_brands(engine: Engine, policy: Policy) -> None:
    """Register `own_make`(make in lower case, brand), `rooftop_brand`(rooftop_id, brand) and `brand_number`(brand, brand_no);
    and `position_of_make`(make in lower case, luxury or volume): the group's own say before the reference's."""
    brands, rooftops = policy.group.brands, policy.group.rooftops
    engine.register("own_make", pl.DataFrame({"make": [b.make.lower() for b in brands], "brand": [b.brand for b in brands]}))
    frame = {"rooftop_id": [r.rooftop_id for r in rooftops], "brand": [r.brand for r in rooftops]}
    engine.register("rooftop_brand", pl.DataFrame(frame))
    positions = {one.make.lower(): one.position for one in policy.reference.makes} | {
        one.make.lower(): one.position for one in brands
    }
    told = {"make": list(positions), "position": list(positions.values())}
    engine.register("position_of_make", pl.DataFrame(told, schema=dict.fromkeys(told, pl.String)))
    numbers = [(name, number) for number, name in enumerate(brand_names(policy)) if name != ALL]
    engine.register("brand_number", pl.DataFrame(numbers, {"brand": pl.String, "brand_no": pl.Int8}, orient="row"))


def _register_weights(engine: Engine, policy: Policy) -> None:
    kinds, intent = kind_names(policy), policy.scoring.intent
    weights = [
        (kind, kinds.index(kind), one.points, one.half_life_days, one.cap_per_day) for kind, one in sorted(intent.weights.items())
    ]
    numbers = dict.fromkeys(("points", "half_life_days", "cap_per_day"), pl.Float64)
    engine.register("intent_weight", pl.DataFrame(weights, {"kind": pl.String, "kind_no": pl.Int8, **numbers}, orient="row"))
    caps = [(feed, one.per_day, one.in_all) for feed, one in sorted(intent.source_caps.items())]
    engine.register(
        "source_cap", pl.DataFrame(caps, {"feed": pl.String, "per_day": pl.Float64, "in_all": pl.Float64}, orient="row")
    )


def _keep(engine: Engine, name: str, **params: Value) -> None:
    engine.keep(name, query_text(PACKAGE, name), **params)
