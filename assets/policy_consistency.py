"""What must agree across the files of a policy, beyond the shape of each: names that exist, ZIPs that exist, makes of ours.

This module gathers; each file's own questions are asked in policy_consistency_<topic>. A question never stops another one.
"""

from collections.abc import Mapping

from assets.policy_consistency_audiences import audience_problems, place_of
from assets.policy_consistency_figures import figure_problems
from assets.policy_consistency_group import group_problems
from assets.policy_consistency_reference import reference_problems
from assets.policy_consistency_service import service_problems
from assets.policy_finder import Finder
from assets.policy_problem import Problem
from assets.policy_yaml import Document
from pipelines.activation.compiler import broken_rules
from schemas.policy import Policy


def consistency_problems(policy: Policy, documents: Mapping[str, Document]) -> list[Problem]:
    """Every disagreement between the files of a policy whose shapes are right, in order of file and line."""
    found = Finder(policy, documents)
    for ask in (group_problems, audience_problems, figure_problems, reference_problems, service_problems):
        ask(found)
    _export_problems(found)
    return sorted(found.problems)


def _export_problems(found: Finder) -> None:
    """What the platforms would refuse, at the key that says it."""
    for one in broken_rules(found.policy):
        file = found.audience_file(one.audience) if one.audience else one.file
        by_name = one.path and str(one.path[0]).startswith("condition ")
        path = place_of(found.documents[file], f"{one.path[0]} .") if by_name else one.path
        found.wrong(file, path, one.told)
