"""service.yaml: what is refused, and that no message repeats a key."""

import json

import pytest

from assets.house import PROJECT
from assets.policy_check import check_policy
from assets.service.limits import KEY_PREFIX, Keys, hash_of, new_key
from schemas.policy.service import ServicePolicy
from tests.answer_world import policy_with

# Parameters of tests are the same in every process, so this key is not drawn.
KEY = KEY_PREFIX + "a-key-for-tests-that-opens-nothing-0123456789"
DIGEST = hash_of(KEY)


@pytest.mark.parametrize(
    ("client", "told"),
    [
        ({"recipients": ["websit"]}, "Did you mean 'website'"),
        ({"purposes": ["mail"]}, "privacy.yaml grants nothing for mail"),
        ({"requests_per_second": 0}, "greater than 0"),
        ({"key_env": None, "key_sha256": [KEY]}, "never the key itself"),
        ({"key_env": None}, "a client needs one of them"),
        ({"clientele": 1}, "the unknown key 'clientele'"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, client, told):
    problems = [str(one) for one in check_policy("velocity_b", policy_with(PROJECT / "policy", tmp_path, **client))]
    found = [one for one in problems if told in one]
    assert found and found[0].startswith("velocity_b/service.yaml:")
    assert not [one for one in problems if KEY in one]


def test_a_key_may_be_changed_without_a_gap():
    other, second = new_key()
    one = {"client": "site", "owner": "t", "key_sha256": [DIGEST, second], "recipients": ["website"], "purposes": ["ads"]}
    policy = ServicePolicy.model_validate({"clients": [{**one, "requests_per_second": 1, "burst_requests": 1}]})
    keys = Keys(policy, {})
    assert [bool(keys.client_of(key)) for key in (KEY, other, DIGEST, KEY + "x")] == [True, True, False, False]
    assert KEY not in json.dumps(policy.model_dump(mode="json"))


def test_a_made_up_key_of_the_environment_is_not_taken():
    one = {"client": "site", "owner": "t", "key_env": "SITE", "recipients": ["website"], "purposes": ["ads"]}
    policy = ServicePolicy.model_validate({"clients": [{**one, "requests_per_second": 1, "burst_requests": 1}]})
    for given in ("", "password"):
        keys = Keys(policy, {"SITE": given})
        assert len(keys) == 0 and "SITE" in keys.closed[0] and keys.client_of(given) is None
    assert Keys(policy, {"SITE": KEY}).client_of(KEY)
