"""Whether a report is of an incident that is known: points for and against, each with its name.

Text alone decides nothing: it counts only inside one watch, direction, family and window of time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from schemas.base import SignalType
from schemas.incident import Cue, Incident, Member, TypeFamily
from services.track.rules import FamilyRule, Rules
from services.track.texts import alike
from services.track.tolls import MASS, casualty_band

ASKED = 24
"""Members of an incident that a report is compared with: the first and the newest, so that fame costs no time."""
Key = tuple[datetime, str, int, int]


def key(member: Member) -> Key:
    """The order in which reports are taken, whatever order they arrive in."""
    return member.at, member.article_id, member.article_version, member.part


@dataclass(frozen=True, slots=True)
class Match:
    incident: Incident
    score: float
    summands: dict[str, float]


def best_match(member: Member, incidents: Iterable[Incident], rules: Rules) -> Match | None:
    """The incident that the report most likely is of; None where none may be asked. Joins at `rules.identity['join']`.

    Of equals the one first reported wins: never the order in which they lie in memory.
    """
    matches = [m for i in incidents if (m := match(member, i, rules)) is not None]
    return min(matches, key=lambda m: (-m.score, key(m.incident.members[0])), default=None)


def reporting(members: Sequence[Member], rules: Rules) -> list[Member]:
    """Those that report the event: no denials, and no reactions to what is known. All, where there are no others.

    A reaction that founded its incident reports it; so does one that tells of many dead whom nobody had counted.
    """
    told: list[Member] = []
    for member in members:
        if not member.denies and not (told and _only_reacts(member, told, rules)):
            told.append(member)
    return told or list(members)


def _only_reacts(member: Member, told: Sequence[Member], rules: Rules) -> bool:
    if Cue.AFTERMATH not in member.cues:
        return False
    band = casualty_band(member.killed, rules)
    return band < MASS or any(casualty_band(m.killed, rules) >= band for m in told)


def is_kin(member: Member, incident: Incident, rules: Rules) -> bool:
    """Whether reports of the two types may be of one event."""
    return _kinship(member, incident, rules) is not None


def match(member: Member, incident: Incident, rules: Rules) -> Match | None:
    """Points of one report for one incident; None where direction, family or time forbid that they are one."""
    if member.direction is not incident.direction or not incident.members:
        return None
    if _long_over(member, incident, rules):
        return None
    kin = _kinship(member, incident, rules)
    if kin is None or _is_its_own(member, incident):
        return None
    known = last_episode(incident, rules)
    points = _time(member, known, incident.family, rules)
    if points is None:
        return None
    apart = _hours_to_nearest(member, known, rules)
    points |= (
        kin
        | _days(member, known, incident.family, rules)
        | _places(member, known, rules)
        | _actors(member, known, rules)
    )
    soon = apart <= rules.identity["revise_hours"] and "near_family" not in kin
    points |= _figures(member, known, soon, rules) | _text(member, known, rules)
    points = {name: round(value, 3) for name, value in points.items() if value}
    return Match(incident, round(sum(points.values()), 3), points)


def _is_its_own(member: Member, incident: Incident) -> bool:
    """Whether the same report told of the incident. Two events that it tells are two;
    its denial may be of what others told before."""
    if member.observation_id not in incident.observation_ids:
        return False
    return not member.denies or incident.members[0].observation_id == member.observation_id


def _long_over(member: Member, incident: Incident, rules: Rules) -> bool:
    """Whether it is too far back, or too old altogether, for any rule to join them: spares the look at its members."""
    rule = rules.families[incident.family]
    reach = rule.resolve_hours + rules.time["keep_closed_hours"] if rule.gap else rule.span_hours
    if member.happened_at - incident.event_at > timedelta(hours=rules.time["longest_life_hours"]):
        return True
    return member.happened_at - incident.last_report_at > timedelta(hours=max(reach, rule.window_hours))


def last_episode(incident: Incident, rules: Rules) -> list[Member]:
    """The reports since the last silence that was long enough to close it; denials only where there is nothing else."""
    said = reporting(incident.members, rules)
    said.sort(key=lambda m: m.happened_at)
    silence = timedelta(hours=rules.families[incident.family].resolve_hours)
    start = max(
        (k + 1 for k, (a, b) in enumerate(pairwise(said)) if b.happened_at - a.happened_at >= silence), default=0
    )
    return said[start:]


def _kinship(member: Member, incident: Incident, rules: Rules) -> dict[str, float] | None:
    theirs = _families(incident.types, rules) | {incident.family}
    mine = _families(member.types, rules)
    lead = rules.types[member.types[0]].family
    if lead is incident.family or lead in theirs or incident.family in mine:
        return {"same_type": rules.identity["same_type"]} if set(member.types) & set(incident.types) else {"kin": 0.0}
    if incident.family in rules.families[lead].near:
        if incident.family is TypeFamily.STRIKE and _is_bare_attack(member):
            return {"kin": 0.0}
        return {"near_family": rules.identity["near_family"]}
    return None


def _is_bare_attack(member: Member) -> bool:
    """«هجوم على المدينة»: any word for a strike, as long as it counts nobody."""
    return set(member.types) == {SignalType.ATTACK} and member.killed is None


def _families(types: Iterable[SignalType], rules: Rules) -> set[TypeFamily]:
    return {rules.types[t].family for t in types}


def _time(member: Member, known: Sequence[Member], family: TypeFamily, rules: Rules) -> dict[str, float] | None:
    """Points for how near in time they are; None where too far apart to be one.

    A situation's reports are near its newest; an event's are near the event. A strike in a fight that goes on is near
    what is newest, by a strike's window: the next day's is another.
    """
    rule, own = rules.families[family], rules.families[rules.types[member.types[0]].family]
    since_start = _hours_between(member, known[0], rules)
    apart = _hours_to_nearest(member, known, rules) if rule.gap else since_start
    stricter = rule if own.gap else own
    if apart <= min(rule.window_hours, own.window_hours):
        return {"time": _nearness(apart, stricter, rules)} if since_start <= rule.span_hours else None
    goes_on = rule.gap and own.gap
    if goes_on and rule.resolve_hours <= apart <= rule.resolve_hours + rules.time["keep_closed_hours"]:
        return {"resumed": rules.identity["resumed"]}
    return None


def _hours_to_nearest(member: Member, known: Sequence[Member], rules: Rules) -> float:
    return min(_hours_between(member, m, rules) for m in known)


def _hours_between(a: Member, b: Member, rules: Rules) -> float:
    """Hours between two events. "Yesterday" and an undated report of today may be one: then publication counts too."""
    events = abs((a.happened_at - b.happened_at).total_seconds()) / 3600
    days = abs((a.happened_at.date() - b.happened_at.date()).days)
    if days > 1 or (a.happened_at == a.at and b.happened_at == b.at):
        return events
    return min(events, abs((a.at - b.at).total_seconds()) / 3600 + rules.identity["vague_hours"])


def _nearness(apart: float, rule: FamilyRule, rules: Rules) -> float:
    """Falls linearly over the window; less far for situations, which go on."""
    now, end = rules.identity["now"], rules.identity["apart_situation" if rule.gap else "apart_event"]
    return now + (end - now) * apart / rule.window_hours


def _days(member: Member, known: Sequence[Member], family: TypeFamily, rules: Rules) -> dict[str, float]:
    """Points for the days that the texts give. One night is one, and what goes on is not another because it does."""
    if member.night and any(m.night == member.night for m in known):
        return {"same_night": rules.identity["same_night"]}
    days = [m.happened_at.date() for m in known if m.dated]
    if not member.dated or not days:
        return {}
    nearest = min(abs((member.happened_at.date() - day).days) for day in days)
    name = ("same_day", "next_day")[nearest] if nearest < 2 else "other_day"
    if name == "next_day" and Cue.GOES_ON in member.cues and rules.families[family].gap:
        return {}
    return {name: rules.identity[name]}


def _places(member: Member, known: Sequence[Member], rules: Rules) -> dict[str, float]:
    mine, theirs = set(member.place_ids), {p for m in known for p in m.place_ids}
    return _overlap("place", mine, theirs, rules)


def _actors(member: Member, known: Sequence[Member], rules: Rules) -> dict[str, float]:
    mine, theirs = set(member.sources_of_fire.values()), {camp for m in known for camp in m.sources_of_fire.values()}
    return _overlap("actor", mine, theirs, rules)


def _overlap(what: str, mine: set[str], theirs: set[str], rules: Rules) -> dict[str, float]:
    if not mine or not theirs:
        return {}
    name = f"same_{what}" if mine & theirs else f"other_{what}"
    return {name: rules.identity[name]}


def retells(member: Member, known: int) -> bool:
    """Whether its toll takes the place of one of so many dead: a correction any, one that has risen a lower one."""
    grew = Cue.RISES in member.cues and member.killed is not None and member.killed.high > known
    return grew or Cue.RECOUNT in member.cues


def _figures(member: Member, known: Sequence[Member], soon: bool, rules: Rules) -> dict[str, float]:
    """Points for the tolls. `soon`: another may be this one revised, as a recount is. The dead of a fight revise no
    toll of shells."""
    tolls = [m.killed for m in known if m.killed is not None]
    if member.killed is None or not tolls:
        hurt = member.injured is not None and any(m.injured == member.injured for m in known)
        return {"same_figures": rules.identity["same_figures"]} if hurt else {}
    mine, most = member.killed, max(t.high for t in tolls)
    if any(t.low <= mine.high and mine.low <= t.high for t in tolls):
        return {"same_figures": rules.identity["same_figures"]} if mine.high else {}
    soon = soon or retells(member, most)
    points = {"soon_revised": rules.identity["soon_revised"]} if soon else {}
    if not soon:
        points["other_figures"] = rules.identity["other_figures"]
        if mine.high < most:
            points["falling_figures"] = rules.identity["falling_figures"]
    return points


def _text(member: Member, known: Sequence[Member], rules: Rules) -> dict[str, float]:
    if any(m.article_id == member.article_id for m in known):
        return {"reprint": rules.identity["reprint"]}
    likeness = max((alike(member.sketch, m.sketch) for m in known if m.lang == member.lang), default=0.0)
    if likeness >= rules.identity["reprint_at"]:
        return {"reprint": rules.identity["reprint"]}
    return {"reworded": rules.identity["reworded"]} if likeness >= rules.identity["reworded_at"] else {}
