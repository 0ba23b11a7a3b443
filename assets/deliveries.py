"""Writes what each platform takes: one asset per platform with files, below LAKE/<group>/_exports/<day>/<platform>/.

The manifest is written last: a folder without one is not complete and must not be uploaded.
"""

import time
from collections.abc import Iterator
from datetime import date

import dagster as dg

from assets.house import House
from assets.lake import Lake
from assets.progress import tell
from assets.table import day_of
from pipelines.activation.render import MANIFEST, render
from schemas.platforms import PlatformContract, all_platforms


def assets(partitions: dg.DailyPartitionsDefinition) -> list[dg.AssetsDefinition]:
    """One asset per platform whose files are drawn."""
    return [_platform_asset(one, partitions) for one in all_platforms().values() if one.renderer]


def _platform_asset(platform: PlatformContract, partitions: dg.DailyPartitionsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        name=f"export_{platform.name}",
        deps=["export_member"],
        group_name="exports",
        owners=["team:marketing"],
        kinds={"json", "csv"},
        partitions_def=partitions,
        description=f"The day's files for {platform.title}: request bodies and the upload CSV, hashed by its own rules.",
    )
    def body(context: dg.AssetExecutionContext, house: House) -> Iterator[dg.MaterializeResult]:
        started, day = time.monotonic(), day_of(context)
        account = house.rules.channels.platforms.get(platform.name)
        members = house.tables.read("export_member", day)
        ids = account.delivery.audience_ids if account and account.delivery else {}
        files = render(platform.name, members, account.account if account else "", ids)
        folder = write_export(house.tables, day, platform.name, files)
        tell(f"export_{platform.name}", members.height, started)
        yield dg.MaterializeResult(metadata={"dagster/uri": folder, "files": len(files), "bytes": sum(map(len, files.values()))})

    return body


def write_export(lake: Lake, day: date, platform: str, files: dict[str, bytes]) -> str:
    """Replace a platform's files of a day; stale ones go, the manifest comes last. Returns the folder."""
    top = f"_exports/{day.isoformat()}"
    manifest = f"{platform}/{MANIFEST}"
    folder = lake.home / top / platform
    (lake.home / top / manifest).unlink(missing_ok=True)
    for stale in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if stale.is_file() and stale.relative_to(lake.home / top).as_posix() not in files:
            stale.unlink()
    for name in sorted(files, key=lambda one: (one == manifest, one)):
        lake.write_bytes(f"{top}/{name}", files[name])
    return str(folder)
