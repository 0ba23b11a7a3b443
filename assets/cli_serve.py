"""velocity serve: the pull interface over the last published day. velocity new-key: a key for one of its clients."""

import os
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from assets.cli_options import GroupOption, LakeOption, PolicyOption
from assets.house import PROJECT
from assets.lake import Lake
from assets.policy_files import load_policy
from assets.policy_problem import PolicyError
from assets.service.limits import Keys, new_key

MISUSED = 2

err = Console(stderr=True, markup=False, highlight=False)


def serve_command(
    group: GroupOption,
    lake: LakeOption,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8080,
    host: Annotated[
        str, typer.Option(help="Address to listen on; put a proxy with TLS before any other than loopback.")
    ] = "127.0.0.1",
    policy: PolicyOption = PROJECT / "policy",
    max_age_days: Annotated[
        int | None, typer.Option(min=0, help="Serve a day up to so many days old; policy service.yaml where not given.")
    ] = None,
) -> None:
    """Answer websites and e-mail tools from the last published day; read-only, described at /openapi.json."""
    from assets.service.server import serve  # the server is not loaded for every other command

    try:
        rules = load_policy(group, policy)
    except PolicyError as wrong:
        _refuse(str(wrong))
    tables = Lake(lake.resolve(), group)
    if not tables.home.is_dir():
        _refuse(f"--lake {lake} holds no group {group}; run a day of it first")
    keys = Keys(rules.service, os.environ)
    if not len(keys):
        missing = "; ".join(keys.closed) or "service.yaml has no client that is on"
        _refuse(f"nobody could ask: {missing}. velocity new-key makes a key")
    serve(tables, rules, policy.resolve(), os.environ, host, port, max_age_days)


def new_key_command() -> None:
    """Print a new key, for the client, and its hash, for key_sha256 of service.yaml. Neither is kept here."""
    key, digest = new_key()
    typer.echo(f"key         {key}\nkey_sha256  {digest}")


def _refuse(sentence: str) -> NoReturn:
    err.print(sentence, style="red", soft_wrap=True)
    raise typer.Exit(MISUSED)
