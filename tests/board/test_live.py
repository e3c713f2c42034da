"""Articles in, live alerts out, and the truth about readiness."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from services.board.routes import kept_up
from services.runtime.store.migrate import migrate
from tests.board.conftest import Desk, Serve
from tests.support.brokers import KafkaBroker, TansuBroker
from tests.support.processes import wait_for


def events(answer: httpx.Response) -> Iterator[tuple[str, dict]]:
    """(id, data) of each event that comes."""
    number = ""
    for line in answer.iter_lines():
        if line.startswith("id: "):
            number = line.removeprefix("id: ")
        elif line.startswith("data: "):
            yield number, json.loads(line.removeprefix("data: "))


def test_an_article_is_accepted_once_the_broker_has_it(with_broker: httpx.Client) -> None:
    sent = {"title": "قصف على البلدة", "text": "سقطت قذائف على أطراف البلدة مساء اليوم.", "source": "sample.marsad"}
    answer = with_broker.post("/articles", json=sent)
    assert answer.status_code == 202
    (accepted,) = answer.json()["accepted"]
    assert accepted["novelty"] == "new"
    assert with_broker.get(f"/articles/{accepted['id']}").json()["title"] == sent["title"]
    assert with_broker.post("/articles", json=[sent]).json()["accepted"][0]["novelty"] == "repeated"


def test_alerts_come_as_they_are_decided_and_a_listener_resumes_where_it_was(client: httpx.Client, desk: Desk) -> None:
    desk.alert(0)
    with client.stream("GET", "/alerts/stream", params={"after": 0}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        arriving = events(answer)
        number, first = next(arriving)
        desk.alert(1)
        _, second = next(arriving)
    assert [first["alert_id"], second["alert_id"]] == ["alert-0", "alert-1"]
    with client.stream("GET", "/alerts/stream", headers={"last-event-id": number}) as answer:
        assert next(events(answer))[1]["alert_id"] == "alert-1"


def test_a_listener_without_a_number_hears_what_comes_from_now_on_at_its_watch(
    client: httpx.Client, desk: Desk
) -> None:
    desk.alert(0)
    with client.stream("GET", "/alerts/stream", params={"watch_id": "ain-issa"}) as answer:
        lines = answer.iter_lines()
        assert next(lines) == ": live"
        while next(lines) != ": still here":  # it has looked: what is decided now is new to it
            pass
        desk.alert(1, watch_id="tal-tamr")
        desk.alert(2)
        assert next(line for line in lines if line.startswith("data: ")).count('"alert-2"') == 1


def test_ready_is_said_only_while_store_and_broker_answer(
    serve: Serve, store_url: str, own_broker: TansuBroker | KafkaBroker
) -> None:
    client = serve(store=store_url, bootstrap=own_broker.bootstrap)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "store" in answer.json()["waiting"]
    assert client.get("/healthz").status_code == 200
    refused = client.get("/watches")
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    migrate(store_url)
    wait_for(lambda: client.get("/readyz").json()["ready"], "the store to be seen")
    assert client.get("/watches").status_code == 200
    own_broker.kill()
    wait_for(lambda: "broker" in client.get("/readyz").json()["waiting"], "the broker to be missed")
    assert client.post("/articles", json={"text": "قصف على البلدة"}).status_code == 503


async def test_a_job_beside_the_requests_that_fails_is_begun_again() -> None:
    began: list[None] = []
    again = asyncio.Event()

    async def job() -> None:
        began.append(None)
        if len(began) == 1:
            raise RuntimeError("مرة واحدة")
        again.set()
        await asyncio.Event().wait()

    keeping = asyncio.create_task(kept_up(job))
    async with asyncio.timeout(10):
        await again.wait()
    keeping.cancel()


def test_the_readiness_of_the_other_services_stands_beside_its_own(
    serve: Serve, broker: TansuBroker | KafkaBroker
) -> None:
    other = serve(bootstrap=broker.bootstrap)
    wait_for(lambda: other.get("/readyz").json()["ready"], "the other to be ready")
    asked = serve(
        bootstrap=broker.bootstrap, peers=f"track={str(other.base_url).rstrip('/')},notify=http://127.0.0.1:1"
    )
    wait_for(lambda: asked.get("/readyz").json()["waiting"] == {}, "the asked to be ready itself")
    report = asked.get("/readyz").json()
    assert report["ready"] is False
    assert report["peers"]["track"]["ready"] is True
    assert report["peers"]["notify"]["ready"] is False


@pytest.mark.parametrize("path", ["/watches", "/incidents/none"])
def test_answers_are_counted_by_route_and_never_by_id(client: httpx.Client, path: str) -> None:
    client.get(path)
    text = client.get("/metrics").text
    assert 'marsad_http_requests_total{route="/incidents/{incident_id}"' in text or path == "/watches"
    assert "/incidents/none" not in text
