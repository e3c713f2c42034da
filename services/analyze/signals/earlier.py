"""What a sentence counts of another day.

«بعد يومين من قصف مماثل أسفر عن مقتل سبعة», «وكانت حصيلة سابقة أفادت بمقتل شخصين».
"""

from services.analyze.signals.quantities import Reading

SPAN = 5
"""How many words a span of time may take, "after" included: بعد أقل من ثلاثة أيام."""
SIMILAR = 5
"""How many words behind a span of hours "similar" may stand."""
BEFORE_TOLL = 3
"""How many words before "the toll" may say that it was so once."""


def told_of_before(reading: Reading) -> set[int]:
    """The words that tell of an earlier event, or an earlier toll of this one."""
    found: set[int] = set()
    for position in range(len(reading.tokens)):
        start = _behind_span(reading, position) or _behind_old_toll(reading, position)
        if start is not None:
            found.update(range(start, _end(reading, start)))
    return found


def _behind_span(reading: Reading, position: int) -> int | None:
    """Where the event begins that was so long before: «بعد يومين من», "a week after"; not «بعد أيام من إصابته»."""
    words = reading.words
    if not reading.has(position, words.spans):
        return None
    first = position + 1
    if words.after_span:
        is_span = reading.is_one(first, words.after_span)
    else:
        before = range(max(0, position - SPAN), position)
        is_span = reading.is_one(first, words.ago_on | words.of) and any(reading.has(at, words.after) for at in before)
    if not is_span or _opens_without_end(reading, position, first):
        return None
    lasts_hours = reading.has(position, words.hours)
    similar = any(reading.has(at, words.similar) for at in range(first, first + 1 + SIMILAR))
    return first + 1 if similar or not lasts_hours else None


def _opens_without_end(reading: Reading, position: int, first: int) -> bool:
    """«وبعد يومين من اختطافه توفي شاب»: the sentence begins with it, and no comma shows where its own news begins."""
    return position <= SPAN - 1 and _is_opening(reading, position) and _end(reading, first) == len(reading.tokens)


def _is_opening(reading: Reading, position: int) -> bool:
    """Whether nothing that the sentence itself tells stands before the span."""
    words = reading.words
    if words.after_span:
        return position <= 2 and not any(reading.cue_form(at) for at in range(position))
    return reading.has(0, words.after)


def _behind_old_toll(reading: Reading, position: int) -> int | None:
    """«وكانت حصيلة سابقة», «فيما كانت الحصيلة الأولية»; not «وفق حصيلة أولية», which is news."""
    words = reading.words
    if not reading.has(position, words.toll):
        return None
    is_old = any(reading.has(position + n, words.previous) for n in (-1, -2, 1))
    was = any(reading.has(at, words.was_so) for at in range(position - BEFORE_TOLL, position))
    return position if is_old or was else None


def _end(reading: Reading, start: int) -> int:
    """The end of the clause: a comma, unless what came of that event follows: «، راح ضحيتها 11»."""
    for position in range(start + 1, len(reading.tokens)):
        if reading.comma_before(position) and not reading.is_one(position, reading.words.came_of_it):
            return position
    return len(reading.tokens)
