"""From an article that is posted to a notification that is received, with every process and both brokers real."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import System, report
from tests.support.marsad import AIN_ISSA, TAL_TAMR, watches_file
from tests.support.processes import wait_for
from tests.support.receiver import Behaviour

SHELLING = "قصفت مدفعية ثقيلة أحياء سكنية في عين عيسى صباح اليوم، ما أدى إلى مقتل ثلاثة مدنيين، بحسب مراسلنا."
PROTEST = "خرجت مظاهرة حاشدة في عين عيسى احتجاجاً على انقطاع الكهرباء."
SPORT = "فاز الفريق الضيف بهدفين دون رد في ختام الدوري أمام جمهور كبير."
TAL_TAMR_CLASH = "اندلعت اشتباكات عنيفة اليوم في تل تمر بين مجموعات مسلحة، وقتل فيها أربعة مقاتلين."


def opened(system: System, watch_id: str = "ain-issa") -> list[dict]:
    return [one for one in system.receiver.alerts() if one["kind"] == "opened" and one["watch_id"] == watch_id]


def accepted(system: System, article: dict) -> bool:
    """Whether it was taken: a service that is being started again refuses the connection."""
    try:
        return system.marsad.post(article).status_code == 202
    except httpx.TransportError:
        return False


def test_an_article_becomes_one_notification_and_a_repeat_of_it_none(system: System) -> None:
    for article in (report(1, SPORT), report(2, SHELLING, "قصف على عين عيسى"), report(3, SPORT)):
        assert system.marsad.post(article).status_code == 202
    wait_for(lambda: opened(system), "the alert to be received")
    assert system.marsad.post(report(2, SHELLING, "قصف على عين عيسى")).status_code == 202
    assert system.marsad.post(report(4, PROTEST)).status_code == 202
    wait_for(lambda: len(opened(system)) == 2, "the alert of the other incident")

    first = opened(system)[0]
    assert first["watch_name"] == {"ar": "عين عيسى", "en": "Ain Issa"}
    assert "shelling" in first["signals"]
    assert first["quotes"][0]["quote"] in SHELLING
    assert first["killed"] == {"low": 3, "high": 3}
    assert len(opened(system)) == 2
    assert system.receiver.seen_twice() == []
    assert system.receiver.forged == 0


def test_ctrl_c_ends_every_process_within_five_seconds(system: System) -> None:
    assert len(system.marsad.processes()) >= 6
    system.marsad.interrupt(seconds=5.0)
    assert system.marsad.processes() == {}


def test_a_restart_keeps_what_was_known(system: System) -> None:
    article = report(1, SHELLING)
    system.marsad.post(article)
    wait_for(lambda: opened(system), "the alert to be received")
    system.marsad.interrupt()
    system.marsad.start()
    system.marsad.post(article)
    system.marsad.post(report(2, PROTEST))
    wait_for(lambda: len(opened(system)) == 2, "the new incident's alert")
    assert system.receiver.seen_twice() == []
    incidents = system.marsad.get("/incidents", watch_id="ain-issa").json()
    assert len(incidents["incidents"] if isinstance(incidents, dict) else incidents) == 2


@pytest.mark.slow
def test_a_service_that_is_killed_is_started_again_and_said_so(system: System) -> None:
    for name in ("analyze", "track", "notify"):
        pid = system.marsad.pids(f"serve {name}")[0]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid, name=name: set(system.marsad.pids(f"serve {name}")) - {pid}, f"{name} to be back")  # type: ignore[misc]
        assert name in system.marsad.output()
    system.marsad.post(report(1, SHELLING))
    wait_for(lambda: opened(system), "the alert to be received", 60)
    assert system.receiver.seen_twice() == []


@pytest.mark.slow
def test_watches_edited_while_running_are_in_force_within_seconds(system: System) -> None:
    system.marsad.post(report(1, TAL_TAMR_CLASH), report(2, SHELLING))
    wait_for(lambda: opened(system), "the alert of the first watch")
    assert opened(system, "tal-tamr") == []
    watches_file(system.watches, AIN_ISSA, TAL_TAMR)
    wait_for(lambda: "tal-tamr" in system.marsad.get("/watches").text, "the new watch to be known", 5)
    number = iter(range(10, 100))

    def alert_or_another_article() -> list[dict]:
        system.marsad.post(report(next(number), TAL_TAMR_CLASH))
        return opened(system, "tal-tamr")

    wait_for(alert_or_another_article, "the alert of the new watch", 10, every=0.5)


@pytest.mark.slow
def test_a_wrong_watches_file_is_refused_in_words_and_changes_nothing(system: System) -> None:
    watches_file(system.watches, {**AIN_ISSA, "center": [136.4, 38.8]})
    wait_for(lambda: "latitude 136.4" in system.marsad.output(), "the error to be said")
    system.marsad.post(report(1, SHELLING))
    wait_for(lambda: opened(system), "the alert of the watch as it was")


@pytest.mark.slow
def test_a_receiver_that_is_gone_for_a_while_gets_its_alert_once(system: System) -> None:
    system.receiver.behave(Behaviour.REFUSE)
    system.marsad.post(report(1, SHELLING))
    wait_for(lambda: system.receiver.refused, "a refused attempt")
    system.receiver.behave(Behaviour.LOSE)
    wait_for(lambda: system.receiver.accepted, "an attempt whose answer is lost", 60)
    system.receiver.behave(Behaviour.ACCEPT)
    wait_for(lambda: len(system.receiver.accepted) >= 2, "another attempt", 60)
    assert system.receiver.seen_twice() == []


@pytest.mark.slow
def test_the_embedded_broker_may_die_without_an_alert_being_lost(
    make_embedded: Callable[[], System], tmp_path: Path
) -> None:
    system = make_embedded()
    system.receiver.behave(Behaviour.REFUSE)
    system.marsad.post(report(1, SHELLING))
    wait_for(lambda: system.marsad.get("/alerts", watch_id="ain-issa").text.count("alert_id"), "the alert to be stored")
    broker = system.marsad.pids("tansu")[0]
    services = system.marsad.pids("serve ")
    os.kill(broker, signal.SIGKILL)
    wait_for(lambda: set(system.marsad.pids("tansu")) - {broker}, "a new broker")
    left = set(services) & set(system.marsad.pids("serve "))
    assert not left, "a service with the old log's offsets met the new broker"
    system.receiver.behave(Behaviour.ACCEPT)
    wait_for(lambda: opened(system), "the alert to be received", 90)
    wait_for(lambda: accepted(system, report(2, PROTEST)), "the services to be back", 30)
    wait_for(lambda: len(opened(system)) == 2, "the next article's alert", 90)
    assert system.receiver.seen_twice() == []
