"""A crowd that comes out: what a coder of protests asks of a sentence that names protesters."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.analyze.signals.lexicon import Crowd, Lexicon


class _Pattern(NamedTuple):
    """One thing that follows another with at most so many words between, and nothing that begins a clause."""

    name: str
    first: Crowd
    then: Crowd
    between: int


_PATTERNS = (
    _Pattern("out", Crowd.COMES_OUT, Crowd.PEOPLE, 5),
    _Pattern("people", Crowd.PEOPLE, Crowd.COMES_OUT, 4),
    _Pattern("march", Crowd.RISES, Crowd.GATHERINGS, 5),
    _Pattern("march", Crowd.GATHERINGS, Crowd.RISES, 2),
)


def crowd_names(tokens: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Names of what the folded words tell of a crowd: that it comes out, that one is out, that it marches; of any."""
    told = [lexicon.crowds(token) for token in tokens]
    found = {p.name for p in _PATTERNS for at, what in enumerate(told) if p.first in what and _follows(p, told, at)}
    yield from (f"m{name}" for name in sorted(found))
    if found:
        yield "many"


def _follows(pattern: _Pattern, told: Sequence[frozenset[Crowd]], at: int) -> bool:
    for what in told[at + 1 : at + 2 + pattern.between]:
        if Crowd.BREAKS in what:
            return False
        if pattern.then in what:
            return True
    return False
