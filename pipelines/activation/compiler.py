"""What policy may not ask of the platforms: judged before anything runs, all of it at once, for the person who wrote it.

Rules stand in modules compiler_<topic>; each problem names the rule, the value, where the rule comes from and the fix.
"""

from pipelines.activation.compiler_credit import credit_problems
from pipelines.activation.compiler_names import name_problems
from pipelines.activation.compiler_platforms import platform_problems
from pipelines.activation.compiler_problem import Broken
from schemas.policy import Policy


def check_policy(policy: Policy) -> list[str]:
    """Every problem that exports would have with a policy, as sentences; empty where there is none."""
    return [str(one) for one in broken_rules(policy)]


def broken_rules(policy: Policy) -> list[Broken]:
    """Every rule of the platforms that a policy breaks, in the order of names, credit offers, platforms."""
    found = [*name_problems(policy), *credit_problems(policy), *platform_problems(policy)]
    return list(dict.fromkeys(found))
