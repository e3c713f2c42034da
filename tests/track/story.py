"""Small stories for tracking: observations built by hand around Ain Issa, and a watch that takes them in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from schemas.alert import Alert
from schemas.article import ArticleRef
from schemas.base import BothNames, SignalType, Status
from schemas.incident import Incident
from schemas.observation import Observation, ObservedSignal
from schemas.signal import Actor, Evidence, Place, Precision, Signal
from schemas.watch import Watch
from services.track.book import Book, Step
from services.track.core import observe, tick
from services.track.coverage import Coverage
from services.track.rules import Rules

RULES = Rules.load()
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AIN_ISSA = Watch(id="ain-issa", name=BothNames(ar="عين عيسى", en="Ain Issa"), center=(36.3837, 38.8629), radius_km=20)
PLACES = {
    "عين عيسى": ("geonames:172134", 36.3837, 38.8629, Precision.TOWN),
    "الجهبل": ("p:jahbal", 36.41, 38.92, Precision.VILLAGE),
    "خربة الجهبل": ("p:khirbet", 36.42, 38.93, Precision.VILLAGE),
    "المشيرفة": ("p:mushayrifah", 36.42, 38.80, Precision.VILLAGE),
    "صيدا": ("p:sayda", 36.37, 38.83, Precision.VILLAGE),
}


CAMPS = {"Turkey": "ankara", "SNA": "ankara", "Syrian Army": "damascus", "Russia": "damascus"}


def place(name: str) -> Place:
    id_, lat, lon, precision = PLACES[name]
    return Place(surface=name, name=name, place_id=id_, lat=lat, lon=lon, country="SY", precision=precision)


def signal(
    type_: str = "shelling",
    *places: str,
    status: Status = Status.ACTUAL,
    by: Iterable[str] = (),
    killed: int | None = None,
    injured: int | None = None,
    says: str | None = None,
    on: datetime | None = None,
    confidence: float = 0.9,
) -> Signal:
    kind = SignalType(type_)
    return Signal(
        type=kind,
        status=status,
        direction=kind.direction,
        confidence=confidence,
        places=tuple(place(p) for p in places or ("عين عيسى",)),
        actors=tuple(Actor(surface=a, actor_id=a, camp=CAMPS.get(a, "")) for a in by),
        killed=killed,
        injured=injured,
        attribution=says,
        event_date=on,
        evidence=Evidence(start=0, end=10),
    )


def report(
    id_: str,
    at: datetime,
    *signals: Signal,
    source: str = "عنب.example",
    version: int = 1,
    seen: datetime | None = None,
    words: int | None = None,
    lang: str = "ar",
    watch: Watch = AIN_ISSA,
    quotes: Sequence[str] = (),
) -> Observation:
    """What article `id_` says of the watch; equal `words` mean the same text."""
    told = quotes or [
        " ".join([s.type.value, str(k), "في", id_, *(a.surface for a in s.actors)]) for k, s in enumerate(signals)
    ]
    article = ArticleRef(
        id=id_, version=version, source=source, lang=lang, title=f"خبر {id_}", published_at=at, first_seen_at=seen or at
    )
    return Observation(
        id=f"{id_}/{version}/{watch.id}",
        watch_id=watch.id,
        watch_version=1,
        article=article,
        signals=tuple(
            ObservedSignal(index=k, signal=s, quote=quote)
            for k, (s, quote) in enumerate(zip(signals, told, strict=True))
        ),
        fingerprint=marks_of(id_ if words is None else words),
        analyzed_at=seen or at,
    )


def marks_of(words: object) -> tuple[int, ...]:
    """A fingerprint that shares nothing with that of other words."""
    return tuple(int.from_bytes(sha256(f"{words} {k}".encode()).digest()[:4], "big") for k in range(64))


@dataclass
class Desk:
    """A watch and what was said of it."""

    book: Book = field(default_factory=lambda: Book.new(AIN_ISSA))
    rules: Rules = RULES
    coverage: Coverage | None = None
    alerts: list[Alert] = field(default_factory=list)
    closed: dict[str, Incident] = field(default_factory=dict)
    now: datetime | None = None

    def take(self, *observations: Observation, now: datetime | None = None) -> Step:
        for observation in observations:
            self.now = max(now or observation.article.first_seen_at, self.now or observation.article.first_seen_at)
            step = self._keep(observe(self.book, observation, self.now, self.rules, self.coverage))
        return step

    def wait(self, until: datetime) -> None:
        """Let time pass as a timer would: each tick when it was asked for."""
        step = self._keep(tick(self.book, self.now or until, self.rules, self.coverage))
        while step.next_timer_at is not None and step.next_timer_at <= until:
            self.now = step.next_timer_at
            step = self._keep(tick(self.book, self.now, self.rules, self.coverage))
        self.now = until
        self._keep(tick(self.book, until, self.rules, self.coverage))

    def _keep(self, step: Step) -> Step:
        self.book = step.book
        self.alerts += step.alerts
        self.closed |= {i.id: i for i in step.changed}
        return step

    @property
    def kinds(self) -> list[str]:
        return [f"{a.kind.value}:{a.reason}" for a in self.alerts]

    def incidents(self) -> list[Incident]:
        """All that still have members, oldest first."""
        found = {**self.closed, **{i.id: i for i in self.book.incidents}}
        return sorted((i for i in found.values() if i.members), key=lambda i: (i.opened_at, i.id))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
