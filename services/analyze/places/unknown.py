"""Places that no gazetteer knows but the text calls places: «قرية الجهبل», "the village of Jahbal"."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from services.analyze.document import Token
from services.analyze.places.cues import Cues
from services.analyze.places.match import Hit, Reading

MAX_LIST = 12
"""Names after one plural cue (قرى X وY وZ)."""
_QUOTED = 3
"""Words of a name in quotation marks."""
_QUOTES = frozenset("\"'“”«»‘’()")
_BEFORE_TAGS = frozenset(("at", "from_to", "sides", "struck"))
"""Words before a hashtag that is a place; most others are themes."""
_LATIN_OF = frozenset(["of", "called", "named"])
_LATIN_CUES_AFTER = frozenset(
    "village town neighborhood neighbourhood district suburb camp province governorate countryside area crossing "
    "region".split()
)
_LATIN_ARTICLES = frozenset(["al", "el", "as", "ash", "ad", "ar", "at", "an", "az"])
_LATIN_PLACING = frozenset("in at near towards toward around outside inside on".split())
_LATIN_ADJECTIVES = ("ian", "ish", "ese", "ean", "ists", "ans")
_LATIN_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december ramadan twitter facebook islam islamic state telegram youtube reuters parliament".split()
)
_LATIN_STOP = frozenset("the a an this that old new other same second first northern southern eastern western".split())


def _is_owned(folded: str) -> bool:
    """«مينائها», «حلفائهم»: a noun with its owner, or a verb with its object."""
    return len(folded) > 4 and folded.endswith(("ها", "هم", "هما", "هن")) and not folded.startswith("ال")


def _is_plural(form: str) -> bool:
    """«قريتي», «بلدات», «قرى», «أحياء»: more than one name follows."""
    return form in (
        "قري",
        "مدن",
        "احياء",
        "مزارع",
        "نواحي",
        "محاور",
        "مناطق",
        "جبال",
        "تلال",
        "اطراف",
    ) or form.endswith(("تي", "تا", "ات", "يي", "وري"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    cues: Cues
    common: frozenset[str]
    """Everyday words."""
    ordinary: frozenset[tuple[str, bool]] = frozenset()
    """Those of them that are names of villages too: «قرية عليه»."""

    def is_ordinary(self, folded: str) -> bool:
        return (folded.removeprefix("ال"), folded.startswith("ال")) in self.ordinary

    def may_be_name(self, token: Token, folded: str, kind: str, head: bool = False) -> bool:
        """Whether a word behind a cue can be a name: no common word, no verb or adjective, no attached preposition."""
        cues = self.cues
        if len(folded) < 3 or not "\u0621" <= folded[0] <= "\u064a" or folded.startswith(("ل", "بال")):
            return False
        if not folded.isalpha() or _is_owned(folded):
            return False
        if cues.has("never_names", folded) or folded in cues.kinds or cues.has("countryside", folded):
            return False
        if cues.has("heads", folded.removeprefix("ال")):
            return True
        village = kind in ("village", "town") and self.is_ordinary(folded)
        if not (head or village) and any(f in self.common or f in cues.kinds for f in (folded, *token.stems)):
            return False
        if any(cues.has("at", form) and len(form) > 1 for form in (folded, *token.stems)):
            return False
        # «بلدة تقع», «منطقة تشهد»: a verb; «منطقة سكنية»: an adjective.
        return not (kind == "region" and folded.endswith("يه") and not folded.startswith("ال"))


@dataclass(slots=True)
class UnknownName:
    first: int
    last: int
    start: int
    """Offset in the field: behind an attached «و» of a list."""
    kind: str


_SURROUNDED = frozenset(("منطقه", "مدينه", "بلده", "ناحيه"))
"""«بريف منطقة جرابلس», «ريف مدينة إدلب»: what has a countryside of its own."""


def cue_before(reading: Reading, word: int, cues: Cues) -> tuple[int, str, str] | None:
    """The cue in front of a word: (its position, kind of place, its form). A definite cue names nothing."""
    start = reading.bounds(word)[0]
    at = word - 1
    if at >= start and reading.glued[at] and reading.words[at].folded in _LATIN_OF:
        at -= 1
    if at < start or not reading.glued[at]:
        return None
    token = reading.words[at]
    if "countryside" in cues.groups(token):
        return at, "countryside", token.folded
    form = cues.kind_form(token)
    if form is None:
        return None
    is_behind = at > start and reading.glued[at - 1] and "countryside" in cues.groups(reading.words[at - 1])
    if is_behind and form in _SURROUNDED:
        return at, "countryside", form
    return at, cues.kinds[form], form


def is_struck(reading: Reading, first: int, cues: Cues) -> bool:
    """Whether a verb of attack stands shortly before the word, its subject between them: «قصفت إسرائيل دمشق»."""
    start = reading.bounds(first)[0]
    return any(
        "strikes" in cues.groups(reading.words[at]) and reading.glued[at] for at in range(max(start, first - 3), first)
    )


def unknown_names(
    reading: Reading, hits: Sequence[Hit], unread: Collection[int], words: Vocabulary
) -> list[UnknownName]:
    """Names after (or in English also before) a cue that are not among the hits.

    `unread` are words that turned out to name nothing here: they are no names, and begin no list of names.
    """
    cues = words.cues
    taken = {word for hit in hits for word in hit.words}.union(unread)
    found: list[UnknownName] = []
    for at, token in enumerate(reading.words):
        if at in taken:
            continue
        if token.folded[0] < "\u0250":
            _latin(reading, at, taken, cues, found)
            continue
        form = cues.kind_form(token)
        if form is not None:
            _after_cue(reading, at, form, taken, words, found)
    for at in range(len(reading.words)):
        if at not in taken:
            _uncued(reading, at, taken, unread, words, found)
    return found


def _uncued(
    reading: Reading,
    at: int,
    taken: set[int],
    unread: Collection[int],
    words: Vocabulary,
    found: list[UnknownName],
) -> None:
    """«شرقي المشرعي», «دوما والجيعة», «في #الكندة»: no cue, but words of places around."""
    token = reading.words[at]
    folded = token.folded
    if len(folded) < 4 or folded[0] < "\u0250" or folded in words.common or words.is_ordinary(folded):
        return
    start, end = reading.bounds(at)
    if at == start:
        return
    glued = reading.glued[at - 1]
    listed = glued and at - 1 in taken and at - 1 not in unread and _may_be_listed(token)
    if not listed and not (glued and _points_on(reading.words[at - 1], words.cues)):
        sentence = reading.sentences[reading.sentence_of[at]]
        is_tag = sentence.text[token.start - sentence.start - 1 : token.start - sentence.start] == "#"
        if not (is_tag and glued and not _BEFORE_TAGS.isdisjoint(words.cues.groups(reading.words[at - 1]))):
            return
    name = _name_at(reading, at, end, taken, words, "village", listed)
    if name is None:
        return
    found.append(name)
    taken.update(range(name.first, name.last + 1))


def _may_be_listed(word: Token) -> bool:
    """«والجيعة»; but «وتوجهاته» ends with its owner."""
    return word.folded[0] == "و" and len(word.folded) >= 6 and not word.surface.endswith("ه")


def _points_on(word: Token, cues: Cues) -> bool:
    """«غربي X», not «الريف الغربي»: a definite word of direction belongs to what stands before it."""
    return "sides" in cues.groups(word) and not word.folded.startswith(("ال", "وال", "بال", "لل"))


def _after_cue(
    reading: Reading, at: int, form: str, taken: set[int], words: Vocabulary, found: list[UnknownName]
) -> None:
    kind = words.cues.kinds[form]
    end = reading.bounds(at)[1]
    word, listed = at + 1, 0
    # «قرى وبلدات X وY»: the second cue does the work.
    if word < end and reading.words[word].folded[1:] in words.cues.kinds:
        return
    while word < end and listed < MAX_LIST:
        if word not in taken:
            if listed == 0 and not _follows(reading, at):
                return
            name = _name_at(reading, word, end, taken, words, kind, listed > 0)
            if name is None:
                return
            if listed == 0:
                name = _with_head(reading, at, form, _quoted(reading, name, end, taken), words.cues)
            found.append(name)
            taken.update(range(name.first, name.last + 1))
            word = name.last + 1
        else:
            while word < end and word in taken:
                word += 1
        listed += 1
        if not _is_plural(form) or word >= end or not reading.words[word].folded.startswith("و"):
            return


def _follows(reading: Reading, at: int) -> bool:
    """Whether the next word stands right behind the cue, a quotation mark between them at most."""
    if reading.glued[at]:
        return True
    gap = reading.gap(at)
    return len(gap) <= 3 and not set(gap.strip()) - (_QUOTES - {")"})


def _quoted(reading: Reading, name: UnknownName, end: int, taken: set[int]) -> UnknownName:
    """The whole of a short name in quotation marks: «مخيم "كويت الرحمة"»."""
    if reading.glued[name.first - 1]:
        return name
    for last in range(name.first, min(name.first + _QUOTED, end - 1)):
        if last in taken:
            break
        if not reading.glued[last]:
            closes = last >= name.last and not _QUOTES.isdisjoint(reading.gap(last))
            return replace(name, last=last) if closes else name
    return name


def _with_head(reading: Reading, at: int, form: str, name: UnknownName, cues: Cues) -> UnknownName:
    """«عين ديوار», «وادي خالد»: what such a cue announces is named with it."""
    cue = reading.words[at]
    if not cues.has("heads", form) or len(cue.surface) != len(cue.folded):
        return name
    return replace(name, first=at, start=cue.end - len(form))


def _name_at(
    reading: Reading, word: int, end: int, taken: set[int], words: Vocabulary, kind: str, listed: bool
) -> UnknownName | None:
    token = reading.words[word]
    attached = listed and token.folded.startswith("و") and len(token.folded) > 3
    if listed and not attached:
        return None
    folded = token.folded[1:] if attached else token.folded
    if not words.may_be_name(token, folded, kind):
        is_name = not attached and kind == "village" and _is_located(reading, word, end, taken, words)
        return UnknownName(word, word, token.start, kind) if is_name else None
    last = word
    # «تل تمر», «خربة الجوز», «الشيخ مقصود»: the first word alone is no name.
    while last + 1 < end and last - word < 2 and reading.glued[last] and last + 1 not in taken:
        following = reading.words[last + 1]
        head = (folded if last == word else reading.words[last].folded).removeprefix("ال")
        if words.cues.has("heads", head) and words.may_be_name(following, following.folded, "village", head=True):
            last += 1
        else:
            break
    if last == word and words.cues.has("heads", folded.removeprefix("ال")):
        return None
    return UnknownName(word, last, token.start + (1 if attached else 0), kind)


def _is_located(reading: Reading, word: int, end: int, taken: set[int], words: Vocabulary) -> bool:
    """«قرية الشركة شمالي عين عيسى»: an everyday word, and where the village lies."""
    token = reading.words[word]
    if not token.folded.startswith("ال") or words.cues.has("never_names", token.folded) or word + 2 >= end:
        return False
    groups = words.cues.groups(reading.words[word + 1])
    located = "countryside" in groups or _points_on(reading.words[word + 1], words.cues)
    return located and word + 2 in taken and reading.glued[word] and reading.glued[word + 1]


def _latin(reading: Reading, at: int, taken: set[int], cues: Cues, found: list[UnknownName]) -> None:
    """A capitalised name behind "village of", before "neighbourhood", behind "in" or "towards", or listed with one."""
    token = reading.words[at]
    if not token.surface[0].isupper() or token.folded in _LATIN_STOP or token.folded in cues.kinds:
        return
    end = reading.bounds(at)[1]
    last = at
    while last + 1 < end and last - at < 2 and reading.glued[last]:
        following = reading.words[last + 1]
        step = 2 if following.folded in _LATIN_ARTICLES and last + 2 < end and reading.glued[last + 1] else 1
        following = reading.words[last + step]
        if not following.surface[0].isupper() or last + step in taken or following.folded in _LATIN_CUES_AFTER:
            break
        last += step
    kind = _latin_kind(reading, at, last, end, taken, cues)
    if kind is None:
        return
    found.append(UnknownName(at, last, token.start, "region" if kind == "countryside" else kind))
    taken.update(range(at, last + 1))


def _latin_kind(reading: Reading, at: int, last: int, end: int, taken: set[int], cues: Cues) -> str | None:
    """What the words around a capitalised name say it is; None where they do not say it is a place."""
    words, start = reading.words, reading.bounds(at)[0]
    cue = cue_before(reading, at, cues)
    if cue and words[at - 1].folded in (*_LATIN_OF, cue[2]) and words[cue[0]].surface[0].islower():
        return cue[1]
    following = words[last + 1] if last + 1 < end and reading.glued[last] else None
    if following and following.folded in _LATIN_CUES_AFTER and at > start and following.surface[0].islower():
        return cues.kinds.get(following.folded, "countryside")
    before = at - 1
    if before > start and reading.glued[before] and words[before].folded in _LATIN_ARTICLES:
        before -= 1
    if before < start or not reading.glued[before]:
        return None
    placed = words[before].folded in _LATIN_PLACING
    listed = words[before].folded == "and" and before - 1 in taken and reading.glued[before - 1]
    name = words[last].folded
    plain = (
        name.endswith(_LATIN_ADJECTIVES)
        or cues.has("never_names", name)
        or name in _LATIN_TIMES
        or words[at].surface.isupper()
    )
    return "village" if (placed or listed) and not plain and len(name) > 3 else None
