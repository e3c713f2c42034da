"""The webhook channel against a receiver that really listens."""

import asyncio
import logging
from datetime import timedelta

import pytest
from pydantic import SecretStr
from standardwebhooks.webhooks import WebhookVerificationError

from schemas.alert import Alert
from schemas.subscription import WebhookChannel
from services.notify.channels import Delivered, Outcome, Outgoing, Refused, Retry
from services.notify.channels.webhook import Webhook, judge, read_retry_after
from tests.notify.making import NOW, SECRET, alert
from tests.notify.receiver import HANG, LOSE, Answer, Receiver


async def send(receiver: Receiver, times: int = 1, timeout_seconds: float = 10.0) -> Outcome:
    channel = Webhook(WebhookChannel(url=receiver.url, secret=SecretStr(SECRET), timeout_seconds=timeout_seconds))
    outgoing = Outgoing("notification-1", "hook", alert(), "ar", sound=True)
    try:
        for _ in range(times):
            outcome = await channel.deliver(outgoing)
    finally:
        await channel.close()
    return outcome


async def test_the_alert_and_its_text_arrive_signed() -> None:
    async with Receiver() as receiver:
        assert await send(receiver) == Delivered()
    (received,) = receiver.received
    assert received.id == "notification-1"
    document = received.document
    assert document["type"] == "marsad.alert.opened"
    assert Alert.model_validate(document["data"]) == alert()
    assert "عين عيسى" in document["message"]["headline"]
    assert document["message"]["text"].startswith(document["message"]["headline"])
    assert document["message"]["sound"] is True
    assert document["notification_id"] == received.id


async def test_a_changed_body_does_not_verify() -> None:
    async with Receiver() as receiver:
        await send(receiver)
    received = receiver.received[0]
    received.body = received.body.replace("عين عيسى".encode(), "تل تمر".encode())
    with pytest.raises(WebhookVerificationError):
        _ = received.document


async def test_every_attempt_has_the_same_id_and_the_same_bytes() -> None:
    async with Receiver(500) as receiver:
        await send(receiver, times=2)
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (204, Delivered()),
        (500, Retry("answered 500")),
        (503, Retry("answered 503")),
        (408, Retry("answered 408")),
        (425, Retry("answered 425")),
        ((429, {"retry-after": "7"}), Retry("answered 429", timedelta(seconds=7))),
        (400, Refused("answered 400")),
        (404, Refused("answered 404")),
        (410, Refused("410 Gone: the receiver wants no more", gone=True)),
        (LOSE, Retry("RemoteProtocolError: connection failed or broke off")),
    ],
)
async def test_an_answer_says_whether_to_try_again(answer: Answer, outcome: Outcome) -> None:
    async with Receiver(answer) as receiver:
        got = await send(receiver)
    assert got == outcome or (answer == LOSE and isinstance(got, Retry))


async def test_a_redirect_is_not_followed() -> None:
    async with Receiver((302, {"location": "/elsewhere"})) as receiver:
        outcome = await send(receiver)
    assert isinstance(outcome, Refused)
    assert len(receiver.received) == 1


async def test_a_receiver_that_hangs_is_given_up_on_in_its_time() -> None:
    async with Receiver(HANG) as receiver, asyncio.timeout(5):
        assert await send(receiver, timeout_seconds=0.05) == Retry("no answer within 0.05 s")


async def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    async with Receiver() as receiver:
        pass
    assert isinstance(await send(receiver), Retry)


def test_retry_after_is_seconds_or_a_date() -> None:
    assert read_retry_after("120", NOW) == timedelta(minutes=2)
    assert read_retry_after("Wed, 25 Nov 2026 20:00:30 GMT", NOW) == timedelta(seconds=30)
    assert read_retry_after("Wed, 25 Nov 2026 19:00:00 GMT", NOW) == timedelta(0)
    assert read_retry_after("99999999999999999999", NOW) is not None
    for nonsense in (None, "", "soon", "-5", "١٢"):
        assert read_retry_after(nonsense, NOW) is None


def test_only_a_2xx_is_delivered_and_only_410_ends_the_subscription() -> None:
    outcomes = {status: judge(status, None, NOW) for status in range(200, 600)}
    assert [status for status, outcome in outcomes.items() if outcome == Delivered()] == list(range(200, 300))
    assert [status for status, outcome in outcomes.items() if isinstance(outcome, Refused) and outcome.gone] == [410]


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("env:MARSAD_TEST_UNSET", "the environment variable MARSAD_TEST_UNSET is not set"),
        ("whsec_نص", "the secret is not 'whsec_' followed by base64"),
        ("whsec_!!!", "the secret is not 'whsec_' followed by base64"),
        ("whsec_c2hvcnQ=", "the secret is shorter than 16 bytes"),
    ],
)
def test_a_secret_that_is_none_is_refused_without_repeating_it(secret: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"channel\.secret") as caught:
        Webhook(WebhookChannel(url="http://127.0.0.1:1/", secret=SecretStr(secret)))
    assert message in str(caught.value)
    assert secret.removeprefix("whsec_").removeprefix("env:") not in str(caught.value).replace(message, "")


async def test_a_secret_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_SECRET", SECRET)
    channel = Webhook(WebhookChannel(url="http://127.0.0.1:1/", secret=SecretStr("env:DESK_SECRET")))
    await channel.close()


async def test_neither_secret_nor_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Receiver(500, 410) as receiver:
        await send(receiver, times=2)
    assert "do-not-log" not in caplog.text
    assert SECRET not in caplog.text
