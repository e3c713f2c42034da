"""Names that only say where something is or who tells of it: the ends of a road, what a distance is told from, where
somebody speaks. Nothing is said to have happened there."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.analyze.places.cues import Cues
from services.analyze.places.features import Named
from services.analyze.places.gazetteer import km_apart
from services.analyze.places.match import Reading

_LONG = 30.0
"""Kilometres from one end of a road to the other from which neither is where something happened on it."""
_FAR = 25.0
"""Kilometres from which a distance tells of another place; what is nearer may well wake the watch of the town."""
_DISTANCE = 7
"""Words from the number to the name at most: «60 كيلومترا إلى الجنوب الشرقي من نيالا»."""
_TO_LINK, _TO_END = 4, 3
"""Words from a road to the word that says what it joins, and from that to a name at most."""
_SPEAKS, _TO_THAT = 5, 5
"""Words from the speaker to the name, and from it to «أن» at most."""
_DASHES = ("-", "–", "—")
_FILLING = frozenset(("من", "عن", "الي", "of", "from", "to", "the"))
_AND = frozenset(("to", "and", "with", "الي"))
_TOLD_IN = ("town", "village", "countryside")


def references(reading: Reading, group: Sequence[Named], cues: Cues, said: frozenset[str]) -> set[int]:
    """Positions of such names among those of a sentence; `said`: the groups that its words stand in."""
    found: set[int] = set()
    if "distances" in said:
        found.update(i for i, one in enumerate(group) if _is_far_from(reading, one, cues))
    if "roads" in said:
        found.update(_road_ends(reading, group, cues))
    if "speakers" in said:
        found.update(i for i in range(len(group) - 1) if _is_spoken_from(reading, group, i, cues))
    return found


def _is_far_from(reading: Reading, one: Named, cues: Cues) -> bool:
    """«على بعد 180 كيلومترا شرق الفاشر», «تبعد 40 كم عن مأرب», "80 km south of Mosul"."""
    start = reading.bounds(one.first)[0]
    for at in range(one.first - 1, max(start, one.first - _DISTANCE) - 1, -1):
        groups = cues.groups(reading.words[at])
        if "distances" in groups:
            number = reading.words[at - 1].folded if at > start else ""
            return number.isdecimal() and float(number) >= _FAR
        is_way = {"compass", "sides"} & groups or cues.kind_form(reading.words[at]) is not None
        if not is_way and reading.words[at].folded not in _FILLING:
            return False
    return False


def _road_ends(reading: Reading, group: Sequence[Named], cues: Cues) -> Iterator[int]:
    """«الطريق الواصل بين سلوك وعين عيسى», «طريق نيالا الضعين», "the Mosul-Kirkuk highway"; of a road between villages
    that are neighbours both tell where it happened."""
    start, end = reading.bounds(group[0].first)
    roads = [at for at in range(start, end) if "roads" in cues.groups(reading.words[at])]
    for i, (one, other) in enumerate(pairwise(group)):
        km = km_apart(one.mention, other.mention)
        if km is None or km < _LONG:
            continue
        if any(
            _is_named_by(reading, at, one, other, cues) or _is_joining(reading, at, one, other, cues) for at in roads
        ):
            yield from (i, i + 1)


def _is_joining(reading: Reading, road: int, one: Named, other: Named, cues: Cues) -> bool:
    """«الطريق الدولي الرابط بين مأرب والعبر», "the road linking Manbij to Al-Bab"."""
    way, between = reading.words[road + 1 : one.first], reading.words[one.last + 1 : other.first]
    joins = [k for k, word in enumerate(way) if "joins" in cues.groups(word)]
    is_near = bool(joins) and joins[0] < _TO_LINK and len(way) - joins[-1] <= _TO_END
    is_and = other.prefix.startswith(("و", "ب")) or any(w.folded in _AND or w.folded.startswith("و") for w in between)
    return is_near and is_and and len(between) <= 1


def _is_named_by(reading: Reading, road: int, one: Named, other: Named, cues: Cues) -> bool:
    """«طريق حلب - الرقة», «طريق الرقة عين عيسى», "the Mosul-Kirkuk highway"."""
    if other.first != one.last + 1 or reading.gap(one.last).strip() not in ("", *_DASHES):
        return False
    if reading.words[road].folded.isascii():
        return other.last == road - 1 and reading.gap(one.last).strip() != ""
    is_behind = road < one.first and all("of_roads" in cues.groups(w) for w in reading.words[road + 1 : one.first])
    return is_behind and all(named.prefix in ("", "ال") for named in (one, other))


def _is_spoken_from(reading: Reading, group: Sequence[Named], i: int, cues: Cues) -> bool:
    """«ذكر مصدر أمني في القامشلي أن مسيّرة استهدفت سيارة في ريف عين العرب»; not of a quarter of the same town."""
    one, following = group[i], group[i + 1]
    if one.mention.precision not in _TOLD_IN:
        return False
    start, end = reading.bounds(one.first)
    that = next((k for k in range(one.last + 1, min(end, one.last + 1 + _TO_THAT)) if _is_that(reading, k, cues)), None)
    if that is None or following.first < that or following.mention.surface == one.mention.surface:
        return False
    before = [cues.groups(word) for word in reading.words[max(start, one.first - _SPEAKS) : one.first]]
    speaker = next((k for k, groups in enumerate(before) if "speakers" in groups), None)
    if speaker is None or any({"struck", "strikes"} & groups for groups in before[speaker:]):
        return False
    return following.mention.precision in _TOLD_IN or following.mention.lat is not None


def _is_that(reading: Reading, at: int, cues: Cues) -> bool:
    return "that" in cues.groups(reading.words[at])
