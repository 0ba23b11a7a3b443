"""Runs the pull interface: one process, one thread for answers, until SIGTERM or SIGINT; what was begun is answered first."""

import gc
import logging
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import uvicorn

from assets.lake import Lake
from assets.service.app import create_app
from assets.service.audit import Audit
from assets.service.desk import Desk
from assets.service.keeper import Keeper
from assets.service.limits import Limits
from schemas.policy import Policy

GRACE_SECONDS = 10
KEEP_ALIVE_SECONDS = 75
MOST_CONNECTIONS = 1000


def serve(
    lake: Lake, policy: Policy, root: Path, environment: Mapping[str, str], host: str, port: int, max_age_days: int | None
) -> None:
    """Serve until told to stop. `root` is the folder of policies, read again with each day; `environment` holds the keys."""
    _log_to_stderr()
    zone = policy.group.time_zone
    audit = Audit(lake, zone, policy.service.audit_flush_seconds)
    desk = Desk(Keeper(lake, root, environment), audit, Limits(time.monotonic), zone, max_age_days=max_age_days)
    config = uvicorn.Config(
        create_app(desk),
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    gc.collect()
    gc.freeze()  # what importing made stays; the collector need not walk through it while answers wait
    server = uvicorn.Server(config)

    def ended(number: int, frame: object) -> None:
        """The server raises again what ended it, when all is done: a good end. Before it listens, it ends here."""
        if not server.started:
            sys.exit(0)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, ended)
    server.run()


def _log_to_stderr() -> None:
    """Plain lines; of the server's own, only what went wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name, level in (("velocity.service", logging.INFO), ("uvicorn.error", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
