"""Reports into incidents, in event order whatever order they arrive in.

An incident is its members. When a report arrives late, the incidents are taken back to its time and the later members
are placed anew: the outcome is that of the ordered stream. Ids, announcements and the operator's marks stay with the
incident that keeps most of its articles.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from schemas.base import Direction
from schemas.incident import Incident, Member
from services.track.aftermath import looked_back_at
from services.track.identity import Key, Match, best_match, key
from services.track.incident import digest, found, joined, reduced, taken_out
from services.track.reasons import Held
from services.track.rules import Rules


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one member of the observation went, and why."""

    member: Member
    incident_id: str | None
    opened: bool
    rule: Held | None
    """What held it back; None where it opened or joined."""
    score: float | None = None
    summands: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arranged:
    incidents: tuple[Incident, ...]
    held: tuple[Member, ...]
    placements: tuple[Placement, ...]
    """Of the new members, in their order."""
    vanished: tuple[tuple[Incident, str | None], ...]
    """Incidents without members now, with the one that took most of them."""


def arrange(
    watch_id: str,
    incidents: Sequence[Incident],
    held: Sequence[Member],
    new: Sequence[Member],
    article_id: str,
    floor: Key | None,
    rules: Rules,
) -> Arranged:
    """Place `new` after taking out what earlier versions of their article said.

    Members at or after `floor` are placed anew; None places the new ones alone, as for reports later than the lateness.
    """
    desk = _Desk(watch_id, rules)
    queue = list(new)
    for incident in incidents:
        kept, loose = _split(incident, article_id, floor)
        queue += [taken_out(incident, member) for member in loose]
        if len(kept) == len(incident.members):
            desk.incidents.append(incident)
        elif kept:
            desk.incidents.append(reduced(incident, kept, rules))
    for member in held:
        if member.article_id != article_id:
            (queue if floor is not None and key(member) >= floor else desk.held).append(member)
    for member in sorted(queue, key=key):
        desk.place(member)
    return _with_old_names(incidents, desk, new)


def _split(incident: Incident, article_id: str, floor: Key | None) -> tuple[Sequence[Member], list[Member]]:
    """The members that stay, and those to be placed anew. Members lie in order, so most incidents need one look."""
    members = incident.members
    settled = floor is None or incident.pinned or not members or key(members[-1]) < floor
    if settled and all(m.article_id != article_id for m in members):
        return members, []
    mine = [m for m in members if m.article_id != article_id]
    if settled or floor is None:
        return mine, []
    return [m for m in mine if key(m) < floor], [m for m in mine if key(m) >= floor]


class _Desk:
    """Incidents under construction."""

    def __init__(self, watch_id: str, rules: Rules) -> None:
        self.watch_id = watch_id
        self.rules = rules
        self.incidents: list[Incident] = []
        self.held: list[Member] = []
        self.opened: set[int] = set()
        """Positions of incidents that were founded here."""
        self.outcome: dict[tuple[str, int], tuple[int | None, Held | None, Match | None]] = {}

    def place(self, member: Member) -> None:
        match = best_match(member, self.incidents, self.rules)
        home = match.incident if match is not None and match.score >= self.rules.identity["join"] else None
        if home is None:
            home = looked_back_at(member, self.incidents, self.rules)
        at: int | None = None
        rule: Held | None = None
        if home is not None:
            at = next(k for k, known in enumerate(self.incidents) if known is home)
            self.incidents[at] = joined(home, member, self.rules)
        elif (rule := self._too_weak(member)) is not None:
            self.held.append(member)
        else:
            at = len(self.incidents)
            self.opened.add(at)
            self.incidents.append(found(self.watch_id, member, self.rules))
        self.outcome[member.observation_id, member.part] = (at, rule, match)

    def _too_weak(self, member: Member) -> Held | None:
        if member.denies:
            return Held.DENIAL_OF_NOTHING
        if member.recap:
            return Held.OLD_EVENT
        needed = self.rules.to_open(member.types[0], member.part, fought_for=self._fought_at(member))
        return Held.LOW_CONFIDENCE if member.confidence < needed else None

    def _fought_at(self, member: Member) -> bool:
        """Whether an escalating incident that its silence has not closed is known then."""
        return any(
            i.direction is Direction.ESCALATING
            and i.opened_at <= member.at
            and member.at - i.last_report_at <= timedelta(hours=self.rules.families[i.family].resolve_hours)
            for i in self.incidents
        )


def _with_old_names(before: Sequence[Incident], desk: _Desk, new: Sequence[Member]) -> Arranged:
    """Incidents founded anew take the name, and what people did to it, of the lost one whose articles they hold."""
    after = list(desk.incidents)
    survivors = {i.id for k, i in enumerate(after) if k not in desk.opened}
    lost = [i for i in before if i.id not in survivors and i.members]
    heirs = _heirs(lost, after, desk.opened)
    for heir, old in heirs.items():
        after[heir] = _as_was(after[heir], old)
    taken = {i.id for i in before} | {after[heir].id for heir in heirs}
    for k in sorted(desk.opened - heirs.keys()):
        after[k] = _named_apart(after[k], taken)
        taken.add(after[k].id)
    inherited = {old.id for old in heirs.values()}
    vanished = tuple((old, _taker(old, after)) for old in lost if old.id not in inherited)
    placements = tuple(_placement(desk, after, heirs.keys(), member) for member in new)
    return Arranged(tuple(after), tuple(desk.held), placements, vanished)


def _heirs(lost: Sequence[Incident], after: Sequence[Incident], opened: set[int]) -> dict[int, Incident]:
    """Position of the heir and the incident it continues: the same founder first, then the most shared articles."""
    heirs: dict[int, Incident] = {}
    for same_founder in (True, False):
        for old in lost:
            if any(known is old for known in heirs.values()):
                continue
            open_ = [k for k in sorted(opened - heirs.keys()) if _shared(old, after[k])]
            fit = [k for k in open_ if not same_founder or after[k].id == old.id]
            if fit:
                heirs[max(fit, key=lambda k: (_shared(old, after[k]), -k))] = old
    return heirs


def _named_apart(incident: Incident, taken: set[str]) -> Incident:
    """A founder whose first incident lives on without it gives the second another name."""
    name = incident.id
    while name in taken:
        name = digest(name, "again")
    return incident if name == incident.id else incident.model_copy(update={"id": name})


def _shared(old: Incident, new: Incident) -> int:
    return len({m.article_id for m in old.members} & {m.article_id for m in new.members})


def _taker(old: Incident, after: Iterable[Incident]) -> str | None:
    """The incident that now holds most of its articles."""
    shares = [(_shared(old, i), i.id) for i in after]
    most = max(shares, default=(0, ""))
    return most[1] if most[0] else None


def _as_was(incident: Incident, old: Incident) -> Incident:
    carried = ("id", "status", "revision", "acknowledged", "reason", "closed_at", "announced", "pinned")
    return incident.model_copy(update={name: getattr(old, name) for name in carried})


def _placement(desk: _Desk, after: Sequence[Incident], renamed: Collection[int], member: Member) -> Placement:
    at, rule, match = desk.outcome[member.observation_id, member.part]
    return Placement(
        member=member,
        incident_id=after[at].id if at is not None else None,
        opened=at in desk.opened and at not in renamed and key(after[at or 0].members[0]) == key(member),
        rule=rule,
        score=match.score if match else None,
        summands=match.summands if match else {},
    )
