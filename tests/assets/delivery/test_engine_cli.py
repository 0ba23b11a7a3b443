"""velocity deliver from end to end: what it prints, its exit codes, and that a secret is nowhere in lake, output or log."""

import json
import logging
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.cli import app
from assets.delivery.journal import journals
from assets.house import PROJECT
from tests.assets.delivery.delivery_world import DAY, GROUP, ask, publish

SECRET = "s3cr3t-9f8e7d-never-told"
ASKS = [
    ask("A", "ann", platform="email"),
    ask("A", "bob", "remove", "suppressed", platform="email"),
    ask("B", "cyd", platform="meta"),
]
FOLDER = "{{kind: folder, address: {}, rate_per_minute: 6000, secrets: {{password: TEST_MAIL_SECRET}}}}"
DEAD = "{kind: http, address: 'http://127.0.0.1:9', secrets: {token: TEST_META_SECRET}, attempts: 2, first_wait_seconds: 0}"


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Runs velocity deliver over a lake and a policy of its own; e-mail goes to a folder, Meta to where nobody listens."""
    policy, inbox = tmp_path / "policy", tmp_path / "inbox"
    shutil.copytree(PROJECT / "policy", policy)
    inbox.mkdir()
    place = policy / GROUP / "channels.yaml"
    text = place.read_text()
    for name, block in (("email", FOLDER.format(inbox)), ("meta", DEAD)):
        start = text.index(f"\n  {name}:\n") + len(f"\n  {name}:\n")
        text = text[:start] + f"    delivery: {block}\n" + text[start:]
    place.write_text(text)
    lake = publish(tmp_path / "lake", ASKS)
    for name in ("TEST_MAIL_SECRET", "TEST_META_SECRET"):
        monkeypatch.setenv(name, SECRET)

    def run(*options):
        root = ["--lake", str(lake.root), "--group", GROUP, "--policy", str(policy)]
        return CliRunner().invoke(app, ["deliver", "--date", DAY.isoformat(), *root, *options])

    run.lake, run.inbox, run.place = lake, inbox, place
    return run


def files_with(root: Path, text: str) -> list[str]:
    return [str(one) for one in root.rglob("*") if one.is_file() and text.encode() in one.read_bytes()]


def test_a_dry_run_shows_causes_and_keys_and_sends_nothing(call):
    told = call("--dry-run", "--json")
    assert told.exit_code == 0
    email, meta = json.loads(told.output)
    assert [(one["action"], one["cause"], one["people"], one["first"]) for one in email["changes"]] == [
        ("add", "entered", 1, ["ann"]),
        ("remove", "suppressed", 1, ["bob"]),
    ]
    assert [(one["operation"], one["is_urgent"]) for one in email["bodies"]] == [("remove", True), ("add", False)]
    assert meta["bodies"][0]["request"].startswith("POST ") and "email:" not in told.output
    assert list(call.inbox.iterdir()) == [] and journals(call.lake, DAY, "email") == []
    assert "Nothing was sent." in call("--dry-run").output


def test_a_platform_that_is_not_reached_stops_nobody_else_and_the_code_says_so(call):
    told = call()
    assert told.exit_code == 3 and "meta: " in told.output and "no connection" in told.output
    assert (call.inbox / DAY.isoformat() / "email" / "manifest.json").is_file()
    assert call("--platform", "email").exit_code == 0
    pending = json.loads(call("--dry-run", "--json").output)
    assert [len(one["bodies"]) for one in pending] == [0, 1]


def test_receipts_as_json_hold_no_person(call):
    told = call("--json", "--platform", "email")
    (email,) = json.loads(told.output)
    assert [one["status"] for one in email["receipts"]] == ["delivered"] * 3 and email["counts"]["people"] == 2
    assert "ann" not in told.output and "bob" not in told.output


def test_a_secret_is_nowhere(call, caplog, tmp_path):
    with caplog.at_level(logging.DEBUG):
        told = call()
    assert SECRET not in told.output + caplog.text and files_with(tmp_path, SECRET) == []


def test_a_missing_variable_is_named(call, monkeypatch):
    monkeypatch.delenv("TEST_MAIL_SECRET")
    told = call("--platform", "email")
    assert told.exit_code == 3 and "TEST_MAIL_SECRET, which is not set" in told.output


@pytest.mark.parametrize(
    ("options", "says"),
    [(("--platform", "emial"), "did you mean 'email'?"), (("--platform", "google"), "channels.yaml gives no delivery for it")],
)
def test_a_wrong_platform_is_refused_with_what_there_is(call, options, says):
    told = call(*options)
    assert told.exit_code == 2 and says in told.output


def test_a_secret_in_policy_is_refused_and_not_repeated(call):
    call.place.write_text(call.place.read_text().replace("TEST_MAIL_SECRET", SECRET))
    told = call()
    assert told.exit_code == 2 and "names of environment variables" in told.output and SECRET not in told.output
