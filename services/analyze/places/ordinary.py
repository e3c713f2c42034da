"""Names that are everyday words too: صور is Tyre and "pictures", نوى a town of Hauran and "cores".

A word that calls it a place settles it (`unknown.cue_before`). Short of one there is what stands around it.
"""

from collections.abc import Sequence
from enum import IntEnum

from services.analyze.places.cues import Cues
from services.analyze.places.gazetteer import TOWN, Gazetteer
from services.analyze.places.match import Hit, Reading
from services.analyze.places.relations import is_listed, relation
from services.analyze.places.unknown import is_struck

_WEAK = frozenset(("في", "علي", "من", "الي", "نحو", "in", "at", "on", "from", "to"))
"""They stand before any word."""
_INSIDE = frozenset(("في", "in", "at"))
_ATTACK_REACH = 3
"""Words from one of attack to the preposition at most: «غارة إسرائيلية عنيفة على صور»."""


class Placed(IntEnum):
    """How far the words around an everyday word make it a place."""

    NOT = 0
    LIKELY = 1
    """Where the article speaks of no other Arab country: «غارة على صور», «اشتباكات في الزاوية»."""
    SURELY = 2
    """«في نوى غربي درعا»."""


def placed(reading: Reading, hits: Sequence[Hit], i: int, is_before: bool, gazetteer: Gazetteer, cues: Cues) -> Placed:
    """Of the i-th name; `is_before`: a preposition or a word of place or attack stands before it."""
    hit = hits[i]
    following = hits[i + 1] if i + 1 < len(hits) else None
    if is_before and following is not None and _is_town_located(reading, hit, following, gazetteer, cues):
        return Placed.SURELY
    if not hit.watches or hit.landmark:
        return Placed.NOT
    if is_before or hit.prefix in ("ب", "بال"):
        is_likely = _is_attacked(reading, hit, cues) or (_is_in(reading, hit) and _ends(reading, hit, cues))
        return Placed.LIKELY if is_likely else Placed.NOT
    if hit.first == reading.bounds(hit.first)[0] and not reading.glued[hit.last]:
        return Placed.LIKELY  # «الباب: انفجار …»
    beside = [hits[k] for k in (i - 1, i + 1) if 0 <= k < len(hits) and not hits[k].doubtful]
    is_one_of_list = any(is_listed(reading, *sorted((hit, other), key=lambda h: h.first)) for other in beside)
    return Placed.LIKELY if is_one_of_list and _ends(reading, hit, cues) else Placed.NOT


def _is_town_located(reading: Reading, hit: Hit, following: Hit, gazetteer: Gazetteer, cues: Cues) -> bool:
    """«في نوى غربي درعا»: a town of the name lies as is said from the next name; «عمال جنوبي إدلب» does not."""
    said = relation(reading, hit.last, following.first, following.prefix, cues)
    if said is None:
        return False
    named = [gazetteer.places[e >> 1] for e in hit.entries if bool(e & 1) == hit.definite]
    others = [gazetteer.places[e >> 1] for e in following.entries]
    return any(
        town.kind == TOWN and town.lat is not None and said.is_borne_out(town, other)
        for town in named
        for other in others
        if other.lat is not None
    )


def _is_attacked(reading: Reading, hit: Hit, cues: Cues) -> bool:
    """«قصف صور», «قصفت إسرائيل صور», «غارة إسرائيلية على صور», «جنوب صور»."""
    start, before = reading.bounds(hit.first)[0], hit.first - 1
    if hit.prefix not in ("", "ال") or before < start:
        return False
    word = reading.words[before]
    if is_struck(reading, hit.first, cues):
        is_adjective = hit.definite and word.folded.startswith("ال")  # «قصفت الطائرات الحربية»
        return not is_adjective and _ends(reading, hit, cues)
    if word.folded != "علي":
        return word.folded not in _WEAK and bool({"attacks", "sides"} & cues.groups(word))
    return any("attacks" in cues.groups(w) for w in reading.words[max(start, before - _ATTACK_REACH) : before])


def _is_in(reading: Reading, hit: Hit) -> bool:
    """«في نوى», «بنوى»; not «عدد من الشهداء»."""
    before = hit.first - 1
    is_behind = before >= reading.bounds(hit.first)[0] and reading.words[before].folded in _INSIDE
    return is_behind or hit.prefix in ("ب", "بال")


def _ends(reading: Reading, hit: Hit, cues: Cues) -> bool:
    """Whether what follows says nothing more of the word, as it does in «في صور نشرها», «في الخيام البالية»."""
    after = hit.last + 1
    if after >= reading.bounds(hit.first)[1] or not reading.glued[hit.last]:
        return True
    word = reading.words[after]
    return bool({"goes_on", "sides", "countryside"} & cues.groups(word)) or word.folded.startswith("و")
