"""Outbound contracts, one module per platform. The folder is the registry: every module here that defines PLATFORM is one."""

import importlib
import pkgutil
from functools import cache

from schemas.platforms.contract import PlatformContract


@cache
def all_platforms() -> dict[str, PlatformContract]:
    """Every declared platform by name, in alphabetical order of modules."""
    found: dict[str, PlatformContract] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        platform = getattr(importlib.import_module(f"{__name__}.{module.name}"), "PLATFORM", None)
        if isinstance(platform, PlatformContract):
            found[platform.name] = platform
    return found


__all__ = ["PlatformContract", "all_platforms"]
