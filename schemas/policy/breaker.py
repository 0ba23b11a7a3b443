"""channels.yaml, breaker: limits beyond which nothing new is told to a platform, and its last good lists stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pydantic import Field, model_validator

from schemas.policy.base import PolicyModel

FigureName = Literal[
    "growth",
    "shrinkage",
    "removals_share",
    "overlap_share",
    "null_share",
    "lost_share",
    "match_loss",
    "reported_match_loss",
    "feed_age",
    "identity_churn",
]


@dataclass(frozen=True)
class FigureFacts:
    """What a figure of the breaker is. `needs_history`: nothing to compare with where nothing is held yet.

    `by_cell`: judged for each cell and for the platform as a whole; else for the platform alone.
    """

    unit: str
    high: float
    meaning: str
    look_at: str
    needs_history: bool = True
    by_cell: bool = True


FIGURES: Mapping[str, FigureFacts] = MappingProxyType(
    {
        "growth": FigureFacts(
            "share of the people held", 100, "people more than are held", "what entered: velocity diff; a feed delivered twice"
        ),
        "shrinkage": FigureFacts(
            "share of the people held", 1, "people fewer than are held", "what left: velocity diff; a feed that came in part"
        ),
        "removals_share": FigureFacts(
            "share of the people held", 1, "people taken back for no request of theirs", "why they left: velocity diff"
        ),
        "overlap_share": FigureFacts(
            "share of the people",
            1,
            "people who stand in two cells of the platform",
            "channels of the audiences in policy",
            False,
        ),
        "null_share": FigureFacts(
            "points of the share of people",
            1,
            "people without e-mail and phone, above the share of those held",
            "blank columns of the feeds: table person_identifier, quarantines",
        ),
        "lost_share": FigureFacts(
            "share of the people held",
            1,
            "people held who have lost every e-mail and phone",
            "table person_identifier against yesterday's",
        ),
        "match_loss": FigureFacts(
            "share", 1, "identifiers per person fewer than those held", "table person_identifier against yesterday's"
        ),
        "reported_match_loss": FigureFacts(
            "share",
            1,
            "matched share fewer than the platform reported before",
            "receipts; the platform's own pages",
            by_cell=False,
        ),
        "feed_age": FigureFacts(
            "days", 400, "days since a file of the feed was taken", "the feed's sender; velocity late", False, False
        ),
        "identity_churn": FigureFacts(
            "share of records known before", 1, "records that moved to another person", "table identity_health", False, False
        ),
    }
)


class BreakerLimit(PolicyModel):
    """The most that a figure may be. A line with a platform counts there in place of the line without one."""

    figure: FigureName
    limit: float = Field(ge=0)
    unit: str
    source: str
    platform: str | None = None
    feed: str | None = Field(default=None, description="of feed_age: the feed")
    does: Literal["block", "warn"] = "block"

    @model_validator(mode="after")
    def fits_its_figure(self) -> "BreakerLimit":
        """The unit is the figure's, the limit is one that can be passed, and a feed is named where one is meant."""
        facts = FIGURES[self.figure]
        if self.unit != facts.unit:
            raise ValueError(f"unit {self.unit!r} of {self.figure}; expected {facts.unit!r}")
        if self.limit > facts.high:
            raise ValueError(f"limit {self.limit:g} of {self.figure} ({facts.unit}); expected 0 to {facts.high:g}")
        if (self.feed is not None) != (self.figure == "feed_age"):
            raise ValueError("feed_age needs feed, and no other figure takes one")
        return self


class BreakerPolicy(PolicyModel):
    """The circuit breaker. Without limits it blocks nothing."""

    min_people: int = Field(default=100, ge=1, le=1_000_000, description="people below which shares of them are not judged")
    limits: tuple[BreakerLimit, ...] = ()

    @model_validator(mode="after")
    def each_once(self) -> "BreakerPolicy":
        """One line per figure, feed and platform."""
        keys = [(one.figure, one.feed, one.platform) for one in self.limits]
        twice = sorted({one[0] for one in keys if keys.count(one) > 1})
        if twice:
            raise ValueError(f"each figure once per platform, found more than one line for {', '.join(twice)}; keep one")
        return self

    def of(self, platform: str) -> tuple[BreakerLimit, ...]:
        """The limits of a platform: its own lines, and of the others those that it has no own line for."""
        own = {(one.figure, one.feed): one for one in self.limits if one.platform == platform}
        shared = {(one.figure, one.feed): one for one in self.limits if one.platform is None}
        return tuple(one for _, one in sorted({**shared, **own}.items(), key=lambda pair: (pair[0][0], pair[0][1] or "")))
