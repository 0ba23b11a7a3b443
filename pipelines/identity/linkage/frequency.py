"""How common each value is: the chance that two strangers agree on it, and the band of frequency it falls into.

p(v) is the share of records that hold v. Two random records agree on it with probability p(v)^2, which is how rare agreement is
worth more (Fellegi & Sunter 1969, section 3.3.1). Small files know little about how common a value is, so a typical share of
the kind is mixed in, weaker as records come.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.identity.linkage.encode import Coded

BAND_EDGES = (1e-4, 1e-3, 1e-2)  # shares of records that part the bands, rarest first
FADES_AFTER = 20  # records; the typical share weighs population / (1 + records / FADES_AFTER) records

# A typical share of records per value, by kind: what a value is worth before the file has said much.
TYPICAL_SHARE = {
    "given_name": 2e-3, "family_name": 5e-4, "name": 1e-5, "email": 1e-6, "phone": 1e-6, "address": 2e-6, "postcode": 1e-3,
    "date": 3e-5, "id": 1e-6, "vin": 1e-6, "text": 1e-3, "category": 0.1,
}  # fmt: skip


@dataclass(frozen=True)
class Frequency:
    """How common values are.

    Per distinct value: `share` of records (0 to 1) and `band`. Per band: the chance that strangers agree inside it, the mean
    share of what records hold in it, and the `mass` of records in it. `least`: share of a value that one record holds.
    """

    share: np.ndarray
    band: np.ndarray
    agreement: np.ndarray
    mean_share: np.ndarray
    mass: np.ndarray
    least: float

    @property
    def bands(self) -> int:
        """Number of bands."""
        return len(self.agreement)

    def correction(self, codes: np.ndarray) -> np.ndarray:
        """log2 of what agreement on a value is worth beside its band's average."""
        return np.log2(self.mean_share[self.band[codes]] / self.share[codes])


def mixed_in(records: int, population: int) -> float:
    """How many records' worth the typical share of a kind weighs in a file of so many records."""
    return population / (1 + records / FADES_AFTER)


def frequency(field: Coded, population: int) -> Frequency:
    """Frequencies of a field as these records show them."""
    counts = field.counts
    held = int(counts.sum())
    weight = mixed_in(held, population)
    typical, total = weight * TYPICAL_SHARE[field.spec.kind], max(held + weight, 1)
    share = (counts + typical) / total
    band = np.searchsorted(np.array(BAND_EDGES), share, side="right")
    size = len(BAND_EDGES) + 1
    squares = np.bincount(band, weights=share**2, minlength=size)
    mass = np.bincount(band, weights=share, minlength=size)
    mean = np.divide(squares, mass, out=np.full(size, 1.0), where=mass > 0)
    return Frequency(share, band.astype(np.int8), squares, mean, mass, (1 + typical) / total)


def banded(share: np.ndarray, *, mean_share: np.ndarray, least: float) -> Frequency:
    """Frequencies of values whose shares and bands were learned elsewhere."""
    band = np.searchsorted(np.array(BAND_EDGES), share, side="right").astype(np.int8)
    nothing = np.zeros(len(mean_share))
    return Frequency(share, band, nothing, mean_share, nothing, least)
