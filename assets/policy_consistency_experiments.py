"""experiments: names that exist, arms that do something, and tests that can run beside each other."""

from assets.policy_finder import Finder
from schemas.policy.experiments import Arm, Experiment

KEY = "experiments"


def experiment_problems(found: Finder) -> None:
    """Judge the tests, their arms, and the geo hold-outs."""
    rules = found.policy.experiments
    found.once(KEY, [((KEY, at, "experiment"), one.experiment) for at, one in enumerate(rules.experiments)], "experiment")
    found.once(KEY, [(("geo_holdouts", at, "segment"), one.segment) for at, one in enumerate(rules.geo_holdouts)], "geo hold-out")
    for at, holdout in enumerate(rules.geo_holdouts):
        for place, kind in enumerate(holdout.market_types):
            found.known(KEY, ("geo_holdouts", at, "market_types", place), kind, found.market_types, "market type")
    for at, one in enumerate(rules.experiments):
        _test(found, at, one)
    _messages(found)


def _test(found: Finder, at: int, one: Experiment) -> None:
    path = (KEY, at)
    if one.experiment == "global_control" or one.experiment.startswith("geo_"):
        found.wrong(
            KEY, (*path, "experiment"), f"{one.experiment!r}", "another name; global_control and geo_… are the hold-outs'"
        )
    if one.brand is not None:
        found.known(KEY, (*path, "brand"), one.brand, found.brands, "brand")
    for place, kind in enumerate(one.market_types):
        found.known(KEY, (*path, "market_types", place), kind, found.market_types, "market type")
    audiences = [audience.audience for audience in found.policy.audiences if audience.segment == one.segment]
    for place, name in enumerate(one.audiences):
        found.known(KEY, (*path, "audiences", place), name, audiences, f"audience of {one.segment}")
    if one.kind == "geo" and one.segment not in [holdout.segment for holdout in found.policy.experiments.geo_holdouts]:
        found.wrong(
            KEY, (*path, "kind"), f"a geo test of {one.segment}", f"a line of geo_holdouts for {one.segment}: it draws clusters"
        )
    for place, arm in enumerate(one.arms):
        _arm(found, (*path, "arms", place), one, arm, audiences)


def _arm(found: Finder, path: tuple[str | int, ...], test: Experiment, arm: Arm, audiences: list[str]) -> None:
    if not (arm.changes_something or arm.is_baseline):
        fix = "is_baseline: true, or what it changes: message, channels, audiences, notice_days, or cell_code with by_hand"
        found.wrong(KEY, (*path, "arm"), f"arm {arm.arm!r}, which changes nothing", fix)
    if arm.message is not None:
        found.known(KEY, (*path, "message"), arm.message, [one.message for one in found.policy.plan.messages], "message")
    for place, channel in enumerate(arm.channels or ()):
        found.known(KEY, (*path, "channels", place), channel, found.channels, "channel")
    concerned = list(test.audiences) or audiences
    for place, name in enumerate(arm.audiences or ()):
        found.known(KEY, (*path, "audiences", place), name, concerned, "audience that the test concerns")


def _messages(found: Finder) -> None:
    """Of two running tests of one segment, one at most may choose the message: the other would be drowned by it."""
    chosen: dict[str, str] = {}
    for at, one in enumerate(found.policy.experiments.experiments):
        if one.is_on and any(arm.message for arm in one.arms) and not one.audiences and one.brand is None:
            other = chosen.setdefault(one.segment, one.experiment)
            if other != one.experiment:
                told = f"a second test of {one.segment} that chooses the message, beside {other!r}"
                found.wrong(KEY, (KEY, at, "experiment"), told, "one at a time, or tests of different audiences or brands")
