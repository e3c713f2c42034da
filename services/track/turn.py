"""One step under way: what changes, and what is said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from schemas.alert import Alert, AlertKind
from schemas.base import Direction, Level, SignalType
from schemas.incident import Incident, IncidentStatus, Member, NearMiss, Reporter, Standing, TypeFamily, WatchMemory
from schemas.observation import Observation, ObservedSignal
from services.track.alerts import Desk, News, denied_by_itself, news, signals_of
from services.track.arrange import Arranged, Placement
from services.track.book import Book, Step
from services.track.coverage import Coverage, Sight, sight
from services.track.incident import active_at, digest, due
from services.track.reasons import MEANING, Fired, Held
from services.track.reports import Reading, article_time, is_backlog
from services.track.rules import Rules
from services.track.state import counted, judged, next_fall, with_standings

EASES = (Fired.NEW_EVENT, Fired.FIRST_FRESH_REPORT, Fired.ACTIVITY_RESUMED, Fired.EASING_ADVANCED)
"""Rules by which an easing incident tells of something new."""

Said = tuple[Incident, News, datetime, Member | None]


def revised(incident: Incident, **changes: Any) -> Incident:
    return incident.model_copy(update={"revision": incident.revision + 1, **changes})


class Turn:
    """Gathers the changes of one step; `step` adds up the state and writes the alerts."""

    def __init__(self, book: Book, now: datetime, rules: Rules, coverage: Coverage | None) -> None:
        self.book, self.now, self.rules, self.coverage = book, now, rules, coverage
        self.memory = book.state.memory
        self.before = {i.id: i for i in book.incidents}
        self.incidents = dict(self.before)
        self.said: list[Said] = []
        self.misses: list[NearMiss] = []
        self.sight = self._sight()

    def incident(self, incident_id: str) -> Incident:
        if incident_id not in self.incidents:
            raise KeyError(incident_id)
        return self.incidents[incident_id]

    def put(self, incident: Incident) -> None:
        self.incidents[incident.id] = incident

    def close(self, incident: Incident, status: IncidentStatus, reason: str, what: News, at: datetime) -> None:
        """Close it; the desk is told only where it had heard of it."""
        closed = revised(incident, status=status, reason=reason, closed_at=at)
        self.put(closed)
        if closed.announced:
            self.said.append((closed, what, at, None))

    # What an observation brings

    def observe(self, observation: Observation, reading: Reading, arranged: Arranged) -> Step:
        at = article_time(observation.article, self.rules)
        self._take_over(arranged, at)
        for placement in arranged.placements:
            self._judge(placement, observation, at)
        warned = self._warn(observation, reading.warnings, at)
        for held in reading.held:
            self._miss(observation, held.rule, at, signals=(held.observed,))
        if not observation.signals:
            self._miss(observation, Held.NOTHING_HERE, at)
        self._remember(observation, arranged.held, at)
        verdict = {"observation": observation.id, "events": [_verdict(p) for p in arranged.placements]}
        return self.step(verdict, observation, warned)

    def _take_over(self, arranged: Arranged, at: datetime) -> None:
        for after in arranged.incidents:
            before = self.before.get(after.id)
            if before is None:
                self.put(self._settled(after, after))
            elif after is not before and after.members != before.members:
                self.put(self._settled(before, revised(after)))
        for lost, taker in arranged.vanished:
            emptied = lost.model_copy(update={"members": (), "merged_into": taker})
            if taker is None:
                status, what = IncidentStatus.RETRACTED, News(AlertKind.RETRACTED, Fired.WITHDRAWN_BY_SOURCE)
            else:
                status, what = IncidentStatus.MERGED, News(AlertKind.MERGED, Fired.SAME_EVENT)
            self.close(emptied, status, what.rule.value, what, at)

    def _settled(self, before: Incident, after: Incident) -> Incident:
        """The status that the new members leave it in; what an operator decided stays decided."""
        if after.pinned and after.status is IncidentStatus.RETRACTED:
            return after
        if denied_by_itself(after):
            status, reason = IncidentStatus.RETRACTED, Fired.DENIED_BY_SOURCE.value
            return after.model_copy(
                update={"status": status, "reason": reason, "closed_at": active_at(after, self.rules)}
            )
        awake = {"status": IncidentStatus.OPEN, "reason": "", "closed_at": None}
        if after.status is IncidentStatus.RETRACTED:
            return after.model_copy(update=awake)
        if active_at(after, self.rules) > active_at(before, self.rules):
            candidate = after.model_copy(update=awake)
            if (due(candidate, self.rules) or self.now) > self.now:
                return candidate
        return after

    def _judge(self, placement: Placement, observation: Observation, at: datetime) -> None:
        """Say what one event of the observation brought, or note why nothing is said."""
        member = placement.member
        if placement.incident_id is None:
            self._miss(observation, placement.rule or Held.NOTHING_NEW, at, member=member)
            return
        after = self.incidents[placement.incident_id]
        what = news(self.before.get(after.id), after, member, self.rules)
        if isinstance(what, News) and self._is_late(at):
            what = _calmly(what)
        if isinstance(what, Held):
            self._miss(observation, what, at, member=member, incident_id=after.id)
            return
        if any(i.id == after.id and said.rule is what.rule for i, said, _, _ in self.said):
            # Another event of the same report has said so: «الضربة …، ونفى الجيش استهداف المدنيين».
            self._miss(observation, Held.NOTHING_NEW, at, member=member, incident_id=after.id)
            return
        after = after.model_copy(update={"announced": True})
        self.put(after)
        eased = self._eased_by(after) if what.rule in EASES else None
        if eased is None or what.kind in (AlertKind.OPENED, AlertKind.REOPENED):
            # A truce is never the fight that it ends: its first report opens it, under its own id.
            self.said.append((after, what, at, member))
        if eased is not None and not any(i.id == eased.id and w.kind is AlertKind.EASED for i, w, _, _ in self.said):
            self.put(eased)
            self.said.append((eased, News(AlertKind.EASED, Fired.EASING_REPORTED, _names(member)), at, member))

    def _is_late(self, at: datetime) -> bool:
        """Whether the stream of this watch has gone on beyond the lateness."""
        lateness = timedelta(hours=self.rules.time["lateness_hours"])
        return self.memory.watermark is not None and at < self.memory.watermark - lateness

    def _eased_by(self, easing: Incident) -> Incident | None:
        """The gravest announced incident at the same part of the watch that this eases."""
        if easing.direction is not Direction.EASING:
            return None
        parts = set(easing.members[-1].place_ids)
        open_ = [
            i
            for i in self.incidents.values()
            if i.direction is Direction.ESCALATING
            and i.status in (IncidentStatus.OPEN, IncidentStatus.QUIET)
            and i.announced
            and (not parts or not (theirs := {p for m in i.members for p in m.place_ids}) or parts & theirs)
        ]
        return revised(max(open_, key=lambda i: (i.level.rank, i.last_report_at, i.id))) if open_ else None

    def _warn(
        self, observation: Observation, warnings: Sequence[ObservedSignal], at: datetime
    ) -> tuple[ObservedSignal, ...]:
        """The possible events to give a heads-up of; all of them weigh on the score."""
        fresh: list[ObservedSignal] = []
        for observed in warnings:
            rule = self._known_warning(observation, observed, at)
            if rule is None:
                fresh.append(observed)
                self.memory = self.memory.model_copy(
                    update={"warned": (*self.memory.warned, (observed.signal.type.value, at))}
                )
            else:
                self._miss(observation, rule, at, signals=(observed,))
        if warnings:
            self._add_warning(warnings, at)
        return tuple(fresh)

    def _known_warning(self, observation: Observation, observed: ObservedSignal, at: datetime) -> Held | None:
        if is_backlog(observation.article, self.rules):
            return Held.BACKLOG
        if self._is_late(at):
            return Held.LATE
        if any(member is not None and SignalType.THREAT in member.types for _, _, _, member in self.said):
            return Held.TOLD_WITH_THREAT
        again = timedelta(hours=self.rules.warning["again_hours"])
        if any(t == observed.signal.type.value and abs(at - when) < again for t, when in self.memory.warned):
            return Held.WARNED_ALREADY
        family = self.rules.family(observed.signal.type)
        if any(
            i.status is IncidentStatus.OPEN and family in {self.rules.family(t) for t in i.types}
            for i in self.incidents.values()
        ):
            return Held.POSSIBLE_OF_OPEN
        return None

    def _add_warning(self, warnings: Sequence[ObservedSignal], at: datetime) -> None:
        """One summand a day, the weightiest warning's: many warnings of one day are one expectation."""
        figures = self.rules.warning
        name = f"warning:{at.date().isoformat()}"
        known = next((s for s in self.memory.standings if s.incident_id == name), None)
        weight = max(self.rules.types[o.signal.type].weight for o in warnings)
        points = min(figures["cap"], figures["share"] * weight)
        points = max(points, known.points if known else 0.0)
        standing = Standing(
            incident_id=name,
            direction=Direction.ESCALATING,
            family=TypeFamily.FORCES,
            points=round(points, 3),
            since=min(at, known.since) if known else at,
            last_report_at=max(at, known.last_report_at) if known else at,
            half_life_hours=figures["half_life_hours"],
            detail="possible events",
        )
        others = [s for s in self.memory.standings if s.incident_id != name]
        ordered = tuple(sorted([*others, standing], key=lambda s: (s.since, s.incident_id)))
        self.memory = self.memory.model_copy(update={"standings": ordered})

    def _remember(self, observation: Observation, held: tuple[Member, ...], at: datetime) -> None:
        memory, article = self.memory, observation.article
        seen = any(a == article.id for a, _, _ in memory.articles)
        articles = tuple(a for a in memory.articles if a[0] != article.id)
        self.memory = memory.model_copy(
            update={
                "held": tuple(sorted(held, key=lambda m: (m.at, m.article_id, m.part))),
                "articles": (*articles, (article.id, article.version, at)),
                "reporters": memory.reporters if seen else _reported(memory.reporters, article.source, at),
                "watermark": max(at, memory.watermark or at),
                "known_since": min(at, memory.known_since or at),
            }
        )

    def _miss(
        self,
        observation: Observation,
        rule: Held,
        at: datetime,
        *,
        member: Member | None = None,
        signals: Sequence[ObservedSignal] = (),
        incident_id: str | None = None,
    ) -> None:
        types = member.types if member else tuple(o.signal.type for o in signals)
        indexes = signals_of(member, observation) if member else [o.index for o in signals]
        self.misses.append(
            NearMiss(
                id=digest("near_miss", observation.id, member.part if member else "", rule.value, *indexes),
                watch_id=self.book.watch.id,
                article_id=observation.article.id,
                observation_id=observation.id,
                at=at,
                rule=rule.value,
                detail=MEANING[rule],
                signals=tuple(indexes),
                types=types,
                incident_id=incident_id,
            )
        )

    # What time brings

    def tick(self) -> Step:
        self._note_sight()
        for incident in sorted(self.incidents.values(), key=lambda i: (i.opened_at, i.id)):
            self._run_out(incident)
        return self.step({})

    def _run_out(self, incident: Incident) -> None:
        """Quiet, then resolved or expired, where its time is over and the silence can be judged."""
        while (at := self._due(incident)) is not None and at <= self.now:
            if incident.status is IncidentStatus.OPEN and self.rules.families[incident.family].quiet_hours is not None:
                what = News(AlertKind.QUIET, Fired.NO_NEWS)
                incident = revised(incident, status=IncidentStatus.QUIET, reason=what.rule.value)
                self.put(incident)
                if incident.announced:
                    self.said.append((incident, what, at, None))
                continue
            if self.sight.known and not self.sight.blind:
                status, what = IncidentStatus.RESOLVED, News(AlertKind.RESOLVED, Fired.NO_NEWS_RESOLVED)
            else:
                status, what = IncidentStatus.EXPIRED, News(AlertKind.EXPIRED, Fired.NO_COVERAGE)
            self.close(incident, status, what.rule.value, what, at)
            incident = self.incidents[incident.id]

    def _due(self, incident: Incident) -> datetime | None:
        """Silence counts from the end of the last blindness; in blindness only the last resort counts."""
        at = due(incident, self.rules)
        if at is None:
            return None
        if self.sight.blind:
            return active_at(incident, self.rules) + timedelta(hours=self.rules.time["expire_blind_hours"])
        sighted = self.memory.sighted_since
        return max(at, sighted + (at - active_at(incident, self.rules))) if sighted else at

    def _sight(self) -> Sight:
        state = self.book.state
        seen = sight(self.memory.reporters, self.coverage, self.now, self.rules)
        if self.coverage is None:
            return replace(seen, blind=state.blind, reason=state.blind_reason)
        return seen

    def _note_sight(self) -> None:
        was = self.book.state.blind
        if self.sight.blind and not was:
            self.memory = self.memory.model_copy(update={"blind_since": self.now})
        elif was and not self.sight.blind:
            self.memory = self.memory.model_copy(update={"sighted_since": self.now, "blind_since": None})

    # The end of the step

    def untouched(self, verdict: dict[str, Any]) -> Step:
        return Step(self.book, verdict=verdict, next_timer_at=self._next(self.book))

    def step(
        self,
        verdict: dict[str, Any],
        observation: Observation | None = None,
        warned: Sequence[ObservedSignal] = (),
    ) -> Step:
        if observation is not None:
            self._note_sight()
        changed = [i for i in self.incidents.values() if self.before.get(i.id) is not i]
        memory = self._with_baseline(with_standings(self.memory, changed, self.rules), changed)
        was = self.book.state
        state = judged(was, memory, self.sight, self.now, self.rules)
        last = observation.article.event_time() if observation else None
        state = state.model_copy(
            update={
                "version": was.version + 1,
                "last_article_at": max(filter(None, (last, was.last_article_at)), default=None),
            }
        )
        book = replace(self.book, state=state, incidents=self._kept())
        desk = Desk(self.book.watch, state, self.book.parent, self.rules)
        alerts = [desk.of_incident(self.incidents[i.id], what, at, m, observation) for i, what, at, m in self.said]
        if warned and observation is not None:
            alerts.append(desk.heads_up(observation, warned, article_time(observation.article, self.rules)))
        alerts += self._state_alerts(desk, observation, bool(alerts))
        ordered = tuple(sorted(changed, key=lambda i: (i.opened_at, i.id)))
        return Step(book, ordered, tuple(alerts), tuple(self.misses), verdict, self._next(book))

    def _with_baseline(self, memory: WatchMemory, changed: Iterable[Incident]) -> WatchMemory:
        gone = [self.before[i.id] for i in changed if i.id in self.before]
        days = counted(memory.days, map(_begun, filter(_counts, gone)), map(_begun, filter(_counts, changed)))
        return memory.model_copy(update={"days": days})

    def _kept(self) -> tuple[Incident, ...]:
        hours = self.rules.time["keep_closed_hours"] + self.rules.time["lateness_hours"]
        oldest = self.now - timedelta(hours=hours)
        kept = [i for i in self.incidents.values() if i.closed_at is None or self._forgotten_from(i) >= oldest]
        return tuple(sorted(kept, key=lambda i: (i.opened_at, i.id)))

    def _forgotten_from(self, incident: Incident) -> datetime:
        """When it would have been closed by silence: a decision made earlier does not make it forgotten earlier."""
        hours = self.rules.families[incident.family].resolve_hours
        return max(incident.closed_at or self.now, active_at(incident, self.rules) + timedelta(hours=hours))

    def _state_alerts(self, desk: Desk, observation: Observation | None, told: bool) -> list[Alert]:
        """What changed of the watch that no incident's alert says already."""
        was, state = self.book.state, desk.state
        cause = observation.article.id if observation else None
        at = article_time(observation.article, self.rules) if observation else self.now
        if observation is not None and (is_backlog(observation.article, self.rules) or self._is_late(at)):
            return []
        alerts = []
        if state.blind != was.blind:
            rule = Fired.SOURCES_SILENT if state.blind else Fired.SOURCES_BACK
            alerts.append(desk.of_state(rule, at, state.blind_reason))
        if told:
            return alerts
        if state.level is not was.level and _worth_saying(was.level, state.level):
            rule = Fired.SCORE_ROSE if state.level.rank > was.level.rank else Fired.SCORE_FELL
            alerts.append(desk.of_state(rule, at, f"{was.level.value} to {state.level.value}", cause))
        elif state.contested and not was.contested:
            alerts.append(desk.of_state(Fired.CONTESTED, at, "", cause))
        return alerts

    def _next(self, book: Book) -> datetime | None:
        """The next time at which `tick` may find something to do."""
        times = [at for i in book.incidents if (at := self._due(i)) is not None]
        if (fall := next_fall(book.state, self.now, self.rules)) is not None:
            times.append(fall)
        if self.sight.known or book.state.blind:
            times.append(self.now + timedelta(hours=self.rules.coverage["check_hours"]))
        return min(times, default=None)


def _worth_saying(was: Level, now: Level) -> bool:
    """Every rise; of the falls by decay only those that end something: out of critical, and into calm."""
    return now.rank > was.rank or was is Level.CRITICAL or now is Level.CALM


def _calmly(what: News) -> News | Held:
    """What a late report may say: it revises, and never fires anew."""
    if what.kind in (AlertKind.OPENED, AlertKind.REOPENED):
        return Held.LATE
    return replace(what, kind=AlertKind.UPDATED) if what.kind is AlertKind.ESCALATED else what


def _names(member: Member) -> str:
    return ", ".join(t.value for t in member.types)


def _begun(incident: Incident) -> datetime:
    return incident.event_at


def _counts(incident: Incident) -> bool:
    decided = (IncidentStatus.RETRACTED, IncidentStatus.MERGED)
    return incident.direction is Direction.ESCALATING and incident.status not in decided


def _reported(reporters: Sequence[Reporter], source: str, at: datetime) -> tuple[Reporter, ...]:
    known = {r.source: r for r in reporters}
    old = known.get(source)
    known[source] = Reporter(
        source=source,
        count=old.count + 1 if old else 1,
        first_at=min(at, old.first_at) if old else at,
        last_at=max(at, old.last_at) if old else at,
    )
    return tuple(known[name] for name in sorted(known))


def _verdict(placement: Placement) -> dict[str, Any]:
    """One event of the observation as `marsad explain` shows it."""
    decision = "opened" if placement.opened else "joined" if placement.incident_id else "held"
    return {
        "part": placement.member.part,
        "types": [t.value for t in placement.member.types],
        "decision": decision,
        "incident_id": placement.incident_id,
        "rule": placement.rule.value if placement.rule else None,
        "best_score": placement.score,
        "summands": placement.summands,
    }
