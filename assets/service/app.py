"""The addresses of the pull interface. What is asked stands in the body or in headers, never in the address.

An address is written into the access logs of every proxy, into histories and into referrers; a body and these headers are not.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Request, Security
from fastapi.responses import Response
from fastapi.security import APIKeyHeader
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assets.service.desk import Desk
from assets.service.problems import ServiceProblem
from assets.service.shapes import Answer, Health, ProblemDetails, Question, Readiness

LARGEST_BODY = 4096
SUMMARY_SECONDS = 60
HEADERS = {
    "person_id": "Velocity-Person-Id",
    "web_client_id": "Velocity-Web-Client-Id",
    "email_sha256": "Velocity-Email-Sha256",
    "purpose": "Velocity-Purpose",
}
KEY = APIKeyHeader(name="X-Api-Key", auto_error=False, description="The client's key. Keep it on a server, never in a page.")
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {"schema": ProblemDetails.model_json_schema()}}}
    for status, text in {
        400: "Wrong question",
        401: "Unknown key",
        403: "Purpose not granted",
        413: "Body too large",
        429: "Too many requests; Retry-After says when",
        503: "No day can be served",
    }.items()
}
ASKED_BY_HEADER = {
    "parameters": [
        {"name": header, "in": "header", "required": False, "schema": {"type": "string"}} for header in HEADERS.values()
    ]
}
ASKED_BY_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": Question.model_json_schema()}}}}

log = logging.getLogger("velocity.service")


def create_app(desk: Desk) -> FastAPI:
    """The application over a desk; its keeper and its audit start and end with it."""
    app = FastAPI(
        title="Velocity Audiences: pull interface",
        version="1",
        description="Which segments, reasons and message hold for somebody, on the last published day. Read-only.",
        docs_url=None,  # its page would load scripts from elsewhere; /openapi.json describes everything
        redoc_url=None,
        lifespan=_lifespan(desk),
    )
    app.add_middleware(Guard, desk=desk)
    app.add_exception_handler(HTTPException, _http_problem)
    _questions(app, desk)
    _state(app, desk)
    return app


def _questions(app: FastAPI, desk: Desk) -> None:
    async def ask(request: Request, key: str | None, read: Callable[[Request], Awaitable[Question]]) -> Response:
        serving = desk.serving()
        client = desk.admit(serving, key)
        request.scope["velocity_client"] = client.client
        if request.url.query:
            raise ServiceProblem(
                400, "Wrong question", "Nothing is asked in the address; use the body, or the headers of /openapi.json."
            )
        found = desk.answer(serving, client, await read(request))
        return Response(orjson.dumps(found), headers={"Cache-Control": "no-store"}, media_type="application/json")

    @app.get("/v1/audiences", response_model=Answer, responses=REFUSALS, openapi_extra=ASKED_BY_HEADER)
    async def audiences_by_headers(request: Request, key: Annotated[str | None, Security(KEY)]) -> Response:
        """Which audiences hold for whom a header names: exactly one of the three."""
        return await ask(request, key, _of_headers)

    @app.post("/v1/audiences", response_model=Answer, responses=REFUSALS, openapi_extra=ASKED_BY_BODY)
    async def audiences_by_body(request: Request, key: Annotated[str | None, Security(KEY)]) -> Response:
        """Which audiences hold for whom the body names: exactly one of the three."""
        return await ask(request, key, _of_body)


def _state(app: FastAPI, desk: Desk) -> None:
    @app.get("/v1/health", response_model=Health)
    async def health() -> dict[str, str]:
        """The process runs."""
        return {"status": "up"}

    @app.get("/v1/ready", response_model=Readiness, responses={503: REFUSALS[503]})
    async def ready() -> Response:
        """A day is served that is not too old."""
        serving = desk.serving()
        is_stale = desk.is_stale(serving)
        told = {
            "status": "stale" if is_stale else "ready",
            "as_of": serving.index.day,
            "people": serving.index.people,
            "problem": desk.keeper.problem,
        }
        return Response(orjson.dumps(told), 503 if is_stale else 200, media_type="application/json")


async def _of_headers(request: Request) -> Question:
    return _question({name: value for name, header in HEADERS.items() if (value := request.headers.get(header)) is not None})


async def _of_body(request: Request) -> Question:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise ServiceProblem(413, "Body too large", f"A question has at most {LARGEST_BODY} bytes.")
    try:
        return _question(orjson.loads(bytes(body)))
    except orjson.JSONDecodeError:
        raise ServiceProblem(400, "Wrong question", "The body is not JSON.") from None


def _question(given: Any) -> Question:
    """The question; what is wrong is told by the names of fields, without their values."""
    try:
        return Question.model_validate(given)
    except ValidationError as wrong:
        fields = sorted(
            {str(one["loc"][0]) for one in wrong.errors() if one["loc"] and str(one["loc"][0]) in Question.model_fields}
        )
        named = f"Wrong: {', '.join(fields)}. " if fields else ""
        detail = (
            f"{named}Give one of person_id, web_client_id and email_sha256 (64 characters 0-9, a-f), besides it only purpose."
        )
        raise ServiceProblem(400, "Wrong question", detail) from None


async def _http_problem(request: Request, wrong: Exception) -> Response:
    del request
    if not isinstance(wrong, HTTPException):
        raise wrong
    detail = {404: "No such address; see /openapi.json.", 405: "This address is not asked so; see /openapi.json."}
    headers = dict(wrong.headers or {})
    return ServiceProblem(
        wrong.status_code, "Not answered", detail.get(wrong.status_code, "See /openapi.json."), headers
    ).response()


class Guard:
    """Turns every failure into a problem that repeats nothing, and counts answers by client and status."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ServiceProblem as problem:
            status = problem.status
            await problem.response()(scope, receive, send)
        except Exception as wrong:  # its message may quote what was asked
            log.error("%s while answering", type(wrong).__name__)
            if not status:
                status = 500
                await ServiceProblem(500, "Failed", "The answer failed; the log of the service says how.").response()(
                    scope, receive, send
                )
        self._desk.counts[scope.get("velocity_client", "nobody"), status] += 1


def _lifespan(desk: Desk) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        desk.audit.start()
        desk.keeper.start()
        task = asyncio.create_task(_summaries(desk))
        yield
        task.cancel()
        _summarise(desk)
        await asyncio.to_thread(desk.keeper.close)
        await asyncio.to_thread(desk.audit.close)

    return lifespan


async def _summaries(desk: Desk) -> None:
    while True:
        await asyncio.sleep(SUMMARY_SECONDS)
        _summarise(desk)


def _summarise(desk: Desk) -> None:
    """One line a minute in place of one per request: who asked how often with what result."""
    counts, desk.counts = desk.counts, type(desk.counts)()
    if counts:
        log.info("answered %s", ", ".join(f"{client} {status}: {count}" for (client, status), count in sorted(counts.items())))
