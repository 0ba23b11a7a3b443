"""Names that somebody misspelt: the accepted one that was probably meant, and how a message proposes it.

Cells of delivered files are not matched here: see pipelines/ingest, which compares spellings by another measure.
"""

import difflib
from collections.abc import Iterable


def nearest_of(name: object, accepted: Iterable[str]) -> str | None:
    """The accepted name most like the one found, or None where none is near (difflib ratio under 0.6). Case does not count."""
    known = {one.lower(): one for one in accepted}
    near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.6)
    return known[near[0]] if near else None


def proposed(near: str | None) -> str:
    """The sentence that proposes a name, to be put behind another; blank where there is nothing to propose."""
    return f" Did you mean {near!r}?" if near else ""
