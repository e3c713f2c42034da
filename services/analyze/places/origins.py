"""Where what is reported comes from: troops and aid set out there, guns stand there, the dead had lived there.

Nothing falls on such a place, however near to the word "shelling" it stands.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from services.analyze.document import Claim, Document, PlaceMention
from services.analyze.places.cues import load_cues
from services.analyze.text.fold import fold

ARRIVING = frozenset(("deployment", "relief", "shelling", "airstrike"))
FIRED = frozenset(("shelling", "airstrike", "attack", "explosion", "clash"))
"""Types that happen where fire falls."""
_FROM = frozenset(("من", "from"))
_KIND = frozenset(("مدينة", "محافظة", "بلدة", "قاعدة", "مطار", "the"))
_BEFORE = 150
"""Characters before a place that may tell who stands there."""
_KINDS = (
    "قريه|بلده|مدينه|ناحيه|منطقه|مناطق|محيط|محور|اطراف|ريف|محافظه|حي|قري|مدن|بلدات|قريتي|بلدتي|مدينتي|معسكر|مطار|قاعده|نقطه|"
    "تله|تل|حواجز|اراضي|شرق|غرب|شمال|جنوب|شرقي|غربي|شمالي|جنوبي"
)
_IN = rf"(?: (?:في|داخل|ضمن|ب(?:{_KINDS})?))"
_WHO = r"(?: (?!علي |باتجاه |نحو |صوب |استهدف|طال|وقع|سقط|(?:ال)?(?:احياء|منازل))[^\W\d]+){0,5}?"
_NAME = rf'(?: (?:{_KINDS}))*[ "]*$'
_POSITIONS = re.compile(
    rf"(?<!\w)من (?:مواقع|نقاط|معسكر|قواعد|اماكن|حواجز|مقر|مرابض)\w*{_WHO}{_IN}{_NAME}"
    rf"|(?<!\w)و?مصدر(?:ه|ها|هم|هما)(?:{_WHO}{_IN}| (?:{_KINDS})| [^\W\d]+ [^\W\d]+ \(){_NAME}"
    r"|\bfrom (?:\w+ ){0,3}(?:positions|bases|posts) (?:in|at|near|around)(?: the| town| city| of)* ?$"
)
"""«من مواقعها في سراقب», «مصدره قرية الشيخ عيسى»; but not «قصف من مواقع الجيش على عين عيسى»."""
_BOUND_FOR = re.compile(
    r"(?<!\w)(?:طريق(?:ه|ها|هم|هما) (?:الي|نحو|باتجاه)|(?:و|ال|وال)?(?:متجه|متوجه|قادم)\w* (?:الي|نحو|صوب|باتجاه|من))"
    rf"{_NAME}"
    r"|\b(?:on (?:its|their|his|her) way|heading|bound|en route) (?:to|for|towards?)(?: the| town| city| of)* ?$"
)
"""«سيارة في طريقها إلى منبج»."""
_PEOPLE = "(?:ال)?(?:شاب|رجل|طفل|طفله|مدني|مدنيين|شخص|امراه|سيده|مواطن|مواطنه|عنصر|عناصر|مقاتل|مقاتلون|مقاتلين|قيادي)"
_AT_HOME = re.compile(
    r"(?<!\w)(?:من (?:اهالي|ابناء|سكان|مهجري|نازحي|مواليد)"
    r"|(?:و|ال|وال)?(?:نازح|مهجر|منحدر|ينحدر|تنحدر)\w*(?: \w+){0,2} من"
    rf"|{_PEOPLE}(?: \w+){{0,3}} من(?= (?:{_KINDS})\b)"
    r"|(?!بالقرب|قريبا|مقربه|كلا? |اجزاء|جزء|قسم|احياء|عدد|بعد|القريبه|كيلو|كم |متر|عشرات|اطراف)"
    r"[^\s،,]+ من(?= (?:قريه|بلده|مدينه)\b)"
    rf"){_NAME}"
)
"""«شاب من أهالي ناحية موباتا», «المهجرة قبل عامين من قرية الزيادية»."""
_STATIONED = re.compile(rf"(?P<who>(?:\S+ ){{0,7}})(?:و?ال)?متمركز\w*(?:{_IN}| علي| عند){_NAME}")
"""«قوات النظام المتمركزة في سراقب»."""
_AIMED_AT = re.compile(r"(?:^| )(?:علي|ضد|و?مواقع\w*|و?نقاط|بال?(?:قذايف|صواريخ|مدفعيه)|بوابل) ")
"""What fire meets, or what it is done with, before those who are stationed: then they are not the ones who fire."""
_SOURCE = re.compile(r"(?:^| )(?:و?مصدر\w*) ")
_DISTANCES = ("قريب", "مقربه", "كيلومتر", "متر", "امتار", "miles", "km", "kilometer", "metres")


class Elsewhere(StrEnum):
    """Why nothing falls on a place."""

    POSITION = "position"
    """Who fires stands there, or who is hit was on the way there."""
    HOME = "home"
    """Who is hit comes from there."""


def elsewhere(document: Document, by_sentence: Mapping[int, Sequence[PlaceMention]]) -> dict[int, Elsewhere]:
    """By its id(), which of the places, those of a sentence in the order of the text, were not struck, and why."""
    found: dict[int, Elsewhere] = {}
    for number, mentions in by_sentence.items():
        start = document.sentences[number].start
        last: PlaceMention | None = None
        for mention in mentions:
            text = _field(document, mention)
            if last is not None and _goes_on(text[last.end : mention.start]):
                why: Elsewhere | None = found[id(last)]
            else:
                why = _why_elsewhere(fold(text[max(start, mention.start - _BEFORE) : mention.start]))
            last = mention if why else None
            if why:
                found[id(mention)] = why
    return found


def _why_elsewhere(before: str) -> Elsewhere | None:
    """By the words before a place."""
    if _POSITIONS.search(before) or _BOUND_FOR.search(before) or _is_fired_from(before):
        return Elsewhere.POSITION
    return Elsewhere.HOME if _AT_HOME.search(before) else None


def _is_fired_from(before: str) -> bool:
    stationed = _STATIONED.search(before) if "متمركز" in before else None
    if stationed is None:
        return False
    who = stationed["who"]
    return bool(_SOURCE.search(who)) or not _AIMED_AT.search(who)


def _goes_on(gap: str) -> bool:
    """«في حزارين وحنتوتين», «في قرية بصلحايا بريف عفرين»: the same place told further; «في سراقب بلدة آفس» is two."""
    cues = load_cues()
    words = fold(gap).split()
    if "،" in gap or (words and words[0] in cues.kinds and not cues.has("countryside", words[0])):
        return False
    return all(
        form in ("", "ب", "في") or form in cues.kinds or cues.has("sides", form) or cues.has("countryside", form)
        for form in (word.removeprefix("و") for word in words)
    )


def origins(document: Document, claim: Claim, chosen: Sequence[PlaceMention]) -> list[PlaceMention]:
    """Where what arrives comes from; none where nothing else is named."""
    found = [m for m in chosen if _is_origin(document, claim, m)] if len(chosen) > 1 else []
    return found if len(found) < len(chosen) else []


def _is_origin(document: Document, claim: Claim, mention: PlaceMention) -> bool:
    """«تعزيزات من صنعاء إلى الحديدة»: troops, aid and shells arrive elsewhere; who flees or retreats does so there.

    «بالقرب من مدينة جسر الشغور» is no origin.
    """
    if claim.type not in ARRIVING or mention.sentence < 0:
        return False
    words = _field(document, mention)[max(0, mention.start - 40) : mention.start].split()
    if words and words[-1] in _KIND:
        words.pop()
    return bool(words) and words[-1] in _FROM and not (len(words) > 1 and _tells_distance(words[-2]))


def _tells_distance(word: str) -> bool:
    form, cues = fold(word), load_cues()
    return form.startswith(_DISTANCES) or cues.has("sides", form) or cues.has("relative", form)


def _field(document: Document, mention: PlaceMention) -> str:
    return document.title if mention.field == "title" else document.text
