"""Errors as problem+json (RFC 9457). No message repeats what was asked with."""

import orjson
from starlette.responses import Response

TYPE = "about:blank"


class ServiceProblem(Exception):
    """A refusal with its status, title, the fix as a sentence, and headers."""

    def __init__(self, status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.title, self.detail, self.headers = status, title, detail, headers or {}
        super().__init__(title)

    def response(self) -> Response:
        """The answer."""
        body = {"type": TYPE, "title": self.title, "status": self.status, "detail": self.detail}
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(orjson.dumps(body), self.status, headers, media_type="application/problem+json")
