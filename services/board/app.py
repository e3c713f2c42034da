"""The board: the HTTP API over the store, and where articles are posted."""

import ipaddress
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from services.board.guard import CountAnswers, LimitBody
from services.board.models import Failure, Faults
from services.board.routes import Board, alerts, articles, incidents, watches
from services.runtime import logs
from services.runtime.dead import VERSION
from services.runtime.intake.http import articles_router
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable
from services.runtime.web import operations_router, serve, token_check

log = structlog.get_logger()

RETRY_SECONDS = 2

_DESCRIPTION = """Articles go in at `POST /articles`; what they mean for watched places comes out as incidents
and alerts.

Times are UTC. An error says `error`, or for a field at fault `errors`. Where `MARSAD_HTTP_TOKEN` is set, everything but
`/healthz`, `/readyz` and `/metrics` needs it as a bearer token."""

_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "The body is not JSON."},
    401: {"model": Failure, "description": "The bearer token is missing or wrong."},
    413: {"model": Failure, "description": "The body is too long."},
    422: {"model": Faults, "description": "Each field at fault."},
    503: {"model": Failure, "description": "The store or the broker is gone for now: try again."},
}


def create_app(settings: Settings, database: Database) -> FastAPI:
    board = Board(settings, database)
    app = FastAPI(
        title="Marsad",
        summary="What happens at the watched places, from the news, Arabic first.",
        description=_DESCRIPTION,
        version=VERSION,
        lifespan=board.running,
    )
    app.add_middleware(LimitBody)
    app.add_middleware(CountAnswers)
    guarded = APIRouter(dependencies=[Depends(token_check(settings.http_token))], responses=_RESPONSES)
    for router in (watches(board), incidents(board), alerts(board), articles(board), articles_router(board.gate)):
        guarded.include_router(router)
    app.include_router(guarded)
    app.include_router(operations_router(board.health, settings.peers))
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _failure)
    app.add_exception_handler(StoreUnavailable, _store_gone)
    return app


async def _wrong_request(_request: Request, error: Exception) -> Response:
    """Names each field at fault and never repeats the input: it may hold what no answer can carry."""
    assert isinstance(error, RequestValidationError)
    faults = [_fault(fault["loc"], fault["msg"]) for fault in error.errors()]
    unreadable = any(fault.get("type") == "json_invalid" for fault in error.errors())
    return JSONResponse({"errors": faults}, 400 if unreadable else 422)


def _fault(location: Sequence[Any], message: str) -> dict[str, Any]:
    field = ".".join(str(part) for part in location if part != "body")
    return {"field": field or "body", "message": message.removeprefix("Value error, "), "index": None}


async def _failure(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": str(error.detail)}, error.status_code, headers=error.headers)


async def _store_gone(_request: Request, error: Exception) -> Response:
    log.warning("store gone", reason=str(error))
    return JSONResponse(
        {"error": "the store is locked or gone for now; try again"}, 503, {"Retry-After": str(RETRY_SECONDS)}
    )


def main(settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C."""
    logs.setup(settings, "board")
    if settings.http_token is None and not _is_loopback(settings.http_host):
        log.warning("anyone who reaches this address can read and change everything: set MARSAD_HTTP_TOKEN")
    serve(create_app(settings, Database(settings.store_url)), settings.http_host, settings.http_port)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
