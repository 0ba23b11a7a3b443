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
    own_network_days: int = Field(
        default=5, gt=0, description="days after which a device that never left a rooftop's network is theirs"
    )
    max_clients_per_network: int = Field(default=40, gt=1, description="clients; a network of more (a carrier) says nothing")
    max_people_per_household: int = Field(default=8, gt=0, description="people; a larger household is no home")
    loose_from: float = Field(default=0.5, gt=0, lt=1, description="posterior from which a loose link is kept")
    least_labelled: int = Field(default=150, gt=0, description="clients of known people below which no loose model is learned")
    retrain_days: int = Field(default=7, gt=0, description="days for which a learned loose model is kept")
    stranger_shift: float = Field(
        default=0.75,
        ge=0,
        le=1,
        description="part of the estimated excess of strangers among anonymous clients to believe in; chosen on simulated worlds",
    )
    stranger_shift_household: float = Field(
        default=0.25, ge=0, le=1, description="the same for the household that uses a client; chosen on simulated worlds"
    )
