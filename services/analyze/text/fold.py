"""Folding: one spelling for all the ways in which news and social posts write a word.

Most foldings replace one character by one, so offsets stay; what is removed or expanded (vowel marks, tatweel, broken
words, ligatures) is recorded, so that every offset of the folded text has its place in the original.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from services.analyze import yamldata
from services.analyze.text.clitics import stems

MARK = "\x00"
"""Stands for a character that folding removes."""

TATWEEL = "ـ"

_SAME = {
    **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("ىیېےئۍ", "ي"),
    "ؤ": "و",
    "ة": "ه",
    **dict.fromkeys("ہھەۀۃ", "ه"),
    **dict.fromkeys("کڪګ", "ك"),
    "ڤ": "ف",
    "ı": "i",
    "ø": "o",
    "đ": "d",
    "ł": "l",
    **dict.fromkeys("-‐‑–_#@/\\", " "),
    **dict.fromkeys("ʿʾ‘’`´ʻʼ", "'"),
    **dict.fromkeys("“”„«»", '"'),
}
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufe0f]")


def visible(text: str) -> str:
    """The text without zero-width and bidi marks, which a page left at a name's ends."""
    return _INVISIBLE.sub("", text)


def _fold_one(char: str) -> str | None:
    """The folded character, MARK where it is removed, None where it folds to several."""
    if char in _SAME:
        return _SAME[char]
    category = unicodedata.category(char)
    if category in ("Mn", "Me") or _INVISIBLE.match(char):
        return MARK
    if char == MARK or category == "Cs":
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    if char == "\n":
        return char
    if category in ("Zs", "Cc"):
        return " "
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)).lower()
    if len(plain) == 1:
        return _SAME.get(plain, plain)
    return char if not plain else None


class _Table(dict[int, int]):
    """`str.translate` table that learns each character at its first sight. Keeps the length."""

    def __missing__(self, code: int) -> int:
        folded = _fold_one(chr(code))
        self[code] = value = code if folded is None else ord(folded)
        return value


_TABLE = _Table()

_AR = "\u0621-\u063a\u0641-\u064a"
_GAP = "[ .*·•+|،" + MARK + "]"
# A word whose letters were taken apart: «قـ ـصـ.ـف», «الاحتـ*ـلال», «خطـ.يرة», «صـ.ار.وخ», «ق.ص.ف», «غار.ة».
_EDIT = re.compile(
    rf"(?P<word>(?<![{_AR}{TATWEEL}])(?=[{_AR}]{{0,12}}(?:{TATWEEL}+[.*·•]|[.*·•]{{1,2}}{TATWEEL}))"
    rf"[{_AR}{TATWEEL}.*·•]{{3,40}}(?<=[{_AR}]))"
    rf"|(?P<apart>{TATWEEL}+{_GAP}{{1,4}}{TATWEEL}+"
    rf"|(?<=[{_AR}]){TATWEEL}+[.*·•]{{1,3}}(?=[{_AR}])"
    rf"|(?<=[{_AR}])[.*·•]{{1,3}}{TATWEEL}+(?=[{_AR}])"
    rf"|(?<=[{_AR}])[*•](?=[{_AR}])"
    rf"|(?<=[{_AR}][{_AR}])\.(?=[هاتنيو](?![{_AR}.]))"
    rf"|(?<![{_AR}{TATWEEL}])(?<=ا)\.(?=[{_AR}]{{3}}))"
    rf"|(?P<letters>(?<![{_AR}.])[{_AR}](?:[.*][{_AR}]){{2,24}}(?![{_AR}]))"
    rf"|(?P<ones>(?<![{_AR}])(?:ال)?[^\Wوفبلك0-9_]1{{1,3}}(?=[{_AR}]{{2}}))"
    rf"|(?P<none>[{TATWEEL}{MARK}]+|(?<=\w)'(?=\w))"
    r"|(?P<spaces>  +)"
    r"|(?P<wide>[\u00c6\u00df\u00e6\u0132\u0133\u0152\u0153\u2026\ufb00-\ufdff\ufe70-\ufefc])"
)
_MAY_EDIT = re.compile(
    rf"[{TATWEEL}{MARK}'\u00c6\u00df\u00e6\u0132\u0133\u0152\u0153\u2026\ufb00-\ufdff\ufe70-\ufefc]|  "
    rf"|[{_AR}][.*•1][{_AR}]|[{_AR}]11"
)


_SIGNS, _LONGEST = re.compile(r"[./*-]"), 64
"""What a word is broken with; characters of a broken one at most."""
_BREAK = re.compile(rf"[{_AR}][./*-][{_AR}]")
_BROKEN = re.compile(
    rf"(?<![{_AR}./*-])(?P<broken>[{_AR}]{{1,12}}(?:[./*-][{_AR}]{{1,12}}){{1,4}})(?![{_AR}./*-]*[{_AR}])"
)


def splits_word(text: str, at: int) -> bool:
    """Whether the sign at `at` stands within a word that a post has broken: «اشت.باكات»."""
    near = _BROKEN.finditer(text, max(0, at - _LONGEST), at + _LONGEST)
    return any(match.start() < at < match.end() and _is_broken(match.group()) for match in near)


def _breaks(text: str) -> list[re.Match[str]]:
    """The broken words of a text."""
    if not _BREAK.search(text):
        return []
    return [match for match in _BROKEN.finditer(text) if _is_broken(match.group())]


@lru_cache(maxsize=1 << 12)
def _is_broken(written: str) -> bool:
    """Whether its letters are one of the words that posts break, broken before that word can be told."""
    first, *others = [fold(part) for part in _SIGNS.split(written)]
    joined = first + "".join(others)
    for word in (joined, *stems(joined)):
        left = len(first) - (len(joined) - len(word))
        if any(word.startswith(beginning) and 0 < left < len(beginning) for beginning in _beginnings()):
            return True
    return False


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple(map(fold, yamldata.shipped("ar", "broken.yml")["beginnings"]))


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with the way back.

    `starts`, `origins` and `ends` describe runs: folded position, original position, and the original end of a run that
    does not correspond character by character (-1 where it does).
    """

    text: str
    length: int
    """Of the original."""
    starts: list[int] = field(default_factory=lambda: [0])
    origins: list[int] = field(default_factory=lambda: [0])
    ends: list[int] = field(default_factory=lambda: [-1])

    @property
    def is_same_length(self) -> bool:
        """Every offset is the original's: nothing was removed or expanded."""
        return len(self.starts) == 1 and self.origins[0] == 0 and self.ends[0] < 0

    def start(self, position: int) -> int:
        """Original offset of the folded character at `position`."""
        if self.is_same_length:
            return min(position, self.length)
        run = bisect_right(self.starts, position) - 1
        if self.ends[run] >= 0:
            return self.origins[run]
        return min(self.origins[run] + position - self.starts[run], self.length)

    def end(self, position: int) -> int:
        """Original offset after the folded character before `position`."""
        if position <= 0:
            return self.start(0)
        if self.is_same_length:
            return min(position, self.length)
        run = bisect_right(self.starts, position - 1) - 1
        if self.ends[run] >= 0:
            return self.ends[run]
        return min(self.origins[run] + position - self.starts[run], self.length)

    def position(self, offset: int) -> int:
        """First folded position whose original offset is at or after `offset`."""
        run = max(0, bisect_right(self.origins, offset) - 1)
        if self.ends[run] >= 0:
            return self.starts[run] + (offset > self.origins[run])
        limit = self.starts[run + 1] if run + 1 < len(self.starts) else len(self.text)
        return min(self.starts[run] + max(0, offset - self.origins[run]), limit)


def _replacement(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "spaces":
        return " "
    if kind == "broken":
        return _fold_plain(_SIGNS.sub("", match.group()))
    if kind in ("letters", "word"):
        return re.sub(rf"[.*·•{TATWEEL}]", "", match.group())
    if kind == "ones":
        return re.sub("1+", "ا", match.group())
    if kind == "wide":
        plain = unicodedata.normalize("NFKD", match.group()).replace("æ", "ae").replace("ß", "ss").replace("œ", "oe")
        plain = "".join(_fold_plain(c) for c in plain if not unicodedata.combining(c))
        return plain.replace(MARK, "").replace(TATWEEL, "")
    return ""


def _fold_plain(char: str) -> str:
    return char.lower().translate(_TABLE)


def _beside(broken: list[re.Match[str]], edits: Iterable[re.Match[str]]) -> Iterable[re.Match[str]]:
    """Broken words, and the edits that lie outside of them, in order."""
    if not broken:
        return edits
    inside = {at for match in broken for at in range(*match.span())}
    outside = [edit for edit in edits if inside.isdisjoint(range(*edit.span()))]
    return sorted([*broken, *outside], key=lambda match: match.start())


def fold_text(text: str) -> Folded:
    """Fold a text for matching, keeping the way back to its offsets. Linear in its length; never raises."""
    same = text.translate(_TABLE)
    broken = _breaks(text)
    if not broken and not _MAY_EDIT.search(same):
        return Folded(same, len(text))
    pieces: list[str] = []
    starts, origins, ends = [0], [0], [-1]
    done = size = 0

    def run(start: int, origin: int, end: int) -> None:
        if starts[-1] == start:
            for column in (starts, origins, ends):
                column.pop()
        starts.append(start)
        origins.append(origin)
        ends.append(end)

    for match in _beside(broken, _EDIT.finditer(same)):
        pieces.append(same[done : match.start()])
        size += match.start() - done
        new = _replacement(match)
        if new:
            run(size, match.start(), match.end())
            pieces.append(new)
            size += len(new)
        done = match.end()
        run(size, done, -1)
    pieces.append(same[done:])
    return Folded("".join(pieces), len(text), starts, origins, ends)


def fold(text: str) -> str:
    """The folded form of a text, as a dictionary key: lower case, one spelling, single spaces."""
    return fold_text(text).text.strip()
