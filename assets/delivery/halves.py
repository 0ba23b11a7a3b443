"""A refused body in halves, and those again: where few members are at fault, the others get through, and these are known by name.

Each piece is a body of its own with a key of its own; cut off in the middle and begun again, the same pieces have the same keys.
"""

from collections import deque
from collections.abc import Callable, Sequence

from assets.delivery.destination import Answer, Refused, Rejection, Unreached
from schemas.platforms.batch import Batch

# Refusals before anything was taken: then it is not the members. One bad member in a body shows by the first halves.
MOST_IN_VAIN = 6
# Refusals of one body altogether: about five bad members in ten thousand.
MOST_REFUSALS = 80


def in_halves(
    batch: Batch, refused: Refused, redraw: Callable[[Sequence[str]], list[Batch]], send: Callable[[Batch], Answer]
) -> Answer:  # fmt: skip
    """Send a refused body by parts. The answer rejects the members who were refused alone, with the platform's reason; and, after
    too many refusals, whole parts.

    `redraw` makes the bodies of some of its members. Raises the refusal where the members are not what is wrong, and Unreached as
    `send` does.
    """
    waiting = deque(_halves(tuple(dict.fromkeys(batch.members))))
    rejections: list[Rejection] = []
    ids, taken, refusals, unnamed = list[str](), 0, 1, 0
    while waiting:
        people = waiting.popleft()
        try:
            answers = [send(one) for one in redraw(people)]
        except Refused as again:
            refusals += 1
            if not taken and refusals > MOST_IN_VAIN:
                raise refused from again
            if len(people) == 1 or refusals > MOST_REFUSALS:
                rejections += [Rejection(person, again.reason) for person in people]
            else:
                waiting += _halves(people)
            continue
        except Unreached as lost:  # some of the body may be there
            raise Unreached(lost.reason, lost.after, is_unknown=lost.is_unknown or taken > 0) from lost
        taken += len(people)
        ids += [one.request_id for one in answers if one.request_id]
        rejections += [one for answer in answers for one in answer.rejections]
        unnamed += sum(one.unnamed for one in answers)
    if not taken:
        raise refused
    return Answer(ids[-1] if ids else "", tuple(rejections), unnamed)


def _halves(people: tuple[str, ...]) -> list[tuple[str, ...]]:
    middle = (len(people) + 1) // 2
    return [part for part in (people[:middle], people[middle:]) if part]
