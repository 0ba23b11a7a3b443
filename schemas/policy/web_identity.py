"""identity.yaml, section web: how web clients are tied to people, surely and by likelihood."""

from typing import Literal

from pydantic import Field

from schemas.policy.base import PolicyModel

EvidenceKind = Literal["login", "lead", "click", "call", "form"]


class WebIdentityPolicy(PolicyModel):
    """Whose device a web client is."""

    evidence_points: dict[EvidenceKind, int] = Field(
        default={"login": 4, "lead": 4, "click": 2, "call": 3, "form": 2},
        description="points per day on which evidence of a kind was seen; the sure kinds count more",
    )
    margin: float = Field(
        default=2.0, ge=1, description="points of the likeliest person over those of all others of the household, at least"
    )
    max_people_per_identifier: int = Field(default=3, gt=0, description="a login or e-mail of more people is evidence of nobody")
    form_window_minutes: int = Field(default=15, gt=0, description="a form and the lead that it made are this close at most")
    click_parameters: tuple[str, ...] = Field(
        default=("mail_event",), description="parameters of page addresses that carry the e-mail provider's event id"
    )
    rooftop_ip_hashes: tuple[str, ...] = Field(
        default=(), description="hashed addresses of the rooftops' own networks; a device seen nowhere else is theirs"
    )
