"""How the services beside this one are."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

PEER_SECONDS = 2.0


async def ask_peers(peers: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What each peer answers to /readyz; one that does not answer is not ready."""
    async with httpx.AsyncClient(timeout=PEER_SECONDS, trust_env=False, verify=_tls()) as client:
        answers = await asyncio.gather(*(_ask(client, url) for url in peers.values()))
    return dict(zip(peers, answers, strict=True))


async def _ask(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    try:
        answer = (await client.get(f"{url}/readyz")).json()
        return {"ready": bool(answer["ready"]), "waiting": answer.get("waiting", {})}
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return {"ready": False, "waiting": {"answer": type(error).__name__}}


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificate authorities takes longer than asking."""
    return ssl.create_default_context()
