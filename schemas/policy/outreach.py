"""What holds where people are called or written to by post: part of channels.yaml."""

from datetime import date

from pydantic import Field, field_validator

from schemas.policy.base import PolicyModel

CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class CallingState(PolicyModel):
    """What a state asks beyond the federal rule. What is not said is as in `calling`."""

    state: str = Field(pattern=r"^[A-Z]{2}$")
    transaction_months: int | None = Field(default=None, ge=0, le=18, description="months; 0: no relationship opens a call here")
    inquiry_months: int | None = Field(default=None, ge=0, le=3, description="months")
    call_from: str | None = Field(default=None, pattern=CLOCK, description="local time, HH:MM")
    call_until: str | None = Field(default=None, pattern=CLOCK, description="local time, HH:MM")
    source: str


class Calling(PolicyModel):
    """Who may be called, and when. The defaults are the federal rule: 47 CFR 64.1200."""

    transaction_months: int = Field(default=18, ge=0, le=18, description="months after a deal or visit (47 CFR 64.1200(f))")
    inquiry_months: int = Field(default=3, ge=0, le=3, description="months after a lead or call of theirs (47 CFR 64.1200(f))")
    call_from: str = Field(default="08:00", pattern=CLOCK, description="local time of the person called (47 CFR 64.1200(c))")
    call_until: str = Field(default="21:00", pattern=CLOCK, description="local time of the person called (47 CFR 64.1200(c))")
    scrubbed_on: date | None = Field(
        default=None, description="day on which the numbers were last compared with the national do-not-call list; null: never"
    )
    scrub_within_days: int = Field(default=31, ge=1, le=31, description="days that such a comparison holds (47 CFR 64.1200(c))")
    without_relationship: bool = Field(
        default=False,
        description="call people without a relationship too, while the comparison holds; its hits come as do_not_call",
    )
    states: tuple[CallingState, ...] = ()

    @field_validator("states")
    @classmethod
    def each_once(cls, value: tuple[CallingState, ...]) -> tuple[CallingState, ...]:
        """One line per state."""
        names = [one.state for one in value]
        twice = sorted({one for one in names if names.count(one) > 1})
        if twice:
            raise ValueError(f"each state once, found more than one line for {', '.join(twice)}; keep one")
        return value


class Mailing(PolicyModel):
    """What the mail house is told."""

    move_update_days: int = Field(
        default=95,
        ge=1,
        le=95,
        description="days before mailing within which an address must be updated or had from the person (USPS)",
    )
    or_current_resident: bool = Field(default=False, description="the addressee line names whoever lives there too")
