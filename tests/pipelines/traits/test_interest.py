"""What people look at, what they hold, and what is in stock for them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pipelines.traits.intent import STEP
from tests import trait_world as world
from tests.touch_world import touch_days

NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
MEMBERS = ({"record_id": "web_events:c1", "person_id": "p1"},)
CAR = {"person_id": "p1", "vin": "V9", "household_id": "h1", "relation": "bought", "is_current": True}


def touch(number, days_ago=0, **columns):
    given = {"touch_id": f"t{number}", "occurred_at": NOON - timedelta(days=days_ago), "feed": "web_events", "kind": "vdp_view"}
    return {**given, "record_id": "web_events:c1", **columns}


def stocked(number, **columns):
    row = {
        "rooftop_id": "R01",
        "listed_on": date(2026, 11, 21),
        "stock_number": str(number),
        "vin": f"S{number}",
        "condition": "new",
    }
    return {**row, "line_number": number + 1, **columns}


def one(engine, touches, **inputs):
    world.register(engine, STEP, touch_day=touch_days(*touches), member=MEMBERS, **inputs)
    return world.built(engine, STEP, world.policy())["interest"].row(0, named=True)


def test_tops_have_the_most_points_not_the_most_touches(engine):
    touches = [
        touch(1, make="Kia", model="Rio", body_style="sedan", condition="used", vin="V1", rooftop_id="R02"),
        touch(2, make="Kia", model="Rio", body_style="sedan", condition="used", vin="V1", rooftop_id="R02"),
        touch(3, kind="payment_tool", make="Acura", model="MDX", body_style="suv", condition="new", vin="V2", rooftop_id="R01"),
        touch(4, kind="form_sales", days_ago=60, model="Camry"),
    ]
    row = one(engine, touches)
    names = ("top_brand", "top_make", "top_model", "top_body_style", "top_condition", "top_vin", "top_rooftop_id")
    assert [row[name] for name in names] == ["lux", "Acura", "MDX", "suv", "new", "V2", "R01"]


def test_the_model_is_one_of_the_top_make(engine):
    touches = [
        touch(1, make="Acura", model="MDX"),
        touch(2, make="Acura", model="ILX"),
        touch(3, make="Acura"),
        touch(4, make="Kia", model="Rio"),
        touch(5, make="Kia", model="Rio", days_ago=1),
    ]
    row = one(engine, touches)
    assert (row["top_make"], row["top_model"]) == ("Acura", "ILX")  # ILX and MDX tie; the name decides


def test_a_tie_goes_to_what_was_seen_last(engine):
    faded = [touch(n, days_ago=14, make="Kia") for n in range(2)]  # two views of 3 points, half of them left
    assert one(engine, [*faded, touch(9, make="Lexus")])["top_make"] == "Lexus"
    assert one(engine, [touch(1, make="Kia"), touch(2, make="Acura")])["top_make"] == "Acura"  # then the name decides


def test_prices_are_quartiles_by_points(engine):
    touches = [touch(n, price=Decimal(price)) for n, price in enumerate((20000, 30000, 40000, 50000))]
    row = one(engine, touches)
    assert (row["price_low"], row["price_high"]) == (Decimal(20000), Decimal(40000))
    heavy = [*touches, touch(9, kind="payment_tool", price=Decimal(90000))]
    assert one(engine, heavy)["price_high"] == Decimal(90000)


def test_owned_is_the_latest_vehicle_still_held(engine):
    cars = (
        {**CAR, "vin": "V1", "body_style": "sedan", "since": date(2021, 1, 1)},
        {**CAR, "vin": "V2", "body_style": "truck", "since": date(2024, 1, 1)},
        {**CAR, "vin": "V3", "body_style": "coupe", "since": date(2025, 1, 1), "is_current": False},
        {**CAR, "vin": "V4", "body_style": "van", "since": date(2026, 11, 22)},
    )
    row = one(engine, [touch(1, body_style="suv")], garage=cars)
    assert (row["owned_body_style"], row["is_body_style_change"]) == ("truck", True)
    assert one(engine, [touch(1, body_style="truck")], garage=cars)["is_body_style_change"] is False
    assert one(engine, [touch(1, body_style="suv")])["is_body_style_change"] is None


def test_the_segment_of_vehicles_is_position_and_body_style(engine):
    touches = [
        touch(1, make="Acura", model="MDX", body_style="suv", rooftop_id="R01"),
        touch(2, make="Kia", model="Rio", body_style="sedan", rooftop_id="R01"),
        touch(3, make="Kia", model="K5", body_style="sedan", rooftop_id="R01"),
        touch(4, make="Acura", model="RDX", body_style="suv", rooftop_id="R01"),
        touch(5, make="Acura", model="TLX", body_style="sedan", rooftop_id="R01"),
    ]
    names = ("top_make", "top_body_style", "top_vehicle_segment", "owned_vehicle_segment", "is_vehicle_segment_change")
    held = {**CAR, "make": "Kia", "body_style": "suv", "since": date(2024, 1, 1)}
    row = one(engine, touches, garage=(held,))
    # Make and body style of one vehicle stay together: of three Acuras and three sedans one is both.
    assert [row[name] for name in names] == ["Acura", "sedan", "luxury suv", "volume suv", True]
    assert one(engine, touches, garage=({**held, "make": "Acura"},))["is_vehicle_segment_change"] is False
    assert one(engine, touches, garage=({**held, "make": "Unheard of"},))["is_vehicle_segment_change"] is None
    assert one(engine, [touch(1, body_style="suv")], garage=(held,))["top_vehicle_segment"] is None


def test_stock_is_the_newest_list_of_each_rooftop(engine):
    lists = (
        stocked(1, make="ACURA", model="mdx"),
        stocked(2, make="Acura", model="MDX", rooftop_id="DVD46302", listed_on=date(2026, 11, 19)),  # R02's newest list
        stocked(3, make="Acura", model="MDX", listed_on=date(2026, 11, 20)),  # sold since
        stocked(4, make="Acura", model="MDX", listed_on=date(2026, 11, 22)),  # not yet known
        stocked(5, make="Acura", model="ILX", vin="DECODED"),
        stocked(6, make="Acura", model="MDX", is_superseded=True),
    )
    vehicles = ({"vin": "DECODED", "make": "Acura", "model": "MDX", "body_style": "suv"},)
    found = one(engine, [touch(1, make="Acura", model="MDX")], inventory=lists, vehicle=vehicles)
    assert found["in_stock_matches"] == 3


def test_without_the_model_in_stock_the_body_style_of_the_brand_counts(engine):
    lists = (stocked(1, make="Acura", model="RDX", body_style="SUV"), stocked(2, make="Acura", model="TLX", body_style="sedan"))
    looked = [touch(1, make="Acura", model="MDX", body_style="suv")]
    assert one(engine, looked, inventory=lists)["in_stock_matches"] == 1
    assert one(engine, looked)["in_stock_matches"] == 0
