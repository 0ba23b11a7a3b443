"""velocity deliver to four real servers at once, from policy: two APIs, an SFTP server and a bucket; and what is told of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.cli import app
from assets.house import PROJECT
from assets.lake import Lake
from tests.assets.delivery.delivery_world import DAY, GROUP, ask, publish
from tests.assets.delivery.members import held, identifiers
from tests.assets.delivery.servers import s3, sftp
from tests.assets.delivery.servers.google import Google
from tests.assets.delivery.servers.http_server import TOKEN, serving
from tests.assets.delivery.servers.meta import Meta

SECRETS = {"G_TOKEN": TOKEN, "M_TOKEN": TOKEN, "E_PASSWORD": sftp.PASSWORD, "D_KEY": "key-of-drop", "D_SECRET": "secret-of-drop"}
ADDRESS = {"line": "1 MAIN ST", "city": "ANYTOWN", "state": "GA", "zip": "30301"}
CELL = "VAG_LO"


def known(platform: str, person: str) -> list[str]:
    """Identifiers as exports keep them: digests for the two APIs, plain for the two files."""
    plain = {"email": [f"email:{person}@example.com"], "direct_mail": [f"address:{'|'.join(ADDRESS.values())}"]}
    return plain[platform] if platform in plain else identifiers(platform, person)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Google, Meta, sftp.Sftp, s3.Storage]]:
    (tmp_path / "in").mkdir()
    with (
        serving(Google((CELL,))) as google,
        serving(Meta(("23850",))) as meta,
        sftp.serving(tmp_path / "in") as files,
        s3.serving() as storage,
    ):
        yield google, meta, files, storage


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    asks = [ask(CELL, one, platform=name, identifiers=known(name, one)) for name in ("google", "meta") for one in ("ann", "bob")]
    asks += [ask(CELL, "cyd", "remove", "suppressed", "email", identifiers=known("email", "cyd"))]
    asks += [ask(CELL, "dan", "remove", "suppressed", "direct_mail", identifiers=known("direct_mail", "dan"))]
    return publish(tmp_path / "lake", asks)


def policy_of(root: Path, servers: tuple[Google, Meta, sftp.Sftp, s3.Storage]) -> Path:
    google, meta, files, storage = servers
    blocks = {
        "google": f"{{kind: http, address: '{google.url}', secrets: {{token: G_TOKEN}}, rate_per_minute: 6000}}",
        "meta": f"{{kind: http, address: '{meta.url}', secrets: {{token: M_TOKEN}}, audience_ids: {{{CELL}: '23850'}}}}",
        "email": f"{{kind: sftp, address: 'sftp://{sftp.USER}@127.0.0.1:{files.port}/', secrets: {{password: E_PASSWORD}}, "
        f"options: {{host_key: '{files.host_key.fingerprint}'}}, rate_per_minute: 6000}}",
        "direct_mail": f"{{kind: s3, address: 's3://{s3.BUCKET}/mail', secrets: {{access_key: D_KEY, secret_key: D_SECRET}}, "
        f"options: {{endpoint: '{storage.url}', path_style: true}}, rate_per_minute: 6000}}",
    }
    shutil.copytree(PROJECT / "policy", root)
    place = root / GROUP / "channels.yaml"
    text = place.read_text()
    account = text[text.index("account:", text.index("\n  google:\n")) :].split('"')[1]
    google.account = account
    for name, block in blocks.items():
        start = text.index(f"\n  {name}:\n") + len(f"\n  {name}:\n")
        text = text[:start] + f"    delivery: {block}\n" + text[start:]
    place.write_text(text)
    return root


def test_a_day_reaches_four_kinds_of_servers_and_tells_nothing_of_anybody(
    servers: tuple[Google, Meta, sftp.Sftp, s3.Storage],
    lake: Lake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    google, meta, _, storage = servers
    root = policy_of(tmp_path / "policy", servers)
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    where = ["--lake", str(lake.root), "--group", GROUP, "--policy", str(root)]
    told = CliRunner().invoke(app, ["deliver", "--date", DAY.isoformat(), *where])
    assert told.exit_code == 0, told.output
    assert google.audiences[CELL] == held("google", "ann", "bob")
    assert meta.audiences["23850"] == held("meta", "ann", "bob")
    arrived = {one.name for one in (tmp_path / "in").rglob("*") if one.is_file()}
    assert "manifest.json" in arrived
    assert any(name.startswith("optout") for name in arrived)
    assert any(name.startswith(f"mail/{DAY}/direct_mail/{CELL}/optout") for name in storage.objects())
    personal = [one.split(":")[1] for name in ("google", "meta") for one in identifiers(name, "ann") if "extern" not in one]
    for text in (told.output, caplog.text):
        assert not [one for one in (*SECRETS.values(), *personal, "cyd@example.com", "1 MAIN ST") if one in text]
    kept = [one for one in lake.root.rglob("*") if one.is_file()]
    assert not [one for one in kept for secret in SECRETS.values() if secret.encode() in one.read_bytes()]
