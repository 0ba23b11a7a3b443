"""Inbound feeds, one module each. The folder is the registry: every module here that defines FEED is a feed."""

import importlib
import pkgutil
from functools import cache

from schemas.contract import Feed


@cache
def all_feeds() -> dict[str, Feed]:
    """Every declared feed by name, in alphabetical order of modules."""
    found: dict[str, Feed] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        if module.ispkg:
            continue
        feed = getattr(importlib.import_module(f"{__name__}.{module.name}"), "FEED", None)
        if isinstance(feed, Feed):
            found[feed.name] = feed
    return found
