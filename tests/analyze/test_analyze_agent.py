"""The analyze agent: observations are sent, articles archived, watches followed, poison named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from schemas.article import Article
from schemas.base import BothNames
from schemas.observation import Observation
from schemas.watch import Watch, WatchFile, WatchSet
from services.analyze.agent import AnalyzeService, Reading
from services.analyze.core import Analyzer
from services.analyze.observe import observation_id
from services.runtime import topics
from services.runtime.errors import ConfigurationError, PoisonError
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.store import Database, StoreUnavailable, archive, watchset
from services.runtime.store.migrate import migrate

SEEN = datetime(2026, 1, 7, 12, tzinfo=UTC)
AIN_ISSA = Watch(id="ain-issa", name=BothNames(ar="عين عيسى", en="Ain Issa"), center=(36.3837, 38.8629))
MANBIJ = Watch(id="manbij", name=BothNames(ar="منبج", en="Manbij"), center=(36.5281, 37.9549))
SHELLING = "قصفت مدفعية القوات التركية أطراف بلدة عين عيسى صباح اليوم، ما أدى إلى مقتل مدني."
ELSEWHERE = "افتتح المتحف معرضا جديدا للصور القديمة وسط حضور واسع من الزوار."


class Outbox:
    """What a service is to the agent's code: settings, and a place to send to."""

    def __init__(self, store_url: str) -> None:
        self.settings = Settings.load(store=store_url)
        self.sent: list[Observation] = []

    async def send(self, topic: topics.Topic[Any], value: Observation) -> None:
        assert topic is topics.OBSERVATIONS
        self.sent.append(value)


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    migrate(store_url)
    opened = Database(store_url)
    opened.call(lambda c: watchset.apply(c, WatchFile(watches=(AIN_ISSA, MANBIJ))))
    yield opened
    opened.close()


@pytest.fixture
def outbox(store_url: str) -> Outbox:
    return Outbox(store_url)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer()


@pytest.fixture
async def service(outbox: Outbox, database: Database, analyzer: Analyzer) -> AnalyzeService:
    made = AnalyzeService(cast(Service, outbox), database)
    made.reading = Reading(WatchSet(version=0, watches=()), analyzer)  # places are loaded once for all tests
    await made.load_watches()
    return made


def article(text: str, version: int = 1, id: str = "a1") -> Article:
    return Article(id=id, version=version, source="example.org", text=text, published_at=SEEN, first_seen_at=SEEN)


async def test_an_article_about_a_watch_is_observed_and_archived(
    service: AnalyzeService, outbox: Outbox, database: Database
) -> None:
    told = article(SHELLING)
    await service.handle([told])
    (observation,) = outbox.sent
    assert observation.watch_id == "ain-issa"
    assert observation.id == observation_id(told, "ain-issa")
    assert observation.watch_version == 1
    assert "shelling" in [observed.signal.type for observed in observation.signals]
    assert database.call(lambda c: archive.get(c, "a1")) == told
    assert database.call(lambda c: archive.observed_at(c, "a1")) == {"ain-issa"}


async def test_the_same_article_again_gives_the_same_observation(service: AnalyzeService, outbox: Outbox) -> None:
    await service.handle([article(SHELLING)])
    await service.handle([article(SHELLING)])
    first, second = outbox.sent
    assert first.id == second.id
    assert first.signals == second.signals


async def test_a_new_version_takes_back_what_it_no_longer_says(service: AnalyzeService, outbox: Outbox) -> None:
    await service.handle([article(SHELLING)])
    await service.handle([article(ELSEWHERE, version=2)])
    before, after = outbox.sent
    assert before.signals
    assert (after.watch_id, after.signals, after.article.version) == ("ain-issa", (), 2)


async def test_a_new_version_that_comes_together_with_the_first_takes_it_back_too(
    service: AnalyzeService, outbox: Outbox
) -> None:
    await service.handle([article(SHELLING), article(ELSEWHERE, version=2)])
    before, after = outbox.sent
    assert before.signals
    assert (after.watch_id, after.signals, after.article.version) == ("ain-issa", (), 2)


async def test_a_watch_that_is_gone_is_not_told(service: AnalyzeService, outbox: Outbox, database: Database) -> None:
    await service.handle([article(SHELLING)])
    database.call(lambda c: watchset.apply(c, WatchFile(watches=(MANBIJ,))))
    await service.load_watches()
    await service.handle([article(ELSEWHERE, version=2)])
    assert len(outbox.sent) == 1


async def test_new_watches_are_used_at_once_and_carry_their_version(
    service: AnalyzeService, outbox: Outbox, database: Database
) -> None:
    database.call(lambda c: watchset.apply(c, WatchFile(watches=(MANBIJ,))))
    await service.handle([article(SHELLING)])
    assert len(outbox.sent) == 1, "the version in use still watches the place"
    await service.load_watches()
    await service.handle([article(SHELLING, id="a2")])
    assert len(outbox.sent) == 1
    database.call(lambda c: watchset.apply(c, WatchFile(watches=(MANBIJ, AIN_ISSA))))
    await service.load_watches()
    await service.handle([article(SHELLING, id="a3")])
    assert [o.watch_version for o in outbox.sent] == [1, 3]


async def test_articles_that_concern_no_watch_are_archived_together(
    service: AnalyzeService, outbox: Outbox, database: Database
) -> None:
    for id in ("a1", "a2"):
        await service.handle([article(ELSEWHERE, id=id)])
    assert database.call(lambda c: archive.get(c, "a1")) is None
    await service.archive_waiting()
    assert outbox.sent == []
    assert database.call(lambda c: archive.versions(c, ["a1", "a2", "a3"])) == {"a1": 1, "a2": 1}


async def test_while_the_store_is_gone_nothing_waiting_is_forgotten(
    service: AnalyzeService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.handle([article(ELSEWHERE)])

    async def gone(work: Any) -> Any:
        raise StoreUnavailable("locked")

    with monkeypatch.context() as while_gone:
        while_gone.setattr(database, "run", gone)
        with pytest.raises(StoreUnavailable):
            await service.archive_waiting()
    await service.archive_waiting()
    assert database.call(lambda c: archive.get(c, "a1")) is not None


async def test_an_article_that_breaks_the_core_is_poison_and_the_next_is_read(
    service: AnalyzeService, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service.reading is not None
    analyzer = service.reading.analyzer
    analyze = analyzer.analyze

    def fragile(told: Article) -> Any:
        if told.id == "poison":
            raise TimeoutError("by design")
        return analyze(told)

    monkeypatch.setattr(analyzer, "analyze", fragile)
    with pytest.raises(PoisonError, match="TimeoutError: by design") as caught:
        await service.handle([article(SHELLING, id="poison")])
    assert caught.value.field == "text"
    await service.handle([article(SHELLING, id="next")])
    assert [o.article.id for o in outbox.sent] == ["next"]


async def test_at_the_start_the_watches_of_the_store_are_loaded(outbox: Outbox, database: Database) -> None:
    started = AnalyzeService(cast(Service, outbox), database)
    await started.load_watches()
    await started.handle([article(SHELLING)])
    assert [o.watch_id for o in outbox.sent] == ["ain-issa"]


async def test_a_gazetteer_that_cannot_be_read_is_named(store_url: str, database: Database) -> None:
    outbox = Outbox(store_url)
    outbox.settings = Settings.load(store=store_url, gazetteers="missing-places.csv")
    with pytest.raises(ConfigurationError, match=r"MARSAD_GAZETTEERS.*missing-places\.csv"):
        await AnalyzeService(cast(Service, outbox), database).load_watches()
