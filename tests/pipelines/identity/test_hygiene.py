"""Figures of hygiene over literal records, counted by hand; the steps before it are the real ones."""

from datetime import date, timedelta

import polars as pl
import pytest

from assets.policy_files import load_policy
from pipelines.activation.suppression import STEP as SUPPRESSION
from pipelines.identity.hygiene import METRICS, STEP
from pipelines.reports.hygiene_page import hygiene_page
from pipelines.step import Day
from schemas.policy import Policy
from schemas.tables import hygiene as tables
from schemas.tables.records import CONSENT_EVENT
from tests.audience_world import rows_of
from tests.engines import fresh_engine
from tests.pipelines.identity.conftest import AS_OF, Days, contact, deal, mail

LONG_AGO = AS_OF - timedelta(days=2000)
HERE = {"rooftop_id": "R01"}


def run(policy: Policy, records: list[dict], *, consent: list[dict] = (), **more: list[dict]) -> dict[str, pl.DataFrame]:
    """The tables actionable and hygiene, and person, of one day."""
    engine = fresh_engine()
    found = Days(engine, policy).run(records, **more)
    for name, table in found.items():
        engine.register(name, table)
    asked = [{"consent_id": str(n), "received_on": AS_OF, "source": "privacy_requests", **one} for n, one in enumerate(consent)]
    engine.register("consent_event", rows_of(CONSENT_EVENT, asked))
    day = Day(AS_OF, policy, "key")
    engine.register("suppression", SUPPRESSION.frames(engine, day)["suppression"])
    made = STEP.frames(engine, day)
    for table in STEP.tables:
        table.schema.validate(made[table.name])
    return {**made, "person": found["person"]}


def cause(policy: Policy, *records: dict, **more: list[dict]) -> str | None:
    made = run(policy, list(records), **more)["actionable"]
    (row,) = made.to_dicts()
    assert row["is_actionable"] == (row["cause"] is None)
    return row["cause"]


def figures(made: dict[str, pl.DataFrame], place: str = "group") -> dict[tuple[str, str], tuple[int, int | None]]:
    rows = made["hygiene"].filter(pl.col("rooftop_id") == place)
    return {(metric, detail): (count, whole) for _, metric, detail, count, whole, _ in rows.iter_rows()}


ANN = {"first_name": "ann", "last_name": "hale"} | HERE
MAIL = {"emails": "a@mail.test"}
CASES: dict[str, tuple[dict, dict, str | None]] = {
    "an own fresh e-mail": (MAIL, {}, None),
    "an own fresh address": ({"address": "1 ELM ST"}, {}, None),
    "nothing": ({}, {}, "no_identifier"),
    "not seen for years": (MAIL | {"last_seen_on": LONG_AGO}, {}, "stale"),
    "a mailbox that bounces": (MAIL, {"mails": [mail("m", "a@mail.test", "hard_bounce")]}, "no_identifier"),
    "refused e-mail, ads remain": (MAIL, {"consent": [{"kind": "do_not_email", "email": "a@mail.test"}]}, None),
    "refused both": (MAIL, {"consent": [{"kind": one, "email": "a@mail.test"} for one in ("do_not_email", "gpc")]}, "no_consent"),
    "asked to be deleted": (MAIL, {"consent": [{"kind": "deletion", "email": "a@mail.test"}]}, "no_consent"),
    "a minor": (MAIL | {"birth_date": date(2010, 1, 1)}, {}, "minor"),
    "a business": (MAIL | {"is_business": True, "name_raw": "Hale Plumbing"}, {}, "business"),
    "works here": ({"emails": "ann@rooftop-r01.example", "phones": "+17045551234"}, {}, "staff"),
}


@pytest.mark.parametrize("name", CASES)
def test_who_is_actionable(policy: Policy, name: str) -> None:
    values, more, expected = CASES[name]
    assert cause(policy, contact("dms_sales:1", **ANN, **values), **more) == expected


def test_a_bought_identifier_makes_nobody_reachable_unless_policy_says_so(policy: Policy) -> None:
    records = [contact("dms_sales:1", **ANN, address=None), contact("ownership_lists:1", **ANN, emails="a@mail.test")]
    for record in records:
        record["source_customer_id"] = "D|1"
    assert cause(policy, *records) == "no_identifier"
    lax = policy.identity.hygiene.model_copy(update={"own_identifiers_only": False})
    identity = policy.identity.model_copy(update={"hygiene": lax})
    assert cause(policy.model_copy(update={"identity": identity}), *records) is None


def test_a_bought_list_makes_no_customer_fresh(policy: Policy) -> None:
    own = contact("dms_sales:1", **ANN, **MAIL, last_seen_on=LONG_AGO)
    assert cause(policy, own, contact("ownership_lists:1", **ANN, **MAIL)) == "stale"


def test_who_is_not_on_file_is_not_judged(policy: Policy) -> None:
    assert run(policy, [contact("crm_leads:1", **ANN, **MAIL)])["actionable"].is_empty()


def world() -> dict[str, list[dict]]:
    """Ann twice at R01 and once at R02, Bob at R01 with an e-mail that is none, and somebody on a bought list."""
    bob = contact("dms_service:9", first_name="bob", last_name="moss", source_customer_id="D1|9", phones="+17045559999", **HERE)
    records = [
        contact("dms_sales:1", **ANN, **MAIL, source_customer_id="D1|1", address="1 ELM ST"),
        contact("dms_sales:2", **ANN, **MAIL, source_customer_id="D1|2", last_seen_on=LONG_AGO),
        contact("dms_sales:3", **(ANN | {"rooftop_id": "R02"}), **MAIL, source_customer_id="D2|1"),
        bob | {"emails_raw": ["none@none.com"], "phones_raw": ["7045559999"], "address_raw": "nowhere"},
        contact("ownership_lists:1", first_name="cy", last_name="roe", address="2 OAK AVE"),
        contact("web_events:c.1"),
    ]
    deals = [
        deal("1", "dms_sales:1"),
        deal("2", "dms_service:9", kind="service", rooftop_id="R01"),
        deal("3", "dms_sales:1", kind="service", rooftop_id="R02"),
    ]
    return {"records": records, "deals": deals, "mails": [mail("m", "a@mail.test", "complaint")]}


def test_the_figures_of_a_group_and_its_rooftops(policy: Policy) -> None:
    made = run(policy, **world())
    group, first, second = (figures(made, place) for place in ("group", "R01", "R02"))
    assert (group["records", ""], first["records", ""], second["records", ""]) == ((5, None), (3, None), (1, None))
    assert (group["persons", ""], first["persons", ""], second["persons", ""]) == ((3, None), (2, None), (1, None))
    assert group["duplicates", "dms_sales"] == (2, 3) and first["duplicates", "dms_sales"] == (1, 2)
    assert group["records_per_person", "dms_sales"] == (3, 1)
    assert group["several_customer_numbers", ""] == (1, 2) and second["several_customer_numbers", ""] == (0, 1)
    assert group["bought_records", ""] == (1, 5)
    assert group["matchable", "email"] == (0, 3) and first["matchable", "phone"] == (1, 2)
    assert group["matchable", ""] == (3, 3) and group["matchable", "address"] == (2, 3)
    assert group["undeliverable_emails", ""] == (1, 1)
    assert group["invalid", "email"] == (1, 1) and group["invalid", "phone"] == (0, 1) and group["invalid", "address"] == (1, 1)
    assert group["service_only", ""] == (1, 2) and first["service_only", ""] == (1, 2) and second["service_only", ""] == (1, 1)
    assert group["actionable", ""] == (2, 2) and first["actionable", ""] == (2, 2)
    assert group["stale_people", ""] == (0, 3)


def test_shared_identifiers_are_counted_by_reason_where_they_are_carried(policy: Policy) -> None:
    records = [
        contact(f"dms_sales:{n}", first_name=one, last_name=f"{one}son", phones="+17045550101", **HERE)
        for n, one in enumerate(("al", "bo"))
    ]
    made = run(policy, records)
    assert figures(made)["shared_identifiers", "group_owned"] == figures(made, "R01")["shared_identifiers", ""] == (1, None)


def test_every_metric_is_explained_and_nothing_depends_on_the_order_of_rows(policy: Policy) -> None:
    given = world()
    made, again = run(policy, **given), run(policy, **{name: rows[::-1] for name, rows in given.items()})
    assert set(made["hygiene"]["metric"]) <= set(METRICS)
    assert all(made[table.name].equals(again[table.name]) for table in (tables.HYGIENE, tables.ACTIONABLE))


def test_the_page_says_the_figures_and_nobodys_data(policy: Policy) -> None:
    html = hygiene_page(AS_OF, policy, run(policy, **world())["hygiene"])
    assert "Customer file of 21 November 2026" in html and "http" not in html
    assert not any(one in html for one in ("mail.test", "7045559999", "ELM", "moss"))
    rows = [("", "not_a_zip", 3, 2), ("00001", "unknown", 12, 11)]
    columns = {"zip": pl.String, "reason": pl.Enum(["not_a_zip", "unknown", "no_place"]), "records": pl.Int64, "people": pl.Int64}
    unmatched = pl.DataFrame(rows, schema=columns, orient="row")
    page = hygiene_page(AS_OF, policy, run(policy, **world())["hygiene"], unmatched)
    assert "00001" in page and "Five digits that no post office has" in page and "11" in page
    empty = hygiene_page(AS_OF, load_policy("velocity_a"), pl.DataFrame(schema=tables.HYGIENE.schema.create_empty().schema))
    assert "People on file" in empty
