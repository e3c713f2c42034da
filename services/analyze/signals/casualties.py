"""Killed and injured, as one sentence newly reports them.

A sentence is read as a row of cues (قتل، مقتل، جرحى, killed) and quantities (numbers, duals, single people, vague
amounts). Each cue takes the quantity that its grammar puts after or before it; people listed together are summed, parts
of a total (بينهم, including) are passed over, and what the sentence says twice is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.analyze.document import Sentence, Token
from services.analyze.signals.casualty_words import KINDS, Kind, casualty_words
from services.analyze.signals.earlier import told_of_before
from services.analyze.signals.language import found_form
from services.analyze.signals.numbers import split_glued
from services.analyze.signals.quantities import UNKNOWN, Count, Quantity, QuantityReader
from services.analyze.signals.risen import risen_tolls

AFTER = 12
"""How many words after a cue its count may stand."""
BEFORE = 20
"""How many words before a cue its count may stand."""
SINGLE_BEFORE = 8
"""The same, where it is a single person."""
TOTAL = 26
"""How many words after "the death toll" its figure may stand."""
NAMES = 6
"""How many words a name and what hit its bearer may take."""
SHORT_NAME = 4
"""Letters of a name at most that ends as a plural does: حسين."""
LISTED = 6
"""How many words may stand between people that are listed together."""
OF_BEASTS = 4
"""How many words after a cue the animals may stand that it is said of."""
MIXED = 4
"""How many words after a count "both dead and wounded" may stand."""
BREAKDOWN = 3
"""How many words after a count the brackets may open that say who they were."""
SINCE = 8
"""How many words from a count "since March" may stand to make it a toll over weeks."""
SO_FAR = 4
"""How many words behind a count "until now" may stand, with the same effect."""
SINCE_WHEN = 8
"""How many words after "since" may say when."""


@dataclass(frozen=True, slots=True)
class Casualties:
    killed: Count = UNKNOWN
    injured: Count = UNKNOWN
    killed_at: int | None = None
    """Offset of the word that says killed."""
    injured_at: int | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    at: int
    """Where its count is looked from: the word itself, or what completes it (أرواح)."""
    kind: Kind
    shape: str
    form: str


@dataclass(slots=True)
class Found:
    """A count that a cue took."""

    count: Count
    at: int
    quantities: list[Quantity] = field(default_factory=list)
    total: bool = False
    adds: bool = False
    """Said to come on top of another count, though it may be equal."""
    weak: bool = False
    """Says again what was said (his death): counted only where nothing else is."""


class CasualtyReader(QuantityReader):
    """Links the cues of one sentence to its quantities."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.found: dict[Kind, list[Found]] = {"killed": [], "injured": []}
        before = told_of_before(self)
        row = self.quantities()
        self.row = [q for q in row if q.first not in before]
        self.starts = {q.first: q for q in self.row}
        self.cues = [cue for cue in self._cues(row) if cue.at not in before]
        self.cue_at = {cue.at: cue for cue in self.cues}

    def read(self) -> Casualties:
        self._take_counted_victims()
        for cue in self.cues:
            hit = self._count_of(cue)
            if hit:
                self._take(cue.kind, hit)
        self._add_other_side()
        since = self._long_since()
        self._take_risen(since)
        for kind in KINDS:
            self.found[kind] = [hit for hit in self.found[kind] if not self._is_over_weeks(hit, since)]
            for hit in self.found[kind]:
                if any(map(self._is_mixed, hit.quantities)):
                    hit.count = UNKNOWN
        told_again = self._is_told_again()
        killed, injured = (self._combine(self.found[kind], told_again) or self._from_parts(kind) for kind in KINDS)
        return Casualties(killed, injured, self._offset("killed"), self._offset("injured"))

    def told(self) -> list[tuple[int, Kind, Count]]:
        """What was read, in order: the offset where a count begins, of whom, and how many."""
        hits = [(kind, hit) for kind in KINDS for hit in self.found[kind] if hit.count and not hit.weak]
        begins = [(min([hit.at, *(q.first for q in hit.quantities)]), kind, hit.count) for kind, hit in hits]
        return [(self.tokens[first].start, kind, count) for first, kind, count in sorted(begins, key=lambda b: b[0])]

    def parts_in_brackets(self) -> list[tuple[int, Count]]:
        """«6 مدنيين (3 منهم في سرمين، ومدنيان في بنش)»: the offset of each count in brackets, and how many."""
        inside = [q for q in self.row if q.count and self.bracket_before(q.first) is not None]
        return [(self.tokens[q.first].start, q.count) for q in inside]

    def _take(self, kind: Kind, hit: Found) -> None:
        for quantity in hit.quantities:
            quantity.used = True
        self.found[kind].append(hit)

    def _offset(self, kind: Kind) -> int | None:
        return self.tokens[self.found[kind][0].at].start if self.found[kind] else None

    def _cues(self, row: Sequence[Quantity]) -> list[Cue]:
        inside = {at for q in row for at in range(q.first, q.last + 1)}
        found = []
        for position in range(len(self.tokens)):
            cue = self.cue_form(position) if position not in inside else None
            if cue is None:
                continue
            general = (
                self.words.duals and cue.shape in ("event", "verb", "dual") and self.is_definite(position, cue.form)
            )
            if general and cue.form not in self.words.counted_only:
                continue  # القتل, killing in general
            completion = self.completion(position, cue.form)
            at = completion if completion and self.has(completion, self.words.lives) else position
            found.append(Cue(at, cue.kind, cue.shape, cue.form))
        return found

    def cue_before(self, position: int) -> Cue | None:
        """The last cue before a word."""
        return max((cue for cue in self.cues if cue.at < position), key=lambda cue: cue.at, default=None)

    # --- counts that need no cue ----------------------------------------------------------------------------

    def _take_counted_victims(self) -> None:
        """ثلاثة قتلى؛ قتيلان؛ قتيل. Not «بين قتيل وجريح», which counts no one."""
        for quantity in self.row:
            if quantity.kind is None or self.is_part(quantity):
                continue
            between = any(self.is_one(quantity.first - n, self.words.parts_before) for n in (1, 2))
            if not (quantity.shape == "one" and between):
                again = self._is_how_he_fell(quantity)
                self._take(quantity.kind, Found(quantity.count, quantity.first, [quantity], weak=again))

    def _is_how_he_fell(self, quantity: Quantity) -> bool:
        """«أردى مسلحون الشاب قتيلا»: the one whom the verb told of."""
        cue = self.cue_before(quantity.first)
        is_one = self.words.duals and quantity.shape == "one" and self.tokens[quantity.first].folded.endswith("ا")
        return is_one and cue is not None and cue.shape == "verb" and cue.kind == quantity.kind

    def _add_other_side(self) -> None:
        """A count that goes on with the last kind: تسعة قتلى في صفوف … وستة في صفوف …؛ مقابل 26."""
        for quantity in self.row:
            if quantity.used or quantity.shape != "number":
                continue
            ranks = quantity.coordinated and any(self.is_one(quantity.last + n, self.words.ranks) for n in (1, 2))
            before = [(hit.at, kind) for kind in KINDS for hit in self.found[kind] if hit.at < quantity.first]
            if before and (ranks or self.is_one(quantity.first - 1, self.words.against)):
                self._take(max(before)[1], Found(quantity.count, quantity.first, [quantity], adds=True))

    def _take_risen(self, since: Sequence[int]) -> None:
        """«توفي شاب … لترتفع الحصيلة إلى ثلاثة»: behind a toll that rose nothing else of its kind counts."""
        tolls = risen_tolls(self, self.starts)
        for kind in KINDS:
            told = (toll for toll in tolls if toll.kind == kind)
            risen = [Found(toll.count, toll.quantity.first, [toll.quantity], total=True) for toll in told]
            if risen and not any(self._is_over_weeks(hit, since) for hit in risen):
                self.found[kind] = risen + [hit for hit in self.found[kind] if hit.total]

    # --- which count belongs to which cue -------------------------------------------------------------------

    def _count_of(self, cue: Cue) -> Found | None:
        if self._is_not_told(cue):
            return None
        if cue.shape in ("victim", "victims"):
            return self._of_victims(cue)
        if self._shares_count(cue):
            return None
        if cue.shape == "plural":
            return self._after(cue) if self._number_next(cue) else self._before(cue) or self._after(cue)
        if cue.form in self.words.counted_only or cue.form in self.words.people_only:
            return self._after(cue) or self._single_subject(cue)
        if cue.shape != "verb":
            return self._each_of(cue) or self._after(cue)
        if told := self._part_next(cue) or self._each_of(cue):
            return told
        # A preposition next, so that the people stand before: جندي قتل في …
        passive = cue.at + 1 >= len(self.tokens) or self.has(cue.at + 1, self.words.passive_next)
        passive = passive and not self.is_one(cue.at + 2, self.words.at_once)
        if passive and not self._number_next(cue):
            return self._before(cue) or self._after(cue) or self._single_subject(cue) or self._two(cue)
        return self._after(cue) or self._before(cue)

    def _part_next(self, cue: Cue) -> Found | None:
        """«استهدف ثلاثة أطفال، قتل منهم طفل»: of those named before only so many."""
        quantity = self.starts.get(cue.at + 2) if self.words.duals else None
        if quantity is None or quantity.count.low is None or not self.is_one(cue.at + 1, self.words.of_them):
            return None
        return Found(quantity.count, cue.at, [quantity])

    def _each_of(self, cue: Cue) -> Found | None:
        """«أصيب في الهجوم كل من سالم السالم (22 عاما)، وفارس الفارس، وخالد»: as many as are named."""
        each = next((at for at in range(cue.at + 1, cue.at + 1 + LISTED) if self.is_one(at, self.words.each)), None)
        if each is None or not self.is_one(each + 1, self.words.of):
            return None
        named = 0
        for position in range(each + 2, len(self.tokens)):
            token = self.tokens[position]
            if position in self.cue_at or self.is_one(position, self.words.by):
                break
            if named and self.comma_before(position) and not token.folded.startswith("و"):
                break
            before = self.tokens[position - 1].folded
            is_next = before == "و" or (token.folded.startswith("و") and self.comma_before(position))
            named += (position == each + 2 or is_next) and self._is_name(token)
        return Found(Count(named), cue.at) if named > 1 else None

    def _is_mixed(self, quantity: Quantity) -> bool:
        """«ضحيتها 13 مدنيا بين قتيل وجريح»: nobody says how many of them died."""
        for position in range(quantity.last + 1, min(quantity.last + 1 + MIXED, len(self.tokens) - 2)):
            if self.is_one(position, self.words.parts_before):
                said = [self.cue_form(position + n) for n in (1, 2)]
                return {cue.kind for cue in said if cue} == set(KINDS)
        return False

    def _is_of_beasts(self, cue: Cue) -> bool:
        """«نفوق وإصابة عدد من الأبقار»: no person was hurt."""
        for position in range(cue.at + 1, min(cue.at + 1 + OF_BEASTS, len(self.tokens))):
            if found_form(self.tokens[position], self.words.people) is not None:
                return False
            if self.has(position, self.words.animals):
                return True
        return False

    def _is_not_told(self, cue: Cue) -> bool:
        """«لتجنب مقتل»، «بعد شهر على مقتل»، «قتلهم أو أسرهم».

        But «في ذكرى يوم الأرض، قتل»: a stop ends what is only remembered.
        """
        if self._is_of_beasts(cue) or self.is_one(cue.at + 1, self.words.or_else):
            return True
        if self.is_one(cue.at - 1, self.words.ago_on) and self.has(cue.at - 2, self.words.during_long):
            return True
        for position in range(cue.at - 1, max(-1, cue.at - 4), -1):
            if self.comma_before(position + 1):
                return False
            if self.has(position, self.words.none):
                return True
        return False

    def _two(self, cue: Cue) -> Found | None:
        """«فلان وفلان اللذان أصيبا»: the verb says that they were two."""
        return Found(Count(2), cue.at, weak=True) if cue.form in self.words.two else None

    def _shares_count(self, cue: Cue) -> bool:
        """Killed and injured under one count: مقتل وإصابة 15."""
        for first, second in ((cue.at, cue.at + 1), (cue.at - 1, cue.at)):
            a, b = self.cue_at.get(first), self.cue_at.get(second)
            if not (a and b and self.words.duals) or a.kind == b.kind:
                continue
            if a.form in self.words.owners and b.form not in self.words.owners:
                continue  # «استشهادهما وإصابة السائق» are three
            alike = a.shape in ("event", "verb") and b.shape in ("event", "verb")
            counted = any(0 < a.at - q.last <= (1 if q.shape == "one" else 3) for q in self.row if q.count.low)
            both = a.shape == b.shape == "plural"  # «20 مدنيا استشهدوا وأصيبوا»
            if self.starts_with_and(second, b.form) and (both or (alike and not counted)):
                return True
        return False

    def _number_next(self, cue: Cue) -> bool:
        """Only "at least" and the like stand between the cue and a number: killed at least 61."""
        for position in range(cue.at + 1, cue.at + 7):
            quantity = self.starts.get(position)
            if quantity:
                return quantity.shape in ("number", "two") and not self._belongs_to_next(quantity)
            if not self.has(position, self.words.approx):
                return False
        return False

    def _of_victims(self, cue: Cue) -> Found | None:
        """حصيلة القتلى إلى 14; القتلى الخمسة عشر; leaving three people dead."""
        counted = any(self.has(cue.at + n, self.words.totals) for n in (-3, -2, -1, 1))
        following = self.starts.get(cue.at + 1) or (self.starts.get(cue.at + 2) if self.words.determiners else None)
        if following and following.shape == "number" and not following.coordinated and not following.used:
            return Found(following.count, cue.at, [following], total=counted)
        for position in range(cue.at + 1, cue.at + 1 + TOTAL) if counted else ():
            if self._counts_apart(position):
                break
            quantity = self.starts.get(position)
            if quantity and self._is_total(quantity, cue):
                return Found(quantity.count, cue.at, [quantity], total=True)
        if cue.form in self.words.predicative and following and following.shape == "one":
            is_next = following.first == cue.at + 1
            return Found(following.count, cue.at, [following]) if is_next else None  # shot dead activist Salem
        return self._before(cue) if cue.form in self.words.predicative else None

    def _counts_apart(self, position: int) -> bool:
        """«ارتفاع حصيلة الضحايا إلى مقتل طفل وإصابة 5»: what stands behind it is that word's count."""
        cue = self.cue_at.get(position)
        return cue is not None and cue.shape == "event"

    def _is_total(self, quantity: Quantity, cue: Cue) -> bool:
        """What the toll came to: … إلى 14؛ بلغ نحو 100; has risen to 42. Not a year."""
        if quantity.shape != "number" or quantity.kind not in (None, cue.kind):
            return False
        if not quantity.person and 1900 <= (quantity.count.low or 0) <= 2100:
            return False
        return quantity.person or any(self.has(quantity.first - n, self.words.approx) for n in (1, 2))

    def _after(self, cue: Cue) -> Found | None:
        single: Quantity | None = None
        plural: Quantity | None = None
        near = True
        for position in range(cue.at + 1, min(cue.at + 1 + AFTER, len(self.tokens))):
            if self.is_one(position, self.words.completed_by.get(cue.form, frozenset())):
                continue
            if (
                position in self.cue_at
                or self.is_one(position, self.words.parts)
                or self.has(position, self.words.stops)
            ):
                break
            quantity = self.starts.get(position)
            if quantity is not None:
                if self._is_taken(quantity, cue):
                    break
                if quantity.shape in ("number", "two") and (quantity.person or near):
                    if single and (cue.shape != "verb" or quantity.coordinated):
                        break
                    return self._with_listed(cue, quantity)
                if quantity.shape == "vague" and near and single is None:
                    return Found(Count(None), cue.at, [quantity])
                if quantity.shape == "plural" and near:
                    plural = quantity
                close = quantity.shape == "one" and single is None and (near or position <= cue.at + 2)
                if close and cue.form not in self.words.counted_only:
                    single = quantity
            near = near and (self.has(position, self.words.before_count) or self.is_one(position, self.words.doers))
        if single:
            in_company = self._in_company(single, cue.kind)
            return Found(Count(None), cue.at, [single]) if in_company else self._with_listed(cue, single)
        named = self._named(cue) if not plural or cue.form in self.words.assassinates else None
        return named or (Found(Count(None), cue.at, [plural]) if plural else None)

    def _in_company(self, single: Quantity, kind: Kind) -> bool:
        """«قتل القيادي … وعدد من مرافقيه»: more fell than the one, nobody says how many."""
        for position in range(single.last + 1, min(single.last + 1 + AFTER, len(self.tokens))):
            if position in self.cue_at:
                return False
            if self.is_one(position, self.words.company):
                quantity = self.starts.get(position)
                return quantity is None or not (self._belongs_to_next(quantity) or self._counts_others(quantity, kind))
        return False

    def _counts_others(self, vague: Quantity, kind: Kind) -> bool:
        """«مقتل طفلة وعدة إصابات»: some others, who were hurt."""
        said = (self.cue_form(vague.last + n) for n in (1, 2))
        return any(cue is not None and cue.shape in ("victim", "victims") and cue.kind != kind for cue in said)

    def _is_taken(self, quantity: Quantity, cue: Cue) -> bool:
        """The quantity is another cue's, or part of what this kind's earlier count holds."""
        if quantity.used or (quantity.kind and quantity.kind != cue.kind) or self._belongs_to_next(quantity):
            return True
        return bool(self.found[cue.kind]) and self._is_of_them(quantity)

    def _belongs_to_next(self, quantity: Quantity) -> bool:
        """The quantity is the subject of a cue right after it: two others were injured; وعشرة أصيبوا."""
        for position in range(quantity.last + 1, min(quantity.last + 4, len(self.tokens))):
            cue = self.cue_at.get(position)
            if cue:
                if self.words.duals and self.starts_with_and(position, cue.form):
                    return False
                return cue.shape == "plural" or (not self.words.duals and cue.shape == "verb")
            if self.is_coordinated(position) or self.is_one(position, self.words.coordinators):
                return False
        return False

    def _is_of_them(self, quantity: Quantity) -> bool:
        """إصابة اثنين منهم، two of them children, most of them: part of what was counted before."""
        number = self.numbers.get(quantity.first)
        if quantity.shape != "vague" and (number is None or quantity.last != number.last):
            return False
        following = [token.folded for token in self.tokens[quantity.last + 1 : quantity.last + 3]]
        return bool(following) and (following[0] in self.words.of_them or " ".join(following) in self.words.of_them)

    def _with_listed(self, cue: Cue, quantity: Quantity) -> Found:
        """The quantity and those listed with it: امرأة وطفلان."""
        taken, total = [quantity], quantity.count
        for following in self.row[self.row.index(quantity) + 1 :]:
            last = taken[-1]
            if following.first - last.last > LISTED or not following.coordinated:
                break
            between = range(last.last + 1, following.first)
            if any(at in self.cue_at or self.has(at, self.words.parts) for at in between):
                break
            counted = following.person or (following.shape == "number" and self.words.restates)
            if following.used or following.kind or not counted or self._belongs_to_next(following):
                break
            if following.shape == "vague" and self._counts_others(following, cue.kind):
                break
            if following.shape == "vague" and all(q.shape == "one" for q in taken):
                return Found(Count(None), cue.at, [*taken, following])
            if following.shape in ("vague", "plural") or self._is_same_count(last, following):
                break
            if self._is_breakdown(following):
                break
            taken.append(following)
            total = total + following.count
        return Found(total, cue.at, taken)

    def _is_same_count(self, number: Quantity, noun: Quantity) -> bool:
        """24 ضابطا وجنديا: one number for both nouns."""
        adjacent = number.shape == "number" and noun.shape == "one" and noun.first == number.last + 1
        return adjacent and self.words.duals and self.tokens[noun.first].folded.endswith("ا")

    def _before(self, cue: Cue) -> Found | None:
        index = self._nearest_before(cue)
        if index is None:
            return None
        taken, total = [self.row[index]], self.row[index].count
        while index > 0 and taken[0].coordinated and taken[-1].shape != "vague":
            index -= 1
            earlier = self.row[index]
            if not self._is_listed_before(earlier, taken[0]):
                break
            taken.insert(0, earlier)
            total = earlier.count + total
        return Found(total, cue.at, taken)

    def _nearest_before(self, cue: Cue) -> int | None:
        """Index in the row of the quantity that is the cue's subject."""
        for index in range(len(self.row) - 1, -1, -1):
            quantity = self.row[index]
            distance = cue.at - quantity.last
            if distance <= 0 or quantity.used:
                continue
            if self.words.determiners and self._are_some_of(quantity, cue):
                return None
            if distance > BEFORE or any(
                at in self.cue_at and self.cue_at[at].shape != "victims" for at in range(quantity.last + 1, cue.at)
            ):
                return None
            if self.words.restates and self._is_of_them(quantity):
                continue
            if self.is_part(quantity) or (not quantity.person and distance > self.words.reach):
                continue
            if quantity.shape == "plural":
                continue
            if quantity.shape == "one" and (distance > SINGLE_BEFORE or cue.shape == "plural"):
                continue
            return index
        return None

    def _are_some_of(self, quantity: Quantity, cue: Cue) -> bool:
        """ "Two of the wounded died": of those who were counted before."""
        died = self.cue_at.get(cue.at + 1)
        is_next = cue.at == quantity.last + 3 and self.is_one(quantity.last + 1, self.words.of)
        return is_next and died is not None and died.kind != cue.kind

    def _is_listed_before(self, earlier: Quantity, later: Quantity) -> bool:
        if earlier.shape in ("vague", "plural") or earlier.used or earlier.kind:
            return False
        if later.first - earlier.last > LISTED or self.is_part(earlier):
            return False
        if any(at in self.cue_at for at in range(earlier.last, later.first)):
            return False
        return earlier.person or (earlier.shape == "number" and self.words.restates)

    def _single_subject(self, cue: Cue) -> Found | None:
        """A verb in the singular whose subject is a name before it: الصماد قتل بغارة؛ الذي قتل."""
        if self.is_one(cue.at - 1, self.words.was):
            return Found(Count(1), cue.at, weak=True)
        if cue.form not in self.words.singular or cue.at == 0 or self.comma_before(cue.at):
            return None
        if self.has(cue.at - 1, self.words.who):
            return Found(Count(1), cue.at, weak=True)
        if cue.form in self.words.people_only or self.starts_with_and(cue.at, cue.form):
            return None
        return Found(Count(1), cue.at) if self._is_name(self.tokens[cue.at - 1]) else None

    def _named(self, cue: Cue) -> Found | None:
        """One person by name: مقتل فلان. The owner joined to the word: مقتله، مقتلهما."""
        if cue.form in self.words.counted_only or cue.form in self.words.people_only:
            return None
        owner = self.words.owners.get(cue.form)
        if owner and cue.kind == "injured" and self.found["killed"] and self.has(cue.at - 1, self.words.by):
            return None  # «استشهد الشاب جراء إصابته»: he is not a second one
        if owner:
            return Found(Count(owner), cue.at, weak=True)
        if not self.words.duals or cue.at + 1 >= len(self.tokens):
            return None
        if cue.form in self.words.assassinates:
            return self._assassinated(cue)
        names = cue.shape == "event" or (
            cue.form in self.words.singular and (self.quote_before(cue.at + 1) or self._is_hit(cue.at + 1))
        )
        return self._with_companion(cue) if names and self._is_name(self.tokens[cue.at + 1]) else None

    def _assassinated(self, cue: Cue) -> Found | None:
        """«اغتال مسلحون مجهولون سالم السالم»: whoever stands behind those who did it."""
        position = cue.at + 1
        while self.is_one(position, self.words.doers):
            position += 1
        is_named = position > cue.at + 1 and position < len(self.tokens) and self._is_name(self.tokens[position])
        return Found(Count(1), cue.at) if is_named else None

    def _with_companion(self, cue: Cue) -> Found:
        """«أصيب "سالم السالم" وعنصر»: the one who is named, and whoever is listed right behind the name."""
        end = min(cue.at + 2 + NAMES, len(self.tokens))
        following = next((q for at in range(cue.at + 2, end) if (q := self.starts.get(at))), None)
        if following is None or not (following.coordinated and following.person and following.shape in ("one", "two")):
            return Found(Count(1), cue.at)
        between = range(cue.at + 1, following.first)
        if any(at in self.cue_at or self.has(at, self.words.by) for at in between) or self._belongs_to_next(following):
            return Found(Count(1), cue.at)
        return Found(following.count + Count(1), cue.at, [following])

    def _is_hit(self, name: int) -> bool:
        """«قتل سالم السالم بغارة»: whoever is named was hit, and did not hit anybody."""
        for position in range(name, min(name + NAMES, len(self.tokens))):
            if position > name and self.has(position, self.words.by):
                return True
            if not self._is_name(self.tokens[position]) or self.comma_before(position):
                return False
        return False

    def _is_name(self, token: Token) -> bool:
        """No word that the lists know, no plural, no number."""
        known = (self.words.no_name, self.words.people, self.words.cues)
        if any(found_form(token, words) is not None for words in known):
            return False
        is_plural = token.folded.endswith(("ين", "ون", "ات")) and len(token.folded) > SHORT_NAME
        return not (is_plural or token.folded.isdecimal())

    def _is_breakdown(self, quantity: Quantity) -> bool:
        """«أصيب 4 مدنيين (طفلة وامرأتان ورجل)»: in brackets behind a count, who they were."""
        first = self.bracket_before(quantity.first)
        if first is None:
            return False
        return any(0 < first - q.last <= BREAKDOWN and q.shape in ("number", "two") for q in self.row)

    def is_part(self, quantity: Quantity) -> bool:
        """Named as part of a total: بينهم ثلاثة أطفال; including two children."""
        if self._is_breakdown(quantity) or self._is_the_other(quantity):
            return True
        others = (quantity.last, quantity.last + 1)
        if self.words.restates and any(self.is_one(at, self.words.others) for at in others):
            return False
        for position in range(quantity.first - 1, max(-1, quantity.first - 9), -1):
            if self.has(position, self.words.parts):
                return not self._goes_on_with_whole(position, quantity)
            if self.is_one(position, self.words.parts_if_them):
                return self.is_one(position + 1, self.words.them)
            # "بينهم أطفال، و40 جريحا": what is counted anew after a comma is no part.
            if (quantity.kind and self.comma_before(position + 1)) or position in self.cue_at:
                return False
        return False

    def _goes_on_with_whole(self, parts: int, quantity: Quantity) -> bool:
        """«7 قتلى بينهم 3 أطفال و12 جريحا»: the wounded are none of the dead."""
        if quantity.kind is None or not quantity.coordinated:
            return False
        whole = next((q for q in reversed(self.row) if q.last < parts), None)
        between = [q for q in self.row if parts < q.first < quantity.first]
        if whole is None or whole.kind is None or whole.kind == quantity.kind:
            return False
        return bool(between) and all(q.kind is None for q in between)

    def _is_the_other(self, quantity: Quantity) -> bool:
        """«أصيب طفلان، أحدهما بترت يده والآخر جراحه خطرة»: two of them are told apart."""
        if not self.tokens[quantity.first].folded.startswith("وال"):
            return False
        return any(self.is_one(at, self.words.both) for at in range(max(0, quantity.first - AFTER), quantity.first))

    # --- tolls over weeks -----------------------------------------------------------------------------------

    def _long_since(self) -> list[int]:
        """Where such a toll begins: since March, since the war began; during the year."""
        return [at for at in range(len(self.tokens)) if self._is_long(at) or self._is_during(at)]

    def _is_during(self, position: int) -> bool:
        """During the month, over two years; not during the night, nor within three hours."""
        if not self.has(position, self.words.during):
            return False
        return any(self.has(position + n, self.words.during_long) for n in (1, 2, 3, 4))

    def _is_long(self, since: int) -> bool:
        """Not since this morning; since a month, a year, or the beginning of something."""
        if not self.has(since, self.words.since):
            return False
        if any(self.has(since + n, self.words.since_recent) for n in (1, 2, 3)):
            return False
        following = range(since + 1, min(since + 1 + SINCE_WHEN, len(self.tokens)))
        years = (number.low for at in following if (number := self.numbers.get(at)))
        return any(self.has(at, self.words.since_when) for at in following) or any(1900 <= y <= 2100 for y in years)

    def _is_over_weeks(self, hit: Found, since: Sequence[int]) -> bool:
        counted = any(q.shape == "number" for q in hit.quantities)
        if counted and any(self._is_so_far(at) for at in range(hit.at, hit.quantities[-1].last + SO_FAR)):
            return True
        where = [hit.at, *(q.first for q in hit.quantities)]
        return counted and any(at <= 1 or self._in_one_clause(at, where) for at in since)

    def _is_so_far(self, position: int) -> bool:
        return self.is_one(position, self.words.so_far) and self.is_one(position + 1, self.words.so_far)

    def _in_one_clause(self, since: int, where: Sequence[int]) -> bool:
        nearest = min(where, key=lambda at: abs(since - at))
        first, last = sorted((since, nearest))
        return last - first <= SINCE and not any(self.comma_before(at) for at in range(first + 1, last + 1))

    # --- the sentence's figure ------------------------------------------------------------------------------

    def _from_parts(self, kind: Kind) -> Count:
        """Where no total is given, its named parts: those killed include 14 children and four women."""
        cues = [cue.at for cue in self.cues if cue.kind == kind]
        for quantity in self.row if cues else ():
            is_part = quantity.shape in ("number", "two") and not quantity.used and self.is_part(quantity)
            if not (is_part and quantity.person and 0 < quantity.first - cues[0] <= BEFORE):
                continue
            if self.words.restates or self._is_part_of_some(quantity, kind):
                return self._with_listed(Cue(quantity.first, kind, "event", ""), quantity).count
        return UNKNOWN

    def _is_part_of_some(self, part: Quantity, kind: Kind) -> bool:
        """«أصيب آخرون بينهم 4 أطفال»: right behind people whom nobody counts, of whom this cue is told."""
        some = next((q for q in self.row if 0 < part.first - q.last <= 2 and q.shape == "plural"), None)
        cue = self.cue_before(part.first)
        if some is None or cue is None or cue.form in self.words.counted_only:
            return False
        return cue.kind == kind

    def _is_told_again(self) -> bool:
        """«قتل طفل وأصيب 5 … ما أسفر عن مقتل طفل وإصابة 5»: the same dead and the same wounded twice are one toll."""
        told = [[hit.count.low for hit in self.found[kind] if hit.count.low and not hit.adds] for kind in KINDS]
        return all(len(counts) > 1 and len(set(counts)) == 1 for counts in told) and len(told[0]) == len(told[1])

    def _combine(self, found: list[Found], told_again: bool) -> Count:
        known = [hit for hit in found if hit.count.low is not None]
        known = [hit for hit in known if not hit.weak] or (known[:1] if len(known) == len(found) else [])
        if any(hit.total for hit in known) or (self.words.restates and not any(map(self._adds, known))):
            return max((hit.count for hit in known), key=lambda count: count.low or 0, default=Count(None))
        if _is_total_with_parts([hit.count for hit in known]):
            return known[0].count
        result = Count(None)
        seen: set[int] = set()
        headline: dict[int, set[int]] = {}
        named: set[tuple[str, str]] = set()
        for hit in known:
            value = hit.count.low or 0
            if (person := self._by_name(hit)) is not None:
                if person in named:
                    continue
                named.add(person)
            repeats = value in seen or (self.words.restates and value == result.low)
            section = self._section(hit.at)
            # Small figures recur by chance, so in languages that do not restate they are added, but behind a headline.
            is_known = value > 2 or self.words.restates or told_again or value in headline.get(section - 1, ())
            if repeats and not hit.adds and is_known:
                continue
            seen.add(value)
            headline.setdefault(section, set()).add(value)
            result = result + hit.count
        return result

    def _section(self, position: int) -> int:
        """How often ".." stands before a word: «إصابة طفلين بلغم.. أصيب طفلان اليوم» is a headline with its lead."""
        return sum(".." in self.gap_before(at) for at in range(1, position + 1)) if ".." in self.sentence.text else 0

    def _by_name(self, hit: Found) -> tuple[str, str] | None:
        """«الطفلة سلمى»: who is named behind a word for one person; the same name again is the same person."""
        if len(hit.quantities) != 1 or hit.quantities[0].shape != "one":
            return None
        last = hit.quantities[0].last
        if last + 1 >= len(self.tokens) or not self._is_name(self.tokens[last + 1]):
            return None
        return self.tokens[last].folded.removeprefix("و"), self.tokens[last + 1].folded

    def _adds(self, hit: Found) -> bool:
        """The sentence itself says that these come on top: six others, another 23."""
        return any(self.is_one(at, self.words.others) for q in hit.quantities for at in range(q.first - 2, q.last + 2))


def _is_total_with_parts(counts: Sequence[Count]) -> bool:
    """«إصابة 7 أشخاص … إصابة 3 من أعضائها، وإصابة 4 مواطنين»: the parts, told again, make up the first."""
    total, *parts = (count.low or 0 for count in counts) if counts else (0,)
    return len(parts) > 1 and total == sum(parts)


def read_casualties(sentence: Sentence) -> Casualties:
    """Killed and injured that the sentence reports. Linear in its length; never raises."""
    cues = casualty_words(sentence.lang).cues
    if not any(found_form(token, cues) for token in split_glued(sentence.tokens)):
        return Casualties()
    return CasualtyReader(sentence).read()
