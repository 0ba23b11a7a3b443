"""The catalogue: words made from rules, sizes over time, and what kept people out."""

from datetime import date, timedelta

import polars as pl
import pytest

from assets.policy_files import load_policy
from pipelines.audiences.rule_words import said, sentence
from pipelines.reports.catalogue_page import Figures, catalogue_page, sizes_of
from pipelines.reports.sparkline import sparkline
from schemas.policy import AudiencePolicy, Policy
from schemas.policy.audiences import Condition
from schemas.tables.audiences import CHANNEL_LOSS, ELIGIBILITY, MEMBERSHIP
from tests.audience_world import AS_OF, audience, rows_of


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("velocity_b")


def words(when: str, policy: Policy, **given: object) -> str:
    return sentence(audience("a", "in_market", when, **given), policy)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("distance_miles <= 20", "lives within 20 miles of the brand's nearest rooftop"),
        ("distance_miles <= $radius_miles or $in_whole_market", "lives within 20 miles of the brand's nearest rooftop"),
        (
            "competitor_make is not null",
            "holds a BMW, Mercedes-Benz or Lexus (for lux); or a Toyota, Honda, Nissan, Hyundai or Kia (for vol1, vol2)",
        ),
        ("competitor_make = 'Toyota'", "make held that the brand can win from: Toyota"),
        ("service_state in ('at_risk', 'lapsed')", "state as a service customer: at risk or lapsed"),
        ("not is_staff", "not (works for the group)"),
        ("5 < forms_30d", "forms sent in 30 days: more than 5"),
        ("list_contains(triggers, 'lease_end')", "moment in force: lease ends soon"),
        ("lease_days_left is null", "days to the nearest lease maturity is not known"),
        (
            "is_staff or has_email and is_customer",
            "works for the group or (has a usable e-mail and bought or had a vehicle serviced here)",
        ),
        ("abs(service_days_to_due) > 3", "ABS(service_days_to_due): more than 3"),
    ],
)
def test_rules_are_said_in_words(policy: Policy, when: str, expected: str) -> None:
    assert words(when, policy) == expected


def test_parameters_are_said_by_their_values_and_places(policy: Policy) -> None:
    found = words("days_since_touch <= $days", policy, parameters={"days": 30}, parameters_by={"brand": {"lux": {"days": 60}}})
    assert found == "days since the last sign of shopping: at most 30 (60 for brand lux)"


def test_nests_and_exclusions_are_said_as_they_stand(policy: Policy) -> None:
    rules = {
        "all": [
            {"name": "a", "when": "has_email"},
            {"any": [{"name": "b", "when": "has_phone"}, {"name": "c", "when": "is_staff"}]},
        ]
    }
    one = audience("a", "loyalty", rules, exclusions=[{"name": "d", "when": "is_business"}])
    expected = "has a usable e-mail; (has a usable phone or works for the group); not: is a business, fleet or wholesale buyer"
    assert sentence(one, policy) == expected
    told = said(Condition.model_validate(rules), one, policy)
    assert [part.words for part in told.below] == ["has a usable e-mail", "at least one of these"]


def test_every_definition_in_force_has_words(policy: Policy) -> None:
    for one in policy.audiences:
        assert "$" not in sentence(one, policy) and len(sentence(one, policy)) > 30, one.audience


def _members(one: AudiencePolicy, count: int) -> list[dict[str, object]]:
    reason = [{"rule": "due", "sentence": "due soon", "since": AS_OF, "evidence": None}]
    shared = {"audience": one.audience, "segment": one.segment, "cell": f"VAG_{one.code}_LUX", "reasons": reason}
    return [{**shared, "person_id": f"p{at}", "identity_tier": "exact", "arm": "treatment"} for at in range(count)]


def test_the_page_holds_every_definition_and_its_figures(policy: Policy) -> None:
    one = next(each for each in policy.audiences if each.audience == "loyalty_service_due")
    members = rows_of(MEMBERSHIP, _members(one, 3))
    shared = {"audience": one.audience, "brand": "lux"}
    met = [{**shared, "person_id": f"p{at}", "outcome": "member"} for at in range(3)]
    met.append({**shared, "person_id": "p9", "outcome": "excluded", "cause": "booked"})
    met.append({**shared, "person_id": "p8", "outcome": "lost", "cause": "opted_out"})
    taken = [{**shared, "person_id": "p8", "channel": channel, "cause": "opted_out"} for channel in one.channels_of("lux")]
    days = {AS_OF - timedelta(days=1): members.head(1), AS_OF: members}
    html = catalogue_page(
        AS_OF, policy, Figures(members, rows_of(ELIGIBILITY, met), rows_of(CHANNEL_LOSS, taken), sizes_of(days))
    )
    for each in policy.audiences:
        assert f'id="{each.audience.replace("_", "-")}"' in html and each.title in html
    for text in (
        "days until service is due: 0 to 30",
        "Size over 2 days: 3 now",
        "excluded: booked",
        "VAG_LS_LUX",
        policy.policy_hash,
        "5 met the rules for some brand",
        "nobody met the rules today",
        "direct mail",
    ):
        assert text in html, text
    assert "http" not in html and "<script" not in html and "p9" not in html


def test_an_audience_that_is_off_says_so(policy: Policy) -> None:
    off = tuple(one.model_copy(update={"is_on": False}) for one in policy.audiences)
    empty = Figures(rows_of(MEMBERSHIP, []), rows_of(ELIGIBILITY, []), rows_of(CHANNEL_LOSS, []), sizes_of({}))
    html = catalogue_page(AS_OF, policy.model_copy(update={"audiences": off}), empty)
    assert f"0 in force, {len(off)} off" in html and html.count("· off") == len(off)


def test_sizes_are_drawn_from_zero_by_day() -> None:
    drawn = str(sparkline([(date(2026, 1, 1), 0), (date(2026, 1, 3), 10), (date(2026, 1, 5), 5)], "Size"))
    assert 'points="4.0,22.0 60.0,4.0 116.0,13.0"' in drawn and "at most 10" in drawn
    assert str(sparkline([], "Size")) == ""
    assert sizes_of({AS_OF: pl.DataFrame({"audience": ["a", "a", "b"]})}).rows() == [("a", AS_OF, 2), ("b", AS_OF, 1)]
