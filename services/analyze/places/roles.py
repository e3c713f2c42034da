"""What a place does in its sentence: site of the event, venue of talks, home of an actor, dateline, background.

Where a rule is certain it decides (dateline, outlets, a capital that speaks); the rest is the ranker's.
"""

import calendar
import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from services.analyze.document import Document, Sentence, Token
from services.analyze.places.cues import BELONGING, Cues
from services.analyze.places.features import Named, mention_features, sentence_features
from services.analyze.places.match import Reading
from services.analyze.places.ranker import Ranker, load_ranker, probability
from services.analyze.places.references import references
from services.analyze.places.unknown import is_struck
from services.analyze.text.dateline import dateline_end

BACKGROUND_BELOW = 0.2
"""A place less likely than this to be the site is background."""
_BYLINE = re.compile(r"[^\n.،:؛\-–—]{2,25}[-–—] ?[^\n.،:؛\-–—]{2,30}[-–—] ?(?=\w)")
"""The outlet and who writes, right before where: «صوت المدينة - فلان الفلاني - دير الزور شهدت …»."""

_MONTHS = frozenset(name.lower() for name in calendar.month_name[1:])
_TURNS = frozenset(("about", "speaks"))
_PLACING = frozenset(("at", "relative", "sides", "struck", "from_to"))
_POST, _PAGE = 6, 5
"""Words of a post at least, and of the name of its page at most."""
_POSTED = ("'s Post", "’s Post", "'s post", "’s post")
_MOURNERS = 4
"""Words between a funeral and whose town it is in."""
_AFTER = frozenset(("بعد", "اثر", "عقب", "نتيجه", "جراء", "after", "following"))
_REPORTER = 5
"""Words from a reporter to the place that is reported from at most."""
_TREATED, _BROUGHT = 4, 7
"""Words from a hospital to its town at most, and to the hospital from the verb that brings somebody there."""
_SPEAKS_FROM = 3
"""Words from who speaks to the hospital at most: «مصدر طبي في مشفى»."""
_INTO = "الي"
_DASHES = frozenset(("-", "–", "—", "ـ"))
_ROADS = frozenset(("طريق", "الطريق", "اوتوستراد", "اتوستراد", "خط", "road", "highway"))
_OF_ROADS = frozenset(("عام", "العام", "دولي", "الدولي"))
_TO = frozenset(("العاصمه", "عاصمه", "وسط", "capital", "central"))


class RoleReader:
    def __init__(self, cues: Cues, ranker: Ranker | None = None) -> None:
        self._cues = cues
        self._ranker = ranker or load_ranker()

    def assign(self, document: Document, reading: Reading, named: Sequence[Named]) -> list[list[str]]:
        """Set role and event score of every mention; gives the features that the score was made of."""
        features: list[list[str]] = []
        at = 0
        while at < len(named):
            number = reading.sentence_of[named[at].first]
            stop = at
            while stop < len(named) and reading.sentence_of[named[stop].first] == number:
                stop += 1
            group = named[at:stop]
            whole: dict[str, tuple[list[str], float]] = {}
            dateline, byline = dateline_end(reading.sentences[number]), _byline_end(reading.sentences[number])
            aside = _aside(reading, group, self._cues)
            for i, one in enumerate(group):
                in_dateline = one.mention.end <= dateline or one.mention.start == byline
                found = mention_features(reading, group, i, self._cues, in_dateline)
                precision = one.mention.precision
                if precision not in whole:
                    words = sentence_features(reading, number, precision)
                    whole[precision] = words, self._ranker.mention_odds(words)
                self._decide(reading, one, found, in_dateline, whole[precision][1])
                if i in aside and not in_dateline:
                    one.mention.role, one.mention.event_score = "background", min(one.mention.event_score, 0.05)
                features.append(found + whole[precision][0])
            at = stop
        return features

    def _decide(self, reading: Reading, one: Named, features: list[str], dateline: bool, whole: float) -> None:
        mention = one.mention
        mention.event_score = probability(self._ranker.mention_odds(features) + whole)
        if dateline:
            mention.role, mention.event_score = "dateline", 0.01
        elif _names_outlet(features) or any(of(reading, one) for of in (_is_in_latin_name, _is_poster, _is_signature)):
            mention.role, mention.event_score = "background", min(mention.event_score, 0.05)
        elif _speaks(features):
            mention.role, mention.event_score = "actor_home", min(mention.event_score, 0.1)
        elif _is_venue(reading, one, self._cues):
            mention.role = "venue"
        elif _is_power(reading, one, features, self._cues):
            mention.role = "actor_home"
        elif mention.event_score < BACKGROUND_BELOW:
            mention.role = "background"


def _aside(reading: Reading, group: Sequence[Named], cues: Cues) -> set[int]:
    """Those of a sentence's places, by position, that rules take for no site."""
    start, end = reading.bounds(group[0].first)
    said = frozenset().union(*map(cues.groups, reading.words[start:end]))
    found = _on_route(reading, group) | _between(reading, group, cues) | _on_road_to(reading, group, cues)
    if _is_heading(reading, group):
        found.add(0)
    if "links" in said:
        found |= _linked(reading, group, cues)
    if "mourns" in said:
        found |= _mourning(reading, group, cues)
    if "hospitals" in said:
        found |= {i for i, one in enumerate(group) if _is_treated_at(reading, one, group, cues)}
    found |= references(reading, group, cues, said)
    if "reporters" in said:
        found |= {i for i, one in enumerate(group) if _is_reported_from(reading, one, cues)}
    return found


def _is_heading(reading: Reading, group: Sequence[Named]) -> bool:
    """«جبلة : سقوط صاروخ في قرية الفتيح»: the district over what is told of a place in it that is known."""
    first, *rest = group
    is_first = first.first == reading.bounds(first.first)[0]
    is_finer = any(one.mention.lat is not None and one.mention.precision in ("village", "town") for one in rest)
    return is_finer and is_first and reading.gap(first.last).lstrip().startswith(":")


def _on_route(reading: Reading, group: Sequence[Named]) -> set[int]:
    """«طريق حلب-الرقة-الحسكة»: towns that only name a road, three with dashes or two behind the word."""
    found: set[int] = set()
    chain: list[int] = []
    for i, one in enumerate(group):
        sentence = reading.sentences[reading.sentence_of[one.first]]
        gap = ""
        if i:
            gap = sentence.text[group[i - 1].mention.end - sentence.start : one.mention.start - sentence.start]
        if gap.strip() not in _DASHES or not gap:
            chain = []
        chain.append(i)
        named_road = _is_road(reading, group[chain[0]].first - 1)
        if len(chain) >= 3 or (len(chain) == 2 and named_road):
            found.update(chain)
    return found


def _is_road(reading: Reading, at: int) -> bool:
    """Whether the word is a road, or «عام», «دولي» behind one."""
    if at > 0 and reading.words[at].folded in _OF_ROADS:
        at -= 1
    return at >= 0 and not _ROADS.isdisjoint((reading.words[at].folded, *reading.words[at].stems))


def _between(reading: Reading, group: Sequence[Named], cues: Cues) -> set[int]:
    """«معبر عون الدادات بين مدينتي منبج وجرابلس»: two towns that only help to find a place."""
    found: set[int] = set()
    for i in range(1, len(group) - 1):
        place, one, other = group[i - 1 : i + 2]
        words = reading.words[place.last + 1 : one.first]
        if not words or words[0].folded != "بين" or not all(reading.glued[place.last : one.first]):
            continue
        is_pair = other.first == one.last + 1 and other.prefix.startswith("و")
        if is_pair and all(cues.kind_form(word) is not None for word in words[1:]):
            found |= {i, i + 1}
    return found


def _on_road_to(reading: Reading, group: Sequence[Named], cues: Cues) -> set[int]:
    """«قرية X على طريق مدينة Y»: the road's end only helps to find the village, which may be far from it."""
    found: set[int] = set()
    for i, (place, one) in enumerate(pairwise(group), 1):
        between = range(place.last + 1, one.first)
        if not between or not all(reading.glued[place.last : one.first]) or one.prefix.startswith("و"):
            continue
        on, *kinds = (reading.words[at] for at in between)
        is_on = on.folded == "علي" and all(map(cues.kind_form, kinds))
        if is_on and any(_is_road(reading, at) for at in between):
            found.add(i)
    return found


def _linked(reading: Reading, group: Sequence[Named], cues: Cues) -> set[int]:
    """«عين عيسى عقدة تربط منبج بالحسكة»: places that another one is said to connect."""
    if len(group) < 2:
        return set()
    end = reading.bounds(group[0].first)[1]
    for at in range(group[0].last + 1, end):
        if "links" in cues.groups(reading.words[at]):
            return {i for i, one in enumerate(group) if one.first > at}
    return set()


def _mourning(reading: Reading, group: Sequence[Named], cues: Cues) -> set[int]:
    """«شيعت مدينة إدلب الصحفي الذي قتل في مورك»: the dead are buried at home, and another place is where they died."""
    if len({one.mention.surface for one in group}) < 2:
        return set()
    return {i for i, one in enumerate(group) if _is_mourning(reading, one, cues)}


def _is_mourning(reading: Reading, one: Named, cues: Cues) -> bool:
    """Unless the funeral itself is struck."""
    start = reading.bounds(one.first)[0]
    near = range(one.first - 1, max(start, one.first - _MOURNERS) - 1, -1)
    unbroken = takewhile(lambda at: reading.glued[at], near)
    mourns = next((at for at in unbroken if "mourns" in cues.groups(reading.words[at])), None)
    if mourns is None:
        return False
    before = reading.words[max(start, mourns - _MOURNERS) : mourns]
    return not any({"struck", "strikes"} & cues.groups(word) for word in before)


def _is_treated_at(reading: Reading, one: Named, group: Sequence[Named], cues: Cues) -> bool:
    """«نُقلوا إلى مشافي مدينة الرقة», "taken to hospital in Homs": where the wounded are brought.

    So is who tells of them: «قال مصدر طبي في مشفى تل تمر».
    «سيارة تابعة لمشفى كوباني» was most likely hit near it, where no other place is named.
    """
    start = reading.bounds(one.first)[0]
    for at in range(one.first, max(start, one.first - _TREATED) - 1, -1):
        word = reading.words[at]
        groups = cues.groups(word)
        if "hospitals" in groups:
            before = reading.words[max(start, at - _BROUGHT) : at]
            said = frozenset().union(*map(cues.groups, before))
            near = frozenset().union(*map(cues.groups, before[-_SPEAKS_FROM:]))
            if "doctors" in near and near.isdisjoint(("struck", "strikes")):
                return True
            is_brought = "brought" in said or ("arrives" not in said and any(w.folded == _INTO for w in before[-1:]))
            # «مشفى الفرات بمدينة منبج»: the hospital's own name is no other place.
            alone = all(other is one or at < other.first < one.first for other in group)
            is_owner = one.first - at <= 1 and any(w.folded in BELONGING for w in before[-1:])
            return is_brought or ((is_owner or "arrives" in said) and not alone)
        if {"struck", "strikes"} & groups or word.folded in _AFTER:
            return False
    return False


def _is_reported_from(reading: Reading, one: Named, cues: Cues) -> bool:
    """«قال مراسلنا في إدلب», "our correspondent in Homs": where who tells of it is."""
    start = reading.bounds(one.first)[0]
    for at in range(one.first - 1, max(start, one.first - _REPORTER) - 1, -1):
        groups = cues.groups(reading.words[at])
        if "reporters" in groups:
            return True
        if {"struck", "strikes"} & groups:
            return False
    return False


def _names_outlet(features: Sequence[str]) -> bool:
    """«قناة الميادين», «كتيبة جنين»: the place only lends its name."""
    return ("named_after@1" in features or "units@1" in features) and "prefix=" in features


def _is_in_latin_name(reading: Reading, one: Named) -> bool:
    """ "Kobani Now" in an Arabic sentence: the place is part of an outlet's name or of an account's."""
    if reading.sentences[reading.sentence_of[one.first]].lang != "ar" or not _is_latin(reading.words[one.last]):
        return False
    start, end = reading.bounds(one.first)
    before = one.first > start and reading.glued[one.first - 1] and _is_latin(reading.words[one.first - 1])
    after = one.last + 1 < end and reading.glued[one.last] and _is_latin(reading.words[one.last + 1])
    return before or after


def _is_poster(reading: Reading, one: Named) -> bool:
    """«كوبانيSeptember 28, 2025 · Shared with Public», «كوباني's Post»: the account that posted it."""
    after = one.last + 1
    sentence = reading.sentences[reading.sentence_of[one.first]]
    if sentence.text.startswith(_POSTED, one.mention.end - sentence.start):
        return True
    if after >= reading.bounds(one.first)[1] or not reading.glued[one.last] or _is_latin(reading.words[one.last]):
        return False
    return reading.words[after].folded in _MONTHS


def _is_signature(reading: Reading, one: Named) -> bool:
    """«قصف على السد وشهيدان في حصيلة أولية | كوباني قلب الحدث»: the page that a post was copied from, behind it."""
    sentence = reading.sentences[reading.sentence_of[one.first]]
    told, bar, page = sentence.text.rpartition("|")
    behind = one.mention.start - sentence.start > len(told)
    return bool(bar) and behind and len(told.split()) >= _POST and len(page.split()) <= _PAGE


def _is_latin(word: Token) -> bool:
    return word.folded.isascii() and word.folded.isalpha()


def _speaks(features: Sequence[str]) -> bool:
    """«قالت أنقرة», «موسكو ترفض», «حكومة دمشق»: the capital stands for its government."""
    if "capital" not in features or "prefix=ب" in features:
        return False
    return any(f in features for f in ("speaks@1", "speaks+1", "homes@1"))


def _is_power(reading: Reading, one: Named, features: Sequence[str], cues: Cues) -> bool:
    """A capital without a word of place: «رغبة طهران», «أنشطة دمشق». It may be struck, but it is not said to be."""
    if (
        "capital" not in features
        or one.prefix.removesuffix("ال").endswith("ب")
        or one.mention.precision == "countryside"
    ):
        return False
    before = one.first - 1
    if before < reading.bounds(one.first)[0] or not reading.glued[before]:
        return True
    if is_struck(reading, one.first, cues):
        return False
    word = reading.words[before]
    if word.folded in _TO and one.mention.precision == "town":
        return False
    return cues.kind_form(word) is None and _PLACING.isdisjoint(cues.groups(word))


def _is_venue(reading: Reading, one: Named, cues: Cues) -> bool:
    """A meeting is said to be held in it: «اجتماع في جنيف», «محادثات أستانا»."""
    start = reading.bounds(one.first)[0]
    before = reading.words[max(start, one.first - 6) : one.first]
    meeting = [i for i, w in enumerate(before) if "meetings" in cues.groups(w)]
    if not meeting:
        return False
    between = before[meeting[-1] + 1 :]
    if any(not _TURNS.isdisjoint(cues.groups(w)) for w in between):
        return False
    inside = one.prefix.removesuffix("ال").endswith("ب") or (
        bool(between) and between[-1].folded in ("في", "in", "at", "العاصمه", "مدينه")
    )
    return inside or not between


def _byline_end(sentence: Sentence) -> int:
    """Offset in the field where a byline ends and its place begins."""
    match = _BYLINE.match(sentence.text)
    return sentence.start + match.end() if match else -1
