"""Killed and injured, as one sentence newly reports them.

A sentence is read as a row of cues (قتل، مقتل، جرحى, killed) and quantities (numbers, duals, single people, vague
amounts). Each cue takes the quantity that its grammar puts after or before it; people listed together are summed, parts
of a total (بينهم, including) are passed over, and what the sentence says twice is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from services.analyze.document import Sentence, Token
from services.analyze.signals.language import FALLBACK, folded_set, found_form, prefix_of, read_data
from services.analyze.signals.numbers import Number, number_words, read_numbers, split_glued

Kind = Literal["killed", "injured"]
KINDS: tuple[Kind, Kind] = ("killed", "injured")
AFTER = 12
"""How many words after a cue its count may stand."""
BEFORE = 14
"""How many words before a cue its count may stand."""

SINCE = 8
"""How many words from a count "since March" may stand to make it a toll over weeks."""


@dataclass(frozen=True, slots=True)
class CasualtyWords:
    """The casualty words of one language, folded."""

    cues: dict[str, tuple[Kind, str]]
    """form -> kind and class (event, verb, plural, victim, victims, dual)"""
    completed_by: dict[str, frozenset[str]]
    people: dict[str, str]
    """form -> one, two or many"""
    things: frozenset[str]
    things_before: frozenset[str]
    parts: frozenset[str]
    parts_before: frozenset[str]
    none: frozenset[str]
    vague: frozenset[str]
    approx: frozenset[str]
    skip: frozenset[str]
    totals: frozenset[str]
    coordinators: frozenset[str]
    others: frozenset[str]
    passive_next: frozenset[str]
    no_name: frozenset[str]
    restates: bool
    """Figures in one sentence say the same again (headline and lead) unless "others" adds them."""
    reach: int
    """How far before a verb a number without a people word may stand."""
    parts_if_them: frozenset[str]
    them: frozenset[str]
    people_only: frozenset[str]
    """Cues that mean casualties only with people next to them: قضى طفل."""
    who: frozenset[str]
    """Relative pronouns in the singular."""
    illness: frozenset[str]
    always_vague: frozenset[str]
    """Vague even before a number word: several dozen."""
    stops: frozenset[str]
    """Other things that people suffer: their count is not this cue's."""
    both: frozenset[str]
    counted_only: frozenset[str]
    """Cues that mean casualties only with a number: سقوط 14."""
    of_them: frozenset[str]
    of: frozenset[str]
    that: frozenset[str]
    sound: frozenset[str]
    predicative: frozenset[str]
    ranks: frozenset[str]
    against: frozenset[str]
    vague_reach: int
    lives: frozenset[str]
    one_of: frozenset[str]
    determiners: frozenset[str]
    attributes: frozenset[str]
    """Nouns that turn the people word before them into an adjective: a terrorist attack."""
    singular: frozenset[str]
    """Verbs that only one person can be the subject of."""
    since: frozenset[str]
    since_recent: frozenset[str]
    owners: dict[str, int]
    """form with a possessor joined -> how many they are: مقتله 1, مقتلهما 2"""


def _dual(singular: str) -> list[str]:
    """Forms of the Arabic dual, with and without a possessor: شخصان، شخصين، طفليها."""
    stem = singular[:-1] + "ت" if singular.endswith("ه") else singular
    return [stem + ending for ending in ("ان", "ين", "ي", "يه", "يها", "يهما")]


@cache
def casualty_words(language: str) -> CasualtyWords:
    """Word lists of a language, those of English where it has none."""
    if not read_data(language, "casualties"):
        language = FALLBACK
    data = read_data(language, "casualties")
    arabic_like = bool(data["duals"])
    cues: dict[str, tuple[Kind, str]] = {}
    people: dict[str, str] = {}
    for kind in KINDS:
        for name in ("victims", "plural", "victim", "event", "verb"):
            for form in folded_set(data[kind][name]):
                cues[form] = (kind, name)
                if name == "victim" and arabic_like:
                    cues.setdefault(form + "ا", (kind, name))
                    for dual in _dual(form)[: 3 if form.endswith("ه") else 2]:
                        cues.setdefault(dual, (kind, "dual"))
    for singular, plurals in data["people"]["broken"].items():
        (form,) = folded_set([singular])
        if arabic_like:
            people.update(dict.fromkeys([d for d in _dual(form) if not d.endswith("ي")], "two"))
        people.update(dict.fromkeys(folded_set(plurals), "many"))
        people[form] = "one"
    for form in folded_set(data["people"]["sound"]):
        people.update({form: "one", form + "ان": "two", form + "ين": "many", form + "ون": "many", form + "ا": "one"})
    possessed = [f for singular in data["people"]["broken"] for f in folded_set([singular]) if arabic_like]
    for form in possessed:
        stem = form[:-1] + "ت" if form.endswith("ه") else form
        for ending in ("ه", "ها", "هم", "هما"):
            people.setdefault(stem + ending, "one")
    for form in [f for plurals in data["people"]["broken"].values() for f in folded_set(plurals) if arabic_like]:
        for ending in ("ه", "ها", "هم", "هما"):
            people.setdefault(form + ending, "many")
    for form, number in list(people.items()) if arabic_like else ():
        if number in ("one", "many"):
            people.setdefault(form + "ا", number)
    for form in folded_set(data["not_people"]):
        people.pop(form, None)
    owners: dict[str, int] = {}
    for kind in KINDS:
        owned_events = folded_set(data[kind]["event"]) - folded_set(data["counted_only"])
        for form in owned_events if arabic_like else ():
            for ending, number in (("ه", 1), ("ها", 1), ("هما", 2)):
                owned = (form[:-1] + "ت" if form.endswith("ه") else form) + ending
                owners[owned] = number
                cues.setdefault(owned, (kind, "event"))
    lists = (
        "people_only",
        "who",
        "illness",
        "always_vague",
        "stops",
        "both",
        "counted_only",
        "of_them",
        "of",
        "that",
        "predicative",
        "ranks",
        "against",
        "lives",
        "parts_if_them",
        "them",
        "no_name",
        "one_of",
        "determiners",
        "attributes",
        "singular",
        "since",
        "since_recent",
        "things",
        "things_before",
        "parts",
        "parts_before",
        "none",
        "skip",
        "totals",
        "others",
    )
    numbers = number_words(language)
    return CasualtyWords(
        cues=cues,
        completed_by={
            form: folded_set(words) for verb, words in data["completed_by"].items() for form in folded_set([verb])
        },
        people=people,
        vague=numbers.vague,
        approx=numbers.approx,
        owners=owners,
        sound=frozenset(folded_set(data["people"]["sound"])),
        vague_reach=int(data["vague_reach"]),
        restates=bool(data["restates"]),
        reach=int(data["reach"]),
        coordinators=folded_set(data["coordinators"]),
        passive_next=folded_set(data["passive_next"]),
        **{name: folded_set(data[name]) for name in lists},
    )


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, perhaps a range; `low` is None for dozens."""

    low: int | None
    high: int | None = None

    def __add__(self, other: "Count") -> "Count":
        if self.low is None or other.low is None:
            return self if self.low is not None else other
        if self.high is None and other.high is None:
            return Count(self.low + other.low)
        return Count(self.low + other.low, (self.high or self.low) + (other.high or other.low))


@dataclass(frozen=True, slots=True)
class Casualties:
    killed: Count = Count(None)
    injured: Count = Count(None)
    killed_at: int | None = None
    """Offset of the word that says killed."""
    injured_at: int | None = None


@dataclass(slots=True)
class Quantity:
    first: int
    last: int
    count: Count
    shape: str
    """number, two, one, vague (dozens) or plural (a bare plural, which says nothing of how many)"""
    person: bool
    kind: Kind | None = None
    """Set where the counted noun itself says it: ثلاثة قتلى."""
    coordinated: bool = False
    """Follows "and"."""
    used: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    at: int
    kind: Kind
    shape: str
    form: str


@dataclass(slots=True)
class _Found:
    count: Count
    at: int
    quantities: list[Quantity] = field(default_factory=list)
    total: bool = False
    adds: bool = False
    """Said to come on top of another count, though it may be equal."""
    weak: bool = False
    """Says again what was said (his death): counted only where nothing else is."""


class CasualtyReader:
    """Reads one sentence; all positions are token indexes."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.tokens: Sequence[Token] = split_glued(sentence.tokens)
        self.words = casualty_words(sentence.lang)
        self.numbers = {n.first: n for n in read_numbers(self.sentence, self.tokens)}
        self.number_ends = {n.last for n in self.numbers.values()}
        self.counted: set[Kind] = set()
        """Kinds for which a count was found so far, from left to right."""
        self.quantities = self._quantities()
        self.starts = {q.first: q for q in self.quantities}
        self.inside = {i for q in self.quantities for i in range(q.first, q.last + 1)}
        self.cues = self._cues()
        self.cue_at = {cue.at: cue for cue in self.cues}
        self.since = self._long_since()

    def read(self) -> Casualties:
        found: dict[Kind, list[_Found]] = {"killed": [], "injured": []}
        for quantity in self.quantities:
            if quantity.kind and not self._is_part(quantity):
                if quantity.shape == "one" and self._is_between(quantity.first):
                    continue
                quantity.used = True
                found[quantity.kind].append(_Found(quantity.count, quantity.first, [quantity]))
        for cue in self.cues:
            hit = self._count_of(cue)
            if hit:
                for quantity in hit.quantities:
                    quantity.used = True
                found[cue.kind].append(hit)
                self.counted.add(cue.kind)
        self._add_other_side(found)
        for kind in KINDS:
            found[kind] = [hit for hit in found[kind] if not self._is_over_weeks(hit)]
        killed, injured = (self._combine(found[kind]) for kind in KINDS)
        return Casualties(killed, injured, self._offset(found["killed"]), self._offset(found["injured"]))

    def _add_other_side(self, found: dict[Kind, list[_Found]]) -> None:
        """A count that goes on with the last kind: تسعة قتلى في صفوف … وستة في صفوف …؛ مقابل 26."""
        for quantity in self.quantities:
            if quantity.used or quantity.shape != "number" or quantity.first == 0:
                continue
            after = [t.folded for t in self.tokens[quantity.last + 1 : quantity.last + 3]]
            ranks = quantity.coordinated and any(word in self.words.ranks for word in after)
            if not (ranks or self.tokens[quantity.first - 1].folded in self.words.against):
                continue
            before = [
                (max(h.at, *(q.last for q in h.quantities), 0), k, h)
                for k in KINDS
                for h in found[k]
                if h.at < quantity.first
            ]
            if before:
                _, kind, _ = max(before, key=lambda entry: entry[0])
                quantity.used = True
                found[kind].append(_Found(quantity.count, quantity.first, [quantity], adds=True))

    def _long_since(self) -> list[int]:
        """Where a toll over weeks begins: since March, since the war began."""
        return [
            position
            for position, token in enumerate(self.tokens)
            if self._any(token, self.words.since)
            and not any(self._any(t, self.words.since_recent) for t in self.tokens[position + 1 : position + 4])
        ]

    def _is_over_weeks(self, hit: _Found) -> bool:
        counted = any(q.shape == "number" for q in hit.quantities)
        where = [hit.at, *(q.first for q in hit.quantities)]
        return counted and any(s <= 1 or self._in_one_clause(s, where) for s in self.since)

    def _in_one_clause(self, since: int, where: Sequence[int]) -> bool:
        nearest = min(where, key=lambda at: abs(since - at))
        first, last = sorted((since, nearest))
        return last - first <= SINCE and not any(self._comma_before(i) for i in range(first + 1, last + 1))

    def _offset(self, found: list[_Found]) -> int | None:
        return self.tokens[found[0].at].start if found else None

    # --- quantities -------------------------------------------------------------------------------------------------

    def _quantities(self) -> list[Quantity]:
        numbers = self.numbers
        found: list[Quantity] = []
        position = 0
        while position < len(self.tokens):
            number = numbers.get(position)
            quantity = (
                self._numbered(number.first, number.last, Count(number.low, number.high))
                if number
                else self._unnumbered(position)
            )
            if quantity:
                quantity.coordinated = self._is_coordinated(position)
                self._absorb_adjectives(quantity)
                self._with_number_behind(quantity, numbers)
                found.append(quantity)
            position = max(quantity.last if quantity else position, number.last if number else position) + 1
        return found

    def _with_number_behind(self, quantity: Quantity, numbers: dict[int, Number]) -> None:
        """المدنيين السبعة: the number stands behind its noun."""
        number = numbers.get(quantity.last + 1)
        if quantity.shape != "plural" or number is None or not self.tokens[number.first].folded.startswith("ال"):
            return
        quantity.count, quantity.shape, quantity.last = Count(number.low), "number", number.last

    def _absorb_adjectives(self, quantity: Quantity) -> None:
        """The people words that follow describe the same people: جنديين سعوديين، ثلاثة مدنيين آخرين."""
        while quantity.last + 1 < len(self.tokens):
            token = self.tokens[quantity.last + 1]
            form = found_form(token, self.words.people)
            if (
                form is None
                or (prefix_of(token, form) and prefix_of(token, form) != "ال")
                or self.sentence.lang != "ar"
            ):
                return
            if quantity.shape == "one" and self.words.people[form] != "one":
                return
            quantity.last += 1

    def _numbered(self, first: int, last: int, count: Count) -> Quantity | None:
        if first > 0 and self.tokens[first - 1].folded in self.words.things_before | self.words.always_vague:
            return None
        noun = last + 1
        while noun < len(self.tokens) and noun <= last + 2 and self.tokens[noun].folded in self.words.skip:
            noun += 1
        if noun >= len(self.tokens):
            return Quantity(first, last, count, "number", False)
        token = self.tokens[noun]
        if token.folded in self.words.things and token.folded not in self.words.people:
            return None
        kind, at = self._victim_noun(noun)
        if kind == "both":
            return Quantity(first, at, Count(None), "vague", True)
        if kind:
            return Quantity(first, at, count, "number", True, kind)
        is_person = found_form(token, self.words.people) is not None
        if not is_person and self.tokens[last + 1].folded in self.words.of:
            return Quantity(first, last, count, "number", True)
        return Quantity(first, noun if is_person else last, count, "number", is_person)

    def _victim_noun(self, noun: int) -> tuple[Kind | Literal["both"] | None, int]:
        """The kind that the counted noun says, and where: ثلاثة قتلى، 120 قتيلا، خمسة مدنيين قتلى، 40 قتيلا وجريحا."""
        for at in (noun, noun + 1):
            if at >= len(self.tokens):
                break
            cue = self._cue_form(at)
            if cue and cue[1] in ("victim", "victims") and not self._starts_with_and(at, cue[2]):
                if at > noun - 1 and self._is_definite(at, cue[2]) and self.tokens[at - 1].folded in self.words.of:
                    return None, at
                if self._combined_with_next(at):
                    return "both", at + 1
                return cue[0], at
            if found_form(self.tokens[at], self.words.people) is None:
                break
        return None, noun

    def _combined_with_next(self, at: int) -> bool:
        """Killed and injured under one number: 40 قتيلا وجريحا."""
        if at + 1 >= len(self.tokens):
            return False
        following = self._cue_form(at + 1)
        return (
            following is not None
            and following[1] in ("victim", "victims")
            and self._starts_with_and(at + 1, following[2])
        )

    def _unnumbered(self, position: int) -> Quantity | None:
        token = self.tokens[position]
        if self._any(token, self.words.vague):
            counted = token.folded not in self.words.always_vague and any(
                i in self.numbers for i in range(position + 1, position + 1 + self.words.vague_reach)
            )
            return None if counted else Quantity(position, position, Count(None), "vague", True)
        if self._any(token, self.words.one_of) and self._is_one_of(position):
            return Quantity(position, position + 1, Count(1), "one", True)
        cue = self._cue_form(position)
        if cue and cue[1] == "dual" and not self._is_definite(position, cue[2]):
            return Quantity(position, position, Count(2), "two", True, cue[0])
        if cue and cue[1] == "victim" and not self._is_definite(position, cue[2]) and self.words.passive_next:
            ill = self.tokens[position + 1 : position + 2]
            if any(t.folded in self.words.illness for t in ill):
                return None
            if self.sentence.lang == "ar" and cue[2] != "اصابه":
                return Quantity(position, position, Count(1), "one", True, cue[0])
            return None
        if self.words.determiners:
            return self._with_determiner(position)
        form = found_form(token, self.words.people)
        if form is None or cue:
            return None
        number = self.words.people[form]
        if number == "two" or (number == "many" and self._followed_by_two(position)):
            is_said = number == "many" and self.tokens[position + 1].folded not in self.words.both
            return Quantity(position, position + is_said, Count(2), "two", True)
        if self._is_adjective(position, form):
            return None
        if number == "one":
            return Quantity(position, position, Count(1), "one", True)
        return Quantity(position, position, Count(None), "plural", True)

    def _is_adjective(self, position: int, form: str) -> bool:
        """A word for people that describes the noun before it: الجيش السوري، هجوم مسلح."""
        if form not in self.words.sound or position == 0:
            return False
        previous = self.tokens[position - 1]
        known = self._cue_form(position - 1) or found_form(previous, self.words.people)
        if known or self._any(previous, self.words.skip | self.words.approx | self.words.that):
            return False
        return prefix_of(self.tokens[position], form) in ("", "ال")

    def _with_determiner(self, position: int) -> Quantity | None:
        """One person where the language needs a determiner to say so: an air force pilot, his young daughter."""
        word = self.tokens[position].folded
        if word == "the":
            ranks = [
                i
                for i in range(position + 1, min(position + 4, len(self.tokens)))
                if self.tokens[i].folded in self.words.ranks
            ]
            return Quantity(position, ranks[0], Count(1), "one", True) if ranks else None
        if self.words.people.get(word) == "many":
            return Quantity(position, position, Count(None), "plural", True)
        if word not in self.words.determiners:
            return None
        for noun in range(position + 1, min(position + 5, len(self.tokens))):
            following = self.tokens[noun].folded
            if following in self.words.determiners or following in self.words.coordinators or self._cue_form(noun):
                return None
            after = self.tokens[noun + 1].folded if noun + 1 < len(self.tokens) else ""
            if self.words.people.get(following) == "one" and after not in self.words.attributes:
                return Quantity(position, noun, Count(1), "one", True)
        return None

    def _is_one_of(self, position: int) -> bool:
        """أحد المارة: one of a definite plural."""
        if position + 1 >= len(self.tokens):
            return False
        following = self.tokens[position + 1]
        form = found_form(following, self.words.people)
        return following.folded.startswith("ال") or (form is not None and self.words.people[form] == "many")

    def _followed_by_two(self, position: int) -> bool:
        if position + 1 >= len(self.tokens):
            return False
        following = self.tokens[position + 1]
        return number_words(self.sentence.lang).values.get(following.folded) == 2 or following.folded in self.words.both

    def _is_definite(self, position: int, form: str) -> bool:
        return prefix_of(self.tokens[position], form).endswith(("ال", "لل"))

    def _starts_with_and(self, position: int, form: str) -> bool:
        return prefix_of(self.tokens[position], form)[:1] in ("و", "ف")

    def _is_coordinated(self, position: int) -> bool:
        token = self.tokens[position]
        before = position - 1
        while self.words.determiners and before > 0 and self.tokens[before].folded in self.words.skip:
            before -= 1
        if position and self.tokens[before].folded in self.words.coordinators:
            return True
        joined = self.sentence.lang == "ar" and token.folded.startswith("و")
        return joined and (token.folded != "واحد" or token.surface[:2] == "وأ")

    @staticmethod
    def _any(token: Token, words: frozenset[str]) -> bool:
        return found_form(token, words) is not None

    # --- cues -------------------------------------------------------------------------------------------------------

    def _cue_form(self, position: int) -> tuple[Kind, str, str] | None:
        token = self.tokens[position]
        form = found_form(token, self.words.cues)
        if form is None:
            return None
        kind, shape = self.words.cues[form]
        required = self.words.completed_by.get(form)
        if required and not any(t.folded in required for t in self.tokens[position + 1 : position + 16]):
            return None
        return kind, shape, form

    def _cues(self) -> list[Cue]:
        found = []
        for position in range(len(self.tokens)):
            if position in self.inside:
                continue
            cue = self._cue_form(position)
            if cue and cue[1] in ("event", "dual") and self._is_definite(position, cue[2]) and self.words.owners:
                continue  # القتل, killing in general
            if cue:
                found.append(Cue(self._completion(position, cue[2]), *cue))
        return found

    def _completion(self, position: int, form: str) -> int:
        """Where the count of a divided expression is looked for: حصدت الألغام أرواح ثلاثة."""
        for at in range(position + 1, min(position + 16, len(self.tokens))):
            if self.tokens[at].folded in self.words.completed_by.get(form, ()) and self._any(
                self.tokens[at], self.words.lives
            ):
                return at
        return position

    # --- which count belongs to which cue ---------------------------------------------------------------------------

    def _count_of(self, cue: Cue) -> _Found | None:
        if self._is_denied(cue):
            return None
        if cue.shape in ("victim", "victims"):
            return self._of_victims(cue)
        if self._shares_count(cue):
            return None
        if cue.shape == "plural":
            following = self.starts.get(cue.at + 1)
            active = following is not None and following.shape in ("number", "two")
            return self._after(cue) if active else self._before(cue) or self._after(cue)
        if cue.form in self.words.counted_only | self.words.people_only:
            return self._after(cue) or self._single_subject(cue)
        if cue.shape == "verb" and self._is_passive(cue) and not self._number_next(cue):
            return self._before(cue) or self._after(cue) or self._single_subject(cue)
        return self._after(cue) or (self._before(cue) if cue.shape == "verb" else None)

    def _is_between(self, position: int) -> bool:
        """أوقعت القوة بين قتيل وجريح: no one was counted."""
        return any(t.folded in self.words.parts_before for t in self.tokens[max(0, position - 2) : position])

    def _is_denied(self, cue: Cue) -> bool:
        return any(t.folded in self.words.none for t in self.tokens[max(0, cue.at - 3) : cue.at])

    def _shares_count(self, cue: Cue) -> bool:
        """Killed and injured under one count: مقتل وإصابة 15."""
        for first, second in ((cue.at, cue.at + 1), (cue.at - 1, cue.at)):
            a, b = self.cue_at.get(first), self.cue_at.get(second)
            if not (a and b) or a.kind == b.kind or self.sentence.lang != "ar":
                continue
            alike = a.shape in ("event", "verb") and b.shape in ("event", "verb")
            if alike and self._starts_with_and(second, b.form) and not self._counted_before(a):
                return True
        return False

    def _counted_before(self, cue: Cue) -> bool:
        """ثلاثة مدنيين قتلوا وأصيب …"""
        return any(q.shape in ("number", "two") and 0 < cue.at - q.last <= 3 for q in self.quantities)

    def _is_passive(self, cue: Cue) -> bool:
        """The next word is a preposition, so that the people stand before: جندي قتل في …"""
        if cue.at + 1 >= len(self.tokens):
            return True
        return self._any(self.tokens[cue.at + 1], self.words.passive_next)

    def _number_next(self, cue: Cue) -> bool:
        """Only "at least" and the like stand between the cue and a number: killed at least 61."""
        for position in range(cue.at + 1, min(cue.at + 7, len(self.tokens))):
            quantity = self.starts.get(position)
            if quantity:
                return quantity.shape in ("number", "two") and not self._belongs_to_next(quantity)
            if not self._any(self.tokens[position], self.words.approx):
                return False
        return False

    def _of_victims(self, cue: Cue) -> _Found | None:
        """حصيلة القتلى إلى 14; القتلى الخمسة عشر; عدد الشهداء بلغ ..."""
        around = [*self.tokens[max(0, cue.at - 3) : cue.at], *self.tokens[cue.at + 1 : cue.at + 2]]
        counted = any(self._any(t, self.words.totals) for t in around)
        following = self.starts.get(cue.at + 1) or (self.starts.get(cue.at + 2) if self.words.determiners else None)
        if following and following.shape == "number" and not following.coordinated and not following.used:
            return _Found(following.count, cue.at, [following], total=counted)
        if counted:
            for position in range(cue.at + 1, min(cue.at + 16, len(self.tokens))):
                quantity = self.starts.get(position)
                if quantity and self._is_total(quantity, cue):
                    return _Found(quantity.count, cue.at, [quantity], total=True)
        return self._before(cue) if cue.form in self.words.predicative else None

    def _is_total(self, quantity: Quantity, cue: Cue) -> bool:
        """What the toll came to: … إلى 14؛ بلغ نحو 100; has risen to 42. Not a year."""
        if quantity.shape != "number" or quantity.kind not in (None, cue.kind):
            return False
        if not quantity.person and 1900 <= (quantity.count.low or 0) <= 2100:
            return False
        before = self.tokens[max(0, quantity.first - 2) : quantity.first]
        return quantity.person or any(self._any(t, self.words.approx) for t in before)

    def _after(self, cue: Cue) -> _Found | None:
        single: Quantity | None = None
        plural: Quantity | None = None
        for position in range(cue.at + 1, min(cue.at + 1 + AFTER, len(self.tokens))):
            token = self.tokens[position]
            if token.folded in self.words.completed_by.get(cue.form, ()):
                continue
            if position in self.cue_at or token.folded in self.words.parts or self._any(token, self.words.stops):
                break
            quantity = self.starts.get(position)
            if quantity is None:
                continue
            if quantity.used or (quantity.kind and quantity.kind != cue.kind):
                break
            if self._belongs_to_next(quantity) or (cue.kind in self.counted and self._is_of_them(quantity)):
                break
            near = all(map(self._may_precede_count, self.tokens[cue.at + 1 : position]))
            if quantity.shape in ("number", "two") and (quantity.person or near):
                if single and cue.shape != "verb":
                    break
                if single and quantity.coordinated:
                    break
                return self._with_coordinated(cue, quantity)
            if quantity.shape == "one" and single is None and (near or position <= cue.at + 2):
                if cue.form not in self.words.counted_only:
                    single = quantity
            elif quantity.shape == "vague" and near and single is None:
                return _Found(Count(None), cue.at, [quantity])
            elif quantity.shape == "plural" and near:
                plural = quantity
        if single:
            return self._with_coordinated(cue, single)
        return _Found(Count(None), cue.at, [plural]) if plural else self._named(cue)

    def _single_subject(self, cue: Cue) -> _Found | None:
        """A verb in the singular whose subject is a name before it: الصماد قتل بغارة."""
        if cue.form not in self.words.singular or cue.at == 0 or self._comma_before(cue.at):
            return None
        if self._any(self.tokens[cue.at - 1], self.words.who):
            return _Found(Count(1), cue.at, weak=True)
        if cue.form in self.words.people_only:
            return None
        if self._starts_with_and(cue.at, cue.form):
            return None
        return _Found(Count(1), cue.at) if self._is_name(self.tokens[cue.at - 1]) else None

    def _named(self, cue: Cue) -> _Found | None:
        """One person by name: مقتل فلان. The owner joined to the word: مقتله، مقتلهما."""
        owner = self.words.owners.get(cue.form)
        if cue.form in self.words.counted_only | self.words.people_only:
            return None
        if owner:
            return _Found(Count(owner), cue.at, weak=True)
        if self.words.owners and cue.shape == "event" and cue.at + 1 < len(self.tokens):
            token = self.tokens[cue.at + 1]
            if self._is_name(token):
                return _Found(Count(1), cue.at)
        return None

    def _is_name(self, token: Token) -> bool:
        known = self.words.things | self.words.skip | self.words.vague | self.words.parts | self.words.no_name
        return not (
            self._any(token, known)
            or found_form(token, self.words.people)
            or found_form(token, self.words.cues)
            or token.folded.endswith(("ين", "ون", "ات"))
            or token.folded.isdecimal()
        )

    def _is_of_them(self, quantity: Quantity) -> bool:
        """إصابة اثنين منهم، two of them children: part of what was counted before."""
        following = [t.folded for t in self.tokens[quantity.last + 1 : quantity.last + 3]]
        has_noun = quantity.last not in self.number_ends
        return (
            bool(following)
            and not has_noun
            and (following[0] in self.words.of_them or " ".join(following) in self.words.of_them)
        )

    def _may_precede_count(self, token: Token) -> bool:
        return self._any(token, self.words.skip | self.words.approx | self.words.lives)

    def _belongs_to_next(self, quantity: Quantity) -> bool:
        """The quantity is the subject of a cue right after it: two others were injured; وعشرة أصيبوا."""
        for position in range(quantity.last + 1, min(quantity.last + 4, len(self.tokens))):
            cue = self.cue_at.get(position)
            if cue:
                return cue.shape in ("plural",) or (self.sentence.lang != "ar" and cue.shape == "verb")
            if self._is_coordinated(position) or self.tokens[position].folded in self.words.coordinators:
                return False
        return False

    def _with_coordinated(self, cue: Cue, quantity: Quantity) -> _Found:
        """The quantity and those listed with it: امرأة وطفلان."""
        taken, total = [quantity], quantity.count
        while True:
            following = next((q for q in self.quantities if q.first > taken[-1].last), None)
            if following is None or following.first - taken[-1].last > 6 or not following.coordinated:
                break
            between = range(taken[-1].last + 1, following.first)
            if any(i in self.cue_at or self._any(self.tokens[i], self.words.parts) for i in between):
                break
            counted = following.person or (following.shape == "number" and self.words.restates)
            if following.used or following.kind or not counted or self._belongs_to_next(following):
                break
            if following.shape == "vague" and all(q.shape == "one" for q in taken):
                return _Found(Count(None), cue.at, [*taken, following])
            if following.shape in ("vague", "plural") or self._is_same_count(taken[-1], following):
                break
            taken.append(following)
            total = total + following.count
        return _Found(total, cue.at, taken)

    def _is_same_count(self, number: Quantity, noun: Quantity) -> bool:
        """24 ضابطا وجنديا: one number for both nouns."""
        adjacent = number.shape == "number" and noun.shape == "one" and noun.first == number.last + 1
        return adjacent and self.sentence.lang == "ar" and self.tokens[noun.first].folded.endswith("ا")

    def _before(self, cue: Cue) -> _Found | None:
        best: Quantity | None = None
        for quantity in reversed(self.quantities):
            if quantity.last >= cue.at or quantity.used:
                continue
            if cue.at - quantity.last > BEFORE:
                break
            between = range(quantity.last + 1, cue.at)
            if any(i in self.cue_at and self.cue_at[i].shape != "victims" for i in between):
                break
            if self.words.restates and self._is_of_them(quantity):
                continue
            if self._is_part(quantity) or (not quantity.person and cue.at - quantity.last > self.words.reach):
                continue
            if quantity.shape == "plural" or (quantity.shape == "one" and cue.at - quantity.last > 8):
                continue
            if quantity.shape == "one" and cue.shape == "plural":
                continue
            best = quantity
            break
        if best is None:
            return None
        taken, total = [best], best.count
        while taken[0].coordinated and best.shape != "vague":
            earlier = next((q for q in reversed(self.quantities) if q.last < taken[0].first), None)
            if (
                earlier is None
                or earlier.shape in ("vague", "plural")
                or taken[0].first - earlier.last > 6
                or earlier.used
                or earlier.kind
            ):
                break
            if any(i in self.cue_at for i in range(earlier.last, taken[0].first)) or self._is_part(earlier):
                break
            if not (earlier.person or (earlier.shape == "number" and self.words.restates)):
                break
            taken.insert(0, earlier)
            total = earlier.count + total
        return _Found(total, cue.at, taken)

    def _is_part(self, quantity: Quantity) -> bool:
        """Named as part of a total: بينهم ثلاثة أطفال; including two children."""
        about = (t.folded for t in self.tokens[quantity.last : quantity.last + 2])
        if self.words.restates and any(word in self.words.others for word in about):
            return False
        for position in range(quantity.first - 1, max(-1, quantity.first - 9), -1):
            if self._any(self.tokens[position], self.words.parts):
                return True
            if self.tokens[position].folded in self.words.parts_if_them:
                return self.tokens[position + 1].folded in self.words.them
            # "بينهم أطفال، و40 جريحا": what is counted anew after a comma is no part.
            if quantity.kind and self._comma_before(position + 1):
                return False
            if position in self.cue_at:
                return False
        return False

    def _comma_before(self, position: int) -> bool:
        start = self.sentence.start
        gap = self.sentence.text[self.tokens[position - 1].end - start : self.tokens[position].start - start]
        return any(mark in gap for mark in ",،;؛.")

    # --- the sentence's figure --------------------------------------------------------------------------------------

    def _combine(self, found: list[_Found]) -> Count:
        known = [f for f in found if f.count.low is not None]
        known = [f for f in known if not f.weak] or known[:1]
        if any(f.total for f in known) or (self.words.restates and not any(map(self._adds, known))):
            return max((f.count for f in known), key=lambda c: c.low or 0, default=Count(None))
        result = Count(None)
        seen: set[int] = set()
        for hit in known:
            value = hit.count.low or 0
            repeats = value in seen or (self.words.restates and value == result.low)
            if repeats and not hit.adds and (value > 2 or self.words.restates):
                continue
            seen.add(value)
            result = result + hit.count
        return result

    def _adds(self, hit: _Found) -> bool:
        """The sentence itself says that these come on top: six others, another 23."""
        for quantity in hit.quantities:
            for token in self.tokens[max(0, quantity.first - 2) : quantity.last + 2]:
                if token.folded in self.words.others:
                    return True
        return False


def read_casualties(sentence: Sentence) -> Casualties:
    """Killed and injured that the sentence reports. Linear in its length; never raises."""
    return CasualtyReader(sentence).read()
