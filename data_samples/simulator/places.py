"""Where people live: the ZIPs of the group's markets, their coordinates, and how far they are from each rooftop."""

from dataclasses import dataclass

import numpy as np
import zipcodes
from numpy.typing import NDArray

from schemas.policy import Policy

EARTH_RADIUS_MILES = 3958.8
TYPICAL_REACH_MILES = 9.0  # customers thin out by a factor of e over this distance
LONG_REACH_MILES = 22.0  # owners on bought lists are spread wider


@dataclass(frozen=True)
class Places:
    """ZIPs of all markets side by side; arrays share the ZIP's position."""

    zip: NDArray[np.object_]
    city: NDArray[np.object_]
    state: NDArray[np.object_]
    county: NDArray[np.object_]
    area_code: NDArray[np.object_]
    market: NDArray[np.int64]
    miles: NDArray[np.float64]  # ZIP x rooftop

    def near(self, rooftop: int, reach_miles: float) -> NDArray[np.float64]:
        """Weights of all ZIPs for households that belong to a rooftop; other markets weigh almost nothing."""
        return np.exp(-self.miles[:, rooftop] / reach_miles) + 1e-7


def find_places(policy: Policy) -> Places:
    """The deliverable ZIPs under the markets' prefixes. ValueError when a market has none."""
    rows, market = [], []
    listed = [one for one in zipcodes.list_all() if one["active"] and one["zip_code_type"] == "STANDARD"]
    for index, one_market in enumerate(policy.group.markets):
        mine = [one for one in listed if one["zip_code"].startswith(tuple(one_market.zip_prefixes))]
        if not mine:
            raise ValueError(f"market {one_market.market!r} has no deliverable ZIP under {one_market.zip_prefixes}")
        rows += mine
        market += [index] * len(mine)
    at = np.array([(float(one["lat"]), float(one["long"])) for one in rows])
    sites = np.array([_site(one.zip) for one in policy.group.rooftops])
    return Places(
        zip=np.array([one["zip_code"] for one in rows], dtype=object),
        city=np.array([one["city"] for one in rows], dtype=object),
        state=np.array([one["state"] for one in rows], dtype=object),
        county=np.array([one["county"] or "" for one in rows], dtype=object),
        area_code=np.array([(one["area_codes"] or ["214"])[0] for one in rows], dtype=object),
        market=np.array(market),
        miles=_miles(at, sites),
    )


def _site(zip_code: str) -> tuple[float, float]:
    found = zipcodes.matching(zip_code)
    if not found:
        raise ValueError(f"rooftop ZIP {zip_code} does not exist; expected a ZIP that the post office delivers to")
    return float(found[0]["lat"]), float(found[0]["long"])


def _miles(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle miles between every row of a and every row of b (haversine)."""
    first, second = np.radians(a)[:, None, :], np.radians(b)[None, :, :]
    delta = second - first
    part = np.sin(delta[..., 0] / 2) ** 2 + np.cos(first[..., 0]) * np.cos(second[..., 0]) * np.sin(delta[..., 1] / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * np.arcsin(np.sqrt(part))
