"""From an incident before and after to the alert that says so, by the name of its rule."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from schemas.alert import Alert, AlertKind, AlertQuote
from schemas.base import Direction, Level, SignalType, Status
from schemas.incident import Claim, Cue, Incident, IncidentStatus, Member, Range, TypeFamily, WatchState
from schemas.observation import Observation, ObservedSignal
from schemas.watch import Watch
from services.track.identity import reporting
from services.track.incident import CLOSED, digest
from services.track.reasons import Fired, Held
from services.track.reports import km, parties, plainly
from services.track.rules import Rules
from services.track.texts import alike, each_once, fold
from services.track.tolls import casualty_band

T = TypeVar("T")

QUOTES = 4


@dataclass(frozen=True, slots=True)
class News:
    """One thing to say about an incident."""

    kind: AlertKind
    rule: Fired
    detail: str = ""


def news(before: Incident | None, after: Incident, member: Member, rules: Rules) -> News | Held:
    """The one thing worth saying after `member` joined or opened, the gravest first; or why there is none."""
    if member.backlog:
        return Held.BACKLOG
    if after.status is IncidentStatus.RETRACTED:
        return _retraction(before, after)
    if before is None:
        return News(AlertKind.OPENED, Fired.NEW_EVENT)
    if not before.announced:
        return News(AlertKind.OPENED, Fired.FIRST_FRESH_REPORT)
    if _only_reacts(after, member, rules):
        return Held.AFTERMATH
    changed = _back(before, after) or _graver(before, after, member, rules) or _milder(before, after, member, rules)
    return changed or _revised(before, after, member)


def _only_reacts(after: Incident, member: Member, rules: Rules) -> bool:
    told = {(m.observation_id, m.part) for m in reporting(after.members, rules)}
    return not member.denies and (member.observation_id, member.part) not in told


def _retraction(before: Incident | None, after: Incident) -> News | Held:
    if before is None or before.status is IncidentStatus.RETRACTED or not before.announced:
        return Held.RETRACTED
    return News(AlertKind.RETRACTED, Fired.DENIED_BY_SOURCE)


def _back(before: Incident, after: Incident) -> News | None:
    if before.status is IncidentStatus.RETRACTED:
        return News(AlertKind.REOPENED, Fired.REPORTED_AGAIN)
    if after.episode > before.episode:
        kind = AlertKind.REOPENED if before.status in CLOSED else AlertKind.UPDATED
        return News(kind, Fired.ACTIVITY_RESUMED, f"episode {after.episode}")
    return None


def _graver(before: Incident, after: Incident, member: Member, rules: Rules) -> News | None:
    if after.direction is Direction.EASING or member.denies:
        return None
    if _takes_more(before, member):
        return News(AlertKind.ESCALATED, Fired.CAPTURED, ", ".join(member.places))
    if casualty_band(after.killed, rules) > casualty_band(before.killed, rules):
        return News(AlertKind.ESCALATED, Fired.CASUALTY_BAND, f"killed {_said(before.killed)} to {_said(after.killed)}")
    if after.level.rank > before.level.rank:
        return News(AlertKind.ESCALATED, Fired.LEVEL_UP, f"{before.level.value} to {after.level.value}")
    return _otherwise(before, member) or _further(before, member, rules)


def _takes_more(before: Incident, member: Member) -> bool:
    """Whether ground is told to change hands where only fighting was, or the watched town where only villages were, or
    the town once more, by others."""
    if SignalType.TERRITORY not in member.types:
        return False
    if Cue.TAKES_CENTRE not in member.cues:
        return SignalType.TERRITORY not in before.types
    taken = [m for m in before.members if Cue.TAKES_CENTRE in m.cues and SignalType.TERRITORY in m.types]
    mine, theirs = (set(m.sources_of_fire.values()) for m in (member, (taken or [member])[-1]))
    return not taken or bool(mine and theirs and mine.isdisjoint(theirs))


def _means(incident: Incident) -> set[str]:
    return {means for m in incident.members for means in m.means}


def _otherwise(before: Incident, member: Member) -> News | None:
    """Another class of weapon, or another camp that does it. The first to be named is no other: it may have been so
    all along."""
    known = _means(before)
    armed = [means for means in member.means if means not in known]
    if known and armed:
        return News(AlertKind.ESCALATED, Fired.NEW_MEANS, ", ".join(sorted(armed)))
    camps = {camp for m in before.members for camp in m.sources_of_fire.values()}
    others = {camp for camp in member.attackers if camp not in camps}
    actors = [actor for actor, camp in member.sources_of_fire.items() if camp in others]
    if camps and actors:
        return News(AlertKind.ESCALATED, Fired.NEW_ACTOR, ", ".join(actors))
    return None


def _further(before: Incident, member: Member, rules: Rules) -> News | None:
    """In a part of the watch that lies apart from all that are known: the next village is the same part, and so is one
    whose name was told before."""
    known = [point for m in before.members for point in m.points]
    apart = [p for p in member.points if all(km(p, other) >= rules.identity["spread_km"] for other in known)]
    names = [p for p in each_once([*before.places, *member.places]) if p not in before.places]
    return News(AlertKind.ESCALATED, Fired.SPREAD, ", ".join(names)) if known and apart and names else None


def _milder(before: Incident, after: Incident, member: Member, rules: Rules) -> News | None:
    """A further step of easing: more than talk, and not reported of it before."""
    if after.direction is not Direction.EASING or member.denies:
        return None
    steps = [t for t in member.types if t not in before.types and rules.family(t) is not TypeFamily.DIPLOMACY]
    return News(AlertKind.UPDATED, Fired.EASING_ADVANCED, ", ".join(t.value for t in steps)) if steps else None


def _revised(before: Incident, after: Incident, member: Member) -> News | Held:
    if after.disputed and not before.disputed:
        return News(AlertKind.UPDATED, Fired.DISPUTED)
    if _grew(before.killed, after.killed) or _grew(before.injured, after.injured):
        detail = f"killed {_said(after.killed)}, injured {_said(after.injured)}"
        return News(AlertKind.UPDATED, Fired.CASUALTIES_REVISED, detail)
    if after.sources > before.sources == 1:
        return News(AlertKind.UPDATED, Fired.CONFIRMED, f"{after.sources} independent publishers")
    copied = any(alike(member.sketch, m.sketch) >= 0.7 for m in before.members)
    return Held.REPRINT if copied else Held.NOTHING_NEW


def _grew(before: Range | None, after: Range | None) -> bool:
    """First known, or higher: a lower figure is kept in the ledger and is not worth a message."""
    return after is not None and (before is None or after.high > before.high)


def _said(figures: object) -> str:
    low, high = getattr(figures, "low", None), getattr(figures, "high", None)
    if low is None:
        return "unknown"
    return str(low) if low == high else f"{low}-{high}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every alert of one step has in common."""

    watch: Watch
    state: WatchState
    parent: str | None
    rules: Rules

    def of_incident(
        self,
        incident: Incident,
        said: News,
        at: datetime,
        member: Member | None = None,
        observation: Observation | None = None,
    ) -> Alert:
        return self._alert(
            kind=said.kind,
            rule=said.rule,
            detail=said.detail,
            at=at,
            level=incident.level,
            incident_id=incident.id,
            revision=incident.revision,
            direction=incident.direction,
            article_id=member.article_id if member else None,
            signals=plainly([*(member.types if member else ()), *incident.types], _means(incident), self.rules),
            quotes=quotes(incident, member, observation, said, self.rules),
            places=incident.places,
            actors=incident.actors,
            killed=incident.killed,
            injured=incident.injured,
            sources=incident.sources,
            confidence=incident.confidence,
            disputed=incident.disputed,
            sample=bool(observation and observation.article.sample),
        )

    def heads_up(self, observation: Observation, signals: Sequence[ObservedSignal], at: datetime) -> Alert:
        return self._alert(
            kind=AlertKind.HEADS_UP,
            rule=Fired.POSSIBLE_EVENT,
            at=at,
            level=Level.HEADS_UP,
            direction=Direction.ESCALATING,
            article_id=observation.article.id,
            signals=_distinct(o.signal.type for o in signals),
            quotes=tuple(said_once(quote(observation, o) for o in signals)[:QUOTES]),
            places=each_once(p.surface for o in signals for p in o.signal.places),
            actors=parties(signals),
            confidence=max(o.signal.confidence for o in signals),
            sources=1,
            sample=observation.article.sample,
        )

    def of_state(self, rule: Fired, at: datetime, detail: str = "", article_id: str | None = None) -> Alert:
        return self._alert(
            kind=AlertKind.STATE_CHANGED,
            rule=rule,
            detail=detail,
            at=at,
            level=self.state.level,
            article_id=article_id,
        )

    def _alert(self, *, kind: AlertKind, rule: Fired, at: datetime, **fields: object) -> Alert:
        about = fields.get("incident_id") or fields.get("signals")
        cause = fields.get("article_id") or at.isoformat()
        return Alert.model_validate(
            {
                "alert_id": digest("alert", self.watch.id, about, fields.get("revision", 0), kind, rule, cause),
                "watch_id": self.watch.id,
                "watch_name": self.watch.name,
                "kind": kind,
                "contested": self.state.contested,
                "blind": self.state.blind,
                "at": at,
                "reason": rule.value,
                "reasons": self.state.reasons,
                "expires_at": at + timedelta(hours=self.rules.time["alert_ttl_hours"]),
                "parent_watch_id": self.parent,
                **fields,
            }
        )


def quotes(
    incident: Incident, member: Member | None, observation: Observation | None, said: News, rules: Rules
) -> tuple[AlertQuote, ...]:
    """The causing article's words first, then the ledger's other publishers, the newest first, one line each.

    Of the article's, those that show why the alert is sent come before those that name a place, these before others.
    """
    own: list[AlertQuote] = []
    if member is not None and observation is not None:
        chosen = signals_of(member, observation)
        told = [o for o in observation.signals if o.index in chosen]
        if not any(_shows(o, said, rules) for o in told):
            others = (o for o in observation.signals if o.signal.direction is member.direction)
            told += [o for o in others if _shows(o, said, rules)][:1]
        told.sort(key=lambda o: (not _shows(o, said, rules), not any(place in o.quote for place in member.places)))
        own = said_once(quote(observation, o, member.places) for o in told)[:QUOTES]
    heard = {q.source for q in own}
    members = {(m.observation_id, m.part): m for m in incident.members}
    # Of each report the first line, which tells of what weighs most.
    first = {(c.observation_id, c.part): c for c in reversed(incident.claims)}
    for claim in reversed(incident.claims):
        if len(own) >= QUOTES:
            break
        if claim.source not in heard:
            heard.add(claim.source)
            report = claim.observation_id, claim.part
            own.append(_from_ledger(first[report], members.get(report)))
    return tuple(own)


def _shows(observed: ObservedSignal, said: News, rules: Rules) -> bool:
    """Whether a signal's words show what the news is: the toll, the new village, the new weapon, who fires now."""
    signal, why = observed.signal, said.detail.split(", ")
    if said.rule in (Fired.CASUALTY_BAND, Fired.CASUALTIES_REVISED):
        return (signal.killed, signal.injured) != (None, None)
    if said.rule is Fired.SPREAD:
        return any(place in observed.quote for place in why)
    if said.rule is Fired.CAPTURED:
        return signal.type is SignalType.TERRITORY
    if said.rule is Fired.NEW_MEANS:
        return rules.types[signal.type].means in why
    return said.rule is Fired.NEW_ACTOR and any(actor.actor_id in why for actor in signal.actors)


def said_once(quotes: Iterable[AlertQuote]) -> list[AlertQuote]:
    """Without those whose words another one has too: a sentence that tells of two types, a title said again."""
    kept: list[AlertQuote] = []
    for each in quotes:
        words = fold(each.quote)
        if any(words in fold(other.quote) for other in kept):
            continue
        parts = [at for at, other in enumerate(kept) if fold(other.quote) in words]
        at = parts[0] if parts else len(kept)
        kept = [*kept[:at], each, *(other for k, other in enumerate(kept) if k > at and k not in parts)]
    return kept


def _from_ledger(claim: Claim, member: Member | None) -> AlertQuote:
    return AlertQuote(
        quote=claim.quote,
        type=claim.type,
        status=Status.NEGATED if claim.denies else Status.ACTUAL,
        source=claim.source,
        attribution=claim.attribution,
        title=member.title if member else "",
        url=claim.url,
        article_id=claim.article_id,
        lang=(member.lang or None) if member else None,
        published_at=claim.at,
        places=member.places if member else (),
    )


def signals_of(member: Member, observation: Observation) -> list[int]:
    """Positions of the observation's signals that the member's claims were made of."""
    said = {(c.type, c.quote) for c in member.claims}
    return [o.index for o in observation.signals if (o.signal.type, o.quote) in said]


def quote(observation: Observation, observed: ObservedSignal, here: Collection[str] = ()) -> AlertQuote:
    """`here`: what the event's places in the watch are called, where others are named beside them."""
    named = tuple(p.surface for p in observed.signal.places)
    article, signal = observation.article, observed.signal
    return AlertQuote(
        quote=observed.quote,
        type=signal.type,
        status=signal.status,
        source=article.source,
        attribution=signal.attribution,
        title=article.title,
        url=article.url,
        article_id=article.id,
        lang=article.lang,
        published_at=article.published_at,
        places=tuple(name for name in named if name in here) or named,
    )


def denied_by_itself(incident: Incident) -> bool:
    """Whether all who reported it deny it now: the same publisher in its own words, or the same voice it quoted."""
    spoke = {m.attribution or m.voice for m in incident.members if not m.denies}
    denied = {m.attribution or m.voice for m in incident.members if m.denies}
    return bool(spoke) and spoke <= denied


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
