"""When it happened: today, Thursday, three days ago, 3 January, resolved against the day of publication."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from services.analyze.document import Sentence
from services.analyze.signals.language import FALLBACK, folded_set, found_form, read_data
from services.analyze.signals.numbers import Number, number_words, read_numbers

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
_CLAUSE = 10
"""Words before a reference in which its clause may begin with "after"."""
_PAUSES = frozenset("،؛,;:.…")


_LISTS = (
    "weekday_before", "past", "coming", "ago", "ago_after", "not_event", "since", "after", "several", "hours",
    "goes_on", "same", "month_word", "year_word", "opening",
    "relative", "lasts", "counts_from",
)  # fmt: skip
_FIRST = 2
"""Words of a sentence that may say that it goes on."""
_OPENING, _NEAR = 2, 8
"""Words before a day that opens a sentence, and between what happened and its day, at most."""
_RELATIVE = 6
"""Words behind "which" in which a day is its clause's."""
_AHEAD, _FAR_AHEAD = 30, 183
"""Days ahead up to which a date without a year is yet to come, by itself and where the clause looks ahead."""
_SLIP = 2
"""Days ahead that are a time zone or a slip of the clock."""
_SHORTEST_VERB = 5
"""Letters of a verb with a prefix of the future."""
_ABOUT = 4
"""Words like "more than" before a span, at most."""
_SOME_DAYS, _SOME = 5, 3
"""What "days ago" and "weeks ago" are taken for at least."""
_MIDDLE = 15
"""The day that stands for a month as a whole."""


@dataclass(frozen=True, slots=True)
class TimeWords:
    ahead: int
    """Hours by which the clock of most outlets is ahead of UTC."""
    days: dict[tuple[str, ...], int]
    weekdays: dict[str, int]
    weekday_before: frozenset[str]
    past: frozenset[str]
    coming: frozenset[str]
    """Beside a day they say that it lies ahead."""
    announces: frozenset[tuple[str, ...]]
    """Of what is yet to come, in the clause before its day."""
    future_prefixes: tuple[str, ...]
    not_future: tuple[str, ...]
    """How words begin that look like a verb of the future and are none."""
    months: dict[tuple[str, ...], int]
    ago: frozenset[str]
    ago_after: frozenset[str]
    not_event: frozenset[str]
    since: frozenset[str]
    """Behind these a state began that still lasts."""
    after: frozenset[str]
    """Words that set apart what came before the news."""
    relative: frozenset[str]
    """Words that begin a clause about the noun before them."""
    month_parts: dict[str, int]
    this_month: frozenset[tuple[str, ...]]
    the_month: frozenset[tuple[str, ...]]
    """What means this month only behind a part of it: «مطلع الشهر»."""
    ordinals: dict[str, int]
    month_word: frozenset[str]
    year_word: frozenset[str]
    opening: frozenset[str]
    """First words of a sentence behind which a year or a month by itself dates it."""
    several: frozenset[str]
    """Units that stand for some days, some weeks, where no number stands before them."""
    units: dict[str, int]
    duals: dict[str, int]
    hours: frozenset[str]
    goes_on: frozenset[str]
    counts_from: frozenset[str]
    """Behind a span: it is counted from another day than today."""
    lasts: frozenset[str]
    """Words of what began long ago and goes on."""
    same: frozenset[str]
    longest: int
    openers: frozenset[str]
    """First words of all references but those that open with a number."""


@cache
def time_words(language: str) -> TimeWords:
    data = read_data(language, "time") or read_data(FALLBACK, "time")

    def phrases(name: str) -> dict[tuple[str, ...], int]:
        return {tuple(p.split()): int(value) for value, words in data[name].items() for p in folded_set(words)}

    def words(name: str) -> dict[str, int]:
        return {word: int(value) for value, forms in data[name].items() for word in folded_set(forms)}

    def tuples(name: str) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(p.split()) for p in folded_set(data[name]))

    days, months, parts, ordinals = phrases("days"), phrases("months"), words("month_parts"), words("ordinals")
    return TimeWords(
        days=days,
        months=months,
        weekdays=words("weekdays"),
        month_parts=parts,
        this_month=tuples("this_month"),
        the_month=tuples("the_month"),
        announces=tuples("announces"),
        ordinals=ordinals,
        ahead=int(data["ahead"]),
        future_prefixes=tuple(folded_set(data["future_prefixes"])),
        not_future=tuple(folded_set(data["not_future"])),
        units=words("units"),
        duals=words("duals"),
        longest=max(len(p) for p in (*days, *months)),
        openers=frozenset(p[0] for p in (*days, *months))
        | words("weekdays").keys()
        | parts.keys()
        | ordinals.keys()
        | folded_set([*data["ago"], *data["year_word"]])
        | (words("units").keys() if data["ago_after"] else frozenset()),
        **{name: folded_set(data[name]) for name in _LISTS},
    )


@dataclass(frozen=True, slots=True)
class TimeReference:
    start: int
    """Offset in the sentence's field."""
    day: date
    aside: tuple[int, int] | None = None
    """The clause that alone it dates: "after the massacre that it committed yesterday"."""
    since: bool = False
    """Whether it tells when a state began that lasts: "since March 2020"."""
    coming: bool = False
    """Whether it is yet to come: no day on which anything happened."""


class _Year(NamedTuple):
    value: int | None
    end: int
    """Position behind it."""
    past: bool = False
    """Whether «الماضي» stands in its place."""
    coming: bool = False
    """Whether «المقبل» does."""


class _Reader:
    def __init__(self, sentence: Sentence, published: date) -> None:
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.words = time_words(sentence.lang)
        self.published = published
        self.numbers: dict[int, Number] = {n.first: n for n in read_numbers(sentence)}

    def read(self) -> list[TimeReference]:
        found: list[TimeReference] = []
        position = 0
        while position < len(self.tokens):
            if position not in self.numbers and found_form(self.tokens[position], self.words.openers) is None:
                position += 1
                continue
            hit = (
                self._date(position)
                or self._month_part(position)
                or self._month(position)
                or self._ago(position)
                or self._relative(position)
                or self._weekday(position)
                or self._opening(position)
            )
            if hit is None:
                position += 1
                continue
            day, length = hit
            since = self._follows(position, self.words.since)
            if day and (since or not self._follows(position, self.words.not_event)):
                coming = self._is_coming(day, position, length)
                aside = None if since else self._aside(position)
                found.append(TimeReference(self.tokens[position].start, day, aside, since, coming))
            position += length
        return found

    def _follows(self, position: int, words: frozenset[str]) -> bool:
        """Whether one of the words, since or until, stands shortly before."""
        return any(found_form(t, words) is not None for t in self.tokens[max(0, position - 2) : position])

    def _is_coming(self, day: date, position: int, length: int) -> bool:
        ahead = (day - self.published).days
        if not 0 < ahead <= _SLIP:
            return ahead > 0
        is_calendars = any(self._date(at) for at in range(position, position + length))
        return not is_calendars or self._looks_ahead(position)

    def _looks_ahead(self, position: int) -> bool:
        """Whether the clause before the day tells of what is yet to come: «ستعقد المحادثات يوم الأحد»."""
        for at in range(position - 1, max(-1, position - 1 - _CLAUSE), -1):
            if self._is_pause(at):
                return False
            if self._is_future_verb(at):
                return True
            if self._tells_what_was(at):
                continue
            for length in (1, 2):
                window = self.tokens[at : at + length]
                firsts = (window[0].folded, *window[0].stems)
                if any((first, *(t.folded for t in window[1:])) in self.words.announces for first in firsts):
                    return True
        return False

    def _tells_what_was(self, position: int) -> bool:
        """«قبل أن تبدأ القصف الخميس»."""
        before = [t.folded for t in self.tokens[max(0, position - 2) : position]]
        return before[1:] == ["ان"] and before[0] in self.words.ago | self.words.after

    def _is_future_verb(self, position: int) -> bool:
        """«سيقصف», «وستعقد»; not «سيارة»."""
        word = self.tokens[position].folded
        forms = (word, word[1:]) if word[0] in "وف" else (word,)
        return any(
            len(form) >= _SHORTEST_VERB
            and form.startswith(self.words.future_prefixes)
            and not form.startswith(self.words.not_future)
            for form in forms
        )

    def _is_beside(self, first: int, after: int, words: frozenset[str]) -> bool:
        """Whether one of the words, last or next, stands on either side of a stretch."""
        around = (*self.tokens[max(0, first - 1) : first], *self.tokens[after : after + 1])
        return any(found_form(t, words) is not None for t in around)

    def _aside(self, position: int) -> tuple[int, int] | None:
        """The clause about the reference that begins with "after" or "since", or tells of a noun; None where none does.

        «استهدفت مسيرة سيارة في البلدة التي شهدت قبل أيام هجوما»: the day of the town's attack alone.
        """
        for first in range(position - 1, max(-1, position - 1 - _CLAUSE), -1):
            if self._is_pause(first):
                return None
            word = self.tokens[first].folded
            opens = word in self.words.after | self.words.since
            if opens or (word in self.words.relative and position - first <= _RELATIVE):
                last = next(
                    (k for k in range(position, len(self.tokens) - 1) if self._is_pause(k)), len(self.tokens) - 1
                )
                return self.tokens[first if opens else self._head(first)].start, self.tokens[last].end
        return None

    def _head(self, relative: int) -> int:
        """The first word of the noun that a relative clause tells of: «قصف الطيران الحربي الذي»; no verb before it."""
        first = max(0, relative - 1)
        while first > 0 and self.tokens[first].folded.startswith("ال") and not self._is_pause(first - 1):
            first -= 1
        is_verb = self.tokens[first].folded.endswith("ت") and not self.tokens[first].folded.endswith("ات")
        return first + 1 if is_verb and first < relative - 1 else first

    def _is_pause(self, position: int) -> bool:
        """Whether a stop or a comma stands behind the word."""
        following = self.tokens[position + 1 : position + 2]
        start = self.sentence.start
        gap = self.sentence.text[self.tokens[position].end - start : following[0].start - start] if following else ""
        return any(sign in _PAUSES for sign in gap)

    def _phrase(self, position: int, phrases: dict[tuple[str, ...], int]) -> tuple[int, int] | None:
        for length in range(min(self.words.longest, len(self.tokens) - position), 0, -1):
            window = self.tokens[position : position + length]
            for first in (window[0].folded, *window[0].stems):
                value = phrases.get((first, *(t.folded for t in window[1:])))
                if value is not None:
                    return value, length
        return None

    def _date(self, position: int) -> tuple[date | None, int] | None:
        """3 يناير 2026، الثالث من يناير, 17 من الشهر الجاري, March 3, 3 March 2026, 2026-01-03, 3/1/2026."""
        number = self.numbers.get(position)
        told = (number.low, number.last + 1) if number else self._ordinal(position)
        if told and 1 <= told[0] <= 31:
            day, after = told
            after += self._word(after) in ("من", "of")
            after += self._word(after) in self.words.month_word
            month = self._phrase(after, self.words.months) if after < len(self.tokens) else None
            if month:
                end = self._second_name(after + month[1], month[0])
                year = self._year(end, position)
                return self._day(year, month[0], day, named=True), year.end - position
            this = self._month_of_now(after)
            if this:
                year = _Year(this[0].year, position)
                return self._day(year, this[0].month, day), after + this[1] - position
        if number and self.sentence.lang != "ar":
            return self._numeric(position)
        if self.sentence.lang != "ar":
            month = self._phrase(position, self.words.months)
            following = self.numbers.get(position + month[1]) if month else None
            if month and following and 1 <= following.low <= 31:
                year = self._year(following.last + 1, position)
                return self._day(year, month[0], following.low, named=True), year.end - position
        return self._numeric(position)

    def _month_part(self, position: int) -> tuple[date | None, int] | None:
        """مطلع الشهر الجاري، أواخر آب الماضي: a day that stands for that part of the month."""
        form = found_form(self.tokens[position], self.words.month_parts)
        if form is None or position + 1 >= len(self.tokens):
            return None
        day, after = self.words.month_parts[form], position + 1
        month = self._month(after, day, sure=True)
        if month:
            return month[0], month[1] + 1
        this = self._month_of_now(after) or self._month_of_now(after, self.words.the_month)
        if this is None:
            return None
        found = this[0].replace(day=day)
        return found if found <= self.published else None, this[1] + 1

    def _month_of_now(self, position: int, names: frozenset[tuple[str, ...]] | None = None) -> tuple[date, int] | None:
        """The first of this month or the last, «الشهر الجاري» or «الشهر الماضي», and how many words that are."""
        for length in (2, 1):
            said = tuple(t.folded for t in self.tokens[position : position + length])
            if said in (names or self.words.this_month):
                return self.published.replace(day=1), length
            if self.words.days.get(said) == -30:
                return (self.published.replace(day=1) - timedelta(days=1)).replace(day=1), length
        return None

    def _word(self, position: int) -> str:
        return self.tokens[position].folded if position < len(self.tokens) else ""

    def _ordinal(self, position: int) -> tuple[int, int] | None:
        """«السابع عشر من», «الرابع والعشرين من»: the count and the position of its «من»."""
        form = found_form(self.tokens[position], self.words.ordinals)
        if form is None:
            return None
        count, after = self.words.ordinals[form], position + 1
        tail = self._word(after)
        tens = self.words.ordinals.get(tail[1:], 0) if tail.startswith("و") else 0
        if count < 10 and (tail in number_words(self.sentence.lang).teen_tail or tens >= 20):
            count, after = count + (tens or 10), after + 1
        return (count, after) if self._word(after) == "من" else None

    def _opening(self, position: int) -> tuple[date | None, int] | None:
        """«وفي عام 2016 قتل …», "In August, …": a year or month by itself, where it dates a whole sentence."""
        if position != 1 or self.tokens[0].folded not in self.words.opening:
            return None
        month = self._month(position, sure=True)
        if month:
            return month if month[0] and month[0].month != self.published.month else None
        year = self._year(position, position)
        if year.value is None or year.value >= self.published.year:
            return None
        return date(year.value, 7, 1), year.end - position

    def _month(self, position: int, day: int = _MIDDLE, sure: bool = False) -> tuple[date | None, int] | None:
        """شباط الماضي، آب 2020; the name alone only where it is `sure` to be a month: آب and مارس have other senses."""
        month = self._phrase(position, self.words.months)
        if month is None:
            return None
        end = self._second_name(position + month[1], month[0])
        year = self._year(end, position)
        if year.end == end and not sure:
            return None
        return self._day(year, month[0], day), year.end - position

    def _second_name(self, position: int, month: int) -> int:
        """The month's other name: آذار/مارس."""
        other = self._phrase(position, self.words.months) if position < len(self.tokens) else None
        return position + other[1] if other and other[0] == month else position

    def _numeric(self, position: int) -> tuple[date | None, int] | None:
        parts = [t.folded for t in self.tokens[position : position + 3]]
        if len(parts) < 3 or not all(p.isdecimal() and len(p) <= 4 for p in parts):
            return None
        first, second, third = (int(p) for p in parts)
        if first >= EARLIEST_YEAR and 1 <= second <= 12:
            return self._day(_Year(first, position), second, third), 3
        if third >= EARLIEST_YEAR and 1 <= second <= 12:
            return self._day(_Year(third, position), second, first), 3
        return None

    def _year(self, position: int, start: int) -> _Year:
        """The year at `position`, of a date that begins at `start`: 2020, الماضي, من عام 2020, من العام الماضي."""
        following = self.tokens[position : position + 1]
        if any(found_form(t, self.words.past) is not None for t in following):
            return _Year(None, position + 1, past=True)
        if any(found_form(t, self.words.coming) is not None for t in following):
            return _Year(None, position + 1, coming=True)
        after = position + (self._word(position) in ("من", "of"))
        last = self._phrase(after, self.words.days) if after < len(self.tokens) else None
        if last and last[0] == -365:
            return _Year(self.published.year - 1, after + last[1])
        if after < len(self.tokens) and found_form(self.tokens[after], self.words.year_word) is not None:
            after += 1
        number = self.numbers.get(after)
        if number and not number.word and EARLIEST_YEAR <= number.low <= LATEST_YEAR:
            return _Year(number.low, number.last + 1)
        return _Year(None, position, coming=self._looks_ahead(start))

    def _day(self, year: _Year, month: int, day: int, named: bool = False) -> date | None:
        """None where no calendar has that day. Without a year: the last such day up to publication.

        Where the next one is near, and the day is `named`, not just the month, it is that: «إضراب في 25 أيار».
        """
        try:
            if year.value is not None:
                return date(year.value, month, day)
            this_year = date(self.published.year, month, day)
            late = this_year > self.published + timedelta(days=_SLIP)
            last = date(self.published.year - 1, month, day) if late else this_year
        except ValueError:
            return None
        if year.past or last >= self.published:
            return last
        reach = _FAR_AHEAD if year.coming else _AHEAD if named else 0
        ahead = (date(last.year + 1, month, min(day, 28)) - self.published).days + max(0, day - 28)
        return self.published + timedelta(days=ahead) if ahead <= reach else last

    def _ago(self, position: int) -> tuple[date | None, int] | None:
        if found_form(self.tokens[position], self.words.ago) is not None:
            hit = self._span_about(position + 1)
            # «قبل شهر من الانتخابات» counts from those, not from today.
            return (None, hit[1]) if hit and self._word(position + hit[1]) in self.words.counts_from else hit
        if self.words.ago_after and (position in self.numbers or self._word(position) in self.words.units):
            hit = self._span(position, 0)
            if hit:
                after = position + hit[1]
                if after < len(self.tokens) and self.tokens[after].folded in self.words.ago_after:
                    return hit[0], hit[1] + 1
        return None

    def _span_about(self, position: int) -> tuple[date | None, int] | None:
        """The span behind «قبل», past words like «نحو» and «أكثر من»."""
        about = number_words(self.sentence.lang).approx
        first = position
        while first not in self.numbers and self._word(first) in about and first < position + _ABOUT:
            first += 1
        return self._span(first, 1 + first - position)

    def _span(self, position: int, lead: int) -> tuple[date | None, int] | None:
        if position >= len(self.tokens):
            return None
        number = self.numbers.get(position)
        count, unit = (number.low, number.last + 1) if number else (1, position)
        if not number and self.tokens[position].folded in self.words.several:
            count = _SOME_DAYS if self.words.units.get(self.tokens[position].folded) == 1 else _SOME
        if unit >= len(self.tokens) or count > 1_000:
            return None
        word = self.tokens[unit].folded
        length = lead + unit - position + 1
        if word in self.words.hours:
            return self.published, length
        days = self.words.units.get(word) if number or word not in self.words.duals else None
        if days is None and word in self.words.duals:
            days, count = self.words.duals[word], 2
        return (self.published - timedelta(days=days * count), length) if days else None

    def _relative(self, position: int) -> tuple[date | None, int] | None:
        hit = self._phrase(position, self.words.days)
        if hit is None:
            return None
        offset, length = hit
        after = position + length
        if after < len(self.tokens) and self.tokens[after].folded in self.words.same:
            return None  # «صباح اليوم نفسه»: the day told before
        # "today, Thursday": the weekday says the same again; "the third day" is a count.
        if offset in (0, -1, 1):
            if after < len(self.tokens) and self.tokens[after].folded in self.words.weekdays:
                length += 1
            told = self._told(position, length)
            if told:
                return told
        try:
            return self.published + timedelta(days=offset), length
        except OverflowError:
            return None

    def _weekday(self, position: int) -> tuple[date | None, int] | None:
        token = self.tokens[position]
        form = found_form(token, self.words.weekdays)
        if form is None:
            return None
        told = self._told(position, 1)
        if told:
            return told
        back = (self.published.weekday() - self.words.weekdays[form]) % 7
        if self._is_beside(position, position + 1, self.words.past):
            back = back or 7
        elif self._is_beside(position, position + 1, self.words.coming) or self._looks_ahead(position):
            back -= 7
        try:
            return self.published - timedelta(days=back), 1
        except OverflowError:
            return None

    def _told(self, position: int, length: int) -> tuple[date, int] | None:
        """The calendar's day behind a word that tells it otherwise: "yesterday, Tuesday 26 April".

        It is surer than one counted from the page's stamp.
        """
        told = self._date(position + length) if position + length < len(self.tokens) else None
        return (told[0], length + told[1]) if told and told[0] else None


def time_references(sentence: Sentence, published_at: datetime | None) -> list[TimeReference]:
    """Days that the sentence names, in order; empty where the day of publication is not known."""
    if published_at is None:
        return []
    try:
        return _Reader(sentence, local_day(published_at, sentence.lang)).read()
    except OverflowError:
        return []


def local_day(published_at: datetime, language: str) -> date:
    """The day on the clock of most outlets of the language: half an hour past Sunday in UTC, Damascus writes Monday."""
    return (published_at + timedelta(hours=time_words(language).ahead)).date()


def goes_on(sentence: Sentence) -> bool:
    """Whether a sentence tells more of the one before: «تزامن ذلك مع استهداف …», «وأسفرت عن …»."""
    words = time_words(sentence.lang).goes_on
    return any(found_form(token, words) is not None for token in sentence.tokens[:_FIRST])


def still_lasts(sentence: Sentence) -> bool:
    """Whether a sentence tells of what goes on: «منذ», «ما زالت», "continues"."""
    words = time_words(sentence.lang)
    return any(found_form(token, words.lasts | words.since) is not None for token in sentence.tokens)


def event_date(references: list[TimeReference], at: int, lasting: bool = False) -> datetime | None:
    """The reference nearest to offset `at`, rather behind it than before, at midnight UTC; None where there is none.

    What dates a clause of its own counts only in it; the day since which something is so dates only what is `lasting`.
    What is nearest to a day that is yet to come did not happen on any.
    """
    references = [
        r for r in references if (lasting or not r.since) and (r.aside is None or r.aside[0] <= at < r.aside[1])
    ]
    if not references:
        return None
    # What stands before belongs more often to another clause.
    nearest = min(references, key=lambda r: (r.start - at if r.start >= at else 2 * (at - r.start), r.start))
    return None if nearest.coming else datetime.combine(nearest.day, time(0), UTC)


def dates_surely(sentence: Sentence, references: Sequence[TimeReference], at: int) -> bool:
    """Whether the only day of a sentence opens it, or stands shortly behind offset `at` in the same clause."""
    if len(references) != 1 or not sentence.start <= references[0].start < sentence.end:
        return False
    starts = [token.start for token in sentence.tokens]
    day, told = bisect_left(starts, references[0].start), bisect_left(starts, at)
    if told > day:
        return day <= _OPENING
    between = sentence.text[at - sentence.start : references[0].start - sentence.start]
    return day - told <= _NEAR and _PAUSES.isdisjoint(between)
