"""HTTP for the services without Faust's web server (ingest and board): operations routes and how to serve.

app = FastAPI(...)
app.include_router(operations_router(health, settings.peers))     # /metrics, /healthz, /readyz
serve(app, settings.http_host, settings.http_port)                # returns after SIGTERM or Ctrl-C
"""

import hmac
import signal
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from pydantic import SecretStr

from services.runtime import metrics
from services.runtime.dead import VERSION
from services.runtime.health import Health
from services.runtime.peers import ask_peers

STOP_SECONDS = 3


_bearer = HTTPBearer(auto_error=False, description="MARSAD_HTTP_TOKEN, where it is set.")
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def token_check(token: SecretStr | None) -> Any:
    """A dependency that lets a request pass when it carries the token, or when none is asked for."""

    def check(given: Given) -> None:
        if token is None:
            return
        presented = given.credentials if given is not None else ""
        if not hmac.compare_digest(presented.encode(), token.get_secret_value().encode()):
            raise HTTPException(401, "a bearer token is needed", {"WWW-Authenticate": "Bearer"})

    return check


def operations_router(health: Health, peers: Mapping[str, str] | None = None) -> APIRouter:
    """/metrics, /healthz and /readyz; the latter also asks the `peers`, by name and base URL."""
    router = APIRouter(tags=["operations"])
    metrics.BUILD.labels(VERSION).set(1)

    @router.get("/metrics", response_class=Response)
    def _metrics() -> Response:
        return Response(generate_latest(metrics.REGISTRY) + generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    @router.get("/healthz")
    def _alive() -> dict[str, Any]:
        return {"service": health.service, "alive": True}

    @router.get("/readyz", response_model=None)
    async def _ready() -> JSONResponse:
        report = health.report()
        found = await ask_peers(peers or {})
        ready = health.is_ready and all(each["ready"] for each in found.values())
        body = report | {"ready": ready} | ({"peers": found} if found else {})
        return JSONResponse(body, 200 if ready else 503)

    return router


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; what is being answered then gets STOP_SECONDS."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))  # uvicorn raises the signal again when it is done
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
