"""Towns that only help to find another place: «جسر الشغور غربي إدلب», "Binnish, north of Idlib".

Where the place itself is known, it alone says where it happened; the town behind the word of direction was not struck.
Where it would lie too far from that town, it is another place of that name, one that the gazetteer may not have.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from services.analyze.document import PlaceMention, Token
from services.analyze.places.cues import BELONGING, Cues
from services.analyze.places.features import Named
from services.analyze.places.gazetteer import distance_km
from services.analyze.places.match import Reading

_SETTLED = ("landmark", "village", "town", "countryside")
FAR_KM = 60.0
FAR_FROM_SEAT_KM = 150.0
"""Of a town that shares its name with its first-level division, which may be meant."""
APART_KM = 40.0
"""Two villages that are told in one breath lie nearer to one another."""
_TWO = frozenset(("قريتي", "قريتا", "بلدتي", "بلدتا"))
_WORDS_BETWEEN = 5
_IN = frozenset(("في", "ضمن", "in"))
_NEAR = frozenset(("قرب", "بالقرب"))
"""Both places may be struck; but they cannot be far apart."""
_FILLING = frozenset(("من", "of", "the", "الواقعه", "الواقع", "القريبه", "المجاوره"))
_LOCATING = frozenset(("sides", "countryside", "compass"))
_QUOTES = " \"'”»“«"


def locate(reading: Reading, named: Sequence[Named], cues: Cues) -> None:
    """Set `mention.locates` of what only helps to find the settled place before it; doubt a place too far from it."""
    elsewhere: set[str | None] = set()
    confirmed: set[str | None] = set()
    for place, reference in pairwise(named):
        if not _is_settled(place) or reference.mention.precision not in ("town", "countryside"):
            continue
        if reference.mention.place_id == place.mention.place_id or not _stands_by(reading, place, reference, cues):
            continue
        if _is_far(place.mention, reference.mention):
            elsewhere.add(place.mention.place_id)
            continue
        confirmed.add(place.mention.place_id)
        if not any(word.folded in _NEAR for word in _between(reading, place, reference)):
            reference.mention.locates = place.mention.place_id
    # What is said of a place once holds for the article.
    doubted = (elsewhere - confirmed).union(_strangers(reading, named))
    for one in named:
        one.mention.ambiguous |= one.mention.place_id in doubted


def _strangers(reading: Reading, named: Sequence[Named]) -> Iterator[str | None]:
    """«بين قريتي قطمة وبافليون ضمن ناحية شران»: two villages told in one breath are neighbours; where they are not, the
    one that is far from the other places of the sentence too is another village of that name."""
    for _, sentence in groupby(named, key=lambda n: reading.sentence_of[n.first]):
        settled = [n for n in sentence if _is_settled(n)]
        for one, other in pairwise(settled):
            if not (_in_one_breath(reading, one, other) and _is_apart(one.mention, other.mention)):
                continue
            rest = [n.mention for n in settled if n is not one and n is not other]
            for stranger, neighbour in ((one.mention, other.mention), (other.mention, one.mention)):
                if all(_is_apart(stranger, m) for m in rest) and not all(_is_apart(neighbour, m) for m in rest):
                    yield stranger.place_id


def _in_one_breath(reading: Reading, one: Named, other: Named) -> bool:
    """«قريتي X وY»: "and" alone between them, a word for two villages before them."""
    before = one.first - 1
    if other.first != one.last + 1 or not other.prefix.startswith("و") or before < reading.bounds(one.first)[0]:
        return False
    return reading.glued[before] and reading.words[before].folded.removeprefix("ب") in _TWO


def _is_apart(one: PlaceMention, other: PlaceMention, km: float = APART_KM) -> bool:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return False
    return distance_km(one.lat, one.lon, other.lat, other.lon) > km


def _is_settled(named: Named) -> bool:
    mention = named.mention
    return mention.precision in _SETTLED and not mention.ambiguous and mention.place_id is not None


def _is_far(place: PlaceMention, reference: PlaceMention) -> bool:
    return _is_apart(place, reference, FAR_FROM_SEAT_KM if reference.is_seat else FAR_KM)


def _between(reading: Reading, place: Named, reference: Named) -> list[Token]:
    return reading.words[place.last + 1 : reference.first]


def _stands_by(reading: Reading, place: Named, reference: Named, cues: Cues) -> bool:
    """Whether only words of direction or nearness stand between them in one sentence, at least one of them."""
    if reading.sentence_of[place.last] != reading.sentence_of[reference.first]:
        return False
    words = _between(reading, place, reference)
    if len(words) > _WORDS_BETWEEN or reference.prefix.startswith("و"):
        return False
    if not all(reading.glued[at] for at in range(place.last + 1, reference.first)):
        return False
    if not reading.glued[place.last] and reading.gap(place.last).strip(_QUOTES) not in ("", ",", "،"):
        return False
    if not words:
        return reference.prefix.startswith("ب")
    if any(w.folded.startswith("و") for w in words):  # «إدلب وريف حلب» are two places
        return False
    locating = [_is_locating(w, cues) or w.folded in _NEAR for w in words]
    return any(locating) and all(
        is_so or w.folded in _FILLING or cues.kind_form(w) is not None for w, is_so in zip(words, locating, strict=True)
    )


def _is_locating(word: Token, cues: Cues) -> bool:
    """«غربي», «ريف», «في», and «بناحية»: in the district of."""
    is_in = word.folded.startswith("ب") and cues.kind_form(word) is not None
    return is_in or word.folded in _IN | BELONGING or bool(_LOCATING & cues.groups(word))
