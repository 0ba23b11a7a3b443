"""policy/reference: makes that exist, spellings that mean one thing, and year ranges that do not overlap."""

from collections.abc import Iterable, Sequence

from assets.policy_finder import Finder
from pipelines.normalise.vocabulary import squeezed
from schemas.policy.reference import ServiceInterval, Warranty

BODY_STYLES = ("sedan", "suv", "truck", "coupe", "hatchback", "wagon", "van", "convertible")


def reference_problems(found: Finder) -> None:
    """Everything about the facts that all groups share."""
    reference = found.policy.reference
    for name, rows in (("models", reference.models), ("warranty", reference.warranties)):
        _makes(found, name, [row.make for row in rows])
    # A service interval of * is that of every make without a row of its own.
    _makes(found, "service_intervals", [row.make if row.make != "*" else found.makes[0] for row in reference.service_intervals])
    for at, model in enumerate(reference.models):
        found.known("models", (at, "body_style"), model.body_style, BODY_STYLES, "body style")
    found.once("makes", _spellings((at, "", one.make, one.aliases) for at, one in enumerate(reference.makes)), "spelling")
    models = ((at, one.make, one.model, one.aliases) for at, one in enumerate(reference.models))
    found.once("models", _spellings(models), "spelling")
    _ranges(found, "warranty", reference.warranties)
    _ranges(found, "service_intervals", reference.service_intervals)


def _makes(found: Finder, file: str, makes: Sequence[str]) -> None:
    for at, make in enumerate(makes):
        found.known(file, (at, "make"), make, found.makes, "make")


def _spellings(
    rows: Iterable[tuple[int, str, str, tuple[str, ...]]],
) -> list[tuple[tuple[int, str], tuple[str, ...]]]:
    """Every spelling with its place. A spelling may be repeated within its own row."""
    return [
        ((at, "aliases"), (make, spelling) if make else (spelling,))
        for at, make, name, aliases in rows
        for spelling in sorted({squeezed(one) for one in (name, *aliases)})
    ]


def _ranges(found: Finder, file: str, rows: Sequence[Warranty | ServiceInterval]) -> None:
    """Within a make no year, for warranties no owner of a year and for intervals no fuel, is stated twice."""
    seen: dict[tuple[str, str], list[tuple[int, int, int, int]]] = {}
    for at, one in enumerate(rows):
        owners = (one.owner_from, one.owner_to) if isinstance(one, Warranty) else (1, 1)
        of = (one.make, one.fuel.lower() if isinstance(one, ServiceInterval) else "")
        box = (one.from_year, one.to_year, *owners)
        if box[0] > box[1] or box[2] > box[3]:
            found.wrong(file, (at,), "a range that ends before it begins", "from not above to")
        elif any(_meet(box, other) for other in seen.setdefault(of, [])):
            found.wrong(file, (at,), f"years of {one.make} that an earlier row states too", "ranges that do not overlap")
        seen.setdefault(of, []).append(box)


def _meet(left: tuple[int, int, int, int], right: tuple[int, int, int, int]) -> bool:
    return left[0] <= right[1] and right[0] <= left[1] and left[2] <= right[3] and right[2] <= left[3]
