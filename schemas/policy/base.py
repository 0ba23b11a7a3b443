"""The base of policy models, by the name that policy knows."""

from schemas.frozen import NUMBERS, PolicyModel

__all__ = ["NUMBERS", "PolicyModel"]
