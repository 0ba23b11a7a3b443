"""group.yaml and conquest.yaml: names that meet each other, ZIPs that exist, and competitors that are not ours."""

from typing import get_args

from assets.policy_finder import Finder
from assets.policy_problem import listed
from pipelines.normalise.postcode import known_zips
from schemas.names import nearest_of
from schemas.policy.audiences import SegmentName
from schemas.policy.group import MarketType


def group_problems(found: Finder) -> None:
    """Everything about who the group is and whom it wins from."""
    _names(found)
    _brands(found)
    _markets(found)
    _rooftops(found)
    _competitors(found)
    _radii(found)


def _names(found: Finder) -> None:
    folder = found.documents["group"].file.split("/")[0]
    if found.policy.group.group != folder:
        found.wrong("group", ("group",), repr(found.policy.group.group), f"the name of its folder, {folder!r}")
    for part, singles in (("brands", ("brand", "code", "make")), ("markets", ("market", "code")), ("rooftops", ("rooftop_id",))):
        entries = getattr(found.policy.group, part)
        for name in singles:
            found.once("group", [((part, at, name), getattr(one, name)) for at, one in enumerate(entries)], name)
    for name in ("dealer_ids", "vendor_names", "web_hostnames", "web_stream_ids", "phones", "email_domains"):
        values = [
            (("rooftops", at, name), value) for at, one in enumerate(found.policy.group.rooftops) for value in getattr(one, name)
        ]
        found.once("group", values, name.removesuffix("s").replace("_", " "))


def _brands(found: Finder) -> None:
    for at, one in enumerate(found.policy.group.brands):
        found.known("group", ("brands", at, "make"), one.make, found.makes, "make")


def _markets(found: Finder) -> None:
    prefixes = []
    for at, one in enumerate(found.policy.group.markets):
        for place, prefix in enumerate(one.zip_prefixes):
            path = ("markets", at, "zip_prefixes", place)
            prefixes.append((path, prefix))
            if not any(zip_code.startswith(prefix) for zip_code in known_zips()):
                found.wrong("group", path, f"{prefix!r}, with which no US ZIP begins", "the first three to five digits of ZIPs")
    found.once("group", prefixes, "ZIP prefix")


def _rooftops(found: Finder) -> None:
    for at, one in enumerate(found.policy.group.rooftops):
        found.known("group", ("rooftops", at, "brand"), one.brand, found.brands, "brand")
        found.known("group", ("rooftops", at, "market"), one.market, found.markets, "market")
        if one.zip not in known_zips():
            near = nearest_of(one.zip, [known for known in known_zips() if known[:3] == one.zip[:3]])
            found.wrong("group", ("rooftops", at, "zip"), f"{one.zip!r}, a ZIP that does not exist", "a US ZIP that exists", near)


def _competitors(found: Finder) -> None:
    own = {one.make: one.brand for one in found.policy.group.brands}
    entries = found.policy.conquest.brands
    found.once("conquest", [(("brands", at, "brand"), one.brand) for at, one in enumerate(entries)], "brand")
    for at, one in enumerate(entries):
        found.known("conquest", ("brands", at, "brand"), one.brand, found.brands, "brand")
        for place, make in enumerate(one.makes):
            path = ("brands", at, "makes", place)
            found.known("conquest", path, make, found.makes, "make")
            if make in own:
                found.wrong("conquest", path, f"{make!r}, the group's own make (brand {own[make]})", "makes of competitors only")


def _radii(found: Finder) -> None:
    """Each segment has one radius for each type of market that the group has."""
    radii = found.policy.conquest.radii
    for at, one in enumerate(radii):
        found.known("conquest", ("radii", at, "market_type"), one.market_type, get_args(MarketType), "market type")
    found.once("conquest", [(("radii", at), (one.segment, one.market_type)) for at, one in enumerate(radii)], "radius")
    given = {(one.segment, one.market_type) for one in radii}
    for segment in get_args(SegmentName):
        missing = [kind for kind in found.market_types if (segment, kind) not in given]
        if missing:
            expected = f"a radius of {segment} for {listed(found.market_types).removeprefix('one of ')}"
            found.wrong("conquest", ("radii",), f"no radius of {segment} for {', '.join(missing)}", expected)
