"""Problems of policies that must be named before anything runs."""

import pytest

from assets.policy_files import load_policy
from pipelines.activation.compiler import check_policy
from pipelines.activation.export_names import export_names


@pytest.fixture(scope="module", params=["velocity_a", "velocity_b"])
def policy(request):
    return load_policy(request.param)


def with_audience(policy, **changes):
    first, *rest = policy.audiences
    return policy.model_copy(update={"audiences": (first.model_copy(update=changes), *rest)})


def with_platform(policy, name, **changes):
    platforms = policy.channels.platforms | {name: policy.channels.platforms["google"].model_copy(update=changes)}
    return policy.model_copy(update={"channels": policy.channels.model_copy(update={"platforms": platforms})})


def test_the_example_groups_have_no_problem(policy):
    assert check_policy(policy) == []


def test_names_are_neutral_by_construction(policy):
    names = [name for audience in policy.audiences for name in export_names(policy, audience)]
    assert names and all(name.startswith("VAG_") for name in names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "LOAN"}, "tells LOAN"),
        ({"code": "XAPR"}, "tells APR"),
        ({"code": "cq"}, "may hold only A-Z"),
        ({"code": "LS"}, "code LS is already"),
    ],
)
def test_names(policy, changes, told):
    problems = check_policy(with_audience(policy, **changes))
    assert any(told in problem for problem in problems)


@pytest.mark.parametrize("place", ["rule", "score", "reason", "exclusion"])
def test_credit_offers_use_no_forbidden_column(policy, place):
    rule = policy.audiences[0].rules.model_validate({"name": "rich", "when": "is_customer_of_brand", "reason": "here"})
    bad = rule.model_copy(update={"when": "income_band = 'HIGH' AND is_customer_of_brand"})
    told = rule.model_copy(update={"reason": "earns {income_band}"})
    changes = {
        "rule": {"rules": rule.model_copy(update={"name": None, "when": None, "any": (bad, rule)})},
        "score": {"rules": rule, "score": "CASE WHEN income_band = 'A' THEN 1 ELSE 0 END"},
        "reason": {"rules": told},
        "exclusion": {"rules": rule, "exclusions": (bad,)},
    }[place]
    assert any("uses income_band" in one for one in check_policy(with_audience(policy, credit_offer=True, **changes)))
    plain = {"rules": rule, "score": "1", "exclusions": ()} | changes
    assert check_policy(with_audience(policy, credit_offer=False, **plain)) == []


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("gogle", {}, "did you mean `google`"),
        ("google", {"membership_days": 541}, "more than the platform's 540"),
        ("google", {"channels": ("serch",)}, "did you mean `search`"),
    ],
)
def test_platforms(policy, name, changes, told):
    assert any(told in one for one in check_policy(with_platform(policy, name, **changes)))


def test_no_licence_grant_to_a_first_party_platform(policy):
    grant = next(one for one in policy.privacy.grants if one.basis == "licence")
    grants = (
        *policy.privacy.grants,
        grant.model_copy(update={"recipient": "google"}),
        grant.model_copy(update={"recipient": "mta"}),
    )
    problems = check_policy(policy.model_copy(update={"privacy": policy.privacy.model_copy(update={"grants": grants})}))
    assert any("first-party data only" in one for one in problems)
    assert any("did you mean `meta`" in one for one in problems)
