"""What one observation reports: its signals gathered into events, as members that an incident may take."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from schemas.article import ArticleRef
from schemas.base import Direction, SignalType, Status
from schemas.incident import Claim, Cue, Member, Range, TypeFamily
from schemas.observation import Observation, ObservedSignal
from schemas.signal import Actor, Place, PlaceRole, Precision
from schemas.watch import Watch
from services.track.bearings import NEAR_KM, is_bearing, is_finer
from services.track.cues import (
    dates_what_it_looks_back_at,
    denies,
    denies_a_part,
    ends_a_raid,
    ends_a_series,
    goes_on,
    is_habit,
    is_in_passing,
    looks_back,
    names_dawn,
    names_evening,
    names_guns,
    only_dates_by_leaving,
    recounts,
    remembers,
    rises,
    sees_nothing,
)
from services.track.polygon import covers
from services.track.reasons import Held
from services.track.rules import Rules
from services.track.texts import fold, publisher_of, sketch_of

T = TypeVar("T")

CENTRE_KM = 2.5
"""Places nearer to the watch's centre are the watched place itself, and say nothing about which part of the watch."""
EVENING = 20
"""The hour at which «مساء أمس» is taken to have been."""
SUPPORT = 3
"""Further claims that count as support."""
CLAIMS = 6
"""Lines that one report puts into the ledger at most."""
COARSE = frozenset({Precision.COUNTRYSIDE, Precision.REGION, Precision.COUNTRY})
KM_PER_DEGREE = 111.19
HAPPENED = frozenset({TypeFamily.STRIKE, TypeFamily.VIOLENCE, TypeFamily.FIGHTING})
"""Families of what is condemned, buried and cleared up."""
_BYSTANDERS = frozenset(("monitor", "humanitarian", "civilians"))
"""Camps of those who are no party: who watches, who helps, who lives there."""


@dataclass(frozen=True, slots=True)
class HeldSignal:
    """A signal that no member was made of."""

    rule: Held
    observed: ObservedSignal


@dataclass(frozen=True, slots=True)
class Reading:
    members: tuple[Member, ...]
    """Events reported as happening, the main one first; then denials."""
    warnings: tuple[ObservedSignal, ...]
    """Possible escalating events."""
    held: tuple[HeldSignal, ...]


def article_time(article: ArticleRef, rules: Rules) -> datetime:
    """Publication time; first sight where there is none, or one too far in the future to be believed."""
    at = article.event_time()
    return article.first_seen_at if at > article.first_seen_at + timedelta(hours=rules.time["future_hours"]) else at


def is_backlog(article: ArticleRef, rules: Rules) -> bool:
    age = article.first_seen_at - article_time(article, rules)
    return age > timedelta(hours=rules.time["lateness_hours"])


def read(watch: Watch, observation: Observation, rules: Rules) -> Reading:
    at = article_time(observation.article, rules)
    actual: list[ObservedSignal] = []
    denied: list[ObservedSignal] = []
    warnings: list[ObservedSignal] = []
    held: list[HeldSignal] = []
    for observed in observation.signals:
        rule = _held(observed, at, rules) or _elsewhere(watch, observed)
        if rule is not None:
            held.append(HeldSignal(rule, observed))
        elif observed.signal.status is Status.NEGATED or (
            observed.signal.status is Status.ACTUAL and denies(observed.quote)
        ):
            denied.append(observed)
        elif observed.signal.status is Status.ACTUAL:
            actual.append(observed)
        else:
            warnings.append(observed)
    groups = [(group, False) for group in events(watch, actual, at, rules)]
    groups += [(group, True) for group in events(watch, denied, at, rules)]
    members = [_member(watch, observation, part, group, no, rules) for part, (group, no) in enumerate(groups)]
    return Reading(tuple(_recaps_marked(members, rules)), tuple(warnings), tuple(held))


def _recaps_marked(members: Sequence[Member], rules: Rules) -> Iterator[Member]:
    if not members:
        return
    since = max(m.happened_at for m in members) - timedelta(hours=rules.time["recap_hours"])
    for member in members:
        recap = member.dated and member.happened_at <= since
        yield member.model_copy(update={"recap": True}) if recap else member


def _held(observed: ObservedSignal, at: datetime, rules: Rules) -> Held | None:
    signal = observed.signal
    if signal.status is Status.BACKGROUND or remembers(observed.quote) or _is_of_no_day(observed):
        return Held.BACKGROUND
    if signal.direction is Direction.EASING and _eases_nothing(observed):
        return Held.IN_PASSING
    if signal.status is Status.NEGATED and not denies(observed.quote) and sees_nothing(observed.quote):
        return Held.NOTHING_SEEN
    if signal.status is Status.NEGATED and denies_a_part(observed.quote):
        return Held.DENIAL_OF_NOTHING
    if signal.confidence < rules.confidence["join"]:
        return Held.LOW_CONFIDENCE
    if signal.status is Status.POSSIBLE:
        if signal.direction is Direction.EASING:
            return Held.POSSIBLE_EASING
        return Held.POSSIBLE_UNSURE if signal.confidence < rules.confidence["heads_up"] else None
    if happened(observed, at) < at - timedelta(hours=rules.time["old_event_hours"]):
        return Held.OLD_EVENT
    return None


def _eases_nothing(observed: ObservedSignal) -> bool:
    """A truce or talks told in passing; raiders who go back where they came from."""
    leaves = observed.signal.type is SignalType.WITHDRAWAL and (
        ends_a_raid(observed.quote, observed.before) or only_dates_by_leaving(observed.quote)
    )
    return leaves or is_in_passing(observed.quote, observed.before)


def _is_of_no_day(observed: ObservedSignal) -> bool:
    """What is done again and again or was the last of a series, unless the same words count somebody or name a day."""
    signal = observed.signal
    told = (signal.killed, signal.injured, signal.event_date)
    return told == (None, None, None) and (is_habit(observed.quote) or ends_a_series(observed.quote))


def _elsewhere(watch: Watch, observed: ObservedSignal) -> Held | None:
    """Held back where all that wakes the watch only says where another place lies."""
    names, reach = _names(watch), _reach(watch)
    finer = any(is_finer(p) and reach < _away(watch, p) <= NEAR_KM for p in observed.signal.places)
    here = _here(watch, observed)
    bearings = [is_bearing(p, names, _whole(watch, p, names), observed.quote, finer) for p in here]
    return Held.ELSEWHERE if bearings and all(bearings) else None


def _reach(watch: Watch) -> float:
    return max(watch.radius_km, CENTRE_KM)


def _away(watch: Watch, place: Place) -> float:
    """Kilometres from the watch's centre; -1 where the place has no coordinates."""
    return -1.0 if place.lat is None or place.lon is None else km(watch.center, (place.lat, place.lon))


def happened(observed: ObservedSignal, at: datetime) -> datetime:
    """When it happened: the article's time, unless the text dates it to another day (then that day's noon)."""
    dated = observed.signal.event_date
    if dated is None or dated.date() == at.date() or dated > at:
        return at
    if dated.date() < at.date() and names_evening(observed.quote):
        return min(at, dated.replace(hour=EVENING, minute=0, second=0, microsecond=0))
    midnight = (dated.hour, dated.minute, dated.second) == (0, 0, 0)
    return min(at, dated + timedelta(hours=12) if midnight else dated)


def events(
    watch: Watch, signals: Sequence[ObservedSignal], at: datetime, rules: Rules
) -> list[tuple[ObservedSignal, ...]]:
    """Signals gathered into events, the weightiest first: by direction, day, family and, with figures, place."""
    groups: list[list[ObservedSignal]] = []
    for observed in sorted(signals, key=lambda o: (rules.types[o.signal.type].rank, o.index)):
        home = next((g for g in groups if _belongs(watch, observed, g, at, rules)), None)
        if home is None:
            groups.append([observed])
        else:
            home.append(observed)
    return sorted((tuple(g) for g in groups), key=lambda g: _precedence(g, rules))


def _precedence(group: Sequence[ObservedSignal], rules: Rules) -> tuple[float, int]:
    lead = group[0]
    return (-rules.types[lead.signal.type].weight * max(o.signal.confidence for o in group), lead.index)


def _belongs(
    watch: Watch, observed: ObservedSignal, group: Sequence[ObservedSignal], at: datetime, rules: Rules
) -> bool:
    signal, lead = observed.signal, group[0].signal
    if signal.direction is not lead.direction or not _one_day(observed, group[0], at):
        return False
    family, led = rules.types[signal.type].family, rules.types[lead.type].family
    if family is not led and led not in rules.families[family].follows:
        return False
    return not _own_figures_elsewhere(watch, observed, group)


def _one_day(a: ObservedSignal, b: ObservedSignal, at: datetime) -> bool:
    """Undated signals go with any day: the text that dates one sentence seldom dates the next.

    So do two neighbouring days with one toll: the night between them belongs to both.
    """
    if a.signal.event_date is None or b.signal.event_date is None:
        return True
    days = abs((happened(a, at).date() - happened(b, at).date()).days)
    same_toll = a.signal.killed is not None and a.signal.killed == b.signal.killed
    return days == 0 or (days == 1 and same_toll)


def _own_figures_elsewhere(watch: Watch, observed: ObservedSignal, group: Sequence[ObservedSignal]) -> bool:
    """Two tolls at two different parts of the watch are two events; several dead told twice are one toll."""
    killed = observed.signal.killed
    if killed is None:
        return False
    here = set(place_keys(watch, [observed]))
    alike = (None, killed) if killed > 1 else (None,)
    for other in group:
        if other.signal.killed not in alike:
            there = set(place_keys(watch, [other]))
            if here and there and not here & there:
                return True
    return False


def _types(group: Sequence[ObservedSignal], rules: Rules) -> tuple[SignalType, ...]:
    """Those sure enough to open something by themselves, in the group's order; the surest one where none is."""
    sure = [o for o in group if o.signal.confidence >= rules.confidence["open"]]
    return _distinct(o.signal.type for o in sure or [max(group, key=lambda o: o.signal.confidence)])


def plainly(types: Iterable[SignalType], means: Collection[str], rules: Rules) -> tuple[SignalType, ...]:
    """Without the bombardment (قصف) that nobody says came from guns, beside the air raid that it is."""
    told = _distinct(types)
    is_raid = SignalType.AIRSTRIKE in told and rules.types[SignalType.SHELLING].means not in means
    return tuple(t for t in told if t is not SignalType.SHELLING) if is_raid else told


def _attackers(group: Sequence[ObservedSignal], rules: Rules) -> tuple[str, ...]:
    """Camps that fired beyond doubt: the only one that the quoted words name as doing it, of a claim with a weapon."""
    armed = (o for o in group if rules.types[o.signal.type].means)
    named = ({camp_of(a) for a in o.signal.actors if a.role == "source" and a.surface in o.quote} for o in armed)
    return _distinct(camp for camps in named if len(camps) == 1 for camp in camps)


def _fires(actor: Actor) -> bool:
    return actor.role == "source" and camp_of(actor) not in _BYSTANDERS


def camp_of(actor: Actor) -> str:
    return actor.camp or actor.actor_id


def _means(group: Sequence[ObservedSignal], surely: Collection[SignalType], rules: Rules) -> tuple[str, ...]:
    """Of the types that it surely tells. Bombardment (قصف) may be from guns or from the air: guns have to be named."""
    told = (o for o in group if o.signal.type in surely)
    named = (o.signal.type for o in told if o.signal.type is not SignalType.SHELLING or names_guns(o.quote))
    return _distinct(means for type_ in named if (means := rules.types[type_].means))


def _member(
    watch: Watch, observation: Observation, part: int, group: Sequence[ObservedSignal], denies: bool, rules: Rules
) -> Member:
    article = observation.article
    at = article_time(article, rules)
    lead = next((o for o in group if o.signal.event_date is not None), group[0])
    claims = tuple(_claim(watch, observation, o, part, at, denies, rules) for o in _telling(watch, group))
    types = _types(group, rules)
    means = _means(group, types, rules)
    cues = tuple(_cues(watch, observation, group, denies, rules))
    dated = lead.signal.event_date is not None and not _dates_the_reaction(lead, at, cues)
    return Member(
        observation_id=observation.id,
        article_id=article.id,
        article_version=article.version,
        part=part,
        at=at,
        happened_at=happened(lead, at) if dated else at,
        dated=dated,
        undated_article=article.published_at is None,
        backlog=is_backlog(article, rules),
        denies=denies,
        direction=group[0].signal.direction,
        types=types,
        place_ids=place_keys(watch, group),
        points=_points(watch, group),
        places=_named(watch, group),
        actors=parties(group),
        sources_of_fire={a.actor_id: camp_of(a) for o in group for a in o.signal.actors if _fires(a)},
        attackers=_attackers(group, rules),
        means=means,
        cues=cues,
        night=_night(lead, at),
        killed=_toll_here(watch, group, "killed"),
        injured=_toll_here(watch, group, "injured"),
        confidence=belief(group, rules),
        lang=article.lang or "",
        title=article.title,
        publisher=_publisher(claims, publisher_of(article.source, article.url, None, rules)),
        attribution=next((o.signal.attribution for o in group if o.signal.attribution), None),
        sketch=sketch_of(observation.fingerprint),
        claims=claims,
    )


def _cues(
    watch: Watch, observation: Observation, group: Sequence[ObservedSignal], denies: bool, rules: Rules
) -> Iterator[Cue]:
    if denies:
        return
    if all(rules.family(o.signal.type) in HAPPENED and looks_back(o.quote) for o in group):
        yield Cue.AFTERMATH
    counting = [o.quote for o in group if o.signal.killed is not None]
    title = observation.article.title
    if counting and (all(map(recounts, counting)) or recounts(title)):
        yield Cue.RECOUNT
    if counting and (all(map(rises, counting)) or rises(title)):
        yield Cue.RISES
    if any(goes_on(o.quote) for o in group):
        yield Cue.GOES_ON
    if any(_takes_centre(watch, o) for o in group):
        yield Cue.TAKES_CENTRE


def _dates_the_reaction(lead: ObservedSignal, at: datetime, cues: Collection[Cue]) -> bool:
    """«شيع الأهالي اليوم ضحايا القصف»: the day is that of the funeral."""
    if Cue.AFTERMATH not in cues or lead.signal.event_date is None or lead.signal.event_date.date() != at.date():
        return False
    return not dates_what_it_looks_back_at(lead.quote)


def _night(lead: ObservedSignal, at: datetime) -> str:
    """The evening's day, where the words date it to a night: «ليلة أمس» and «فجر اليوم» are one."""
    day = happened(lead, at).date()
    if names_dawn(lead.quote):
        return (day - timedelta(days=1)).isoformat()
    if not names_evening(lead.quote):
        return ""
    return (day if day < at.date() else day - timedelta(days=1)).isoformat()


def _takes_centre(watch: Watch, observed: ObservedSignal) -> bool:
    """Whether the watched place itself is said to be taken: it is named, and no part of it."""
    if observed.signal.type is not SignalType.TERRITORY:
        return False
    here, names = _here(watch, observed), _names(watch)
    certain = [p for p in here if p.precision not in COARSE and p.lat is not None]
    return bool(certain) and all(_whole(watch, p, names) for p in here)


def _publisher(claims: Sequence[Claim], house: str) -> str:
    """A wire named by any claim speaks for the article: its other sentences are most likely the wire's too."""
    return next((c.publisher_family for c in claims if c.publisher_family != house), house)


def belief(group: Sequence[ObservedSignal], rules: Rules) -> float:
    """That the event is reported: the surest claim, and what supports it, counted as half independent.

    One weak sentence on a sports page stays weak; a weak one that names who fired and who was hurt, or is one of
    several, does not.
    """
    surest, *others = sorted((o.signal.confidence for o in group), reverse=True)
    support = others[:SUPPORT]
    if any(o.signal.killed or o.signal.injured for o in group):
        support.append(rules.confidence["with_figures"])
    if any(a.role == "source" for o in group for a in o.signal.actors):
        support.append(rules.confidence["with_actor"])
    doubt = math.prod((1 - rules.confidence["support"] * each for each in support), start=1 - surest)
    return round(1 - doubt, 4)


def _telling(watch: Watch, group: Sequence[ObservedSignal]) -> list[ObservedSignal]:
    """The signals worth a line in the ledger: one of each type first, then those that give figures.

    Of several of one type the first whose words name a place of the watch.
    """
    first: dict[SignalType, ObservedSignal] = {}
    for each in sorted(group, key=lambda o: not any(p.surface in o.quote for p in _here(watch, o))):
        first.setdefault(each.signal.type, each)
    figures = [o for o in group if o.signal.killed is not None or o.signal.injured is not None]
    chosen = _distinct(o.index for o in [*first.values(), *figures])[:CLAIMS]
    return [o for o in group if o.index in chosen]


def _claim(
    watch: Watch,
    observation: Observation,
    observed: ObservedSignal,
    part: int,
    at: datetime,
    denies: bool,
    rules: Rules,
) -> Claim:
    signal, article = observed.signal, observation.article
    return Claim(
        source=article.source,
        publisher_family=publisher_of(article.source, article.url, signal.attribution, rules),
        attribution=signal.attribution,
        type=signal.type,
        killed=_toll([_figures(watch, observed, "killed")]),
        injured=_toll([_figures(watch, observed, "injured")]),
        quote=observed.quote,
        article_id=article.id,
        article_version=article.version,
        url=article.url,
        observation_id=observation.id,
        part=part,
        at=at,
        denies=denies,
    )


def parties(group: Sequence[ObservedSignal]) -> tuple[str, ...]:
    """Who takes part, each once; not who counts the dead, digs them out, or merely lives there."""
    return _distinct(a.actor_id for o in group for a in o.signal.actors if camp_of(a) not in _BYSTANDERS)


_Kind = Literal["killed", "injured"]


def _toll_here(watch: Watch, group: Sequence[ObservedSignal], kind: _Kind) -> Range | None:
    """The toll that is told of the watch alone; where none is, one that places elsewhere have a part in."""
    alone = (o for o in group if o.signal.shares or not any(_is_site_elsewhere(watch, p) for p in o.signal.places))
    return _toll(_figures(watch, o, kind) for o in alone) or _toll(_figures(watch, o, kind) for o in group)


def _figures(watch: Watch, observed: ObservedSignal, kind: _Kind) -> tuple[int | None, int | None]:
    """The least and the most that a signal tells of the watch: of a toll that is counted place by place its share."""
    signal = observed.signal
    if not signal.shares:
        return getattr(signal, kind), getattr(signal, f"{kind}_max")
    here = {p.surface for p in _here(watch, observed)}
    shares = (getattr(share, kind) for share in signal.shares if not here.isdisjoint(share.places))
    known = [figure for figure in shares if figure is not None]
    return (sum(known), None) if known else (None, None)


def _is_site_elsewhere(watch: Watch, place: Place) -> bool:
    return is_finer(place) and place.lat is not None and not _inside(watch, place)


def _toll(figures: Iterable[tuple[int | None, int | None]]) -> Range | None:
    """The largest toll that the article gives: parts are never more than their total."""
    known = [(low, high if high is not None and high >= low else low) for low, high in figures if low is not None]
    if not known:
        return None
    low, high = max(known)
    return Range(low=low, high=high)


def _here(watch: Watch, observed: ObservedSignal) -> list[Place]:
    return [p for p in observed.signal.places if _inside(watch, p)]


def _named(watch: Watch, group: Sequence[ObservedSignal]) -> tuple[str, ...]:
    """Places of the watch as they are written; what is wider than it only where nothing finer is named."""
    here = [p for o in group for p in _surely_here(watch, o)]
    return _distinct(p.surface for p in [p for p in here if not _is_wide(p)] or here)


def _surely_here(watch: Watch, observed: ObservedSignal) -> list[Place]:
    """Without the villages that nobody knows, where of the others some lie here and some elsewhere."""
    here = _here(watch, observed)
    known = [p for p in here if p.lat is not None]
    is_split = bool(known) and any(_is_site_elsewhere(watch, p) for p in observed.signal.places)
    return known if is_split else here


def _is_wide(place: Place) -> bool:
    """A region, a country, or the countryside of what may be a governorate: «جنوبي إدلب»."""
    if place.precision is Precision.COUNTRYSIDE:
        return any(id_.startswith("region:") for id_ in place.candidates)
    return place.precision in (Precision.REGION, Precision.COUNTRY)


def _inside(watch: Watch, place: Place) -> bool:
    """Whether the place may be the watch's: those with coordinates elsewhere are not."""
    if place.role not in (PlaceRole.EVENT, PlaceRole.VENUE):
        return False
    if watch.polygon is not None and place.lat is not None and place.lon is not None:
        return covers(watch.polygon, place.lat, place.lon)
    return watch.polygon is not None or _away(watch, place) <= _reach(watch)


def place_keys(watch: Watch, signals: Sequence[ObservedSignal]) -> tuple[str, ...]:
    """Keys of the parts of the watch that are named: gazetteer ids, else folded names; not the watched place itself."""
    keys = (p.place_id or _bare(p.name or p.surface) for p in _parts(watch, signals))
    return _distinct(key for key in keys if len(key) > 2)


def _points(watch: Watch, signals: Sequence[ObservedSignal]) -> tuple[tuple[float, float], ...]:
    """Where the parts of the watch lie that are named for certain."""
    certain = (p for p in _parts(watch, signals) if is_finer(p))
    return _distinct((p.lat, p.lon) for p in certain if p.lat is not None and p.lon is not None)


def _parts(watch: Watch, signals: Sequence[ObservedSignal]) -> Iterator[Place]:
    """Places of the watch that are named, without the watched place itself."""
    names = _names(watch)
    return (p for o in signals for p in _here(watch, o) if not _whole(watch, p, names))


def _names(watch: Watch) -> set[str]:
    return {fold(n) for n in (watch.name.ar, watch.name.en, *watch.aliases) if n}


def _bare(name: str) -> str:
    """A name without articles: what no gazetteer knows is written with and without them."""
    return " ".join(word.removeprefix("ال") for word in fold(name).split())


def _whole(watch: Watch, place: Place, names: set[str]) -> bool:
    if place.precision in COARSE or fold(place.surface) in names or fold(place.name or "") in names:
        return True
    return place.precision is not Precision.LANDMARK and 0 <= _away(watch, place) <= CENTRE_KM


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance in kilometres on a locally flat earth: right to a percent within a watch."""
    east = (b[1] - a[1] + 180) % 360 - 180
    return KM_PER_DEGREE * math.hypot(b[0] - a[0], east * math.cos(math.radians((a[0] + b[0]) / 2)))


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def families_of(types: Iterable[SignalType], rules: Rules) -> tuple[TypeFamily, ...]:
    return _distinct(rules.types[t].family for t in types)
