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
from pipelines.activation.compiler import check_policy as export_problems
from schemas.policy import Policy


def consistency_problems(policy: Policy, documents: Mapping[str, Document]) -> list[Problem]:
    """Every disagreement between the files of a policy whose shapes are right, in order of file and line."""
    found = Finder(policy, documents)
    for ask in (group_problems, audience_problems, figure_problems, reference_problems, service_problems):
        ask(found)
    if not found.problems:
        _export_problems(found)
    return sorted(found.problems)


def _export_problems(found: Finder) -> None:
    """What the platforms would refuse: sentences that begin with the file, or with the audience that they are about."""
    for sentence in export_problems(found.policy):
        start, _, rest = sentence.partition(": ")
        if start.endswith(".yaml"):
            found.wrong(start.removesuffix(".yaml"), (), rest)
        else:
            file = found.audience_file(start.removeprefix("audience "))
            found.wrong(file, place_of(found.documents[file], rest), rest)
