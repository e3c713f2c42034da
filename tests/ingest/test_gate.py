"""An article by any road is one article; a changed text is its next version; the broker's word comes first."""

import asyncio

import pytest

from schemas.article import MAX_TEXT
from services.runtime import kafka, topics
from services.runtime.errors import PoisonError, TransientError
from services.runtime.intake import Candidate, Gate, build
from services.runtime.settings import Settings
from services.runtime.store import Database
from services.runtime.topics import MAX_MESSAGE_BYTES
from tests.ingest.conftest import Way
from tests.support.brokers import KafkaBroker, TansuBroker

URL = "https://example.org/أخبار/1"
LONGEST = "قصف على عين عيسى. " * (MAX_TEXT // 18)


def candidate(way: Way, text: str = "قصف على عين عيسى", url: str = URL) -> Candidate:
    return build({"url": url, "text": text}, way.gate.now())


async def test_by_whatever_road_it_comes_it_is_one_article_and_a_changed_text_its_second_version(way: Way) -> None:
    first = (await way.gate.accept([candidate(way)], "http"))[0]
    again = (await way.gate.accept([candidate(way, url="http://www.example.org/أخبار/1?utm_source=x")], "feed"))[0]
    changed = (await way.gate.accept([candidate(way, "قصف عنيف على عين عيسى")], "file"))[0]
    assert [(each.novelty, each.article.version) for each in (first, again, changed)] == [
        ("new", 1),
        ("repeated", 1),
        ("changed", 2),
    ]
    assert len({each.article.id for each in (first, again, changed)}) == 1
    assert changed.article.first_seen_at == first.article.first_seen_at
    sent = await way.messages(topics.ARTICLES)
    assert [article.version for article in sent] == [1, 1, 2]


async def test_articles_that_come_at_once_are_each_numbered_once(way: Way) -> None:
    texts = ["نص أول", "نص ثانٍ", "نص ثالث"] * 20
    done = await asyncio.gather(*(way.gate.accept([candidate(way, text)], "http") for text in texts))
    versions = [each[0].article.version for each in done]
    assert versions == list(range(1, len(texts) + 1))
    assert len(await way.messages(topics.ARTICLES)) == len(texts)
    assert sum(each[0].novelty == "new" for each in done) == 1


async def test_a_source_that_gives_articles_is_told_to_be_alive(way: Way) -> None:
    await way.gate.accept([candidate(way), candidate(way, url="https://other.org/2")], "http")
    await way.gate.accept([candidate(way, "نص آخر")], "http")
    told = {heartbeat.source: heartbeat for heartbeat in await way.messages(topics.SOURCES)}
    assert told.keys() == {"example.org", "other.org"}
    assert told["example.org"].last_success_at is not None


async def test_what_a_source_hands_over_again_does_not_count_as_its_pace(way: Way) -> None:
    settings = way.settings.model_copy(update={"heartbeat_seconds": 1e-9})
    async with Gate(settings, way.database) as gate:
        for numbers in ((1, 2, 3), (1, 2, 3), (2, 3, 4)):
            await gate.accept([candidate(way, url=f"https://paced.org/{n}") for n in numbers], "feed")
    assert [each.articles_seen for each in await way.messages(topics.SOURCES)] == [3, 0, 1]


async def test_a_failing_source_is_told_each_time_and_its_recovery_too(way: Way) -> None:
    for _ in range(2):
        await way.gate.failed("feed.org", "ConnectTimeout")
    await way.gate.answered("feed.org")
    heartbeats = [each for each in await way.messages(topics.SOURCES) if each.source == "feed.org"]
    assert [each.failures for each in heartbeats] == [1, 2, 0]
    assert heartbeats[1].error == "ConnectTimeout"


async def test_without_the_broker_nothing_is_accepted_and_afterwards_it_is_new_still(
    own_broker: TansuBroker | KafkaBroker, database: Database
) -> None:
    settings = Settings.load(bootstrap=own_broker.bootstrap)
    await kafka.wait_for_broker(settings, 60)
    async with Gate(settings, database) as gate:
        await gate.accept([build({"text": "نص أول"}, gate.now())], "http")
        own_broker.kill()
        with pytest.raises(TransientError, match="did not acknowledge"):
            await gate.accept([build({"text": "نص ثانٍ"}, gate.now())], "http")
        own_broker.start()
        await kafka.wait_for_broker(settings, 60)
        [accepted] = await _patiently(gate, build({"text": "نص ثانٍ"}, gate.now()))
        assert accepted.article.version == 1


async def test_the_longest_text_passes_a_broker_that_nobody_used_before(
    own_broker: TansuBroker | KafkaBroker, database: Database
) -> None:
    settings = Settings.load(bootstrap=own_broker.bootstrap)
    async with Gate(settings, database) as gate:
        await _patiently(gate, build({"text": LONGEST}, gate.now()))
    places = await kafka.partitions_of(settings, [topics.ARTICLES.name])
    assert len(places) == settings.kafka_partitions


async def _patiently(gate: Gate, candidate: Candidate) -> list:
    for _ in range(10):
        try:
            return await gate.accept([candidate], "http")
        except TransientError:
            continue
    raise AssertionError("the broker came back, and the gate did not notice")


async def test_the_longest_text_passes_the_broker(way: Way) -> None:
    [accepted] = await way.gate.accept([candidate(way, LONGEST)], "file")
    [arrived] = await way.messages(topics.ARTICLES)
    assert arrived == accepted.article
    assert len(arrived.text) > 0.99 * MAX_TEXT


async def test_the_most_that_an_article_may_hold_passes_the_broker(way: Way) -> None:
    most = build(dict.fromkeys(("title", "text", "context"), "🟠" * MAX_TEXT), way.gate.now())
    [accepted] = await way.gate.accept([most], "http")
    assert await way.messages(topics.ARTICLES) == [accepted.article]


async def test_what_the_broker_refuses_for_ever_is_buried_and_the_others_pass(way: Way) -> None:
    article = candidate(way, url="https://example.org/long").article
    too_long = Candidate(article.model_copy(update={"title": "ن" * 9_000_000}))
    with pytest.raises(PoisonError, match="the broker refuses it: MessageSizeTooLargeError"):
        await way.gate.accept([too_long], "http")
    assert await way.gate.pass_on([candidate(way), too_long], "file", "أخبار.jsonl") == 1
    assert candidate(way).article.id in {each.id for each in await way.messages(topics.ARTICLES)}
    [letter] = await way.records(topics.ARTICLES.dead)
    assert letter.value.startswith(b'{"id":"' + article.id.encode())


async def test_of_a_line_too_long_for_any_message_the_start_is_buried(way: Way) -> None:
    line = b"[" + b"1," * 9_000_000 + b"1]"
    await way.gate.refuse(line, PoisonError("an article is a JSON object", "article"), "أخبار.jsonl", 1, "file")
    [letter] = await way.records(topics.ARTICLES.dead)
    assert letter.value == line[:MAX_MESSAGE_BYTES]
