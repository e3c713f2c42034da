"""Where a watch stands: scores that decay with event time, a level with hysteresis, and the sums that show why.

The state follows from what the incidents add and from the time asked about, not from the path that led here: so late
and early reports end in the same state.
"""

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np

from schemas.base import Direction, Level
from schemas.incident import Contribution, Incident, IncidentStatus, Standing, WatchMemory, WatchState
from services.track.coverage import Sight
from services.track.incident import active_at, half_life, points
from services.track.rules import Rules
from services.track.tolls import casualty_band

DAY = timedelta(days=1)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
Days = tuple[tuple[str, int], ...]
HORIZON = timedelta(days=21)
"""Everything has decayed by then."""


def standing_of(incident: Incident, rules: Rules) -> Standing | None:
    """What it adds to the scores; nothing where it was retracted or merged away."""
    if incident.status in (IncidentStatus.RETRACTED, IncidentStatus.MERGED):
        return None
    band = casualty_band(incident.killed, rules)
    weight = max(rules.types[t].weight for t in incident.types)
    return Standing(
        incident_id=incident.id,
        direction=incident.direction,
        family=incident.family,
        points=points(incident, rules),
        since=incident.event_at,
        last_report_at=active_at(incident, rules),
        half_life_hours=half_life(incident, rules),
        detail=f"{weight:g} x {rules.casualty_factors[band]:g} x (0.5 + 0.5 x {incident.confidence:g})",
    )


def with_standings(memory: WatchMemory, incidents: Iterable[Incident], rules: Rules) -> WatchMemory:
    """The memory with these incidents' summands replaced."""
    kept = {s.incident_id: s for s in memory.standings}
    for incident in incidents:
        kept.pop(incident.id, None)
        standing = standing_of(incident, rules)
        if standing is not None:
            kept[incident.id] = standing
    ordered = sorted(kept.values(), key=lambda s: (s.since, s.incident_id))
    return memory.model_copy(update={"standings": tuple(ordered)})


def decayed(standing: Standing, at: datetime) -> float:
    """Points at a time: whole from the event to its newest report, then halved each half-life; 0 before the event."""
    if at < standing.since:
        return 0.0
    idle = max(0.0, (at - standing.last_report_at).total_seconds() / 3600)
    return standing.points * math.exp2(-idle / standing.half_life_hours)


class Scores:
    """All standings of a watch as arrays, so that a score at any time costs microseconds."""

    def __init__(self, memory: WatchMemory, rules: Rules) -> None:
        standings = memory.standings
        self.memory, self.rules = memory, rules
        self.points = np.array([s.points for s in standings])
        self.since = np.array([_hours(s.since) for s in standings])
        self.last = np.array([_hours(s.last_report_at) for s in standings])
        self.life = np.array([s.half_life_hours for s in standings])
        self.easing = np.array([s.direction is Direction.EASING for s in standings], dtype=bool)
        self.events = np.array([_event(s) for s in standings], dtype=bool) & ~self.easing

    def score(self, direction: Direction, at: datetime) -> float:
        total = self._sum(_hours(at), self.easing if direction is Direction.EASING else ~self.easing)
        return total + (self.surge(at)[0] if direction is Direction.ESCALATING else 0.0)

    def _sum(self, at: float, counted: np.ndarray) -> float:
        """Of `decayed` over the chosen standings; rounded, so that the order of summing leaves no trace."""
        if not len(self.points):
            return 0.0
        idle = np.maximum(0.0, at - self.last)
        alive = counted & (self.since <= at)
        return round(float(np.where(alive, self.points * np.exp2(-idle / self.life), 0.0).sum()), 6)

    def minutes_until(self, counted: np.ndarray, bound: float, at: datetime) -> int:
        """Whole minutes until the chosen standings have decayed below `bound`: by the hour, then by the minute."""
        grid = np.arange(1, HORIZON // timedelta(hours=1) + 1) * 60
        hour = int(grid[self._first_below(counted, bound, _hours(at) + grid / 60)]) - 60
        fine = hour + np.arange(1, 61)
        return int(fine[self._first_below(counted, bound, _hours(at) + fine / 60)])

    def _first_below(self, counted: np.ndarray, bound: float, times: np.ndarray) -> int:
        """Position of the first time with a sum below `bound`; the last where none is."""
        idle = np.maximum(0.0, times[:, None] - self.last[None, counted])
        sums = (self.points[counted] * np.exp2(-idle / self.life[counted])).sum(axis=1)
        below = np.flatnonzero(sums < bound)
        return int(below[0]) if len(below) else len(times) - 1

    def surge(self, at: datetime) -> tuple[float, str]:
        """Extra points, and why, where a day brought more incidents than the 28 days before explain."""
        figures, since = self.rules.surge, self.memory.known_since
        now = _hours(at)
        today = int((self.events & (self.since > now - 24) & (self.since <= now)).sum()) if len(self.points) else 0
        if today < figures["at_least"] or since is None:
            return 0.0, ""
        known = min((at - since) / DAY, figures["days"])
        if known < figures["mature_days"]:
            return 0.0, ""
        first, last = (at - DAY * figures["days"]).date(), (at - DAY).date()
        before = sum(count for day, count in self.memory.days if first <= date.fromisoformat(day) < last)
        mean = (before + 0.5) / known
        chance = _poisson_tail(today, mean)
        if chance >= figures["chance"]:
            return 0.0, ""
        return figures["points"], f"{today} incidents in 24 h where {mean:.2f} a day are usual (chance {chance:.2g})"

    def level(self, at: datetime) -> Level:
        """The level that the score reaches, or one it reached before and has not yet fallen clear of."""
        now = self.score(Direction.ESCALATING, at)
        for level in (Level.CRITICAL, Level.ELEVATED, Level.HEADS_UP):
            if now >= self.rules.levels[level.value] or self._still(level, now, at):
                return level
        return Level.CALM

    def _still(self, level: Level, now: float, at: datetime) -> bool:
        """Whether `level` was reached at a jump of the score and the score stayed above its lower bound since."""
        up = self.rules.levels[level.value]
        down = up * self.rules.levels["hysteresis"]
        if now < down:
            return False
        jumps = {s.since for s in self.memory.standings if s.direction is Direction.ESCALATING and s.since <= at}
        for jump in sorted(jumps, reverse=True):
            if self.score(Direction.ESCALATING, jump) >= up:
                return True
            when = _hours(jump)
            if self._sum(when, ~self.easing & (self.since < when)) < down:
                return False
        return False


def _hours(at: datetime) -> float:
    return (at - EPOCH).total_seconds() / 3600


def _event(standing: Standing) -> bool:
    return not standing.incident_id.startswith("warning:")


def _poisson_tail(count: int, mean: float) -> float:
    """P(N >= count)."""
    term, below = math.exp(-mean), 0.0
    for k in range(count):
        below += term
        term *= mean / (k + 1)
    return max(0.0, 1 - below)


def judged(state: WatchState, memory: WatchMemory, sight: Sight, at: datetime, rules: Rules) -> WatchState:
    """The state at a time: scores, level, flags, and the reasons that add up to the two scores."""
    memory = _forget(memory, at, rules)
    scores = Scores(memory, rules)
    escalation, easing = scores.score(Direction.ESCALATING, at), scores.score(Direction.EASING, at)
    bar = rules.levels["contested"]
    return state.model_copy(
        update={
            "level": scores.level(at),
            "contested": escalation >= bar and easing >= bar,
            "blind": sight.blind,
            "blind_reason": sight.reason,
            "escalation": round(escalation, 3),
            "easing": round(easing, 3),
            "trend": round(escalation - scores.score(Direction.ESCALATING, at - DAY), 3),
            "reasons": reasons(scores, at),
            "updated_at": at,
            "memory": memory,
        }
    )


def reasons(scores: Scores, at: datetime) -> tuple[Contribution, ...]:
    """The summands, largest first. Those named `easing:…` add up to the easing score, the others to the escalation."""
    found = [_contribution(s, at) for s in scores.memory.standings if s.since <= at]
    extra, why = scores.surge(at)
    if extra:
        found.append(Contribution(rule="surge", value=extra, detail=why))
    return tuple(sorted(found, key=lambda c: (-c.value, c.rule, c.incident_id or "")))


def _contribution(standing: Standing, at: datetime) -> Contribution:
    idle = max(0.0, (at - standing.last_report_at).total_seconds() / 3600)
    name = standing.family.value if _event(standing) else standing.incident_id
    prefix = "easing:" if standing.direction is Direction.EASING else ""
    return Contribution(
        rule=prefix + name,
        value=round(decayed(standing, at), 3),
        incident_id=standing.incident_id if _event(standing) else None,
        detail=f"{standing.detail} = {standing.points:g}, x 2^(-{idle:.1f} h / {standing.half_life_hours:g} h)",
    )


def _forget(memory: WatchMemory, at: datetime, rules: Rules) -> WatchMemory:
    oldest = (at - DAY * (rules.surge["days"] + 2)).date().isoformat()
    stale = at - DAY * rules.coverage["remember_days"]
    lately = at - timedelta(hours=2 * rules.warning["again_hours"])
    window = at - timedelta(hours=2 * rules.time["lateness_hours"])
    return memory.model_copy(
        update={
            "standings": tuple(s for s in memory.standings if s.since > at or decayed(s, at) >= rules.levels["forget"]),
            "days": tuple(d for d in memory.days if d[0] >= oldest),
            "reporters": tuple(r for r in memory.reporters if r.last_at >= stale),
            "warned": tuple(w for w in memory.warned if w[1] >= lately),
            "held": tuple(m for m in memory.held if m.at >= window),
            "articles": tuple(a for a in memory.articles if a[2] >= window),
        }
    )


def next_fall(state: WatchState, at: datetime, rules: Rules) -> datetime | None:
    """When the level, or being contested, ends by decay alone; None where nothing is left to end. To the minute.

    A surge ends by the hour: while there is one, the next hour is asked about.
    """
    if state.level is Level.CALM and not state.contested:
        return None
    scores, bounds = Scores(state.memory, rules), []
    extra = scores.surge(at)[0]
    if state.level is not Level.CALM:
        down = rules.levels[state.level.value] * rules.levels["hysteresis"]
        bounds.append((~scores.easing, down - extra))
    if state.contested:
        bar = rules.levels["contested"]
        bounds += [(~scores.easing, bar - extra), (scores.easing, bar)]
    minutes = min(scores.minutes_until(counted, bound, at) for counted, bound in bounds)
    return at + timedelta(minutes=min(minutes, 60) if extra else minutes)


def counted(days: Days, gone: Iterable[datetime], come: Iterable[datetime]) -> Days:
    """The baseline's day counts with some beginnings taken out and others put in."""
    counts = dict(days)
    for at, step in [*((a, -1) for a in gone), *((a, 1) for a in come)]:
        counts[at.date().isoformat()] = counts.get(at.date().isoformat(), 0) + step
    return tuple(sorted((day, n) for day, n in counts.items() if n > 0))
