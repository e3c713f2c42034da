"""An incident follows from its members: figures, ledger, confidence, points, level. No clock is asked."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import TypeVar

from schemas.base import Direction, Level
from schemas.incident import Claim, Incident, IncidentStatus, Member, Range
from services.track.identity import key, reporting
from services.track.rules import Rules
from services.track.texts import alike, each_once
from services.track.tolls import casualty_band

T = TypeVar("T")

CLAIMS_KEPT = 60
COPIED = 0.7
ASKED = 24
CLOSED = frozenset({IncidentStatus.RESOLVED, IncidentStatus.EXPIRED, IncidentStatus.RETRACTED, IncidentStatus.MERGED})
DECIDED = frozenset({IncidentStatus.RETRACTED, IncidentStatus.MERGED})
"""Closed by a decision, not by silence."""


def digest(*parts: object) -> str:
    """The id of stable content: 24 hexadecimal digits of a SHA-256."""
    text = "\x1f".join(str(p) for p in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def incident_id(watch_id: str, founder: Member) -> str:
    return digest("incident", watch_id, founder.direction.value, founder.article_id, founder.part)


def found(watch_id: str, founder: Member, rules: Rules) -> Incident:
    """A new incident of one report."""
    return joined(_blank(watch_id, founder, rules), founder, rules)


def _blank(watch_id: str, founder: Member, rules: Rules) -> Incident:
    return Incident(
        id=incident_id(watch_id, founder),
        watch_id=watch_id,
        family=rules.types[founder.types[0]].family,
        direction=founder.direction,
        status=IncidentStatus.OPEN,
        level=Level.CALM,
        revision=1,
        types=founder.types,
        confidence=founder.confidence,
        event_at=founder.happened_at,
        opened_at=founder.at,
        last_report_at=founder.at,
    )


def joined(incident: Incident, member: Member, rules: Rules) -> Incident:
    """The incident with one more report, whose claims go into the ledger under the voice that they count for."""
    voice = _voice(member, incident.members)
    claims = tuple(_said_by(voice, c) if c.publisher_family == member.publisher else c for c in member.claims)
    member = member.model_copy(update={"voice": voice, "claims": ()})
    return derive(incident, (*incident.members, member), (*incident.claims, *claims), rules)


def reduced(incident: Incident, members: Sequence[Member], rules: Rules) -> Incident:
    """The incident with some of its own members only."""
    kept = {(m.observation_id, m.part) for m in members}
    return derive(incident, members, [c for c in incident.claims if (c.observation_id, c.part) in kept], rules)


def taken_out(incident: Incident, member: Member) -> Member:
    """A member of the incident with its claims in hand, ready to be placed anew."""
    mine = tuple(c for c in incident.claims if c.observation_id == member.observation_id and c.part == member.part)
    return member.model_copy(
        update={
            "claims": tuple(_said_by(member.publisher, c) if c.publisher_family == member.voice else c for c in mine)
        }
    )


def derive(incident: Incident, members: Iterable[Member], claims: Iterable[Claim], rules: Rules) -> Incident:
    """The incident with these members. Status, revision, announcement and the operator's marks stay."""
    members = tuple(sorted(members, key=key))
    said = reporting(members, rules)
    speaking, denying = {m.voice for m in said if not m.denies}, {m.voice for m in members if m.denies}
    family = rules.types[said[0].types[0]].family
    fields = {
        "family": family,
        "types": _distinct(t for m in said for t in m.types),
        "places": each_once(p for m in said for p in m.places),
        "actors": _distinct(a for m in said for a in m.actors),
        "killed": _range(m.killed for m in said),
        "injured": _range(m.injured for m in said),
        "disputed": bool(denying),
        "sources": len(speaking),
        "claims": tuple(islice(claims, CLAIMS_KEPT)),
        "observation_ids": _distinct(m.observation_id for m in members),
        "title": next((m.title for m in said if m.title), ""),
        "event_at": min(m.happened_at for m in said),
        "opened_at": min(m.at for m in said),
        "last_report_at": max(m.at for m in (*said, *(m for m in members if m.denies))),
        "episode": _episodes(said, rules.families[family].resolve_hours),
        "confidence": _confidence(said, denying - speaking, rules),
        "members": members,
    }
    revised = incident.model_copy(update=fields)
    return revised.model_copy(update={"level": incident_level(revised, rules)})


def _voice(member: Member, earlier: Sequence[Member]) -> str:
    """Near copies speak with the voice of the first that printed them; the newest are asked, as copies come soon."""
    copied = next((m.voice for m in earlier[-ASKED:] if alike(member.sketch, m.sketch) >= COPIED), None)
    return copied or member.publisher


def _said_by(publisher: str, claim: Claim) -> Claim:
    same = claim.publisher_family == publisher
    return claim if same else claim.model_copy(update={"publisher_family": publisher})


def _range(tolls: Iterable[Range | None]) -> Range | None:
    known = [t for t in tolls if t is not None]
    return Range(low=min(t.low for t in known), high=max(t.high for t in known)) if known else None


def _episodes(said: Sequence[Member], resolve_hours: float) -> int:
    """One more after each silence long enough to have closed it."""
    times = sorted(m.happened_at for m in said)
    silences = (b - a for a, b in pairwise(times))
    return 1 + sum(silence >= timedelta(hours=resolve_hours) for silence in silences)


def _confidence(members: Sequence[Member], denying: set[str], rules: Rules) -> float:
    """Noisy-or over independent publishers, each capped; halved once where an independent one denies it."""
    best: dict[str, float] = {}
    for member in members:
        if not member.denies:
            believed = min(member.confidence, rules.confidence["source_cap"])
            best[member.voice] = max(best.get(member.voice, 0.0), believed)
    doubt = 1.0
    for voice in sorted(best):
        doubt *= 1 - best[voice]
    return round((1 - doubt) * (rules.confidence["denial"] if denying else 1.0), 4)


def points(incident: Incident, rules: Rules) -> float:
    """Severity before decay: the weightiest type, raised by the dead, lowered a little by doubt."""
    weight = max(rules.types[t].weight for t in incident.types)
    factor = rules.casualty_factors[casualty_band(incident.killed, rules)] if incident.killed else 1.0
    return round(weight * factor * (0.5 + 0.5 * incident.confidence), 3)


def incident_level(incident: Incident, rules: Rules) -> Level:
    """By points; an easing incident is never critical."""
    value = points(incident, rules)
    for level in (Level.CRITICAL, Level.ELEVATED):
        if value >= rules.levels[level.value]:
            return min(level, Level.ELEVATED, key=lambda v: v.rank) if incident.direction is Direction.EASING else level
    return Level.HEADS_UP


def half_life(incident: Incident, rules: Rules) -> float:
    return max(rules.types[t].half_life_hours for t in incident.types)


def active_at(incident: Incident, rules: Rules) -> datetime:
    """Newest time at which it is said to have gone on."""
    said = [m.happened_at for m in reporting(incident.members, rules) if not m.denies]
    return max(said, default=incident.event_at)


def due(incident: Incident, rules: Rules) -> datetime | None:
    """When silence changes its status next; None where it is closed."""
    rule = rules.families[incident.family]
    if incident.status in CLOSED:
        return None
    hours = rule.resolve_hours
    if incident.status is IncidentStatus.OPEN and rule.quiet_hours is not None:
        hours = rule.quiet_hours
    return active_at(incident, rules) + timedelta(hours=hours)


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
