"""Where a report was written, before it begins: «دمشق – سانا», "BEIRUT (Reuters) -", «دبي، الإمارات (CNN)—»."""

import re

from services.analyze.document import Sentence

_DATELINE = re.compile(
    r"[^.!؟?\n]{0,60}?(?:\((?:[^()\n]{2,40})\)\s*[-–—ـ:]|\s[-–—]{1,3}\s|[-–—]{2,3}|\s/\s?[^/\n]{2,25}/)"
    r"|[^.!؟?:\n]{1,30}::"
)
"""Also the heading of a round-up: «إدلب::تعرضت بنش لقصف»."""
_SIGN, _REACH = re.compile(r"[(/:\-–—]"), 64
"""What every dateline has among its first characters, and most sentences have not."""
_WORDS = 7
"""Of a dateline at most."""


def dateline_end(sentence: Sentence) -> int:
    """Offset in the field where a sentence's dateline ends; -1 where it has none."""
    match = _DATELINE.match(sentence.text) if _SIGN.search(sentence.text, 0, _REACH) else None
    if not match:
        return -1
    end = sentence.start + match.end()
    return end if sum(token.end <= end for token in sentence.tokens[: _WORDS + 1]) <= _WORDS else -1
