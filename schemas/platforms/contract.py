"""What a platform takes: identifiers, the rules that normalise them, encoding, limits and what may never go there.

Figures that a platform publishes live here with their source; figures that the business chooses live in policy channels.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Encoding = Literal["hex", "base64"]
Quality = Literal["strong", "part"]
Purpose = Literal["ads", "email", "phone", "mail"]
Evidence = Literal["email", "phone", "first_name", "last_name", "street", "city", "state", "zip", "country", "person_id", "none"]
Recall = Literal["all", "suppressed"]


@dataclass(frozen=True)
class Identifier:
    """One identifier that a platform takes.

    `rule` names a normalising rule of pipelines.activation.normalise. `is_hashed` says whether SHA-256 is applied.
    `quality` strong: it identifies a person alone; part: only together with others.
    `evidence` is what we know that it is made of; none: we know nothing of the kind, the rule stands for its hash vectors.
    `stands_for` names the kind of hash that a feed may have delivered instead and that equals ours byte for byte,
    because the platform's rule gives the same text as our standard form.
    """

    kind: str
    rule: str
    evidence: Evidence
    is_hashed: bool = True
    quality: Quality = "part"
    stands_for: str | None = None


@dataclass(frozen=True)
class Column:
    """One column of a file. `kind`: an identifier or detail, or cell, person_id or cause; `place` counts repeated ones from 0."""

    header: str
    kind: str
    place: int = 0


@dataclass(frozen=True)
class PlatformContract:
    """One platform. One module per platform declares exactly one of these, named PLATFORM.

    `identifiers` are in order of quality, best first. `first_party_only`: nothing known only from a bought list may go.
    `purpose` is what the person is addressed for: which opt-outs and which grants count. `joint` names kinds that go only
    together, as one; `enough` names sets of parts that identify a person where nothing strong does.
    `details` are facts beside the identifiers; see pipelines.activation.details. `columns` and `removal_columns` are those of a
    file. `recall` says which removals mean something there; `is_refreshed` whether a member is ever sent again in one stay.
    `renderer` names what draws the files; None: the hashing rules are known, files are not drawn.
    Zero for a limit means that the platform publishes none. `sources` gives the origin of each figure, by field name.
    """

    name: str
    title: str
    recipient: str
    channels: tuple[str, ...]
    identifiers: tuple[Identifier, ...]
    purpose: Purpose = "ads"
    encoding: Encoding = "hex"
    first_party_only: bool = False
    joint: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    enough: tuple[tuple[str, ...], ...] = ()
    details: tuple[str, ...] = ()
    limited_use_states: tuple[str, ...] = ()
    renderer: str | None = None
    columns: tuple[Column, ...] = ()
    removal_columns: tuple[Column, ...] = ()
    recall: Recall = "all"
    is_refreshed: bool = True
    batch_members: int = 0
    max_identifiers: int = 0
    max_per_kind: int = 0
    max_membership_days: int = 0
    min_people: int = 0
    max_name_length: int = 0
    file_source: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unverified: tuple[str, ...] = ()

    def identifier(self, kind: str) -> Identifier:
        """The identifier of a kind; KeyError naming what is accepted where there is none."""
        found = [one for one in self.identifiers if one.kind == kind]
        if not found:
            accepted = ", ".join(one.kind for one in self.identifiers)
            raise KeyError(f"platform {self.name} takes no identifier {kind!r}; it takes {accepted}")
        return found[0]
