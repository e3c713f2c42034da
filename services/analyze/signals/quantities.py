"""Amounts of people in a sentence: numbers, duals, single people, dozens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from services.analyze.document import Sentence, Token
from services.analyze.signals.casualty_words import CasualtyWords, Kind, Words, casualty_words
from services.analyze.signals.language import FALLBACK, found_form, prefix_of
from services.analyze.signals.numbers import number_words, read_numbers, split_glued
from services.analyze.signals.timeref import time_words

COMPLETION = 20
"""How many words after a verb its completion may stand: لقي … مصرعه."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, perhaps a range; `low` is None for dozens."""

    low: int | None
    high: int | None = None

    def __bool__(self) -> bool:
        return self.low is not None

    def __add__(self, other: "Count") -> "Count":
        if self.low is None or other.low is None:
            return self if self.low is not None else other
        if self.high is None and other.high is None:
            return Count(self.low + other.low)
        return Count(self.low + other.low, (self.high or self.low) + (other.high or other.low))


UNKNOWN = Count(None)

Shape = Literal["number", "two", "one", "vague", "plural"]
"""`vague` is dozens; `plural` a bare plural, which says nothing of how many."""


_AGREES: dict[str, tuple[str, ...]] = {
    "number": ("one", "two", "many"),
    "two": ("two", "many"),
    "one": ("one",),
    "plural": ("many",),
    "vague": ("one", "two", "many"),
}
"""Shape -> numbers that a word describing the same people can have: جنديين سعوديين."""


@dataclass(slots=True)
class Quantity:
    first: int
    last: int
    count: Count
    shape: Shape
    person: bool
    kind: Kind | None = None
    """Set where the counted noun itself says it: ثلاثة قتلى."""
    coordinated: bool = False
    """Follows "and"."""
    used: bool = False


@dataclass(frozen=True, slots=True)
class CueForm:
    """A word that reports casualties, as the lists know it."""

    kind: Kind
    shape: str
    form: str


class Reading:
    """The tokens of a sentence with the questions that quantities and cues both ask; positions are token indexes."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.tokens: Sequence[Token] = split_glued(sentence.tokens)
        self.words: CasualtyWords = casualty_words(sentence.lang)

    def has(self, position: int, words: Words) -> bool:
        """The token, with or without prefixes, is one of `words`."""
        return 0 <= position < len(self.tokens) and found_form(self.tokens[position], words) is not None

    def is_one(self, position: int, words: Words) -> bool:
        """The token as it stands is one of `words`."""
        return 0 <= position < len(self.tokens) and self.tokens[position].folded in words

    def cue_form(self, position: int) -> CueForm | None:
        if not 0 <= position < len(self.tokens):
            return None
        form = found_form(self.tokens[position], self.words.cues)
        if form is None:
            return None
        if form in self.words.completed_by and self.completion(position, form) is None:
            return None
        return CueForm(*self.words.cues[form], form)

    def completion(self, position: int, form: str) -> int | None:
        """Where the second part of a divided expression stands: حصدت الألغام أرواح ثلاثة."""
        required = self.words.completed_by.get(form, frozenset())
        following = range(position + 1, min(position + 1 + COMPLETION, len(self.tokens)))
        return next((at for at in following if self.tokens[at].folded in required), None)

    def is_definite(self, position: int, form: str) -> bool:
        return prefix_of(self.tokens[position], form).endswith(("ال", "لل"))

    def starts_with_and(self, position: int, form: str) -> bool:
        return prefix_of(self.tokens[position], form)[:1] in ("و", "ف")

    def gap_before(self, position: int) -> str:
        """What stands between a word and the one before it."""
        return self.sentence.between(self.tokens[position - 1], self.tokens[position])

    def comma_before(self, position: int) -> bool:
        gap = self.gap_before(position)
        return any(mark in gap for mark in ",،;؛.")

    def bracket_before(self, position: int) -> int | None:
        """The first word of the brackets that the word stands in, None where it stands in none."""
        for first in range(position, 0, -1) if "(" in self.sentence.text else ():
            gap = self.gap_before(first)
            if "(" in gap:
                return first
            if ")" in gap:
                return None
        return None

    def quote_before(self, position: int) -> bool:
        """Whether a quotation mark opens right before the word: قتل "فلان بن فلان"."""
        return self.gap_before(position).endswith(('"', "“", "”", "«"))


class QuantityReader(Reading):
    """Finds the quantities, from left to right."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.numbers = {n.first: n for n in read_numbers(sentence, self.tokens)}
        self.has_counted = False
        """Whether people were counted further ahead in the sentence."""

    def quantities(self) -> list[Quantity]:
        found: list[Quantity] = []
        position = 0
        while position < len(self.tokens):
            number = self.numbers.get(position)
            quantity = (
                self._numbered(number.first, number.last, Count(number.low, number.high))
                if number
                else self._unnumbered(position)
            )
            if quantity:
                quantity.coordinated = self.is_coordinated(position)
                self._absorb_adjectives(quantity)
                self._with_number_behind(quantity)
                found.append(quantity)
                self.has_counted = self.has_counted or quantity.shape in ("number", "two", "one")
            position = max(quantity.last if quantity else position, number.last if number else position) + 1
        return found

    def is_coordinated(self, position: int) -> bool:
        """ "And" stands before the word or is joined to it."""
        before = position - 1
        while self.words.determiners and self.is_one(before, self.words.skip):
            before -= 1
        if self.is_one(before, self.words.coordinators):
            return True
        if (
            self.words.duals
            and self.is_one(before, self.words.approx)
            and self.has(before - 1, self.words.coordinators)
        ):
            return True  # بالإضافة إلى تسعة
        token = self.tokens[position]
        # «سيارة والده»: the letter belongs to the word.
        joined = self.words.duals and token.folded.startswith("و") and token.folded not in self.words.people
        # وأحد folds like the number واحد.
        return joined and (token.folded != "واحد" or token.surface[:2] == "وأ")

    def _with_number_behind(self, quantity: Quantity) -> None:
        """المدنيين السبعة: the number stands behind its noun."""
        number = self.numbers.get(quantity.last + 1)
        if quantity.shape != "plural" or number is None or not self.tokens[number.first].folded.startswith("ال"):
            return
        quantity.count, quantity.shape, quantity.last = Count(number.low), "number", number.last

    def _absorb_adjectives(self, quantity: Quantity) -> None:
        """The people words that follow describe the same people: جنديين سعوديين، ثلاثة مدنيين آخرين."""
        while self.words.duals and quantity.last + 1 < len(self.tokens):
            token = self.tokens[quantity.last + 1]
            form = found_form(token, self.words.people)
            if form is None or prefix_of(token, form) not in ("", "ال") or "(" in self.gap_before(quantity.last + 1):
                return
            if self.words.people[form] not in _AGREES[quantity.shape]:
                return
            quantity.last += 1

    def _numbered(self, first: int, last: int, count: Count) -> Quantity | None:
        before_thing = self.is_one(first - 1, self.words.things_before)
        if self.is_one(first - 1, self.words.always_vague):
            return None
        if (before_thing and _is_year(count)) or self._is_of_date(first, last, count) or self._is_age(last):
            return None
        noun = last + 1
        while noun <= last + 2 and self.is_one(noun, self.words.skip):
            noun += 1
        if noun >= len(self.tokens):
            return None if before_thing else Quantity(first, last, count, "number", False)
        if self.is_one(noun, self.words.things) and self.tokens[noun].folded not in self.words.people:
            return None
        kind, at = self._victim_noun(noun, count)
        if kind == "both":
            return Quantity(first, at, Count(None), "vague", True)
        if kind:
            return Quantity(first, at, count, "number", True, kind)
        if found_form(self.tokens[noun], self.words.people) is not None:
            return Quantity(first, noun, count, "number", True)
        if before_thing:
            return None
        return Quantity(first, last, count, "number", self.is_one(last + 1, self.words.of))

    def _is_age(self, last: int) -> bool:
        """«شاب في العشرين من العمر»."""
        return self.is_one(last + 1, self.words.of) and self.is_one(last + 2, self.words.age)

    def _is_counted_singular(self, noun: int, count: Count) -> bool:
        """«17 إصابة»: from eleven on the noun that is counted stands in the singular; not «مقتل 17 إصابة 5»."""
        is_many = (count.low or 0) > 10
        return is_many and self.is_one(noun, self.words.counted_singular) and noun + 1 not in self.numbers

    def _victim_noun(self, noun: int, count: Count) -> tuple[Kind | Literal["both"] | None, int]:
        """The kind that the counted noun says, and where: 120 قتيلا، خمسة مدنيين قتلى؛ both: 40 قتيلا وجريحا."""
        if self._is_counted_singular(noun, count):
            return "injured", noun
        for at in (noun, noun + 1):
            cue = self.cue_form(at)
            if cue and cue.shape in ("victim", "victims") and not self.starts_with_and(at, cue.form):
                # "Two of the wounded" are part of those that were counted.
                if self.is_definite(at, cue.form) and self.is_one(at - 1, self.words.of):
                    return None, at
                following = self.cue_form(at + 1)
                # «40 قتيلا وجريحا» is both; «4 إصابات وشهيد» are five.
                is_victim = following is not None and following.shape == cue.shape
                others = self.is_one(at + 2, self.words.others)
                if following and is_victim and not others and self.starts_with_and(at + 1, following.form):
                    return "both", at + 1
                return cue.kind, at
            if not (at < len(self.tokens) and found_form(self.tokens[at], self.words.people)):
                break
        return None, noun

    def _is_of_date(self, first: int, last: int, count: Count) -> bool:
        """19/12/2024؛ 19 كانون الأول؛ December 19, 2024: a page's stamp may be in another language than its text."""
        begin, end = _month_words(self.sentence.lang)
        before, after = (self.tokens[k].folded if 0 <= k < len(self.tokens) else "" for k in (first - 1, last + 1))
        behind_month = before in end
        if _is_year(count):
            return behind_month or before.isdecimal()
        is_day = count.high is None and 1 <= (count.low or 0) <= 31
        year = int(after) if after.isdecimal() and len(after) == 4 else None
        return is_day and (behind_month or _is_year(Count(year)) or after in begin)

    def _unnumbered(self, position: int) -> Quantity | None:
        if self.has(position, self.words.vague):
            return self._vague(position)
        if self.has(position, self.words.one_of) and self._is_one_of(position):
            return Quantity(position, position + 1, Count(1), "one", True)
        if self._is_further(position):
            return Quantity(position, position, Count(1), "one", True)
        cue = self.cue_form(position)
        if cue and cue.shape in ("dual", "victim") and not self.is_definite(position, cue.form):
            return self._victim(position, cue)
        if self._is_office_holder(position):
            return Quantity(position, position, Count(1), "one", True)
        if self.words.determiners:
            return self._with_determiner(position)
        form = found_form(self.tokens[position], self.words.people)
        return self._people(position, form) if form and not cue else None

    def _is_office_holder(self, position: int) -> bool:
        """«قتل رئيس المجلس المحلي», «اغتال مجهولون مختار القرية»; elsewhere he is rather who says so.

        English names go without "the": shot dead activist Salem.
        """
        if self.words.determiners:
            following = self.tokens[position + 1].surface if position + 1 < len(self.tokens) else ""
            in_office = self.is_one(position, self.words.offices)
            is_person = in_office or self.words.people.get(self.tokens[position].folded) == "one"
            is_the = in_office and self._is_the(position - 1)
            if not (is_the or (is_person and following[:1].isupper())):
                return False
            position -= is_the
        elif not self.has(position, self.words.offices):
            return False
        before = position - 1
        while self.is_one(before, self.words.doers):
            before -= 1
        cue = self.cue_form(before)
        return cue is not None and (cue.shape in ("event", "verb") or cue.form in self.words.predicative)

    def _is_the(self, position: int) -> bool:
        return 0 <= position < len(self.tokens) and self.tokens[position].folded == "the"

    def _is_further(self, position: int) -> bool:
        """«قتل شخصان وأصيب ثالث», «مقتل اثنين من القادة وثالث»."""
        cue = self.cue_form(position - 1)
        if self.is_one(position, self.words.further):
            return cue is not None and cue.shape == "verb"
        token = self.tokens[position]
        return token.folded.startswith("و") and token.folded[1:] in self.words.further and self.has_counted

    def _vague(self, position: int) -> Quantity | None:
        """Dozens; "a number of", where no number follows."""
        if not self.is_one(position, self.words.always_vague):
            following = range(position + 1, position + 1 + self.words.vague_reach)
            if any(at in self.numbers for at in following):
                return None
        return Quantity(position, position, Count(None), "vague", True)

    def _victim(self, position: int, cue: CueForm) -> Quantity | None:
        """قتيلان; قتيل. "A person ill with …" is no casualty."""
        if cue.shape == "dual":
            return Quantity(position, position, Count(2), "two", True, cue.kind)
        if not self.words.duals or self.is_one(position + 1, self.words.illness):
            return None
        return Quantity(position, position, Count(1), "one", True, cue.kind)

    def _people(self, position: int, form: str) -> Quantity | None:
        number = self.words.people[form]
        if number == "two":
            return Quantity(position, position, Count(2), "two", True)
        if number == "many" and self._is_two(position + 1):
            return Quantity(position, position + 1, Count(2), "two", True)
        if number == "many" and self.is_one(position + 1, self.words.both):
            return Quantity(position, position, Count(2), "two", True)
        if self._is_adjective(position, form):
            return None
        if number == "one":
            return Quantity(position, position, Count(1), "one", True)
        return Quantity(position, position, Count(None), "plural", True)

    def _is_two(self, position: int) -> bool:
        values = number_words(self.sentence.lang).values
        return position < len(self.tokens) and values.get(self.tokens[position].folded) == 2

    def _is_adjective(self, position: int, form: str) -> bool:
        """A word for people that describes the noun before it: الجيش السوري، هجوم مسلح."""
        if not {form, form.removesuffix("ه")} & self.words.sound or position == 0:
            return False
        if self.cue_form(position - 1) or found_form(self.tokens[position - 1], self.words.people):
            return False
        if self.has(position - 1, self.words.before_count) or self.has(position - 1, self.words.that):
            return False
        if self.is_one(position - 1, self.words.doers):
            return False  # «اغتال مجهولون الناشط»
        return prefix_of(self.tokens[position], form) in ("", "ال")

    def _is_one_of(self, position: int) -> bool:
        """أحد المارة: one of a definite plural, or of a plural of people."""
        if position + 1 >= len(self.tokens):
            return False
        following = self.tokens[position + 1]
        form = found_form(following, self.words.people)
        return following.folded.startswith("ال") or (form is not None and self.words.people[form] == "many")

    def _with_determiner(self, position: int) -> Quantity | None:
        """One person where the language needs a determiner to say so: an air force pilot, his young daughter."""
        word = self.tokens[position].folded
        if word == "the":
            near = range(position + 1, min(position + 4, len(self.tokens)))
            rank = next((at for at in near if self.is_one(at, self.words.ranks)), None)
            return Quantity(position, rank, Count(1), "one", True) if rank else None
        if self.words.people.get(word) == "many":
            return Quantity(position, position, Count(None), "plural", True)
        if word not in self.words.determiners:
            return None
        for noun in range(position + 1, min(position + 5, len(self.tokens))):
            following = self.tokens[noun].folded
            if following in self.words.determiners or following in self.words.coordinators or self.cue_form(noun):
                return None
            if self.words.people.get(following) == "one" and not self.is_one(noun + 1, self.words.attributes):
                return Quantity(position, noun, Count(1), "one", True)
        return None


@cache
def _month_words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that names of months begin with, and those that they end with, of the language and of `FALLBACK`."""
    months = [name for lang in (language, FALLBACK) for name in time_words(lang).months]
    return frozenset(name[0] for name in months), frozenset(name[-1] for name in months)


def _is_year(count: Count) -> bool:
    return count.high is None and 1900 <= (count.low or 0) <= 2100
