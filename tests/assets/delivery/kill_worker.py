"""A process that delivers hundreds of small bodies to an address, so that a test can kill it. Arguments: lake, port."""

import http.client
import sys
from pathlib import Path

from assets.delivery import open as doors
from assets.delivery.destination import Answer, Unreached
from assets.delivery.engine import deliver
from assets.lake import Lake
from tests.assets.delivery.delivery_world import DAY, GROUP, account


class Door:
    """Speaks to the little server of the test. It cannot say what became of a body: a lost answer means sending it again."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, batch, key):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("POST", f"/{batch.cell}", batch.body, {"Idempotency-Key": key, "Content-Length": str(len(batch.body))})
            answer = link.getresponse()
            told = answer.read().decode()
        except OSError as error:
            raise Unreached(type(error).__name__, is_unknown=True) from None
        finally:
            link.close()
        if answer.status != 200:
            raise Unreached(f"HTTP {answer.status}")
        return Answer(told)

    def settle(self, batch, key):
        return None

    def held(self, cell):
        return None

    def close(self):
        pass


def main(root: str, port: str) -> None:
    doors.OPENERS["folder"] = lambda opening: Door(int(port))
    from assets.delivery import plan

    plan.FILES = ()
    done = deliver(Lake(Path(root), GROUP), account(rate_per_minute=6000, attempts=5), DAY, {})
    sys.exit(0 if done.is_complete else 3)


main(*sys.argv[1:])
