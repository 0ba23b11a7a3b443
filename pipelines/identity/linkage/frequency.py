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
    """Per distinct value: `share` (0 to 1) and `band`; per band the chance of strangers' agreement and its mean share."""

    share: np.ndarray
    band: np.ndarray
    agreement: np.ndarray
    mean_share: np.ndarray
    mass: np.ndarray

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


def shares(field: Coded, population: int) -> np.ndarray:
    """Share of records of each distinct value, of those that hold any."""
    counts = field.counts
    held = int(counts.sum())
    weight = mixed_in(held, population)
    return (counts + weight * TYPICAL_SHARE[field.spec.kind]) / max(held + weight, 1)


def frequency(share: np.ndarray) -> Frequency:
    """Bands of values by their share."""
    band = np.searchsorted(np.array(BAND_EDGES), share, side="right").astype(np.int8)
    size = len(BAND_EDGES) + 1
    squares = np.bincount(band, weights=share**2, minlength=size)
    mass = np.bincount(band, weights=share, minlength=size)
    mean = np.divide(squares, mass, out=np.full(size, 1.0), where=mass > 0)
    return Frequency(share, band, squares, mean, mass)
