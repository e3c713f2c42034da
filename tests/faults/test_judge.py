"""The judge itself: a harness that cannot fail proves nothing."""

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.watch import WatchFile
from services.analyze.core import Analyzer
from tests.faults import judge
from tests.faults.articles import VILLAGES, article
from tests.faults.feeder import Accepted
from tests.faults.judge import Account, Stored
from tests.support.villages import watch

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def incident(watch_id: str, *members: str, **changes: Any) -> dict[str, Any]:
    state = {"family": "strike", "direction": "escalating", "status": "open", "level": "elevated", "episode": 1}
    return {"watch_id": watch_id, "observation_ids": list(members), **state, **changes}


def world(receiver: Any = None) -> Any:
    """One accepted article at one watch."""
    accepted = [Accepted(article(1, 0, NOW), "a", 0.0)]
    return SimpleNamespace(feeder=SimpleNamespace(accepted=accepted), receiver=receiver)


def stored(**changes: Any) -> Stored:
    watch_id = article(1, 0, NOW).watch_id
    assert watch_id
    notification = {"id": "n", "alert_id": "x", "status": "sent"}
    parts = {
        "observed": {("a", watch_id)},
        "incidents": [incident(watch_id, "o")],
        "alerts": {"x": {"alert_id": "x"}},
        "notifications": [notification],
    }
    return Stored(**{**parts, **changes})


class Seen:
    """A receiver that has seen these (webhook id, alert id)."""

    def __init__(self, *seen: tuple[str, str]) -> None:
        self.seen = dict(seen)
        self.accepted = list(seen)
        self.forged = 0

    def alerts(self) -> list[dict[str, str]]:
        return [{"alert_id": alert_id} for alert_id in self.seen.values()]

    def visible(self) -> dict[str, str]:
        return self.seen

    def seen_twice(self) -> list[str]:
        return [alert_id for alert_id, count in Counter(self.seen.values()).items() if count > 1]


def broken(account: Account) -> list[str]:
    return [line.partition(":")[0] for line in account.broken]


def test_a_lost_observation_is_found() -> None:
    account = Account()
    judge._account_observations(account, world(), stored(observed=set()))
    assert broken(account) == ["observations lost"]


def test_an_observation_of_nothing_is_found() -> None:
    account = Account()
    judge._account_observations(account, world(), stored(observed=stored().observed | {("b", "village-9")}))
    assert broken(account) == ["observations of no such article"]


@pytest.mark.parametrize(
    ("live", "complaint"),
    [
        ([], {"incidents that only replay has"}),
        (
            [incident("w", "o"), incident("w", "p")],
            {"incidents that replay does not have", "observations counted twice"},
        ),
        ([incident("w", "o", level="critical")], {"incidents in another state than in replay"}),
        ([incident("w", "o", "o")], {"incidents that replay does not have", "observations counted twice"}),
        ([incident("w", "o")], set()),
    ],
)
def test_incidents_other_than_in_replay_are_found(
    live: list[dict[str, Any]], complaint: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "replayed", lambda _world: [incident("w", "o")])
    account = Account()
    judge._account_incidents(account, world(), stored(incidents=live))
    assert complaint <= set(broken(account))
    assert bool(complaint) == bool(account.broken)


@pytest.mark.parametrize(
    ("seen", "notifications", "complaint"),
    [
        (Seen(("n", "x")), [{"id": "n", "alert_id": "x", "status": "sent"}], []),
        (Seen(), [], ["alerts without a decision"]),
        (Seen(), [{"id": "n", "alert_id": "x", "status": "sending"}], ["notifications not settled"]),
        (Seen(), [{"id": "n", "alert_id": "x", "status": "failed"}], ["notifications given up"]),
        (Seen(), [{"id": "n", "alert_id": "x", "status": "sent"}], ["notifications sent but never seen"]),
        (
            Seen(("n", "x"), ("m", "x")),
            [{"id": "n", "alert_id": "x", "status": "sent"}],
            ["notifications visible twice"],
        ),
        (
            Seen(("n", "x"), ("m", "y")),
            [{"id": "n", "alert_id": "x", "status": "sent"}],
            ["alerts seen that the store does not know"],
        ),
    ],
)
def test_a_wrong_notification_is_found(seen: Seen, notifications: list[dict[str, str]], complaint: list[str]) -> None:
    account = Account()
    judge._account_notifications(account, world(seen), stored(notifications=notifications))
    assert broken(account) == complaint


def test_what_the_generator_says_of_its_articles_is_what_the_analysis_reads() -> None:
    watches = WatchFile.model_validate({"watches": [watch(number) for number in range(VILLAGES)]}).watches
    analyzer = Analyzer((), watches)
    for number in range(0, 600, 3):
        made = article(7, number, NOW)
        read = SimpleNamespace(**{"id": "x", "context": "", "lang": None, **made.body, "event_time": lambda: NOW})
        woken = analyzer.observe(analyzer.analyze(read))
        assert [watch_id for watch_id, _ in woken] == [made.watch_id] * (made.watch_id is not None), made.body["text"]
