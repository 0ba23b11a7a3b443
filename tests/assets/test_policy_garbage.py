"""Anything at all in the place of any value of a policy: it is judged, and nothing crashes."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from assets import policy_files
from assets.policy_files import POLICY_ROOT
from assets.policy_yaml import Document

GARBAGE = [
    None,
    [],
    {},
    "x",
    "",
    -1,
    1.5e308,
    float("nan"),
    True,
    "{a}",
    "select 1",
    "a; b",
    "ключ",
    ["a", "a"],
    {"a": 1},
    10**30,
]


def places(node, path=()):
    """Every key path of a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


DOCUMENTS = policy_files.read_documents("velocity_b", POLICY_ROOT)[0]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.data())
def test_whatever_stands_at_a_key_is_judged_and_never_a_crash(data):
    documents = DOCUMENTS
    name = data.draw(st.sampled_from([name for name in sorted(documents) if documents[name].file.endswith(".yaml")]))
    path = data.draw(st.sampled_from(list(places(documents[name].content))))
    content = copy.deepcopy(documents[name].content)
    parent = content
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = data.draw(st.sampled_from(GARBAGE))
    changed = {**documents, name: Document(documents[name].file, content, documents[name].lines)}
    policy, problems = policy_files.judged(changed, [])
    assert policy is not None or problems
    assert all(str(one) and one.line >= 0 for one in problems)
