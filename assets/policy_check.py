"""Judging a policy without running anything: the body of `velocity check-policy`."""

from pathlib import Path

from assets.policy_files import POLICY_ROOT, read_policy
from assets.policy_problem import Problem


def check_policy(group: str, root: Path | None = None) -> list[Problem]:
    """Every problem of a group's policy in order of file and line; empty where it can be used.

    `root` is the folder that holds the groups' folders and `reference`; the repository's own `policy/` where absent.
    """
    return read_policy(group, root or POLICY_ROOT)[1]
