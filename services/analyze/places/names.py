"""Keys under which place names are found: folded words joined by single spaces, the first word's article taken off.

«الرقة» has the key `رقه`, remembered as definite, so that «بالرقة», «للرقة» and «والرقة» are found by one key and «رقة»
(a word of its own) is told apart from it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from services.analyze.text.fold import fold

_WORD = re.compile(r"[^\W_]+")
_LATIN_ARTICLE = re.compile(r"(?:al|el|as|ad|ar|ash|at|an|az|ath|adh) (?=\w{3})")
_JOINED = re.compile("(كفر|دير|معره|تل|بيت|خان|جسر) ([\u0621-\u064a]{3,})")
_APART = re.compile("(كفر)([\u0621-\u064a]{3,})")
_TELLING_APART = frozenset(
    "شرقي شرقيه غربي غربيه شمالي شماليه جنوبي جنوبيه كبير كبيره صغير صغيره فوقاني فوقانيه تحتاني تحتانيه".split()
)
"""Words that tell two halves of a village apart."""
MAX_WORDS = 6


@lru_cache(maxsize=1 << 15)
def key_of(name: str) -> tuple[str, bool] | None:
    """Key of a name and whether it carries the Arabic article; None where nothing is left to match on."""
    words = _WORD.findall(fold(name))
    if not words or len(words) > MAX_WORDS:
        return None
    definite = words[0].startswith("ال") and len(words[0]) >= 4
    if definite:
        words[0] = words[0][2:]
    key = " ".join(words)
    arabic = "\u0600" <= key[0] <= "\u06ff"
    if len(key) < (2 if arabic else 3) or key.isdigit():
        return None
    return key, definite


def _other_second_word(key: str) -> Iterator[str]:
    """«غريبة الشرقية» for «غريبة شرقية» and the other way round, «رد شقرا» for «رد شقرة»."""
    first, _, second = key.partition(" ")
    bare = second.removeprefix("ال")
    if bare in _TELLING_APART:
        yield f"{first} {bare}" if bare != second else f"{first} ال{bare}"
    elif second.endswith("ه") and not second.endswith("يه") and len(second) >= 4 and " " not in second:
        yield key[:-1] + "ا"


def keys_of(name: str) -> list[tuple[str, bool]]:
    """The key of a name and of the spellings that news use beside it.

    Without final hamza («السويدا»), without Latin article, «كفرنبل» for «كفر نبل» and the other way round.
    """
    first = key_of(name)
    if first is None:
        return []
    key, definite = first
    found = [first]
    if key.endswith("اء") and len(key) >= 5:
        found.append((key[:-1], definite))
    joined = _JOINED.fullmatch(key)
    if joined:
        found.append((joined[1] + joined[2], definite))
    elif (apart := _APART.fullmatch(key)) is not None:
        found.append((f"{apart[1]} {apart[2]}", definite))
    found += [(other, definite) for other in _other_second_word(key)]
    latin = _LATIN_ARTICLE.match(key)
    if latin:
        found.append((key[latin.end() :], definite))
    return found
