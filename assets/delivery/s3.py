"""Objects in S3-compatible storage. An object appears whole or not at all, with its SHA-256 checked by the storage.

Nothing is tried twice here: the engine waits and tries again, and it alone counts. Credentials come from the variables that
policy names, never from profiles or the machine that this runs on.
"""

import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    SSLError,
)

from assets.delivery.destination import Answer, Refused, Unreached
from assets.delivery.http import checked, quiet
from assets.delivery.http_answers import meaning_of
from schemas.platforms.batch import Batch

OURS = "velocity-key"
# Codes that say more than their HTTP status: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
MEANINGS = {
    "SlowDown": "limit",
    "Throttling": "limit",
    "ThrottlingException": "limit",
    "RequestTimeout": "server",
    "InternalError": "server",
    "ServiceUnavailable": "server",
    "OperationAborted": "server",
    "BadDigest": "server",
    "XAmzContentSHA256Mismatch": "server",
    "XAmzContentChecksumMismatch": "server",
    "ExpiredToken": "credentials",
    "InvalidToken": "credentials",
    "RequestTimeTooSkewed": "clock",
    "NoSuchBucket": "bucket",
    "PermanentRedirect": "bucket",
}
WORDS = {
    "bucket": "there is no such bucket here; look at its name, its region and the endpoint",
    "clock": "the clock of this machine is more than 15 minutes off",
    "body": "the storage refused the object",
}


@dataclass(frozen=True)
class S3Place:
    """What policy says of one bucket. Secrets are not here: the three last name environment variables.

    `endpoint` empty: AWS's own for the region. `is_path_style`: the bucket stands in the path, as most other storages want it.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    is_path_style: bool = False
    encryption: str = ""
    timeout_seconds: float = 60.0
    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""


class S3Door:
    """One prefix of one bucket; `where` says where a body lies below it."""

    def __init__(self, place: S3Place, where: Callable[[Batch], str], environ: Mapping[str, str]) -> None:
        """Connect to nothing yet. ValueError where the address would send bodies in the clear."""
        if place.endpoint:
            checked(place.endpoint)
        self.place, self.where, self.environ = place, where, environ
        self._client: Any = None
        quiet("botocore", "boto3", "urllib3")

    def send(self, batch: Batch, key: str) -> Answer:
        """Put an object over what is there under the same name; the answer's id is its version, else its tag."""
        encryption = {"ServerSideEncryption": self.place.encryption} if self.place.encryption else {}
        with self._answered():
            told = self.client.put_object(
                Bucket=self.place.bucket,
                Key=self._name(batch),
                Body=batch.body,
                ContentType=batch.content_type,
                ChecksumSHA256=_checksum(batch.body),
                Metadata={OURS: key, "sha256": hashlib.sha256(batch.body).hexdigest()},
                **encryption,
            )
        return Answer(_request(told))

    def settle(self, batch: Batch, key: str) -> Answer | None:
        """Delivered where the object carries our key and has the body's size and digest; who may only write cannot tell."""
        try:
            with self._answered():
                told = self.client.head_object(Bucket=self.place.bucket, Key=self._name(batch))
        except (_Absent, _Forbidden):
            return None
        ours = {OURS: key, "sha256": hashlib.sha256(batch.body).hexdigest()}
        is_ours = told["ContentLength"] == len(batch.body) and {name: told["Metadata"].get(name) for name in ours} == ours
        return Answer(_request(told)) if is_ours else None

    def held(self, cell: str) -> int | None:
        """None: objects are no members."""
        del cell
        return None

    def close(self) -> None:
        """Give back connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def client(self) -> Any:
        """The storage's client, made when it is first needed. Refused where the environment holds no credentials."""
        if self._client is None:
            place = self.place
            style = {"addressing_style": "path" if place.is_path_style else "virtual"}
            wait = {"connect_timeout": min(place.timeout_seconds, 10.0), "read_timeout": place.timeout_seconds}
            self._client = boto3.session.Session().client(
                "s3",
                region_name=place.region,
                endpoint_url=place.endpoint or None,
                aws_access_key_id=self._secret(place.access_key),
                aws_secret_access_key=self._secret(place.secret_key),
                aws_session_token=self._secret(place.session_token) if place.session_token else None,
                config=Config(s3=style, retries={"total_max_attempts": 1, "mode": "standard"}, **wait),
            )
        return self._client

    def _name(self, batch: Batch) -> str:
        return "/".join(part for part in (self.place.prefix.strip("/"), self.where(batch)) if part)

    def _secret(self, name: str) -> str:
        found = self.environ.get(name, "")
        if not found:
            raise Refused(f"no credentials: set the environment variable {name or '(none is named in policy)'}")
        return found

    @contextlib.contextmanager
    def _answered(self) -> Iterator[None]:
        """What goes wrong, in the engine's words; the storage's own sentences, which may quote keys, are not repeated."""
        try:
            yield
        except ClientError as error:
            raise self._said(error.response) from None
        except (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, SSLError) as error:
            raise Unreached(f"bucket {self.place.bucket}: no connection ({type(error).__name__})") from None
        except BotoCoreError as error:
            raise Unreached(f"bucket {self.place.bucket}: answer lost ({type(error).__name__})", is_unknown=True) from None

    def _said(self, told: Mapping[str, Any]) -> Exception:
        code, about = str(told["Error"].get("Code", "")), told["ResponseMetadata"]
        status = int(about.get("HTTPStatusCode", 0))
        meaning, name = MEANINGS.get(code) or meaning_of(status), f"bucket {self.place.bucket}"
        if status == HTTPStatus.NOT_FOUND and meaning == "body":
            return _Absent(f"{name}: no such object")
        if meaning in ("limit", "server"):
            after = about.get("HTTPHeaders", {}).get("retry-after", "")
            return Unreached(f"{name}: {code}", float(after) if after.isdecimal() else None, is_unknown=meaning == "server")
        if meaning == "credentials":
            named = " and ".join(one for one in (self.place.access_key, self.place.secret_key, self.place.session_token) if one)
            return _Forbidden(f"{name}: credentials refused, or they may not write here ({code}): see the variables {named}")
        return Refused(f"{name}: {WORDS[meaning]} ({code})")


class _Absent(Refused):
    """There is no object of that name."""


class _Forbidden(Refused):
    """These credentials may not do this."""


def _checksum(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _request(told: Mapping[str, Any]) -> str:
    return str(told.get("VersionId") or told.get("ETag", "")).strip('"')
