"""Small readings of words and fingerprints that identity needs: folded names, publishers, sketches."""

import base64
import re
import struct
from collections.abc import Iterable
from functools import lru_cache
from operator import eq
from urllib.parse import parse_qs, urlsplit

from services.track.rules import Rules

SKETCH = 32
"""MinHash values kept of a fingerprint: a share of 0.7 is met within 0.08 (one standard deviation)."""

_NO_ACCOUNT = frozenset(
    ("permalink.php", "story.php", "photo.php", "photo", "profile.php", "watch", "groups", "reel", "share", "i", "s",
     "events", "media", "video.php", "people", "pages", "hashtag")
)  # fmt: skip
"""What the path of a post's address begins with instead of the account."""
_OTHER_SPELLINGS = str.maketrans("کی_-", "كي  ", "#\u200c\u200e\u200f")
"""Persian letters, signs of hashtags and marks that nobody sees."""
_FOLD = str.maketrans("أإآٱىةؤئ", "اااايهوي", "ـًٌٍَُِّْٰ")


def fold(text: str) -> str:
    """Letter variants, vowel marks and case taken away: for comparing names, never for showing."""
    return " ".join(text.translate(_FOLD).casefold().split())


def each_once(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they were first written, without their other spellings: إدلب after ادلب, «كفر تعال» after كفرتعال."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(_spelt(name), name)
    return tuple(first.values())


def _spelt(name: str) -> str:
    """A name without what spellings differ by: letter variants, marks, the article, spaces."""
    return "".join(word.removeprefix("ال") for word in fold(name.translate(_OTHER_SPELLINGS)).split())


def publisher_of(source: str, url: str | None, attribution: str | None, rules: Rules) -> str:
    """The wire that the words are taken from, else the house that published them; of a post, who posted it."""
    return _agency(attribution, rules) or _house(source, url, rules)


def _agency(attribution: str | None, rules: Rules) -> str | None:
    if not attribution:
        return None
    said = fold(attribution)
    for agency, names in rules.agencies.items():
        if any(re.search(rf"(?<!\w)[ولبفك]{{0,2}}{re.escape(fold(name))}(?!\w)", said) for name in names):
            return agency
    return None


def _house(source: str, url: str | None, rules: Rules) -> str:
    host = source.casefold().removeprefix("www.").removeprefix("m.")
    if host in rules.platforms:
        host = _account(url or "") or host
    return rules.house_of.get(host, host)


def _account(url: str) -> str | None:
    """`@name` of who posted it, whatever the platform; None where the address does not say."""
    try:
        address = urlsplit(url)
    except ValueError:  # "https://[": whoever sent it, the house is still the platform
        return None
    first, *rest = address.path.strip("/").split("/")
    if first in _NO_ACCOUNT:
        numbers = parse_qs(address.query).get("id") or (rest[:1] if first == "groups" else [])
        first = numbers[0] if numbers else ""
    return f"@{first.casefold()}" if first else None


def sketch_of(fingerprint: Iterable[int]) -> str:
    """Base64 of the low halves of the first 32 values; empty where the text had no fingerprint.

    Half a value is enough: two different ones share it once in 65,536 (Li and König, "b-bit minwise hashing", 2010).
    """
    values = [value & 0xFFFF for value in fingerprint][:SKETCH]
    return base64.b64encode(struct.pack(f"<{len(values)}H", *values)).decode("ascii")


def alike(a: str, b: str) -> float:
    """Estimated Jaccard similarity of two sketched texts, 0 to 1; 0 where either has none."""
    if not a or not b:
        return 0.0
    left, right = values_of(a), values_of(b)
    length = min(len(left), len(right))
    return sum(map(eq, left, right)) / length if length else 0.0


@lru_cache(maxsize=16_384)  # each member is compared with every other of its incident, at every report
def values_of(sketch: str) -> tuple[int, ...]:
    """The values of a sketch; none of the empty one."""
    packed = base64.b64decode(sketch)
    return struct.unpack(f"<{len(packed) // 2}H", packed)
