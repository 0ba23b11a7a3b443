"""Words of a preview: why somebody enters or leaves, and what a step of a funnel is."""

from pipelines.reports.audience_words import CAUSES, arm_in_words
from pipelines.reports.page import in_words

STEPS = {
    "candidates": "People whom rules can see",
    "members": "Members",
    "no_channel": "No channel is left for them; its own table says why",
    "addressed": "Members who may be addressed",
}
CHANNEL_STEPS = {
    "planned": "Who meet the rules and are not excluded",
    "held": "Members who have it",
    "addressed": "Who are addressed by it",
}
_WHY = {  # cause: of who enters, of who leaves or changes the cell
    "audience": ("the audience is new or switched on", "the audience is gone or switched off"),
    "exclusion": ("no longer excluded by {what}", "now excluded by {what}"),
    "arbitration": ("no longer goes to {other} ({lost})", "now goes to {other} ({lost})"),
    "rule": ("the condition {what} was changed and now holds", "the condition {what} was changed and holds no more"),
    "trigger": ("triggers that fire were changed: {what}", "triggers that fire were changed: {what}"),
    "tier": ("the tier changed: {what}", "the tier changed: {what}"),
    "trait": ("the trait {what} came out otherwise", "the trait {what} came out otherwise"),
    "candidate": ("became a candidate", "is no candidate any more"),
    "cell": ("was in the cell {what}", "was in the cell {what}"),
}
TOTALS = ("candidates", "members", "addressed", "planned", "held")


def step_in_words(step: str, name: str | None, winner: str | None) -> str:
    """A step of a funnel: `Not: recent`, `Excluded: staff`, `Given to in_market_broad: another segment comes first`."""
    if step == "rule":
        return f"Rule does not hold: {name}"
    if step == "exclusion":
        return f"Excluded: {name}"
    if step == "arbitration":
        return loss_in_words(name, winner)
    if step == "held_back":
        return f"Held back: {arm_in_words(str(name))}"
    return STEPS[step]


def channel_step_in_words(step: str, name: str | None, winner: str | None) -> str:
    """A step of a channel's funnel: `Given to due: another segment comes first`, `Lost: refused`, `Held back: ...`."""
    if step == "lost":
        return loss_in_words(name, winner)
    return f"Held back: {arm_in_words(str(name))}" if step == "held_back" else CHANNEL_STEPS[step]


def loss_in_words(cause: str | None, winner: str | None) -> str:
    """What arbitration took, and who has it where somebody does."""
    words = CAUSES.get(str(cause), in_words(str(cause)))
    return f"Given to {winner}: {words}" if winner else f"Lost: {words}"


def cause_in_words(change: str, cause: str, what: str | None, other: str | None) -> str:
    """Why people enter, leave or move, in a sentence without its full stop."""
    return _why(change, cause, what, other) + _whereabouts(change, cause, other)


def _why(change: str, cause: str, what: str | None, other: str | None) -> str:
    if cause == "rule" and what == "brands":
        return "the brands that it is for were changed"
    enter, leave = _WHY[cause]
    lost = CAUSES.get(str(what), in_words(str(what)))
    return (enter if change == "enter" else leave).format(what=what or "not known", other=other or "another audience", lost=lost)


def _whereabouts(change: str, cause: str, other: str | None) -> str:
    if cause == "arbitration" or change == "move":
        return ""
    if change == "enter":
        return f"; was in {other}" if other else "; was in no audience"
    return f"; now in {other}" if other else "; now in no audience"
