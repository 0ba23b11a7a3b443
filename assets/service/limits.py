"""Who asks, and how often they may: keys compared in constant time, and a bucket of tokens per client."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.policy.service import ServiceClient, ServicePolicy

KEY_PREFIX = "vk_"
KEY_BYTES = 32
LEAST_KEY_CHARACTERS = 32  # a key that somebody made up is guessed sooner


def new_key() -> tuple[str, str]:
    """A fresh key, and the hash of it that policy may hold."""
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    return key, hash_of(key)


def hash_of(key: str) -> str:
    """SHA-256, lower hex. Keys are long and random, so that a hash without salt says nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


class Keys:
    """The clients by their keys. `closed` names clients that have none, with the environment variable that is not set."""

    def __init__(self, policy: ServicePolicy, environment: Mapping[str, str]) -> None:
        self._known: list[tuple[str, ServiceClient]] = []
        self.closed: list[str] = []
        for client in policy.clients:
            given = environment.get(client.key_env, "") if client.key_env else ""
            hashes = list(client.key_sha256) + ([hash_of(given)] if len(given) >= LEAST_KEY_CHARACTERS else [])
            if client.is_on:
                self._known += [(one, client) for one in hashes]
                if not hashes:
                    self.closed.append(f"{client.client} ({client.key_env} is not set, or shorter than {LEAST_KEY_CHARACTERS})")

    def __len__(self) -> int:
        return len(self._known)

    def client_of(self, key: str) -> ServiceClient | None:
        """Whose key it is, or None. Every known key is compared, each in constant time, whichever matches."""
        asked, found = hash_of(key), None
        for known, client in self._known:
            if hmac.compare_digest(asked, known):
                found = client
        return found


@dataclass
class Bucket:
    """Tokens that come at a rate up to a most; each request takes one."""

    rate: float
    most: float
    tokens: float
    at: float


@dataclass
class Limits:
    """The buckets of all callers, by name. `clock` gives seconds that never go back."""

    clock: Callable[[], float]
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def wait(self, name: str, rate: float, most: float) -> float:
        """Seconds until the next request is welcome; 0.0 where this one is, which is then counted."""
        now = self.clock()
        bucket = self._buckets.setdefault(name, Bucket(rate, most, most, now))
        bucket.rate, bucket.most = rate, most  # a new day may bring a new policy
        bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / rate
