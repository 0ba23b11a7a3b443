"""Triggers: moments worth acting on.

One module per trigger declares TRIGGER, with its .sql beside; the folder is the registry.
"""

import importlib
import pkgutil

from pipelines.triggers.trigger import Trigger


def all_triggers() -> dict[str, Trigger]:
    """Every TRIGGER of this folder by name, in alphabetical order; names and parameters are what policy may say."""
    modules = (importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__))
    found = [module.TRIGGER for module in modules if hasattr(module, "TRIGGER")]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}
