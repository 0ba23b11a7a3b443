"""Where a platform's bodies are sent, and how patiently: `delivery` of a platform in channels.yaml. No secret stands here."""

import re
from collections.abc import Mapping
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from schemas.names import nearest_of
from schemas.policy.base import PolicyModel

Kind = Literal["folder", "sftp", "s3", "http"]
KINDS: tuple[str, ...] = get_args(Kind)
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
ADDRESSES = {
    "folder": "the path of a folder, such as /mnt/mail-house/in",
    "sftp": "sftp://user@host:port/folder",
    "s3": "s3://bucket/prefix",
    "http": "https://host, or http:// on loopback only; leave it out for the platform's own",
}
# What a kind knows beside its address, and which secrets it needs; a bar stands between names of which one is needed.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "sftp": ("host_key", "known_hosts"),
    "s3": ("endpoint", "region", "path_style", "encryption"),
    "http": ("quota_project", "version"),
}
SECRETS: Mapping[str, tuple[str, ...]] = {
    "sftp": ("password", "key", "passphrase"),
    "s3": ("access_key", "secret_key", "session_token"),
    "http": ("token",),
}
NEEDED: Mapping[str, tuple[str, ...]] = {"sftp": ("password|key",), "s3": ("access_key", "secret_key"), "http": ("token",)}
ONE_OF: Mapping[str, tuple[str, ...]] = {"sftp": ("host_key|known_hosts",)}


class Delivery(PolicyModel):
    """How one platform is delivered to. A platform without this block is sent nothing: people upload its files by hand."""

    is_on: bool = Field(default=True, description="false: nothing is sent for now, and nothing is taken for sent")
    kind: Kind
    address: str | None = Field(default=None, description="; ".join(f"{kind}: {text}" for kind, text in ADDRESSES.items()))
    secrets: dict[str, str] = Field(
        default_factory=dict,
        description="what the destination asks for (token, password, key …) -> the environment variable that holds it",
    )
    options: dict[str, str | bool | int] = Field(
        default_factory=dict, description="what only this kind of destination knows, such as host_key or region"
    )
    audience_ids: dict[str, str] = Field(
        default_factory=dict, description="the platform's own id of each cell's audience; the cell's name where none is given"
    )
    rate_per_minute: int = Field(default=60, ge=1, le=6000, description="bodies a minute at most")
    timeout_seconds: float = Field(default=60, gt=0, le=600, description="seconds that one body may take")
    attempts: int = Field(default=5, ge=1, le=20, description="attempts per body where the platform is not reached")
    first_wait_seconds: float = Field(default=2, ge=0, le=300, description="seconds before the second attempt; doubles each time")
    longest_wait_seconds: float = Field(
        default=120, ge=0, le=3600, description="seconds waited at most; a platform that asks for longer is left for later"
    )
    give_up_after: int = Field(default=3, ge=1, le=1000, description="bodies in a row that are not reached before the rest waits")
    max_age_days: int | None = Field(
        default=None,
        ge=0,
        le=90,
        description="days after which a day's exports only withdraw people: who opted out since is not known; null: no limit",
    )
    retry_rounds: int = Field(
        default=4, ge=0, le=50, description="times a day that what was not reached is tried again by itself, 15 minutes apart"
    )
    rejected_days: int = Field(
        default=3, ge=1, le=30, description="days on which a member that the platform rejects is sent before it is set aside"
    )
    rejected_again_days: int = Field(
        default=90, ge=1, le=400, description="days after the last try on which such a member is sent again all the same"
    )

    @field_validator("secrets", mode="before")
    @classmethod
    def names_variables(cls, value: object) -> object:
        """Names of variables, not secrets: the message does not repeat what was found, which may be one."""
        if isinstance(value, dict) and not all(isinstance(one, str) and VARIABLE.fullmatch(one) for one in value.values()):
            raise ValueError("names of environment variables, such as META_TOKEN; never the secret itself")
        return value

    @model_validator(mode="before")
    @classmethod
    def has_an_address(cls, value: object) -> object:
        """An address of the kind's own form, without a password in it; the message does not repeat the address."""
        if not isinstance(value, Mapping) or value.get("kind") not in KINDS:
            return value
        kind, address = str(value["kind"]), str(value.get("address") or "")
        if "?" in address or (kind != "folder" and urlsplit(address).password):
            raise ValueError(
                f"an address without password or signature in it ({ADDRESSES[kind]}); secrets are named in `secrets`"
            )
        if not _fits(kind, address):
            raise ValueError(f"an address that a {kind} destination has: {ADDRESSES[kind]}")
        return value

    @model_validator(mode="after")
    def is_known_to_its_kind(self) -> "Delivery":
        """Options and secrets that the kind knows, and those that it needs. A folder needs none and takes any."""
        for what, named, accepted, needed in (
            ("options", self.options, OPTIONS, ONE_OF),
            ("secrets", self.secrets, SECRETS, NEEDED),
        ):
            known = accepted.get(self.kind, tuple(named))
            for one in sorted(set(named) - set(known)):
                near = nearest_of(one, known)
                hint = f" (did you mean {near!r}?)" if near else ""
                raise ValueError(f"{what} of kind {self.kind}: {', '.join(known)}; found {one!r}{hint}")
            for group in needed.get(self.kind, ()):
                if sum(one in named for one in group.split("|")) != 1:
                    raise ValueError(f"{what} of kind {self.kind} with {group.replace('|', ' or ')}, once")
        if self.kind == "sftp" and not urlsplit(self.address or "").username:
            raise ValueError(f"an address with a user: {ADDRESSES['sftp']}")
        return self


def _fits(kind: str, address: str) -> bool:
    parts = urlsplit(address)
    match kind:
        case "folder":
            return bool(address) and "://" not in address
        case "http":
            return not address or bool(
                parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
            )
    return bool(parts.scheme == kind and parts.hostname)
