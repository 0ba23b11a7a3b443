"""What was known at the end of a past day: literal rows in and out, leakage shut out."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any

import polars as pl
import pytest

from assets.engine import DuckDBEngine
from pipelines.engine import Engine
from pipelines.propensity import history
from pipelines.propensity.allowed import FeatureNotAllowedError, allowed_features, refuse_others
from pipelines.propensity.history import features_at, register_history, with_labels
from schemas.policy.propensity import PropensityPolicy
from schemas.vocabulary_propensity import FEATURES
from tests import propensity_world as made
from tests.propensity_world import AS_OF

FORBIDDEN = (
    "age_band", "person_age", "birth", "income", "gender", "marital", "married", "race", "ethnic", "religion", "national",
    "zip", "disab", "health", "fico", "life_event", "household", "append",
)  # fmt: skip
D = {days: AS_OF - timedelta(days=days) for days in (0, 1, 2, 5, 8, 10, 15, 20, 30, 40, 60, 100, 400)}
CLIENT = "web_events:c1"


def known(engine: DuckDBEngine, cutoff: date, horizon: int = 30, **given: Any) -> dict[str, dict[str, Any]]:
    """Rows of features with labels by unit."""
    for name, frame in made.tables(given).items():
        engine.register(name, frame)
    register_history(engine, made.day(), D[400])
    frame = with_labels(engine, features_at(engine, made.day(), cutoff), cutoff, horizon)
    return {row["unit_id"]: row for row in frame.to_dicts()}


def device(told_on: date | None) -> dict[str, list[dict[str, Any]]]:
    """Person p00001 with a deal 8 days ago, a lead's record, and a device that told whose it is on a day."""
    given: dict[str, list[dict[str, Any]]] = made.parties([1])
    given["member"] += [{"record_id": CLIENT, "person_id": "p00001", "tier": "exact", "rule": "login"}]
    given["transaction"] = [made.deal(1, D[400]), made.deal(1, D[8], 1)]
    given["touch_day"] = [made.touch(CLIENT, D[20], touches=4), made.touch(CLIENT, D[15], "form_sales")]
    given["web_attachment"] = [{"record_id": CLIENT, "outcome": "attached", "person_id": "p00001", "rule": "login"}]
    if told_on:
        evidence = {"record_id": CLIENT, "kind": "login", "value": "u1", "days": 1, "first_on": told_on, "last_on": told_on}
        given["web_evidence"] = [evidence]
    return given


@pytest.mark.parametrize("told_on", [D[5], None])
def test_a_device_is_nobodys_before_it_told_whose_it_is(engine: DuckDBEngine, told_on: date | None) -> None:
    rows = known(engine, D[10], **device(told_on))
    assert rows["p00001"]["vehicle_pages_7"] is None and rows["p00001"]["has_bought"] is True
    assert rows[CLIENT]["population"] == "web_only" and rows[CLIENT]["active_days_30"] == 2
    assert rows[CLIENT]["months_since_sale"] is None, "a device does not know the deals of its later owner"


def test_a_device_is_its_persons_from_the_day_it_told(engine: DuckDBEngine) -> None:
    rows = known(engine, D[10], **device(D[15]))
    assert set(rows) == {"p00001"} and rows["p00001"]["active_days_30"] == 2
    assert rows["p00001"]["vehicle_pages_7"] == pytest.approx(4 * 0.5 ** (10 / 7), abs=1e-6)
    assert rows["p00001"]["days_since_contact"] == 5


def test_who_is_tied_today_is_tied_today(engine: DuckDBEngine) -> None:
    assert set(known(engine, AS_OF, **device(AS_OF + timedelta(days=1)))) == {"p00001"}, "evidence is dated by UTC"


def test_who_comes_with_the_purchase_was_not_there_before(engine: DuckDBEngine) -> None:
    given = made.parties([1]) | {"transaction": [made.deal(1, D[8])], "touch_day": []}
    assert known(engine, D[10], **given) == {}
    assert known(engine, D[5], **given)["p00001"]["deals"] == 1


def test_a_deal_in_writing_is_no_prediction(engine: DuckDBEngine) -> None:
    given = made.parties([1]) | {"transaction": [made.deal(1, D[400]), made.deal(1, D[8], 1, opened_on=D[15])], "touch_day": []}
    assert known(engine, D[10], **given) == {}
    assert known(engine, D[20], **given)["p00001"]["has_bought"] is True


def test_what_the_desk_enters_and_what_comes_late_do_not_count(engine: DuckDBEngine) -> None:
    lead = "crm_leads:1:lead"
    given = made.parties([1]) | {"transaction": [made.deal(1, D[400])]}
    touches = [made.touch(lead, D[400], "lead", source="Cars.com", dt=D[400])]  # the lake's first day
    touches += [made.touch(lead, D[20], "lead", source=one, dt=D[20]) for one in ("Walk-in", "Showroom", "CRM desk")]
    late = made.touch(lead, D[20], "lead", source="Rooftop site", dt=D[8])
    assert known(engine, D[15], **given, touch_day=[*map(dict, touches), dict(late)])["p00001"]["leads_30"] is None
    found = known(engine, D[5], **given, touch_day=[*map(dict, touches), dict(late)])["p00001"]
    assert found["leads_30"] == pytest.approx(0.5 ** (3 / 30), abs=1e-6), "from the day it was taken in"


def test_purchases_wholesale_open_and_unwound_are_no_labels(engine: DuckDBEngine) -> None:
    others = [{"sale_type": "wholesale"}, {"status": "open"}, {"status": "cancelled"}, {"sale_type": "fleet"}]
    for at, other in enumerate(others):
        given = made.parties([1]) | {"transaction": [made.deal(1, D[400]), made.deal(1, D[8], 1, **other)], "touch_day": []}
        assert known(engine, D[10], **given)["p00001"]["has_bought"] is False, at


def test_the_contract_is_as_of_the_day(engine: DuckDBEngine) -> None:
    lease = {"kind": "lease", "sale_type": "lease", "matures_on": AS_OF + timedelta(days=20)}
    traded = made.deal(
        1, D[5], 1, trade_vin="V1-0", term_months=60, amount_financed=Decimal(20000), matures_on=date(2031, 11, 16)
    )
    given = made.parties([1]) | {"transaction": [made.deal(1, D[400], **lease), traded], "touch_day": []}
    before, after = known(engine, D[10], **given)["p00001"], known(engine, D[2], **given)["p00001"]
    assert (before["lease_days_left"], before["deals"], before["loan_months_left"]) == (30, 1, None)
    assert (after["lease_days_left"], after["deals"]) == (None, 2) and after["loan_months_left"] == pytest.approx(59.9, abs=0.1)


def test_a_co_buyer_bought_too(engine: DuckDBEngine) -> None:
    given = made.parties([1, 2])
    given["transaction"] = [made.deal(1, D[400]), made.deal(2, D[400]), made.deal(1, D[8], 1, co_record_id="dms_sales:2:buyer")]
    rows = known(engine, D[10], **given, touch_day=[])
    assert rows["p00001"]["has_bought"] and rows["p00002"]["has_bought"]


def test_businesses_staff_and_the_forgotten_are_left_out(engine: DuckDBEngine) -> None:
    given = made.parties([1, 2, 3, 4])
    given["transaction"] = [made.deal(one, D[400]) for one in (1, 2, 3, 4)]
    given["person"][0]["is_business"] = given["person"][1]["is_staff"] = True
    asked = {"consent_id": "1", "kind": "deletion", "received_on": D[1], "record_id": "dms_sales:3:buyer", "source": "form"}
    assert set(known(engine, D[10], **given, touch_day=[], consent_event=[asked])) == {"p00004"}


def test_the_closed_list_holds_nothing_forbidden_and_the_queries_read_nothing_forbidden() -> None:
    assert [name for name in FEATURES if any(word in name for word in FORBIDDEN)] == []
    for file in resources.files("pipelines.propensity").iterdir():
        if file.name.endswith(".sql"):
            query = "\n".join(line.split("--")[0] for line in file.read_text(encoding="utf-8").lower().splitlines())
            assert [word for word in FORBIDDEN if word in query] == [], file.name


def test_a_column_outside_the_list_stops_the_run(engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = history.query_text

    def widened(package: str, name: str) -> str:
        text = plain(package, name)
        return (
            text.replace("u.unit_id, u.person_id,\n", "u.unit_id, u.person_id, 44 AS age_years,\n", 1)
            if name == "features"
            else text
        )

    monkeypatch.setattr(history, "query_text", widened)
    with pytest.raises(FeatureNotAllowedError, match="age_years may not reach the model"):
        known(engine, D[10], **made.parties([1]), transaction=[], touch_day=[])


def test_the_list_may_only_become_shorter() -> None:
    assert "mail_30" not in allowed_features(PropensityPolicy(excluded_features=("mail_30",)))
    with pytest.raises(FeatureNotAllowedError, match="nearest: mail_30"):
        refuse_others(["mail_31"])


def test_a_days_features_do_not_depend_on_what_came_later(engine: DuckDBEngine) -> None:
    given = made.world(people=60)
    for name, frame in made.tables(given).items():
        engine.register(name, frame)
    register_history(engine, made.day(), D[100])
    whole = features_at(engine, made.day(), D[60])
    cut = {**given, "transaction": [one for one in given["transaction"] if one["occurred_on"] <= D[60]]}
    cut["touch_day"] = [one for one in made.world(people=60)["touch_day"] if one["local_day"] <= D[60]]
    assert whole.equals(again(engine, cut))


def again(engine: Engine, given: dict[str, Any]) -> pl.DataFrame:
    for name, frame in made.tables(given).items():
        engine.register(name, frame)
    register_history(engine, made.day(D[60]), D[100])
    return features_at(engine, made.day(D[60]), D[60])


NETWORK = {"web_attachment": [{"record_id": CLIENT, "outcome": "own_network"}]}
BUSY = {"busy_minute": [{"record_id": CLIENT, "local_day": D[20], "vdp_views": 31}]}
MANY = {"touch_day": [made.touch(CLIENT, D[20], touches=501, vin="S1", make="Kia", model="Rio")]}


@pytest.mark.parametrize("told", [NETWORK, BUSY, MANY], ids=["own_network", "too_many_views", "too_many_touches"])
def test_machines_and_own_devices_are_no_shoppers(engine: DuckDBEngine, told: dict[str, Any]) -> None:
    looks = [made.touch(CLIENT, D[20], vin="S1", make="Kia", model="Rio"), made.touch(CLIENT, D[15], "form_sales")]
    one = {"record_id": CLIENT, "person_id": "p00002", "tier": "exact", "rule": "self"}
    given: dict[str, Any] = {"member": [one], "person": [{"person_id": "p00002", "records": 1}], "touch_day": looks}
    assert CLIENT in known(engine, D[10], **given) or "p00002" in known(engine, D[10], **given)
    assert known(engine, D[10], **{**given, **told}) == {}


def test_what_is_done_on_a_device_of_ours_does_not_count_for_who_logged_in_on_it(engine: DuckDBEngine) -> None:
    given = device(D[15]) | {
        "web_attachment": [{"record_id": CLIENT, "outcome": "own_network", "person_id": "p00001", "rule": "login"}]
    }
    row = known(engine, D[10], **given)["p00001"]
    assert row["vehicle_pages_7"] is None and row["deals"] == 1
