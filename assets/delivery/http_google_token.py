"""Google's access tokens from a service account's key: an assertion signed with it is exchanged for a token of an hour.

Contract: https://developers.google.com/identity/protocols/oauth2/service-account, RFC 7523.
"""

import base64
import json
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from assets.delivery.destination import Refused
from assets.delivery.http import checked

SCOPE = "https://www.googleapis.com/auth/datamanager"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR, EARLY = 3600, 300  # a token lives an hour; it is replaced some minutes before its end


@dataclass(frozen=True)
class ServiceAccount:
    """A service account's key, as Google's console hands it out as JSON."""

    email: str
    key: RSAPrivateKey
    token_uri: str

    def assertion(self, now: int) -> str:
        """A signed request for a token, good for an hour from `now`, in seconds since 1970."""
        claims = {"iss": self.email, "scope": SCOPE, "aud": self.token_uri, "iat": now, "exp": now + HOUR}
        said = ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
        return f"{said}.{_encoded(self.key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@dataclass(frozen=True)
class Token:
    """An access token and the moment until which it is used, on this machine's steady clock."""

    text: str
    until: float

    @property
    def is_fresh(self) -> bool:
        """Whether it can still be used."""
        return time.monotonic() < self.until


def service_account(text: str, variable: str) -> ServiceAccount:
    """The account of a key's JSON. Refused where it is none; nothing of the text is shown."""
    try:
        told = json.loads(text)
        key = load_pem_private_key(told["private_key"].encode(), None)
        found = ServiceAccount(told["client_email"], key, checked(told["token_uri"]))  # type: ignore[arg-type]  # another kind of key fails at its first use
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            f"the environment variable {variable} holds no service account's key, JSON as Google hands it out"
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise Refused(f"the environment variable {variable} holds a service account's key that is not RSA")
    return found


def fresh_token(told: dict[str, Any]) -> Token:
    """The token of an answer of Google's."""
    return Token(str(told["access_token"]), time.monotonic() + int(told.get("expires_in", HOUR)) - EARLY)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
