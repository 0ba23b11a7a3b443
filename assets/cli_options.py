"""The options that commands share. Each may stand in the environment instead, where Dagster's UI and schedule read it too."""

from pathlib import Path
from typing import Annotated

import typer

GroupOption = Annotated[str, typer.Option("--group", envvar="VELOCITY_GROUP", help="A folder of policy/, such as velocity_b.")]
LakeOption = Annotated[Path, typer.Option("--lake", envvar="VELOCITY_LAKE", help="Where tables are kept.")]
DropOption = Annotated[Path, typer.Option("--drop", envvar="VELOCITY_DROP", help="Folder with one folder per feed.")]
PolicyOption = Annotated[Path, typer.Option("--policy", envvar="VELOCITY_POLICY", help="The folder that holds the groups.")]
# In the environment it is in no list of processes: who holds it could follow ids and tombstones.
SeedOption = Annotated[str, typer.Option("--seed", envvar="VELOCITY_SEED", help="Keys new ids. Keep it for the life of a lake.")]
