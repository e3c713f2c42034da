"""Whether the watched place is only named to say where another place lies: "خان شيخون جنوبي إدلب".

A governorate's capital lends its name to every village around: the waking rule sees the name, the sentence means the
village. This looks at the quoted words alone.
"""

import re
from collections.abc import Collection, Iterator

from schemas.signal import Place, PlaceRole, Precision
from services.track.texts import fold

NEAR_KM = 90.0
"""A finer place farther off than this is not described by the watched one: rather its reading is wrong."""
FINE = frozenset({Precision.VILLAGE, Precision.TOWN, Precision.LANDMARK})
_BEARING = (
    r"(?:[وبفل]{0,2}(?:ال)?(?:شمال|جنوب|شرق|غرب)ي?ه?"
    r"|[وبفل]{0,2}(?:ريف|ارياف|محافظه)(?:ي)?"
    r"|(?:north|south|east|west)\w*|countryside|province|governorate)"
)
_BETWEEN = r"(?:مدينه|بلده|of|the|city|town)"


def is_bearing(place: Place, names: Collection[str], whole: bool, quote: str, finer_outside: bool) -> bool:
    """Whether `place`, which wakes the watch of these folded names, only says where something else lies.

    The watched place itself (`whole`) is one where a finer place outside is named and no word of the quote puts the
    event here: "ريف عين عيسى" alone is still its countryside. Another town of the watch is one wherever the quote names
    it only so: the countryside of a neighbour is not this watch.
    """
    said, named = _plain(quote), fold(place.surface)
    if whole:
        return finer_outside and not any(alone for name in {*names, named} for alone in _mentions(name, said))
    mentions = list(_mentions(named, said))
    return place.precision is Precision.TOWN and bool(mentions) and not any(mentions)


def is_finer(place: Place) -> bool:
    return place.precision in FINE and place.role is PlaceRole.EVENT and not place.ambiguous


def _plain(quote: str) -> str:
    return " ".join(re.sub(r"[#_«»\"“”،,.:؛()\[\]]", " ", fold(quote)).split())


def _mentions(name: str, said: str) -> Iterator[bool]:
    """For each mention of the name whether it stands alone, without a bearing before it."""
    for mention in re.finditer(rf"(?<!\w)[وبفلك]?{re.escape(name)}(?!\w)", said):
        yield not re.search(rf"(?<!\w){_BEARING}(?:\s+{_BETWEEN})?\s*$", said[: mention.start()])
