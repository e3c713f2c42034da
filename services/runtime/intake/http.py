"""`POST /articles`: one article or many, accepted as a whole or not at all."""

import asyncio
import io
import json
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services.runtime import metrics
from services.runtime.errors import PoisonError, TransientError
from services.runtime.intake.article import Candidate, build
from services.runtime.intake.gate import Accepted, Gate
from services.runtime.store import StoreUnavailable

MAX_BODY = 64 * 1024 * 1024
MAX_ARTICLES = 1000
RETRY_SECONDS = 2

_DESCRIPTION = f"""One article (a JSON object), many (an array, or JSON Lines as `application/x-ndjson`), at most \
{MAX_ARTICLES} at once. `text` or `title` is needed; `id`, `source`, `url`, `lang`, `published_at` and `context` help; \
other fields are ignored. **202** comes only after the broker has acknowledged every article. Sending the same article \
again does no harm. With the embedded broker, which keeps its log in memory, articles that are accepted but not yet \
analysed are lost when it dies.

**422** names each article at fault and its field; then none was accepted. **503** asks to try again."""


_EXAMPLE = {
    "title": "قصف على السوق",
    "text": "سقطت قذائف على سوق عين عيسى ظهر اليوم، بحسب مصدر طبي.",
    "source": "sample.marsad",
    "url": "https://sample.marsad/2",
    "lang": "ar",
    "published_at": "2026-03-14T12:30:00Z",
}
_STRING = {"type": ["string", "null"]}
_ARTICLE = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("source", "url", "lang", "title", "text", "context", "published_at"), _STRING),
        "id": {"type": ["string", "integer", "null"]},
        "sample": {"type": "boolean"},
    },
    "anyOf": [{"required": ["text"]}, {"required": ["title"]}],
}
_REQUEST_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"anyOf": [_ARTICLE, {"type": "array", "items": _ARTICLE, "minItems": 1}]},
            "examples": {"one": {"value": _EXAMPLE}, "many": {"value": [_EXAMPLE]}},
        },
        "application/x-ndjson": {"schema": {"type": "string"}},
    },
}
_ACCEPTED = {"accepted": [{"id": "0f3a9c…", "version": 1, "novelty": "new"}]}
_REFUSED = {"errors": [{"index": 1, "field": "text", "message": "a string is needed, not int"}]}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"description": "Accepted.", "content": {"application/json": {"example": _ACCEPTED}}},
    413: {"description": "The body is too long.", "content": {"application/json": {"example": _REFUSED}}},
    422: {"description": "Each field at fault.", "content": {"application/json": {"example": _REFUSED}}},
    503: {"description": "Try again.", "content": {"application/json": {"example": {"error": "…"}}}},
}


def articles_router(gate: Gate) -> APIRouter:
    """The route, to be included in a FastAPI application."""
    router = APIRouter(tags=["articles"])

    @router.post(
        "/articles",
        status_code=202,
        description=_DESCRIPTION,
        summary="Send articles",
        response_model=None,
        responses=_RESPONSES,
        openapi_extra={"requestBody": _REQUEST_BODY},
    )
    async def post_articles(request: Request) -> JSONResponse:
        try:
            body = await _body(request)
            candidates, faults = await asyncio.to_thread(_build_all, body, _is_lines(request), gate.now())
        except PoisonError as error:
            return _refusal(413 if error.field == "size" else 422, [_fault(None, error)])
        if faults:
            metrics.REJECTED.labels("http").inc(len(faults))
            return _refusal(422, faults)
        try:
            accepted = await gate.accept(candidates, "http")
        except PoisonError as error:
            metrics.REJECTED.labels("http").inc(len(candidates))
            return _refusal(422, [_fault(None, error)])
        except (TransientError, StoreUnavailable) as error:
            return JSONResponse({"error": str(error)}, 503, headers={"Retry-After": str(RETRY_SECONDS)})
        return JSONResponse({"accepted": [_shown(each) for each in accepted]}, 202)

    return router


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise PoisonError(f"the body is longer than {MAX_BODY:,} bytes", "size")
    return bytes(body)


def _is_lines(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    return "ndjson" in kind or "jsonl" in kind


def _articles(body: bytes, lines: bool) -> list[Any]:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PoisonError(f"not UTF-8 at byte {error.start}", "body") from None
    try:
        if lines:
            found: Any = [json.loads(line) for line in io.StringIO(text, newline="\n") if line.strip()]
        else:
            found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PoisonError(f"not JSON: {error}", "body") from None
    articles = found if isinstance(found, list) else [found]
    if not articles:
        raise PoisonError("no article in it", "body")
    if len(articles) > MAX_ARTICLES:
        raise PoisonError(f"more than {MAX_ARTICLES} articles at once", "body")
    return articles


def _build_all(body: bytes, lines: bool, seen_at: datetime) -> tuple[list[Candidate], list[dict[str, Any]]]:
    """The articles of a body, and a fault for each that is none; long ones take a while, so a thread does it."""
    candidates: list[Candidate] = []
    faults: list[dict[str, Any]] = []
    for index, raw in enumerate(_articles(body, lines)):
        try:
            candidates.append(build(raw, seen_at))
        except PoisonError as error:
            faults.append(_fault(index, error))
    return candidates, faults


def _fault(index: int | None, error: PoisonError) -> dict[str, Any]:
    return {"index": index, "field": error.field, "message": str(error)}


def _refusal(status: int, faults: list[dict[str, Any]]) -> JSONResponse:
    return JSONResponse({"errors": faults}, status)


def _shown(accepted: Accepted) -> dict[str, Any]:
    article = accepted.article
    shown = {"id": article.id, "version": article.version, "novelty": accepted.novelty}
    return shown | ({"warnings": list(accepted.warnings)} if accepted.warnings else {})
