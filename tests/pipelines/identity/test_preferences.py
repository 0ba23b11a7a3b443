"""Which of several values survives, by each preference of policy and by the rules that no policy can turn off."""

from datetime import date, timedelta

import polars as pl
import pytest
from pydantic import ValidationError

from assets.engine import DuckDBEngine
from assets.policy_files import load_policy
from schemas.policy.survivorship import FieldSurvivorship, SurvivorshipPolicy
from tests.pipelines.identity.conftest import AS_OF, Days, contact, mail

SAME = {"source_customer_id": "crm|1", "last_name": "hale", "first_name": "ann"}
STALE, OLD, NEW = AS_OF - timedelta(days=2000), AS_OF - timedelta(days=400), AS_OF - timedelta(days=4)


def world(engine: DuckDBEngine, **lines: FieldSurvivorship) -> Days:
    """Days under a policy whose fields are chosen as the lines say, and by source order else."""
    base = load_policy("velocity_b")
    chosen = SurvivorshipPolicy(default=("source_order",), fields=lines)
    return Days(engine, base.model_copy(update={"identity": base.identity.model_copy(update={"survivorship": chosen})}))


def by(*prefer: str, order: tuple[str, ...] = ()) -> FieldSurvivorship:
    return FieldSurvivorship(prefer=prefer, source_order=order)


def person(days: Days, records: list[dict], **more: list[dict]) -> dict:
    (row,) = days.run(records, **more)["person"].to_dicts()
    return row


def two(
    field: str, values: tuple[object, object], feeds: tuple[str, str] = ("dms_sales", "crm_contacts"), **more: tuple
) -> list[dict]:
    """Two records of one person, the first from the more trusted source."""
    return [
        contact(f"{feed}:{n}", **SAME, **{field: values[n]}, **{name: given[n] for name, given in more.items()})
        for n, feed in enumerate(feeds)
    ]


def test_source_order_and_its_override(engine: DuckDBEngine) -> None:
    records = two("age_band", ("35-44", "45-54"))
    assert person(world(engine), records)["age_band"] == "35-44"
    override = world(engine, age_band=by("source_order", order=("crm_contacts",)))
    assert person(override, records)["age_band"] == "45-54"


def test_most_recent_wins_and_a_stale_value_loses_before_any_other_preference_is_asked(engine: DuckDBEngine) -> None:
    recent = world(engine, income_band=by("most_recent"))
    assert person(recent, two("income_band", ("low", "high"), last_seen_on=(OLD, NEW)))["income_band"] == "high"
    assert person(recent, two("income_band", ("low", "high"), last_seen_on=(STALE, OLD)))["income_band"] == "high"
    assert person(recent, two("income_band", ("low", "high"), last_seen_on=(None, STALE)))["income_band"] == "high"


def test_stale_is_as_old_as_policy_says(engine: DuckDBEngine) -> None:
    days = world(engine, income_band=by("most_recent", "source_order"))
    edge = date(2021, 11, 21)  # sixty months before the day
    found = days.run(two("income_band", ("low", "high"), last_seen_on=(edge - timedelta(days=1), edge)))
    assert found["person"]["income_band"].to_list() == ["high"]


def test_most_complete(engine: DuckDBEngine) -> None:
    days = world(engine, name=by("most_complete"), address=by("most_complete"))
    initial = [contact("dms_sales:1", **(SAME | {"first_name": "a"})), contact("crm_contacts:1", **SAME)]
    assert person(days, initial)["first_name"] == "ann"
    half = contact("dms_sales:1", **SAME) | {"address": "1 ELM ST"}
    assert person(days, [half, contact("crm_contacts:1", **SAME, address="2 OAK AVE")])["address"] == "2 OAK AVE"


def test_most_frequent(engine: DuckDBEngine) -> None:
    records = [*two("age_band", ("35-44", "45-54")), contact("crm_contacts:2", **SAME, age_band="45-54")]
    assert person(world(engine, age_band=by("most_frequent")), records)["age_band"] == "45-54"


@pytest.mark.parametrize(("statuses", "first"), [(("sent", "delivered"), "b@mail.test"), (("open", "sent"), "a@mail.test")])
def test_verified_email_wins(engine: DuckDBEngine, statuses: tuple[str, str], first: str) -> None:
    days = world(engine, email=by("verified", "source_order"))
    mails = [mail(f"m{n}", f"{name}@MAIL.test ", one) for n, (name, one) in enumerate(zip("ab", statuses, strict=True))]
    records = two("emails", (["a@mail.test"], ["b@mail.test"]))
    assert person(days, records, mails=mails)["email"] == first


@pytest.mark.parametrize("status", ["hard_bounce", "complaint"])
def test_an_undeliverable_email_never_wins_over_another_whatever_policy_prefers(engine: DuckDBEngine, status: str) -> None:
    days = world(engine, email=by("source_order", "most_recent"))
    records = two("emails", (["a@mail.test"], ["b@mail.test"]), feeds=("dms_sales", "ownership_lists"))
    mails = [mail("m1", "A@mail.test", status), mail("m2", "a@mail.test", "open")]
    found = days.run(records, mails=mails)
    assert found["person"]["email"].to_list() == ["b@mail.test"]
    ranked = found["person_identifier"].filter(pl.col("kind") == "email").sort("rank")
    assert ranked.select("value", "standing").rows() == [("b@mail.test", "unknown"), ("a@mail.test", "undeliverable")]
    assert person(days, records[:1], mails=mails)["email"] == "a@mail.test"


def test_a_phone_that_called_is_verified(engine: DuckDBEngine) -> None:
    days = world(engine, phone=by("verified", "source_order"))
    records = two("phones", (["+17045551111"], ["+17045552222"]))
    records.append(contact("call_tracking:1", phones=["+17045552222"]))
    assert person(days, records)["phone"] == "+17045552222"


def test_own_data_wins_over_bought_data(engine: DuckDBEngine) -> None:
    days = world(engine, email=by("most_recent"))
    records = two("emails", (["a@mail.test"], ["b@mail.test"]), feeds=("dms_sales", "ownership_lists"), last_seen_on=(STALE, NEW))
    assert person(days, records)["email"] == "a@mail.test"


def test_ties_go_to_the_smaller_record_id(engine: DuckDBEngine) -> None:
    records = two("age_band", ("x", "y"), feeds=("crm_contacts", "crm_contacts"))
    assert person(world(engine), records)["age_band"] == person(world(engine), records[::-1])["age_band"] == "x"


def test_a_policy_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="each preference once"):
        by("verified", "verified")
    with pytest.raises(ValidationError, match="verified for address, email, phone only, found it for name"):
        SurvivorshipPolicy(fields={"name": by("verified")})
