"""How a person is written down in a source: the values of that day, seen through typing, habits and carelessness."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_samples.simulator.columns import at, numbers, text
from data_samples.simulator.draws import Draws, Ints
from data_samples.simulator.names import NICKNAMES
from schemas.policy import Policy

PLACEHOLDER_EMAILS = ("none@none.com", "noemail@noemail.com", "na@na.com")
PLACEHOLDER_PHONES = ("9999999999", "0000000000", "5555555555")
PHONE_STYLES = ("({0}) {1}-{2}", "{0}-{1}-{2}", "{0}{1}{2}", "{0}.{1}.{2}", "+1 {0} {1} {2}", "1{0}{1}{2}")


@dataclass(frozen=True)
class Care:
    """How carefully a source writes: shares of mentions with each fault."""

    stale: float = 0.12
    nickname: float = 0.10
    typo: float = 0.02
    no_email: float = 0.12
    no_phone: float = 0.08
    placeholder: float = 0.03
    house_contact: float = 0.012
    birth: float = 0.6
    last_first: float = 0.25


def mention(
    policy: Policy, draws: Draws, people: pl.DataFrame, who: Ints, day: Ints, ids: Ints, rooftop: Ints, care: Care
) -> pl.DataFrame:
    """One row per mention with name, address, phones, e-mails and birth date as that source would hold them.

    `ids` name the mention (unique within the source); `day` decides which address, phone and name were true.
    """
    stale = draws.chance("stale", care.stale, ids)
    frame = pl.DataFrame({"person": who})
    frame = frame.with_columns(_names(draws, people, who, day, ids, care))
    frame = frame.with_columns(_address(draws, people, who, day, ids, stale))
    frame = frame.with_columns(_phones(policy, draws, people, who, day, ids, rooftop, stale, care))
    return frame.with_columns(_emails(policy, draws, people, who, day, ids, rooftop, stale, care))


def _names(draws: Draws, people: pl.DataFrame, who: Ints, day: Ints, ids: Ints, care: Care) -> list[pl.Series]:
    first, last, middle, suffix, maiden = (at(people, c, who).to_list() for c in ("first", "last", "middle", "suffix", "maiden"))
    birth = at(people, "birth", who).to_numpy()
    unmarried = day < birth + 29 * 365 + (who % 5) * 365
    maiden_kept = draws.chance("maiden kept", 0.03, ids)
    nick, typo = draws.chance("nickname", care.nickname, ids), draws.chance("typo", care.typo, ids)
    last_typo, place = draws.chance("last typo", care.typo, ids), draws.integer("typo place", 1, 4, ids)
    shout, flip = draws.chance("upper case", 0.25, ids), draws.chance("last, first", care.last_first, ids)
    middle_kept, suffix_kept = draws.chance("middle kept", 0.45, ids), draws.chance("suffix kept", 0.4, ids)
    rows = []
    for i in range(len(who)):
        a = NICKNAMES.get(first[i], first[i]) if nick[i] else first[i]
        b = maiden[i] if maiden[i] and (unmarried[i] or maiden_kept[i]) else last[i]
        a, b = _slip(a, place[i]) if typo[i] else a, _slip(b, place[i]) if last_typo[i] else b
        m, s = middle[i] if middle_kept[i] else None, suffix[i] if suffix_kept[i] else None
        if shout[i]:
            a, b, s = a.upper(), b.upper(), s.upper() if s else None
        parts = [f"{b},{a}", m] if flip[i] else [a, m, b, s]
        rows.append((a, m, b, s, " ".join(part for part in parts if part)))
    names = ("first_name", "middle_name", "last_name", "suffix", "full_name")
    day_of_birth = np.where(draws.chance("birth known", care.birth, ids), birth, -1)
    return [text(values).alias(n) for n, values in zip(names, zip(*rows, strict=True) if rows else [[]] * 5, strict=True)] + [
        pl.Series("birth", day_of_birth)
    ]


def _slip(name: str, place: int) -> str:
    """Two neighbouring letters swapped."""
    p = min(int(place), len(name) - 2)
    return name if p < 1 else name[:p] + name[p + 1] + name[p] + name[p + 2 :]


def _address(draws: Draws, people: pl.DataFrame, who: Ints, day: Ints, ids: Ints, stale: NDArray[np.bool_]) -> list[pl.Series]:
    old = (day < at(people, "moved_on", who).to_numpy()) | (stale & (at(people, "moved_on", who).to_numpy() > 0))
    missing = draws.chance("no address", 0.05, ids)
    abbreviated = draws.chance("street spelled out", 0.2, ids)
    result = []
    for name in ("address_1", "address_2", "city", "state", "zip", "county"):
        now, before = at(people, name, who), at(people, f"old_{name}", who)
        values = pl.select(pl.when(pl.Series(missing)).then(None).when(pl.Series(old)).then(before).otherwise(now)).to_series()
        result.append(values.alias(name))
    long = (
        result[0].str.replace(" St$", " Street").str.replace(" Ave$", " Avenue").str.replace(" Dr$", " Drive").str.to_uppercase()
    )
    result[0] = pl.select(pl.when(pl.Series(abbreviated)).then(long).otherwise(result[0])).to_series().alias("address_1")
    return result


def _phones(
    policy: Policy,
    draws: Draws,
    people: pl.DataFrame,
    who: Ints,
    day: Ints,
    ids: Ints,
    rooftop: Ints,
    stale: NDArray[np.bool_],
    care: Care,
) -> list[pl.Series]:
    (since,) = numbers(people.select("cell_since"), "cell_since")
    cell, old, line = (at(people, c, who).to_list() for c in ("cell", "old_cell", "landline"))
    before = (day < since[who]) | stale
    has_line = at(people, "has_landline", who).to_list()
    u, style = draws.uniform("phone fault", ids), draws.integer("phone style", 0, 11, ids) % 6
    fake = draws.integer("phone placeholder", 0, len(PLACEHOLDER_PHONES) - 1, ids)
    house = [(one.phones or ("+18005550199",))[0][-10:] for one in policy.group.rooftops]
    cells, homes = [], []
    for i in range(len(who)):
        number: str | None = old[i] if before[i] else cell[i]
        if u[i] < care.no_phone:
            number = None
        elif u[i] < care.no_phone + care.placeholder:
            number = PLACEHOLDER_PHONES[fake[i]]
        elif u[i] < care.no_phone + care.placeholder + care.house_contact:
            number = house[rooftop[i]]
        cells.append(_styled(number, style[i]))
        homes.append(_styled(line[i], style[i]) if has_line[i] else None)
    return [text(cells).alias("cell"), text(homes).alias("home")]


def _styled(number: str | None, style: int) -> str | None:
    return None if number is None else PHONE_STYLES[style].format(number[:3], number[3:6], number[6:])


def _emails(
    policy: Policy,
    draws: Draws,
    people: pl.DataFrame,
    who: Ints,
    day: Ints,
    ids: Ints,
    rooftop: Ints,
    stale: NDArray[np.bool_],
    care: Care,
) -> list[pl.Series]:
    since, has = at(people, "email_since", who).to_numpy(), at(people, "has_email", who).to_numpy()
    now, old = at(people, "email", who).to_list(), at(people, "old_email", who).to_list()
    before = (day < since) | stale
    u, shout = draws.uniform("e-mail fault", ids), draws.chance("e-mail upper case", 0.08, ids)
    fake, second = draws.integer("e-mail placeholder", 0, 2, ids), draws.chance("second e-mail", 0.06, ids)
    house = [f"sales@{(one.email_domains or ('dealer.example',))[0]}" for one in policy.group.rooftops]
    firsts, seconds = [], []
    for i in range(len(who)):
        address: str | None = (old[i] if before[i] else now[i]) if has[i] else None
        if u[i] < care.no_email:
            address = None
        elif u[i] < care.no_email + care.placeholder:
            address = PLACEHOLDER_EMAILS[fake[i]]
        elif u[i] < care.no_email + care.placeholder + care.house_contact:
            address = house[rooftop[i]]
        firsts.append(address.upper() if address and shout[i] else address)
        seconds.append(old[i] if has[i] and second[i] else None)
    return [text(firsts).alias("email_1"), text(seconds).alias("email_2")]
