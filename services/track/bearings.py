"""Whether the watched place is only named to say where another place lies: "خان شيخون جنوبي إدلب".

A governorate's capital lends its name to every village around: the waking rule sees the name, the sentence means the
village. This looks at the quoted words alone.
"""

import re
from collections.abc import Iterable, Sequence

from schemas.observation import ObservedSignal
from schemas.signal import Place, PlaceRole, Precision
from schemas.watch import Watch
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


def only_a_bearing(watch: Watch, observed: ObservedSignal, here: Sequence[Place], elsewhere: Iterable[Place]) -> bool:
    """True where a finer settled place outside is named, and no word of the quote puts the event at the watch itself.

    `here` are the signal's places that are the watched place as a whole; `elsewhere` its places outside, with their
    distances already found to be under NEAR_KM.
    """
    finer = [p for p in elsewhere if p.precision in FINE and p.role is PlaceRole.EVENT and not p.ambiguous]
    if not finer:
        return False
    said = re.sub(r"[#_«»\"“”،,.:؛()\[\]]", " ", fold(observed.quote))
    said = " ".join(said.split())
    names = {fold(n) for n in (watch.name.ar, watch.name.en, *watch.aliases, *(p.surface for p in here)) if n}
    return not any(_stands_alone(name, said) for name in names)


def _stands_alone(name: str, said: str) -> bool:
    """Whether some mention of the name has no bearing before it."""
    for mention in re.finditer(rf"(?<!\w)[وبفلك]?{re.escape(name)}(?!\w)", said):
        if not re.search(rf"(?<!\w){_BEARING}(?:\s+{_BETWEEN})?\s*$", said[: mention.start()]):
            return True
    return False
