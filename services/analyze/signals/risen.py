"""A toll that rose: «ارتفعت حصيلة القصف إلى 9 قتلى و21 جريحا، بعدما كانت 5» are nine dead, whatever else is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.analyze.signals.casualty_words import Kind
from services.analyze.signals.quantities import Count, Quantity, Reading

TOLL_BEFORE = 26
"""How many words before "rose" its toll may stand."""
TOLL_AFTER = 6
"""The same behind it: ارتفع إلى 9 عدد القتلى."""
FIGURE = 26
"""How many words behind "rose" the figure may stand."""
WHOSE = 3
"""How many words behind "the number of" may say that they are the dead."""
TOGETHER = 3
"""How many words may stand between the dead and the wounded of one toll."""


@dataclass(frozen=True, slots=True)
class Risen:
    kind: Kind
    count: Count
    quantity: Quantity


def risen_tolls(reading: Reading, starts: Mapping[int, Quantity]) -> list[Risen]:
    """What tolls are said to have come to, the dead and the wounded of one toll together."""
    found: list[Risen] = []
    for position in range(len(reading.tokens)):
        toll = _toll_of(reading, position) if reading.has(position, reading.words.rises) else None
        quantity = _figure(reading, position, starts) if toll is not None else None
        if toll is None or quantity is None:
            continue
        kind = quantity.kind or _kind_said(reading, toll)
        if kind is None:
            continue
        from_to = quantity.count.high and reading.is_one(quantity.first - 1, reading.words.from_count)
        found.append(Risen(kind, Count(quantity.count.high if from_to else quantity.count.low), quantity))
        found += _with_the_others(kind, quantity, list(starts.values()))
    return found


def _toll_of(reading: Reading, rose: int) -> int | None:
    """The word for the toll that rose."""
    near = (*range(rose + 1, rose + 1 + TOLL_AFTER), *range(rose - 1, max(-1, rose - 1 - TOLL_BEFORE), -1))
    return next((at for at in near if reading.has(at, reading.words.toll)), None)


def _kind_said(reading: Reading, toll: int) -> Kind | None:
    """«عدد الجرحى»; «توفي شاب، لترتفع الحصيلة» goes on with the dead; of «حصيلة المعتقلين» nobody died."""
    for position in range(toll - 1, toll + 1 + WHOSE):
        cue = reading.cue_form(position)
        if cue and cue.shape in ("victims", "victim"):
            return cue.kind
    if reading.has(toll + 1, frozenset(reading.words.people)):
        return None
    for position in range(toll - 1, -1, -1):
        cue = reading.cue_form(position)
        if cue and cue.shape in ("verb", "event"):
            return cue.kind
    return None


def _figure(reading: Reading, rose: int, starts: Mapping[int, Quantity]) -> Quantity | None:
    """What it rose to: «إلى 9», «إلى ما لا يقل عن 9», «من 3 إلى 7»; behind «بلغ» the first number."""
    words = reading.words
    for position in range(rose + 1, min(rose + 1 + FIGURE, len(reading.tokens))):
        quantity = starts.get(position)
        if quantity is None or quantity.shape not in ("number", "two", "one") or not quantity.count:
            continue
        before = position - 1
        if quantity.count.high and reading.is_one(before, words.from_count):
            return quantity
        while before > rose and reading.has(before, words.approx) and not reading.is_one(before, words.to_count):
            before -= 1
        reached = reading.has(rose, words.reaches) and quantity.shape == "number"
        if reached or (before > rose and reading.is_one(before, words.to_count)):
            return quantity
    return None


def _with_the_others(kind: Kind, total: Quantity, row: Sequence[Quantity]) -> list[Risen]:
    """«إلى 7 قتلى و15 جريحا»: the wounded of the same toll."""
    for quantity in row[row.index(total) + 1 :]:
        if quantity.kind and quantity.kind != kind and quantity.coordinated and quantity.count:
            return [Risen(quantity.kind, quantity.count, quantity)]
        if quantity.first - total.last > TOGETHER:
            break
    return []
