"""What the API says of watches, incidents, alerts and articles."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from schemas.article import Article
from schemas.incident import Incident, WatchState
from schemas.notification import Notification
from services.board import examples
from services.runtime.store import archive
from services.runtime.store.statements import insert
from services.runtime.store.tables import micros, notifications, watch_states
from tests.board.conftest import AT, Desk


def ids(answer: httpx.Response, kind: str, key: str = "id") -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["alert"]["alert_id"] if kind == "alerts" else each[key] for each in answer.json()[kind]]


def test_watches_that_are_put_are_the_watches_and_their_version_rises(client: httpx.Client) -> None:
    assert client.get("/watches").json() == {"version": 0, "watches": []}
    assert client.put("/watches", json=examples.WATCH_FILE).json() == {"version": 1}
    assert client.put("/watches", json=examples.WATCH_FILE).json() == {"version": 1}
    known = client.get("/watches").json()
    assert known["version"] == 1
    assert known["watches"][0]["watch"]["name"] == {"ar": "عين عيسى", "en": "Ain Issa"}
    assert known["watches"][0]["state"] is None
    assert client.put("/watches", json={"watches": []}).json() == {"version": 2}


def test_a_watch_is_told_with_its_state_and_the_summands_of_its_score(client: httpx.Client, desk: Desk) -> None:
    client.put("/watches", json=examples.WATCH_FILE)
    state = WatchState.model_validate(examples.STATE)
    row = {"watch_id": "ain-issa", "version": 7, "level": "elevated", "blind": 0, "body": state.model_dump_json()}
    desk.database.call(lambda c: c.execute(insert(c, watch_states).values(row)))
    told = client.get("/watches/ain-issa").json()
    assert WatchState.model_validate(told["state"]) == state
    assert sum(each["value"] for each in told["state"]["reasons"]) == told["state"]["escalation"]


def test_incidents_come_with_the_newest_report_first_page_by_page(client: httpx.Client, desk: Desk) -> None:
    for number in range(5):
        desk.incident(number)
    first = client.get("/incidents", params={"limit": 2})
    desk.incident(7, last_report_at=AT + timedelta(hours=1))  # one that comes meanwhile shifts nothing
    second = client.get("/incidents", params={"limit": 2, "after": first.json()["next"]})
    third = client.get("/incidents", params={"limit": 2, "after": second.json()["next"]})
    assert [ids(page, "incidents") for page in (first, second, third)] == [
        ["incident-000", "incident-001"],
        ["incident-002", "incident-003"],
        ["incident-004"],
    ]
    assert third.json()["next"] is None


def test_incidents_of_the_same_minute_are_neither_skipped_nor_repeated(client: httpx.Client, desk: Desk) -> None:
    for number in range(4):
        desk.incident(number, last_report_at=AT)
    cursor, seen = None, []
    while True:
        page = client.get("/incidents", params={"limit": 1} | ({"after": cursor} if cursor else {}))
        seen += ids(page, "incidents")
        if (cursor := page.json()["next"]) is None:
            break
    assert seen == [f"incident-{number:03}" for number in range(4)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"watch_id": "tal-tamr"}, ["incident-001"]),
        ({"status": "resolved"}, ["incident-002"]),
        ({"status": ["resolved", "open"]}, ["incident-000", "incident-001", "incident-002"]),
        ({"since": (AT - timedelta(seconds=90)).isoformat()}, ["incident-000", "incident-001"]),
        ({"watch_id": "سرت"}, []),
    ],
)
def test_incidents_are_filtered(client: httpx.Client, desk: Desk, query: Any, expected: list[str]) -> None:
    desk.incident(0)
    desk.incident(1, watch_id="tal-tamr")
    desk.incident(2, status="resolved")
    assert ids(client.get("/incidents", params=query), "incidents") == expected


def test_the_list_leaves_the_ledger_to_the_one_incident(client: httpx.Client, desk: Desk) -> None:
    kept = desk.incident(0)
    (listed,) = client.get("/incidents").json()["incidents"]
    assert "claims" not in listed
    assert Incident.model_validate(client.get(f"/incidents/{kept.id}").json()) == kept
    assert kept.claims[0].attribution == "مصدر طبي"


def test_alerts_are_followed_by_their_number(client: httpx.Client, desk: Desk) -> None:
    for number in range(3):
        desk.alert(number)
    page = client.get("/alerts", params={"limit": 2})
    assert ids(page, "alerts") == ["alert-0", "alert-1"]
    rest = client.get("/alerts", params={"after": page.json()["next"]})
    assert ids(rest, "alerts") == ["alert-2"]
    assert rest.json()["next"] is None
    desk.alert(3)
    last_seen = rest.json()["alerts"][-1]["seq"]
    assert ids(client.get("/alerts", params={"after": last_seen}), "alerts") == ["alert-3"]


def test_alerts_may_be_read_backwards_and_for_one_watch_or_incident(client: httpx.Client, desk: Desk) -> None:
    desk.alert(0)
    desk.alert(1, watch_id="tal-tamr")
    desk.alert(2, incident_id=None)
    newest = client.get("/alerts", params={"newest_first": True, "limit": 2})
    assert ids(newest, "alerts") == ["alert-2", "alert-1"]
    older = client.get("/alerts", params={"newest_first": True, "after": newest.json()["next"]})
    assert ids(older, "alerts") == ["alert-0"]
    assert ids(client.get("/alerts", params={"watch_id": "tal-tamr"}), "alerts") == ["alert-1"]
    assert ids(client.get("/alerts", params={"incident_id": "5d0c6c1f"}), "alerts") == ["alert-0", "alert-1"]


def test_an_alert_says_who_was_told_and_by_which_rule(client: httpx.Client, desk: Desk) -> None:
    desk.alert(0)
    told = Notification.model_validate({**examples.NOTIFICATION, "alert_id": "alert-0"})
    row = {
        "notification_id": told.id,
        "alert_id": told.alert_id,
        "subscription_id": told.subscription_id,
        "status": told.status.value,
        "created_at": micros(told.created_at),
        "body": told.model_dump_json(),
    }
    desk.database.call(lambda c: c.execute(insert(c, notifications).values(row)))
    answer = client.get("/alerts/alert-0").json()
    assert answer["alert"]["quotes"][0]["quote"] == examples.CLAIM["quote"]
    assert [(each["subscription_id"], each["reason"]) for each in answer["notifications"]] == [
        ("desk", "level_reached")
    ]


def test_an_article_is_read_from_the_archive(client: httpx.Client, desk: Desk) -> None:
    article = Article.model_validate(examples.ARTICLE)
    desk.database.call(lambda c: archive.put(c, article))
    assert Article.model_validate(client.get(f"/articles/{article.id}").json()) == article


@pytest.mark.parametrize("kind", ["watches", "incidents", "alerts", "articles"])
@pytest.mark.parametrize("id_", ["none", "عين عيسى", "a%2Fb", "x" * 512])
def test_what_is_not_there_is_said_not_to_be(empty: httpx.Client, kind: str, id_: str) -> None:
    answer = empty.get(f"/{kind}/{id_}")
    assert answer.status_code == 404
    assert answer.json()["error"]
