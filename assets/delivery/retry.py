"""Attempts at one body: again where that can help, with growing waits, never on a refusal."""

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from assets.delivery.destination import Unreached
from schemas.policy.delivery import Delivery


def retrying(rules: Delivery, sleep: Callable[[float], None]) -> Retrying:
    """The attempts that policy allows. The last Unreached is raised as it is."""

    def may_help(error: BaseException) -> bool:
        """A platform that asks for more patience than policy has is left for later."""
        return isinstance(error, Unreached) and (error.after or 0) <= rules.longest_wait_seconds

    def pause(state: RetryCallState) -> float:
        """Twice as long each time, at least as long as the platform asks."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.after or 0 if isinstance(error, Unreached) else 0
        return max(asked, min(rules.longest_wait_seconds, rules.first_wait_seconds * 2 ** (state.attempt_number - 1)))

    return Retrying(
        retry=retry_if_exception(may_help), stop=stop_after_attempt(rules.attempts), wait=pause, sleep=sleep, reraise=True
    )
