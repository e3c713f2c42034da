"""Reports that look back at what happened: «نددت الوزارة بالقصف الذي …», «شيع الأهالي جثمان …», «الحصيلة النهائية …».

They name an event that is over, mostly without its day, for days after it. A reaction belongs to the incident that is
known: it opens no second one, confirms nothing and revises nothing. A toll told anew does revise it, a denial
disputes it.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from schemas.base import Direction
from schemas.incident import Cue, Incident, Member
from services.track.identity import is_kin, key, reporting, retells
from services.track.reports import HAPPENED
from services.track.rules import Rules

_LOOKING_BACK = frozenset({Cue.AFTERMATH, Cue.RECOUNT, Cue.RISES})


def looked_back_at(member: Member, incidents: Iterable[Incident], rules: Rules) -> Incident | None:
    """The newest incident that a report may look back at: of its own kind first; None where none is known."""
    if member.direction is not Direction.ESCALATING or not (member.denies or _LOOKING_BACK & set(member.cues)):
        return None
    found = [i for i in incidents if _may_be(member, i, rules)]
    return max(found, key=lambda i: (is_kin(member, i, rules), *_newest(i, rules)), default=None)


def _may_be(member: Member, incident: Incident, rules: Rules) -> bool:
    if incident.direction is not member.direction or incident.family not in HAPPENED or not incident.members:
        return False
    told = reporting(incident.members, rules)
    since = member.at - max(m.happened_at for m in told)
    hours = rules.time["denial_hours" if member.denies else "aftermath_hours"]
    if key(member) < key(incident.members[0]) or since > timedelta(hours=hours):
        return False
    if Cue.AFTERMATH not in member.cues and not is_kin(member, incident, rules):
        return False
    if Cue.RISES in member.cues and not retells(member, max((m.killed.high for m in told if m.killed), default=0)):
        return False
    return _same_part(member, told) and _same_days(member, told)


def _newest(incident: Incident, rules: Rules) -> tuple[object, ...]:
    told = reporting(incident.members, rules)
    return max(m.happened_at for m in told), key(told[0])


def _same_part(member: Member, told: Sequence[Member]) -> bool:
    """Whether they may be at one part of the watch: two that are named apart are two."""
    there = {place for m in told for place in m.place_ids}
    return not member.place_ids or not there or not there.isdisjoint(member.place_ids)


def _same_days(member: Member, told: Sequence[Member]) -> bool:
    """Whether the day that it gives the event, if any, is one of theirs or next to it."""
    day = member.happened_at.date()
    return not member.dated or any(abs((m.happened_at.date() - day).days) <= 1 for m in told)
