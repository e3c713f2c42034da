"""A second look at the quoted words, for the two readings that would harm most: a denial, and an anniversary.

Analysis decides the status of a claim by its whole sentence, and is right most of the time; a denial taken for a second
voice would confirm what it denies.
"""

import re

from services.track.texts import fold

_DENIES = re.compile(
    r"^(?:\S+\s+){0,6}?[وف]?(?:نفي|نفت|نفوا|ينفي|تنفي|نفيها|نفيه|denied|denies|deny)(?!\w)(?!\s+(?:\S+\s+)?(?:مسوولي|تورط|صل[هت]|علاق|responsib|involve))"
)
_NOT_DENYING = re.compile(r"(?<!\w)(?:لم|لا|not|neither)\s+(?:ينف|تنف|ينفي|تنفي|deny|denied)")
_ANNIVERSARY = re.compile(r"(?<!\w)(?:[وبف]?(?:ال)?ذكري|anniversary)(?!\w)")


def denies(quote: str) -> bool:
    """Whether the words begin by denying the event, rather than a part in it."""
    said = fold(quote)
    return bool(_DENIES.search(said)) and not _NOT_DENYING.search(said)


def remembers(quote: str) -> bool:
    """Whether the words speak of an anniversary: history, whatever day it is marked on."""
    return bool(_ANNIVERSARY.search(fold(quote)))
