"""Where what is reported comes from: troops and aid set out there, guns stand there, the dead had lived there.

Nothing falls on such a place, however near to the word "shelling" it stands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from services.analyze.document import Claim, Document, PlaceMention
from services.analyze.places.cues import load_cues
from services.analyze.text.fold import fold

ARRIVING = frozenset(("deployment", "relief", "shelling", "airstrike"))
FIRED = frozenset(("shelling", "airstrike", "attack", "explosion", "clash", "offensive"))
"""Types that happen where fire falls."""
SEIZED = "detention"
_FROM = frozenset(("من", "from"))
_KIND = frozenset(("مدينة", "مدينتي", "محافظة", "محافظتي", "بلدة", "بلدتي", "قاعدة", "مطار", "the"))
_BEFORE = 150
"""Characters before a place that may tell who stands there."""
_LARGE = frozenset(("كبير", "كبيره", "واسع", "واسعه"))
"""«أجزاء واسعة», «تعزيزات كبيرة»."""
_DISTANCES = ("قريب", "مقربه", "كيلومتر", "متر", "امتار", "miles", "km", "kilometer", "metres")


class Elsewhere(StrEnum):
    """Why nothing falls on a place."""

    POSITION = "position"
    """Who fires stands there, or who is hit was on the way there."""
    HOME = "home"
    """Who is hit comes from there."""
    CAUSE = "cause"
    """What happened there is only answered or told of, somebody had once gone there, or the hurt ended up there."""
    ROOTS = "roots"
    """His family does, or he once lived there: nobody is seized there either."""


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
    said = _patterns()
    position = said.position.search(before)
    if position and not said.sound.search(before, 0, position.start()):
        return Elsewhere.POSITION
    if any(pattern.search(before) for pattern in (said.launched, said.bound_for)):
        return Elsewhere.POSITION
    if said.answered.search(before):
        return Elsewhere.CAUSE
    if _is_fired_from(said, before):
        return Elsewhere.POSITION
    if said.roots.search(before):
        return Elsewhere.ROOTS
    return Elsewhere.HOME if said.home.search(before) else None


def _is_fired_from(said: "_Patterns", before: str) -> bool:
    """«قوات النظام المتمركزة في سراقب», unless they are the ones who are fired at."""
    # Few places have such a word before them, and the whole pattern is slow to say so.
    stationed = said.stands.search(before) and said.stationed.search(before)
    if not stationed:
        return False
    who = stationed["who"]
    return bool(said.source.search(who)) or not said.aimed_at.search(who)


class _Patterns(NamedTuple):
    """What ends right before a place, in folded words."""

    position: re.Pattern[str]
    """«من مواقعها في سراقب», «مصدره قرية الشيخ عيسى»; but not «قصف من مواقع الجيش على عين عيسى»."""
    sound: re.Pattern[str]
    """«دوي انفجارات … مصدرها تصدي الدفاعات في محيط مصياف»: the source of a sound is where it happened."""
    launched: re.Pattern[str]
    """«انطلق من غرب مدينة بانياس», «من اتجاه البحر غرب بانياس»."""
    answered: re.Pattern[str]
    """«رداً على تفجير استهدف الكلية في مدينة حمص», «توفي في أحد مشافي الطبقة», «خلال متابعتها لهجمات على السد»: what
    came before, and where it ended."""
    bound_for: re.Pattern[str]
    """«سيارة في طريقها إلى منبج», «موكب قادم من رام الله», «فروا إلى مناطق تل أبيض», «نقل جثمانه إلى القامشلي»."""
    roots: re.Pattern[str]
    """«شاب من أهالي ناحية موباتا», «المهجرة قبل عامين من قرية الزيادية», «كان يسكن في طفس», «مخيم أهل سراقب»."""
    home: re.Pattern[str]
    """«شاب من قرية الزيادية»; of somebody who is seized, it is where."""
    stands: re.Pattern[str]
    """The word that `stationed` turns on."""
    stationed: re.Pattern[str]
    source: re.Pattern[str]
    aimed_at: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """Built of the words in `data/places_cues.yml`."""
    cues = load_cues()
    words = {group: _any(forms) for group, forms in cues.sets.items()}
    kinds = _any({*cues.kinds, *cues.sets["sides"], *cues.sets["countryside"]})
    inside = rf"(?: (?:في|داخل|ضمن|ب(?:{kinds})?))"
    who = rf"(?: (?!(?:{words['aimed']}) )[^\W\d]+){{0,5}}?"
    name = rf'(?: (?:{kinds}))*[ "]*$'
    inward = r"(?: (?:داخل|مركز|وسط|مناطق))?"
    no_part = rf"(?!(?:وال|بال|ال|و|ب|ل)?(?:{words['no_home']}))"
    to = "(?:الي|نحو|صوب|باتجاه)"
    latin = r"(?: the| town| city| of)* ?$"
    return _Patterns(
        position=re.compile(
            rf"(?<!\w)من (?:{words['positions']})\w*{who}{inside}{name}"
            rf"|(?<!\w)و?(?:{words['sources']})(?:ه|ها|هم|هما)"
            rf"(?:{who}{inside}| (?:{kinds})| [^\W\d]+ [^\W\d]+ \(|(?: \S+){{1,3}} القريب\w* من){name}"
            rf"|\bfrom (?:\w+ ){{0,3}}(?:{words['positions']}) (?:in|at|near|around){latin}"
        ),
        sound=re.compile(rf"(?<!\w)و?(?:ال)?(?:{words['sounds']}) "),
        launched=re.compile(
            rf"(?<!\w)(?:(?:[وف]?(?:ال)?(?:{words['launched']})\w*) من(?: (?:{words['sides']}))?"
            rf"|من (?:{words['from_side']}){who}){name}"
        ),
        answered=re.compile(
            rf"(?<!\w)(?:{words['answers']}) (?:علي|من|ل)\w*(?: [^\W\d]+){{1,8}}?(?:{inside}| علي){name}"
            rf"|(?<!\w)(?:احد|احدي) (?:مشافي|مستشفيات) ?$"
            rf"|(?<!\w)(?:{words['only_there']})(?: [^\W\d]+){{1,6}}?(?:{inside}| علي| تستهدف){name}"
        ),
        bound_for=re.compile(
            rf"(?<!\w)(?:طريق(?:ه|ها|هم|هما) {to}"
            rf"|(?:و|ال|وال)?(?:{words['bound_for']})\w* (?:{to}|من)"
            rf"|(?:و|ل)?(?:{words['flees']}) {to}|(?:{words['bodies']})(?:ه|ها|هم|هما)? {to}){inward}{name}"
            rf"|\b(?:on (?:its|their|his|her) way|heading|bound|en route) (?:to|for|towards?){latin}"
        ),
        roots=re.compile(
            rf"(?<!\w)(?:من (?:خيره )?(?:{words['residents']})(?: \d{{4}})?"
            rf"(?: (?:{kinds}) \w+(?: \w+)?(?: في| ب(?={kinds}))?)?"
            rf"|(?:و|ال|وال)?(?:{words['displaced']})\w*(?: \w+){{0,2}} من(?: (?:عده|مختلف|بعض))?(?: مناطق في)?"
            rf"|اهل|(?:{words['lives']})\w*(?: \w+){{0,2}} في){name}"
        ),
        home=re.compile(
            rf"(?<!\w)(?:(?:ال)?(?:{words['persons']})(?: {no_part}\w+){{0,3}} من(?= (?:{kinds})\b)"
            rf"|{no_part}[^\s،,]+ من(?= (?:قريه|بلده|مدينه)\b)){name}"
        ),
        stands=re.compile(words["stationed"]),
        stationed=re.compile(
            rf"(?P<who>(?:\S+ ){{0,7}})(?:و?ال)?(?:{words['stationed']})\w*(?:{inside}| علي| عند){name}"
        ),
        source=re.compile(rf"(?:^| )و?(?:{words['sources']})\w* "),
        aimed_at=re.compile(rf"(?:^| )(?:{words['aimed_at']}) "),
    )


def _any(forms: Iterable[str]) -> str:
    """An alternation, the longest first."""
    return "|".join(sorted(map(re.escape, forms), key=lambda form: (-len(form), form)))


def _goes_on(gap: str) -> bool:
    """«في حزارين وحنتوتين», «في قرية بصلحايا بريف عفرين»: the same place told further; «في سراقب بلدة آفس» is two."""
    cues = load_cues()
    words = fold(gap).split()
    if "،" in gap or (words and words[0] in cues.kinds and not cues.has("countryside", words[0])):
        return False
    return all(
        form in ("", "ب", "في") or form in cues.kinds or cues.has("sides", form) or cues.has("countryside", form)
        for form in (word.strip('"').removeprefix("و") for word in words)
    )


def origins(document: Document, claim: Claim, chosen: Sequence[PlaceMention]) -> list[PlaceMention]:
    """Where what arrives comes from; none where nothing else is named."""
    found: list[PlaceMention] = []
    for mention in sorted(chosen, key=lambda m: (m.sentence, m.start)) if len(chosen) > 1 else ():
        if _is_origin(document, claim, mention) or (found and _is_joined(document, found[-1], mention)):
            found.append(mention)
    return found if len(found) < len(chosen) or (found and _goes_to(document, found[-1])) else []


def _goes_to(document: Document, origin: PlaceMention) -> bool:
    """Where they go is told right behind it, though no gazetteer knows it."""
    return _field(document, origin)[origin.end :].split()[:1] in (["إلى"], ["نحو"], ["باتجاه"], ["to"], ["towards"])


def _is_joined(document: Document, one: PlaceMention, other: PlaceMention) -> bool:
    """«تعزيزات من مصراتة وسرت إلى الجفرة»: nothing but "and" between two names."""
    is_near = one.sentence == other.sentence and one.field == other.field
    return is_near and _field(document, one)[one.end : other.start].split() in (["و"], ["and"])


def _is_origin(document: Document, claim: Claim, mention: PlaceMention) -> bool:
    """«تعزيزات من صنعاء إلى الحديدة»: troops, aid and shells arrive elsewhere; who flees or retreats does so there.

    «بالقرب من مدينة جسر الشغور» is no origin.
    """
    if claim.type not in ARRIVING or mention.sentence < 0:
        return False
    words = _field(document, mention)[max(0, mention.start - 40) : mention.start].split()
    if words and words[-1] in _KIND:
        words.pop()
    return bool(words) and words[-1] in _FROM and not _is_no_departure([fold(word) for word in words[:-1]])


def _is_no_departure(before: Sequence[str]) -> bool:
    """«كيلومترين من», «بالقرب من», «كل من», «الأحياء الشمالية من», «أجزاء واسعة من»; but not «تعزيزات كبيرة من»."""
    forms = [form for form in before[-2:] if form not in _LARGE][-1:]
    cues = load_cues()
    return any(
        form.startswith(_DISTANCES)
        or any(cues.has(group, form) for group in ("sides", "relative"))
        or _bare(form).startswith(tuple(cues.sets["no_home"]))
        for form in forms
    )


def _bare(form: str) -> str:
    """Without "and", an attached preposition and the article."""
    return next((form.removeprefix(prefix) for prefix in ("وال", "بال", "ال", "و") if form.startswith(prefix)), form)


def _field(document: Document, mention: PlaceMention) -> str:
    return document.title if mention.field == "title" else document.text
