"""What is asked and answered, as OpenAPI describes it."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_HASH = "f7c3bc1d808e04732adf679965ccc34ca7ae3441a1b1f1b5b1a2a5e1f0e5d0c9"


class Question(BaseModel):
    """About whom: exactly one of the three. For what: a purpose of the client, needed only where it has several."""

    model_config = ConfigDict(extra="forbid", str_max_length=200)

    person_id: str | None = Field(default=None, min_length=1, description="our id of a person, living or retired")
    web_client_id: str | None = Field(default=None, min_length=1, description="client id of the web analytics, user_pseudo_id")
    email_sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256, lower hex, of the e-mail trimmed and in lower case; dots and tags are kept",
        examples=[EXAMPLE_HASH],
    )
    purpose: str | None = Field(default=None, description="ads, email, phone or mail", examples=["ads"])

    @property
    def key(self) -> tuple[str, str] | None:
        """Kind and value where exactly one is given."""
        given = [(kind, value) for kind in KINDS if (value := getattr(self, kind)) is not None]
        return given[0] if len(given) == 1 else None


KINDS = ("person_id", "web_client_id", "email_sha256")


class Audience(BaseModel):
    """One audience that the person is in and that this client may be told of."""

    audience: str = Field(description="name of the audience in policy")
    segment: str = Field(description="conquest, in_market or loyalty")
    cell: str = Field(description="neutral name, as platforms know it")
    brand: str | None
    rooftop_id: str | None
    tier: str | None = Field(description="hot, warm or cold, where the audience has tiers")
    arm: str = Field(description="treatment, or the arm of a test; people who are held out are answered as unknown")
    reasons: list[str] = Field(description="sentences; empty for clients that are not told reasons")
    message: str | None = Field(description="message theme of policy plan.yaml")
    channels: list[str] = Field(description="channels through which the person may be addressed for the purpose")
    recipients: list[str] = Field(description="recipients of the client for whom it was told; recorded in the ledger")
    entered_on: date
    expires_on: date | None = Field(description="last day on which it may be used")


class Answer(BaseModel):
    """What is known. Unknown, opted out and held out look alike: no audiences."""

    as_of: date = Field(description="the published day that answers")
    purpose: str
    audiences: list[Audience]


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class Health(BaseModel):
    """The process runs."""

    status: str


class Readiness(BaseModel):
    """Which day answers."""

    status: str = Field(description="ready, or stale where the day is too old to answer")
    as_of: date
    people: int = Field(description="people with an audience that some client may be told of")
    problem: str | None = Field(description="why a newer day is not served, where one was tried")
