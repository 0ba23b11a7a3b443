"""One delivery of a platform at a time, and a way to ask a running one to stop.

The system lets go of a lock when its process ends, however it ends, so a dead process holds none.
"""

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from assets.lake import Lake

LOCKS = "_delivery/.locks"
LOOK_SECONDS = 0.2


class AlreadyDelivering(Exception):
    """Another process delivers to this platform."""

    def __init__(self, platform: str) -> None:
        super().__init__(f"another process delivers to {platform}; wait for it to end")


class Stopped(Exception):
    """A run of the day wants to know what was delivered: the delivery ends between two bodies, and what is left waits."""


@contextmanager
def only_delivery(lake: Lake, platform: str, wait_seconds: float = 0) -> Iterator[None]:
    """Hold a platform's lock. Raises AlreadyDelivering after waiting."""
    place = _place(lake, platform, "lock")
    place.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait_seconds
    with place.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as busy:
                if time.monotonic() >= until:
                    raise AlreadyDelivering(platform) from busy
            time.sleep(LOOK_SECONDS)
        yield


@contextmanager
def stopped_delivery(lake: Lake, platform: str, wait_seconds: float) -> Iterator[None]:
    """Ask a running delivery to stop, wait for it, and hold the platform's lock. Raises AlreadyDelivering."""
    stop = _place(lake, platform, "stop")
    stop.parent.mkdir(parents=True, exist_ok=True)
    beside = stop.with_name(f"{stop.name}.{os.getpid()}")
    beside.write_text(str(os.getpid()))
    beside.replace(stop)
    try:
        with only_delivery(lake, platform, wait_seconds):
            stop.unlink(missing_ok=True)
            yield
    finally:
        stop.unlink(missing_ok=True)


@contextmanager
def all_stopped(lake: Lake, platforms: Iterable[str], wait_seconds: float) -> Iterator[None]:
    """Stop every delivery, and hold the locks of all. Raises AlreadyDelivering."""
    with ExitStack() as held:
        for platform in sorted(platforms):
            held.enter_context(stopped_delivery(lake, platform, wait_seconds))
        yield


class Patience:
    """Waits between bodies and attempts. It ends early with Stopped where a run of the day asks for it."""

    def __init__(self, lake: Lake, platform: str, rate_per_minute: int) -> None:
        self._stop = _place(lake, platform, "stop")
        self._apart, self._next = 60.0 / rate_per_minute, 0.0

    def turn(self) -> None:
        """Wait until the platform's rate allows another body."""
        self.wait(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._apart

    def wait(self, seconds: float) -> None:
        """Sleep, looking for a wish to stop. Raises Stopped."""
        until = time.monotonic() + seconds
        while True:
            if _is_asked(self._stop):
                raise Stopped
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(LOOK_SECONDS, left))


def _is_asked(stop: Path) -> bool:
    """Whether a living process asks to stop; the wish of a dead one is taken away."""
    try:
        os.kill(int(stop.read_text()), 0)
    except FileNotFoundError:
        return False
    except ProcessLookupError:
        stop.unlink(missing_ok=True)
        return False
    except PermissionError:  # alive, and somebody else's
        return True
    return True


def _place(lake: Lake, platform: str, what: str) -> Path:
    return lake.home / LOCKS / f"{platform}.{what}"
