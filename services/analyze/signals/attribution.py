"""Who says so, in the article's own words: قالت مصادر، بحسب المرصد, according to SOHR."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from services.analyze.document import ActorMention, Document, Sentence, Token
from services.analyze.signals.language import FALLBACK, folded_set, found_form, prefix_of, read_data
from services.analyze.signals.numbers import number_words

LONGEST = 9
"""Words in a speaker's name."""
BACK = 8
"""How many sentences back the speaker may stand that "the sources added" goes on with."""

_STOPS = set(",،؛;:()[]|\n…")
_QUOTES = set('"”“«»')
_BY_IT = frozenset(("به", "بها"))
"""Between the verb and who says it: ما أفاد به مراسلنا."""
_WHAT = frozenset(("ما", "كما", "وما", "لما"))
_IN = "في"
_INDEFINITE = "\u064b"
"""The mark of an indefinite accusative, which no name carries: وقفاً."""
_ALL_DAY = "24"
"""What many a network's name ends with: «السويداء 24»."""
_POSSESSED = ("ها", "هم", "هما", "ته")
"""Endings of what the speaker owns or does, which is no part of the name: أعلن تنظيم … مسؤوليته."""


@dataclass(frozen=True, slots=True)
class AttributionWords:
    """The word lists of one language; the Arabic data file explains each."""

    according: dict[str, list[tuple[str, ...]]]
    """First word of a phrase -> the phrases, longest first."""
    according_to_l: frozenset[str]
    speech: frozenset[str]
    """Verbs of saying, those that continue among them."""
    continuing: frozenset[str]
    that: frozenset[str]
    ends: frozenset[str]
    through: frozenset[str]
    through_verbs: frozenset[str]
    openers: frozenset[str]
    anonymous: frozenset[str]
    name_words: frozenset[str]
    articles: frozenset[str]
    announcing: frozenset[str]
    nobody: frozenset[str]
    in_names: frozenset[str]
    titled: frozenset[str]
    announced: frozenset[str]
    outlets: frozenset[str]
    sources: frozenset[str]
    bodies: frozenset[str]
    calm: frozenset[str]


@cache
def attribution_words(language: str) -> AttributionWords:
    data = read_data(language, "attribution") or read_data(FALLBACK, "attribution")
    according: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted((tuple(p.split()) for p in folded_set(data["according_plain"])), key=lambda p: (-len(p), p)):
        according.setdefault(phrase[0], []).append(phrase)
    names = (
        "according_to_l", "continuing", "that", "ends", "through", "through_verbs", "openers", "anonymous",
        "name_words", "articles", "announcing", "nobody", "in_names", "titled", "announced",
        "outlets", "sources", "bodies", "calm",
    )  # fmt: skip
    return AttributionWords(
        according=according,
        speech=folded_set(data["speech"] + data["continuing"]),
        **{name: folded_set(data[name]) for name in names},
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence says of its speaker."""

    speaker: str | None
    continues: bool
    """It goes on with the speaker of the sentence before."""


class _Reader:
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.tokens: Sequence[Token] = sentence.tokens
        self.words = attribution_words(sentence.lang)
        self.numbers = number_words(sentence.lang)

    def read(self) -> Said:
        speaker = self._according() or self._speech() or self._before_colon()
        if speaker and speaker.casefold() in self.words.anonymous:
            return Said(speaker, True)
        (form,) = folded_set([speaker or ""])
        continues = any(found_form(token, self.words.continuing) is not None for token in self.tokens[:2])
        if speaker and form in self.words.anonymous:
            return Said(speaker, True)
        return Said(speaker, continues and speaker is None)

    # --- where the speaker stands ------------------------------------------------------------------------------

    def _according(self) -> str | None:
        for position, token in enumerate(self.tokens):
            if found_form(token, self.words.according_to_l) is not None:
                name = self._name(position + 1, strip_l=True)
                if name:
                    return name
            form = found_form(token, self.words.according)
            for phrase in self.words.according.get(form or "", ()):
                following = tuple(t.folded for t in self.tokens[position + 1 : position + len(phrase)])
                name = self._name(position + len(phrase)) if following == phrase[1:] else None
                if name:
                    return name
        return None

    def _speech(self) -> str | None:
        for position, token in enumerate(self.tokens):
            if self._is_said_it(position):
                if name := self._name(position + 1):
                    return name
                continue
            form = found_form(token, self.words.speech)
            # The same letters inside a sentence are something else: تابع, belonging to.
            if form is None or (position > 1 and form in self.words.continuing) or self._is_adjective(position, form):
                continue
            name = self._subject_before(position) or self._subject_after(position)
            if name:
                return name
        return None

    def _is_said_it(self, position: int) -> bool:
        """«بحسب ما قاله ناشطون», «هذا ما أكدته الشرطة»: the verb with what was said joined to it."""
        before = self.tokens[position - 1].folded if position else ""
        form = self.tokens[position].folded
        return before in _WHAT and form.endswith("ه") and form[:-1] in self.words.speech

    def _is_adjective(self, position: int, form: str) -> bool:
        """«هدوء حذر», «الهدوء الحذر»: the letters of "warned", and nobody warns."""
        if "ال" in prefix_of(self.tokens[position], form):
            return True
        return position > 0 and found_form(self.tokens[position - 1], self.words.calm) is not None

    def _subject_after(self, verb: int) -> str | None:
        """قالت مصادر; said the monitor; of a verb of passing on, who said it first: نقلت الوكالة عن شاهد."""
        if found_form(self.tokens[verb], self.words.through_verbs) is not None:
            for position in range(verb + 1, min(verb + 7, len(self.tokens))):
                if self.tokens[position].folded in self.words.through:
                    return self._name(position + 1)
            return None  # «نقل جرحى»: nobody says anything
        return None if self._is_told(verb + 1) else self._name(verb + 1)

    def _is_told(self, position: int) -> bool:
        """«أكدت للسويداء 24», «قال لراديو الشمال»: to whom it is said."""
        form = self.tokens[position].folded if position < len(self.tokens) else ""
        return self.sentence.lang == "ar" and (
            form.startswith("لل") or (form[:1] == "ل" and form[1:] in self.words.titled)
        )

    def _subject_before(self, verb: int) -> str | None:
        """The words before the verb: المصادر قالت إن; the monitor said."""
        if self.words.name_words:
            return self._named_before(verb)
        following = self.tokens[verb + 1 : verb + 2]
        if not (following and following[0].folded in self.words.that | self.words.announced):
            return None
        start = verb
        while start > 0 and verb - start < LONGEST and not self._stop_before(start):
            if self.tokens[start - 1].folded in self.words.that:
                break
            start -= 1
        while start < verb and found_form(self.tokens[start], self.words.openers) is not None:
            start += 1
        if start == verb or verb - start >= LONGEST or self._is_nobody(start, verb):
            return None
        return self._text(start, verb - 1, conjunction=False)

    def _named_before(self, verb: int) -> str | None:
        """The name or noun right before the verb, in languages that write names with capitals."""
        start = verb
        while start > 0 and verb - start < LONGEST and not self._stop_before(start):
            if not self._is_name_word(self.tokens[start - 1]):
                break
            start -= 1
        while start < verb and self.tokens[start].folded in self.words.openers:
            start += 1
        return self._text(start, verb - 1) if start < verb else None

    def _before_colon(self) -> str | None:
        """A headline's speaker: مصادر محلية: قصف على …"""
        if self.sentence.field != "title":
            return None
        for position in range(min(6, len(self.tokens) - 1)):
            gap = self._gap(position)
            if ":" in gap:
                return self._text(0, position)
            if set(gap) & _STOPS:
                return None
        return None

    # --- how far the name goes ---------------------------------------------------------------------------------

    def _name(self, first: int, strip_l: bool = False) -> str | None:
        if first >= len(self.tokens) or (first > 0 and set(self._gap(first - 1)) & (_STOPS | _QUOTES)):
            return None
        if strip_l and self.tokens[first].folded == "لما":
            return None  # «وفقا لما أعلنه الجيش»
        if self.tokens[first].folded in _BY_IT and first + 1 < len(self.tokens):
            first += 1
        last = first - 1
        for position in range(first, min(first + LONGEST, len(self.tokens))):
            if self._ends_name(position, first):
                break
            last = position
        if last < first or self._is_nobody(first, last + 1):
            return None
        text = self._text(first, last)
        if strip_l and text.startswith("لل"):
            return "ال" + text[2:]
        return text.removeprefix("ل").lstrip("ـ ") if strip_l else text

    def _is_nobody(self, first: int, end: int) -> bool:
        return any(token.folded in self.words.nobody for token in self.tokens[first:end])

    def _ends_name(self, position: int, first: int) -> bool:
        token = self.tokens[position]
        is_number = token.folded.isdecimal() and token.folded != _ALL_DAY
        if self._is_inside(position, first):
            return False
        if token.folded in self.words.that or token.folded in self.words.ends or is_number:
            return True
        if self._is_announced(position, first) or (position > first and self._is_outlet(token)):
            return True
        if self.words.name_words:
            if position == first:
                # "no shelling was reported in the town": nobody is called so.
                return token.folded in self.words.openers or not self._is_name_word(token)
            opens = token.folded in self.words.articles and self.tokens[position - 1].folded not in self.words.openers
            return opens or self._stop_before(position) or not self._is_name_word(token)
        if position == first:
            return False
        if self._stop_before(position):
            return True
        if token.folded in self.words.in_names or self._is_quoted(first, position):
            return False  # «شبكة "فرات بوست"»: no preposition in «بوست»
        if found_form(token, self.numbers.vague) is not None:
            return True
        # A quotation opens after the name; behind its first word, or one for its kind, it is the name: صحيفة «الأخبار».
        if position > first + 1 and set(self._gap(position - 1)) & _QUOTES:
            return self.tokens[position - 1].folded not in self.words.titled
        return token.surface.endswith(_POSSESSED) or token.folded[:2] in ("بم", "با", "بن", "بو", "بت", "بي")

    def _is_inside(self, position: int, first: int) -> bool:
        """«مصدر في الشرطة»: what a source belongs to is part of its name, where it only is is not."""
        if position == first or self.tokens[position].folded != _IN or position + 1 >= len(self.tokens):
            return False
        is_source = found_form(self.tokens[first], self.words.sources) is not None
        return is_source and found_form(self.tokens[position + 1], self.words.bodies) is not None

    def _is_announced(self, position: int, first: int) -> bool:
        """«وزارة الدفاع استمرار القصف», «الجيش وقفاً»: what is announced; but «منظمة حظر الأسلحة» is a name."""
        token = self.tokens[position]
        if _INDEFINITE in token.surface:
            return True
        if position > first and token.folded[:1] == "ب" and token.folded[1:] in self.words.that | self.words.announced:
            return True
        named = position == first + 1 and self.tokens[first].folded in self.words.titled
        return token.folded in self.words.announced and not named

    def _is_outlet(self, token: Token) -> bool:
        """«مصدر أمني للجزيرة نت»: to whom it is said."""
        form = token.folded
        return form[:1] == "ل" and ("ال" + form[2:] if form.startswith("لل") else form[1:]) in self.words.outlets

    def _is_quoted(self, first: int, position: int) -> bool:
        """Whether a quotation mark that opens behind the first word has not closed yet."""
        between = self.sentence.between(self.tokens[first], self.tokens[position])
        return sum(map(between.count, _QUOTES)) % 2 == 1 and not set(self._gap(position - 1)) & _QUOTES

    def _is_name_word(self, token: Token) -> bool:
        return token.surface[:1].isupper() or token.folded in self.words.name_words

    def _gap(self, position: int) -> str:
        return self.sentence.between(self.tokens[position], self.tokens[position + 1])

    def _stop_before(self, position: int) -> bool:
        gap = self._gap(position - 1) if position > 0 else ""
        return bool(set(gap) & _STOPS) or ".." in gap

    def _text(self, first: int, last: int, conjunction: bool = True) -> str:
        """The words as written, or without a conjunction that is joined to the first."""
        start = self.sentence.start
        end = self.tokens[last].end - start
        text = self.sentence.text[self.tokens[first].start - start : end]
        # A quotation mark that opens inside the name closes behind it.
        if sum(map(text.count, _QUOTES)) % 2 and self.sentence.text[end : end + 1] in _QUOTES:
            text += self.sentence.text[end]
        if not conjunction and text.startswith(("وال", "وم")) and len(self.tokens[first].folded) > 4:
            return text[1:]
        return text


def said_in(sentence: Sentence) -> Said:
    """The speaker of one sentence."""
    return _Reader(sentence).read()


def announcer(sentence: Sentence, actors: Sequence[ActorMention]) -> str | None:
    """An actor behind a noun of saying: إعلان قسد. Only known actors, since what is announced stands there too."""
    words = attribution_words(sentence.lang).announcing
    for before, token in zip(sentence.tokens, sentence.tokens[1:], strict=False):
        if found_form(before, words) is not None:
            for actor in actors:
                if token.start <= actor.start < token.end:
                    return actor.surface
    return None


class Speakers:
    """Who says each sentence of a document; read only for the sentences that are asked for."""

    def __init__(self, document: Document) -> None:
        self._sentences = (*document.context_sentences, *document.sentences)
        self._first = len(document.context_sentences)
        self._said: dict[int, Said] = {}

    def of(self, index: int) -> str | None:
        """The speaker of the sentence with this index, inherited where it goes on with the one before."""
        place = self._first + index
        said = self._read(place)
        if not said.continues:
            return said.speaker
        for before in range(place - 1, max(-1, place - 1 - BACK), -1):
            earlier = self._read(before)
            if earlier.speaker and not earlier.continues:
                return earlier.speaker
        return said.speaker

    def _read(self, place: int) -> Said:
        if place not in self._said:
            self._said[place] = said_in(self._sentences[place])
        return self._said[place]
