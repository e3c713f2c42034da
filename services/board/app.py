"""The board: the HTTP API over the store, and where articles are posted."""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, TypeVar

import httpx
import structlog
import uvicorn
from fastapi import APIRouter, Body, Depends, FastAPI, Header, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from pydantic import AwareDatetime
from sqlalchemy import text
from starlette.exceptions import HTTPException as StarletteHTTPException

from schemas.article import Article
from schemas.incident import Incident, IncidentStatus
from schemas.watch import WatchFile
from services.board import examples, queries
from services.board.guard import CountAnswers, LimitBody, token_check
from services.board.live import Live
from services.board.models import (
    AlertPage,
    Failure,
    Faults,
    IncidentPage,
    NotifiedAlert,
    NumberedAlert,
    WatchedState,
    WatchList,
    WatchVersion,
)
from services.runtime import logs, metrics
from services.runtime.dead import VERSION
from services.runtime.health import Health
from services.runtime.intake import Gate
from services.runtime.intake.http import articles_router
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable, archive, watchset

log = structlog.get_logger()

RETRY_SECONDS = 2
PEER_SECONDS = 2.0
"""How long the readiness of another service is waited for."""

_NO_NUL = r"^[^\x00]+$"
Key = Annotated[str, Path(max_length=512, pattern=_NO_NUL)]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
Id = Annotated[str | None, Query(max_length=512, pattern=_NO_NUL)]
Seq = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="`next` of the page before.")]

_DESCRIPTION = """Articles go in at `POST /articles`; what they mean for watched places comes out as incidents and alerts.

Times are UTC. An error says `error`, or for a field at fault `errors`. Where `MARSAD_HTTP_TOKEN` is set, everything but
`/healthz`, `/readyz` and `/metrics` needs it as a bearer token."""

_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "The body is not JSON."},
    401: {"model": Failure, "description": "The bearer token is missing or wrong."},
    413: {"model": Failure, "description": "The body is too long."},
    422: {"model": Faults, "description": "Each field at fault."},
    503: {"model": Failure, "description": "The store or the broker is gone for now: try again."},
}
Found = TypeVar("Found")
_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Failure, "description": "There is none by this id."}}


class Board:
    """What the routes share."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.health = Health("board")
        self.live = Live(database)
        self.gate = Gate(settings, database, "board")

    @contextlib.asynccontextmanager
    async def running(self, _app: FastAPI) -> AsyncIterator[None]:
        async with self.gate:
            listening = asyncio.create_task(self.live.listen(self.settings))
            self.health.ready()
            try:
                yield
            finally:
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening


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
    for router in (_watches(board), _incidents(board), _alerts(board), _articles(board), articles_router(board.gate)):
        guarded.include_router(router)
    app.include_router(guarded)
    app.include_router(_operations(board))
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(StarletteHTTPException, _failure)
    app.add_exception_handler(StoreUnavailable, _store_gone)
    return app


def _watches(board: Board) -> APIRouter:
    router = APIRouter(tags=["watches"])

    @router.get("/watches", responses=examples.of(examples.WATCH_LIST))
    async def list_watches() -> WatchList:
        """Every watch, and where it stands."""
        return await board.database.run(queries.watch_list)

    @router.put("/watches")
    async def apply_watches(
        wanted: Annotated[WatchFile, Body(openapi_examples={"one": {"value": examples.WATCH_FILE}})],
    ) -> WatchVersion:
        """Makes these the watches, all of them; analyze and track take them over within a second or two.

        A watches file that `marsad up` or track follows is applied again when it changes.
        """
        return WatchVersion(version=await board.database.run(lambda c: watchset.apply(c, wanted)))

    @router.get("/watches/{watch_id}", responses={**_MISSING, **examples.of(examples.WATCHED)})
    async def get_watch(watch_id: Key) -> WatchedState:
        """One watch: its level, scores, and the summands that make them."""
        known = await board.database.run(queries.watch_list)
        return _found(next((each for each in known.watches if each.watch.id == watch_id), None), "watch", watch_id)

    return router


def _incidents(board: Board) -> APIRouter:
    router = APIRouter(tags=["incidents"])

    @router.get(
        "/incidents",
        response_model_exclude={"incidents": {"__all__": {"claims", "observation_ids"}}},
        responses=examples.of(examples.INCIDENT_PAGE),
    )
    async def list_incidents(
        watch_id: Id = None,
        status: Annotated[list[IncidentStatus], Query(description="Any of these; all without it.")] = [],  # noqa: B006
        since: Annotated[AwareDatetime | None, Query(description="With a report at or after this time.")] = None,
        after: Annotated[str | None, Query(max_length=600, description="`next` of the page before.")] = None,
        limit: Limit = 100,
    ) -> IncidentPage:
        """Incidents, those with the newest report first."""
        place = _place(after)
        return await board.database.run(lambda c: queries.incident_page(c, watch_id, status, since, place, limit))

    @router.get("/incidents/{incident_id}", responses={**_MISSING, **examples.of(examples.INCIDENT)})
    async def get_incident(incident_id: Key) -> Incident:
        """One incident with its ledger: who said what, when."""
        return _found(await board.database.run(lambda c: queries.incident(c, incident_id)), "incident", incident_id)

    return router


def _alerts(board: Board) -> APIRouter:
    router = APIRouter(tags=["alerts"])

    @router.get("/alerts", responses=examples.of(examples.ALERT_PAGE))
    async def list_alerts(
        watch_id: Id = None,
        incident_id: Id = None,
        after: Seq = None,
        newest_first: Annotated[bool, Query(description="Against the order of decision.")] = False,
        limit: Limit = 100,
    ) -> AlertPage:
        """Alerts in the order of decision. To follow them, ask again with `after` the last `seq` seen."""
        return await board.database.run(
            lambda c: queries.alert_page(c, watch_id, incident_id, after, limit, newest_first)
        )

    @router.get(
        "/alerts/stream",
        response_class=StreamingResponse,
        responses={200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}}},
    )
    async def stream_alerts(
        after: Seq = None,
        watch_id: Id = None,
        last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,18}$")] = None,
    ) -> StreamingResponse:
        """Alerts as they come, as server-sent events of type `alert` whose id is `seq`: a browser that lost the
        connection resumes by itself. From now on, or after the number given."""
        start = int(last_event_id) if last_event_id else after
        return StreamingResponse(
            _events(board.live, start, watch_id), media_type="text/event-stream", headers=_NO_CACHE
        )

    @router.get("/alerts/{alert_id}", responses={**_MISSING, **examples.of(examples.NOTIFIED)})
    async def get_alert(alert_id: Key) -> NotifiedAlert:
        """One alert, who was told of it, and by which rule."""
        return _found(await board.database.run(lambda c: queries.alert(c, alert_id)), "alert", alert_id)

    return router


_NO_CACHE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def _events(live: Live, after: int | None, watch_id: str | None) -> AsyncIterator[str]:
    yield ": live\n\n"  # at once, so that the listener knows that it is connected
    async for each in live.alerts(after):
        if each is None:
            yield ": still here\n\n"
        elif watch_id is None or each.alert.watch_id == watch_id:
            yield _event(each)


def _event(numbered: NumberedAlert) -> str:
    return f"id: {numbered.seq}\nevent: alert\ndata: {numbered.alert.model_dump_json()}\n\n"


def _articles(board: Board) -> APIRouter:
    router = APIRouter(tags=["articles"])

    @router.get("/articles/{article_id}", responses={**_MISSING, **examples.of(examples.ARTICLE)})
    async def get_article(article_id: Key) -> Article:
        """The newest version of an article; kept for thirty days."""
        return _found(await board.database.run(lambda c: archive.get(c, article_id)), "article", article_id)

    return router


def _operations(board: Board) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    async def alive() -> dict[str, Any]:
        """Whether the process lives."""
        return {"service": "board", "alive": True}

    @router.get("/readyz", responses={503: {"description": "What is waited for."}})
    async def ready() -> JSONResponse:
        """Whether the board can do its work; beside it, what the other services say of themselves."""
        await _look_at_store(board)
        peers = await asyncio.gather(*(_peer(url) for url in board.settings.peers.values()))
        report = board.health.report() | {"peers": dict(zip(board.settings.peers, peers, strict=True))}
        return JSONResponse(report, 200 if board.health.is_ready else 503)

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def prometheus() -> Response:
        """Metrics for Prometheus."""
        body = generate_latest(metrics.REGISTRY) + generate_latest(REGISTRY)
        return Response(body, media_type=CONTENT_TYPE_LATEST)

    return router


async def _look_at_store(board: Board) -> None:
    try:
        await board.database.run(lambda c: c.execute(text("SELECT 1 FROM watch_set")).first())
    except StoreUnavailable as error:
        board.health.not_ready("store", str(error))
    else:
        board.health.ready("store")


async def _peer(url: str) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=PEER_SECONDS, trust_env=False) as client:
            said: dict[str, Any] = (await client.get(f"{url.rstrip('/')}/readyz")).json()
            return {"ready": said.get("ready") is True, "waiting": said.get("waiting", {})}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError) as error:
        return {"ready": False, "waiting": {"answer": type(error).__name__}}


def _found(value: Found | None, kind: str, id_: str) -> Found:
    if value is None:
        raise HTTPException(404, f"there is no {kind} '{id_}'")
    return value


def _place(cursor: str | None) -> queries.Place | None:
    try:
        return queries.Place.read(cursor) if cursor else None
    except ValueError as error:
        fault = {"loc": ("query", "after"), "msg": str(error), "type": "value_error"}
        raise RequestValidationError([fault]) from None


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
    assert isinstance(error, StarletteHTTPException)
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
    uvicorn.run(
        create_app(settings, Database(settings.store_url)),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
