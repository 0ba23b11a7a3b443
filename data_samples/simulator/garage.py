"""VINs and vehicles: real patterns from vPIC by make and model year, with serial numbers of our own."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import ultravin
from numpy.typing import NDArray

from data_samples.simulator.draws import Draws, Ints
from schemas.policy import Policy

PER_MODEL = 3  # VIN patterns kept for each make, model and year
TRIED = 220  # VINs generated per make and year to find them
CAR_TYPES = {"PASSENGER CAR", "MULTIPURPOSE PASSENGER VEHICLE (MPV)", "TRUCK"}
BODIES = (
    ("pickup", "pickup"), ("minivan", "minivan"), ("sport utility", "suv"), ("crossover", "suv"), ("hatchback", "hatchback"),
    ("wagon", "wagon"), ("convertible", "convertible"), ("coupe", "coupe"), ("sedan", "sedan"),
)  # fmt: skip
LUXURY = {
    "BMW",
    "MERCEDES-BENZ",
    "AUDI",
    "LEXUS",
    "ACURA",
    "INFINITI",
    "CADILLAC",
    "LINCOLN",
    "VOLVO",
    "PORSCHE",
    "GENESIS",
    "JAGUAR",
}
WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9], strict=True))
CODE = np.zeros(128, dtype=np.int64)
for _letter, _value in {**VALUES, **{str(d): d for d in range(10)}}.items():
    CODE[ord(_letter)] = _value


@dataclass(frozen=True)
class Pattern:
    """A VIN whose serial number may be replaced, and what it decodes to."""

    vin: str
    make: str
    model: str
    year: int
    body: str
    msrp: float


class Catalogue:
    """Patterns by make and year, made when first asked for."""

    def __init__(self, policy: Policy, draws: Draws, now: datetime) -> None:
        self._draws, self._now = draws, now
        self._known = {(one.make.upper(), one.model.upper()): one for one in policy.reference.models}
        depreciation = policy.scoring.depreciation
        self._default = {True: depreciation.default_msrp_luxury, False: depreciation.default_msrp_volume}
        self._found: dict[tuple[str, int], list[int]] = {}
        self.patterns: list[Pattern] = []

    def assign(self, make: NDArray[np.object_], year: Ints, ids: Ints) -> Ints:
        """A pattern number for every vehicle, given its make and model year."""
        chosen = np.zeros(len(ids), dtype=np.int64)
        keys, group = np.unique([f"{a}|{b}" for a, b in zip(make, year, strict=True)], return_inverse=True)
        order = np.argsort(group, kind="stable")
        for key, mine in zip(keys, np.split(order, np.flatnonzero(np.diff(group[order])) + 1), strict=True):
            name, when = str(key).split("|")
            pool = np.array(self._pool(name, int(when)))
            chosen[mine] = pool[self._draws.integer("pattern", 0, len(pool) - 1, ids[mine])]
        return chosen

    def _pool(self, make: str, year: int) -> list[int]:
        """Pattern numbers of a make and year; the nearest year where vPIC has nothing for that one."""
        for offset in sorted(range(-12, 13), key=lambda years: (abs(years), years)):
            if found := self._of_year(make, year + offset):
                return found
        raise ValueError(f"no vehicle of make {make!r} is known to vPIC near {year}; expected a make such as Toyota")

    def _of_year(self, make: str, year: int) -> list[int]:
        if (make, year) not in self._found:
            start = len(self.patterns)
            self.patterns += self._decode(make, year)
            self._found[make, year] = list(range(start, len(self.patterns)))
        return self._found[make, year]

    def _decode(self, make: str, year: int) -> list[Pattern]:
        seed = int(self._draws.bits(f"vin {make}", year)[0] >> np.uint64(12))
        decoded = ultravin.decode_batch(ultravin.generate(TRIED, seed=seed, make=make, year=year, now=self._now))
        kept: dict[str, list[Pattern]] = {}
        for one in sorted(decoded, key=lambda row: row["vin"]):
            found, model = one["attributes"], one["attributes"].get("Model")
            if (
                one["error_codes"] != [0]
                or found.get("Vehicle Type") not in CAR_TYPES
                or not model
                or not one["vin"][12:].isdigit()
            ):
                continue
            kept.setdefault(model, []).append(self._pattern(one["vin"], make, model, year, str(found.get("Body Class", ""))))
        known = {model: rows for model, rows in kept.items() if (make.upper(), model.upper()) in self._known}
        return [one for _, rows in sorted((known or kept).items()) for one in rows[:PER_MODEL]]

    def _pattern(self, vin: str, make: str, model: str, year: int, body_class: str) -> Pattern:
        known = self._known.get((make.upper(), model.upper()))
        body = next((name for word, name in BODIES if word in body_class.lower()), "sedan")
        msrp = float(known.msrp_usd) if known and known.msrp_usd else self._default[make.upper() in LUXURY]
        return Pattern(vin, make, known.model if known else model, year, body, msrp)

    def column(self, name: str, chosen: Ints) -> NDArray:
        """An attribute of the chosen patterns."""
        return np.array([getattr(one, name) for one in self.patterns])[chosen]

    def vins(self, chosen: Ints, serial: Ints) -> list[str]:
        """Whole VINs: the pattern, our serial number in the last five places and a right check digit."""
        rows = np.array([list(one.vin.encode()) for one in self.patterns], dtype=np.int64)[chosen]
        scattered = (serial * 70_001 + 17) % 100_000
        for place in range(5):
            rows[:, 16 - place] = 48 + (scattered // 10**place) % 10
        rows[:, 11] = np.frombuffer(b"0123456789", dtype=np.uint8)[(serial // 100_000) % 10]
        check = (CODE[rows] * WEIGHTS).sum(axis=1) % 11
        rows[:, 8] = np.where(check == 10, ord("X"), 48 + check)
        return [text.decode() for text in np.ascontiguousarray(rows.astype(np.uint8)).view("S17").ravel()]
