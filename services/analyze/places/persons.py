"""People whose names are names of villages too: «عبد الله محمود شيخ علي» was killed, «الشيخ علي» was shelled."""

from services.analyze.document import Token
from services.analyze.places.cues import Cues
from services.analyze.places.gazetteer import Gazetteer
from services.analyze.places.match import Hit, Reading
from services.analyze.places.names import key_of

_SERVANT, _GOD = "عبد", "الله"
_AND = "و"
_HEADS = frozenset((_SERVANT, "نصر", "شيخ", "ابو", "ابا", "ابي", "ام", "سيد", "حاج"))
"""First words of a person's name in two."""
_QUOTES = frozenset("\"“”»«'")
_NAMES, _QUOTED_NAME = 2, 5
"""Words of a person's name at least, and at most."""
_TITLED_NAME = 4
"""Words of a person's name before the last at most."""
_PLACING_AFTER = frozenset(("countryside", "sides"))


class Persons:
    def __init__(self, gazetteer: Gazetteer, cues: Cues) -> None:
        self._gazetteer = gazetteer
        self._cues = cues

    def has_title(self, reading: Reading, hit: Hit) -> bool:
        """«القيادي حمزة»: a title stands right before the name."""
        word = _word_before(reading, hit, self._cues)
        return word is not None and self._cues.has("people", word.folded)

    def has_given_name(self, reading: Reading, hit: Hit) -> bool:
        """«أحمد الخليل», «محمد عبد الرزاق الشيخ عيسى», but not «عين عيسى شمال سوريا»."""
        word = _word_before(reading, hit, self._cues)
        if word is None:
            return False
        start, before = reading.bounds(hit.first)[0], hit.first - 2
        first = reading.words[before].folded if before >= start and reading.glued[before] else ""
        if first == _SERVANT:
            return True
        return word.folded in self._gazetteer.people and not (first and self._is_place(f"{first} {word.folded}"))

    def is_in_titled_name(self, reading: Reading, hit: Hit) -> bool:
        """«المواطن آزاد حسين كول ددو»: the last of a person's names behind a title, one of them not known as such."""
        start, at = reading.bounds(hit.first)[0], hit.first - 1
        names: list[bool] = []
        while at >= start and reading.glued[at] and len(names) <= _TITLED_NAME:
            word = reading.words[at]
            if self._cues.has("people", word.folded):
                return len(names) >= _NAMES and names.count(False) <= 1 and names[-1]
            if self._cues.groups(word) or word.stems:
                return False
            names.append(word.folded in self._gazetteer.people)
            at -= 1
        return False

    def is_in_quoted_name(self, reading: Reading, hit: Hit) -> bool:
        """«"سالم السالم سراقب"»: behind a name that stands in quotation marks, where its bearer is from."""
        first = hit.first
        start = max(reading.bounds(first)[0] + 1, first - _QUOTED_NAME)
        while first >= start and reading.glued[first - 1]:
            first -= 1
        if hit.first - first < _NAMES or first < start or hit.last + 1 >= reading.bounds(hit.first)[1]:
            return False
        is_quoted = reading.gap(first - 1)[-1:] in _QUOTES and reading.gap(hit.last)[:1] in _QUOTES
        return is_quoted and reading.words[first].folded in self._gazetteer.people

    def goes_on(self, reading: Reading, hit: Hit) -> bool:
        """«جاسم محمد الخلف», "Jassem Mohammed": what may be a given name, and another right behind it."""
        if hit.last + 1 >= reading.bounds(hit.first)[1] or not reading.glued[hit.last]:
            return False
        following, people = reading.words[hit.last + 1].folded, self._gazetteer.people
        if following.isascii():
            return " " not in hit.key and following in people
        return hit.prefix in ("", "و") and hit.key in people and following in people

    def may_be(self, hit: Hit) -> bool:
        """Whether a name of several words is one that people bear: «الشيخ علي», «عبد الله», «أبو بكر»."""
        people, words = self._gazetteer.people, hit.key.split()
        return (words[0] in _HEADS or words[0] in people) and (words[-1] == _GOD or words[-1] in people)

    def is_among_places(self, reading: Reading, hit: Hit) -> bool:
        """«تل رفعت و"الشيخ عيسى"», «الشيخ علي بالريف الغربي»; «عبد الله» is a village only where a cue calls it one."""
        if hit.key.endswith(_GOD):
            return False
        start, end = reading.bounds(hit.first)
        after = hit.last + 1
        if after < end and reading.glued[hit.last] and _PLACING_AFTER & self._cues.groups(reading.words[after]):
            return True
        stop = hit.first - 1 if hit.first > start and reading.words[hit.first - 1].folded == _AND else hit.first
        before = reading.words[max(start, stop - 2) : stop]
        quoted = bool(before) and self._cues.kind_form(before[-1]) is not None
        return quoted or any(self._is_place(" ".join(w.folded for w in before[at:])) for at in range(len(before)))

    def _is_place(self, name: str) -> bool:
        key = key_of(name)
        return key is not None and key[0] in self._gazetteer.keys and key not in self._gazetteer.everyday


def _word_before(reading: Reading, hit: Hit, cues: Cues) -> Token | None:
    """The word that a name without attached letters follows; no preposition: «على» folds to the letters of «علي»."""
    before = hit.first - 1
    if before < reading.bounds(hit.first)[0] or not reading.glued[before] or hit.prefix not in ("", "ال"):
        return None
    word = reading.words[before]
    return word if {"at", "from_to"}.isdisjoint(cues.groups(word)) else None
