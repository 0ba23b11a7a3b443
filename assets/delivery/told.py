"""What a person at the terminal wants to know of a day's deliveries, in a line each."""

from collections import Counter
from datetime import date

from assets.delivery.journal import FOLDER, Journal, journals
from assets.lake import Lake


def delivery_rows(lake: Lake, day: date) -> list[str]:
    """A line per delivery of a day that no later run has counted yet: bodies by what became of them, and why the rest waits."""
    folder = lake.home / FOLDER / day.isoformat()
    platforms = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    return [_line(journal) for platform in platforms for journal in journals(lake, day, platform)]


def _line(journal: Journal) -> str:
    states = [journal.states[one.key] for one in journal.plan.batches]
    counted: Counter[str] = Counter(one.status for one in states)
    parts = [f"{counted['delivered']:,} of {len(states):,} bodies delivered"]
    parts += [
        f"{counted[name]:,} {word}" for name, word in (("refused", "refused"), ("unreached", "not reached")) if counted[name]
    ]
    reasons = sorted({one.reason for one in states if one.reason})[:2]
    rejected = len({one.person_id for state in states for one in state.answer.rejections})
    parts += [f"{rejected:,} members rejected"] if rejected else []
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return f"sent to {journal.plan.platform}: {', '.join(parts)}{why}"
