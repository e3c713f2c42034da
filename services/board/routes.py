"""The routes: each asks the store one question."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import APIRouter, Body, FastAPI, Header, HTTPException, Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime
from sqlalchemy import text

from schemas.article import Article
from schemas.incident import Incident, IncidentStatus
from schemas.watch import WatchFile
from services.board import examples, queries
from services.board.live import Live
from services.board.models import (
    AlertPage,
    Failure,
    IncidentPage,
    NotifiedAlert,
    NumberedAlert,
    WatchedState,
    WatchList,
    WatchVersion,
)
from services.runtime.health import Health, watch_broker
from services.runtime.intake import Gate
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable, archive, watchset

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How soon /readyz knows that the store is gone, or back."""

_NO_NUL = r"^[^\x00]+$"
Key = Annotated[str, Path(max_length=512, pattern=_NO_NUL)]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
Id = Annotated[str | None, Query(max_length=512, pattern=_NO_NUL)]
Seq = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="`next` of the page before.")]

Found = TypeVar("Found")
_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Failure, "description": "There is none by this id."}}


class Board:
    """What the routes share."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.health = Health("board")
        self.health.not_ready("store", "not yet asked")
        self.live = Live(database)
        self.gate = Gate(settings, database, "board")

    @contextlib.asynccontextmanager
    async def running(self, _app: FastAPI) -> AsyncIterator[None]:
        async with self.gate:
            jobs = (
                partial(self.live.listen, self.settings),
                self._look_at_store,
                partial(watch_broker, self.settings.bootstrap, self.health),
            )
            beside = [asyncio.create_task(kept_up(job)) for job in jobs]
            self.health.ready()
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)

    async def _look_at_store(self) -> None:
        """Tells /readyz, for ever."""
        while True:
            try:
                await self.database.run(lambda c: c.execute(text("SELECT 1 FROM watch_set")).first())
            except StoreUnavailable as error:
                self.health.not_ready("store", str(error))
            else:
                self.health.ready("store")
            await asyncio.sleep(LOOK_SECONDS)


async def kept_up(job: Callable[[], Awaitable[None]]) -> None:
    """The job for ever: one that fails is said and begun again, for nobody else waits for it."""
    while True:
        try:
            await job()
        except Exception:
            log.exception("a job beside the requests failed and is begun again")
        await asyncio.sleep(LOOK_SECONDS)


def watches(board: Board) -> APIRouter:
    router = APIRouter(tags=["watches"])

    @router.get(
        "/watches",
        response_model_exclude={"watches": {"__all__": {"state": {"memory"}}}},
        responses=examples.of(examples.WATCH_LIST),
    )
    async def list_watches() -> WatchList:
        """Every watch, and where it stands."""
        return await board.database.run(queries.watch_list)

    @router.put("/watches")
    async def apply_watches(
        wanted: Annotated[WatchFile, Body(openapi_examples={"one": {"value": examples.WATCH_FILE}})],
    ) -> WatchVersion:
        """Makes these the watches, all of them; analyze and track take them over within a second or two.

        A watches file that `marsad up` follows is applied again when it changes.
        """
        return WatchVersion(version=await board.database.run(lambda c: watchset.apply(c, wanted)))

    @router.get(
        "/watches/{watch_id}",
        response_model_exclude={"state": {"memory"}},
        responses={**_MISSING, **examples.of(examples.WATCHED)},
    )
    async def get_watch(watch_id: Key) -> WatchedState:
        """One watch: its level, scores, and the summands that make them."""
        known = await board.database.run(queries.watch_list)
        return _found(next((each for each in known.watches if each.watch.id == watch_id), None), "watch", watch_id)

    return router


def incidents(board: Board) -> APIRouter:
    router = APIRouter(tags=["incidents"])

    @router.get(
        "/incidents",
        response_model_exclude={"incidents": {"__all__": {"claims", "observation_ids", "members"}}},
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

    @router.get(
        "/incidents/{incident_id}",
        response_model_exclude={"members"},
        responses={**_MISSING, **examples.of(examples.INCIDENT)},
    )
    async def get_incident(incident_id: Key) -> Incident:
        """One incident with its ledger: who said what, when."""
        return _found(await board.database.run(lambda c: queries.incident(c, incident_id)), "incident", incident_id)

    return router


def alerts(board: Board) -> APIRouter:
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


def articles(board: Board) -> APIRouter:
    router = APIRouter(tags=["articles"])

    @router.get("/articles/{article_id}", responses={**_MISSING, **examples.of(examples.ARTICLE)})
    async def get_article(article_id: Key) -> Article:
        """The newest version of an article; kept for thirty days."""
        return _found(await board.database.run(lambda c: archive.get(c, article_id)), "article", article_id)

    return router


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
