"""Page furniture: the lines around an article that report nothing, and headlines of other articles among them."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from services.analyze import yamldata
from services.analyze.document import Token
from services.analyze.text.fold import fold

_RELATED = (
    r"اقرا(?:وا|ي)?\s+(?:ايضا|المزيد|كذلك)|اقرؤوا\s+ايضا|شاهد(?:وا)?\s+(?:ايضا|الان|المزيد)|طالع(?:وا)?\s+(?:ايضا|المزيد)|"
    r"انظر\s+ايضا|مواضيع\s+(?:ذات\s+صله|متعلقه|مرتبطه)|(?:اخبار|مواد|مقالات)\s+(?:ذات\s+صله|متعلقه|مرتبطه)|"
    r"قد\s+يهمك|قد\s+يعجبك|للمزيد(?=\s*[:،\-–]|\s*$)|المزيد\s+(?:من|حول)\s*:|ذات\s+صله|"
    r"read\s+(?:more|also)|see\s+also|also\s+read|related\s+(?:articles?|stories|news|topics?)|more\s+on\s+this|recommended\s+for\s+you|watch\s*:"
)
_PAGE = (
    r"تابعونا|تابعنا\s+(?:علي|عبر)|(?:اشترك|اشتركوا)\s+(?:في|بـ|ب)|انضم(?:وا)?\s+(?:الي|ل)|حمل(?:وا)?\s+(?:ال)?تطبيق|شارك(?:ها|نا)?\s+(?:علي|هذا|الخبر|عبر)|"
    r"(?:جميع|كافه)\s+الحقوق|حقوق\s+النشر|نقلا\s+عن\s+\S+(?:\s+\S+)?\s*$|\*?نقلا\s+عن|جميع\s+المقالات\s+المنشوره|مصدر\s+الصوره|"
    r"(?:ال)?مصدر\s*:|المصدر\s*$|(?:ال)?تعليقات\s*$|اترك\s+تعليق|كن\s+اول|ارسل\s+لصديق|طباعه\s*$|نسخ\s+الرابط|رابط\s+مختصر|"
    r"(?:ال)?مقاله?\s+(?:ال)?(?:سابق|تالي)|(?:ال)?وسوم\s*:|(?:ال)?كلمات\s+(?:ال)?(?:دليليه|مفتاحيه)|image\s+(?:source|caption)|share\s+(?:this|on)|follow\s+us|"
    r"sign\s+up|subscribe|all\s+rights\s+reserved|copyright|getty\s+images|advertisement|click\s+here|cookie"
)
_FURNITURE = re.compile(rf"[\W_]*(?:{_RELATED}|{_PAGE})", re.IGNORECASE)
_IS_RELATED = re.compile(rf"[\W_]*(?:{_RELATED})", re.IGNORECASE)
_RELATED_ALONE = re.compile(rf"[\W_]*(?:{_RELATED})[\W_]*$", re.IGNORECASE)
_HEAD_OF_POST = "Shared with Public"
HANDLE = "@[A-Za-z0-9_]{2,20}"
"""An account behind its name: «شبكة أخبار@news»."""
CLOCK = r"\d{1,2}:\d\d [AP]M · [A-Z]"
"""When a post was sent; before it stands the length of its film, without a space."""
FILM = r"\d\d:\d\d"
_HANDLE_OF_POST = re.compile(f"{HANDLE}$")
_REPLY = re.compile(rf"{HANDLE}?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d|·\d+[hmd])")
"""What a reader wrote under a post: «فلان@someoneSep 28, 2025…»."""
_FOOT_OF_POST = re.compile(r"All reactions:|LikeComment")
_CLOCK_OF_POST = re.compile(f"(?:{FILM})?{CLOCK}")
_LINE = re.compile(r"\S[^\n\r\u2028\u2029]*")
_STOPPED = re.compile(r"""(?<![.…])[.!؟?][\]"'”’»)]*\s*$""")
_ITEM = re.compile(r"[-–—•*]|\d+\s*[-.)–]")
_PROSE, _HEADLINE = 12, 25
"""Words of a line of prose at least, and of a headline behind the article at most."""
_BETWEEN = range(4, 16)
"""Words of a headline between two lines of prose."""
_BEFORE = 5
"""Headlines in front of the first line of prose that are more than a title, what stands over it and a caption."""
_OWN = 2
"""Of these, the last are the article's own."""
_STAMPED = re.compile(r"\d{4}[/-]\d{1,2}[/-]\d{1,2} \d{1,2}:\d\d \S+ \S+ \S")
"""A ticker: «2021/08/24 11:29 …»."""
_ARCHIVE = re.compile(
    r"[-–—/|(]\s*(?:صور[ةه]\s+)?(?:[أا]رشيف(?:ي[ةه])?|متداول[ةه]?|(?:ال)?[إا]نترنت)(?!\w)[^.!؟\n]{0,25}$"
)
"""A caption: «قصف على سراقب - أرشيفية/ وكالة», «آثار القصف على سراقب - متداول»."""
_HEADING_WORDS, _SHORT = 6, 4
"""Words of a heading for other articles at most; letters of a word that keeps its beginning."""
_WORD = re.compile(r"[^\W_]+")
_FEWEST = 2
"""Lines of prose before a link that show that the article ends its sentences; links behind it, and between, at most."""
_BREAKS_OFF = ("…", "...")
_FOLD = str.maketrans("أإآىة", "اااي" + "ه")
_CUT = re.compile(r"\s*(?:\.{3}|…)")
_ACCOUNT = " - "
"""Between a page's title and the account that it is of."""


def broken_title(text: str) -> tuple[int, int] | None:
    """Span of a first line that breaks off, where the text goes on with it: «شبكة أخبار - سقوط صاروخ في قرية...»."""
    lines = _LINE.finditer(text)
    first, second = next(lines, None), next(lines, None)
    if first is None or second is None:
        return None
    said, *cut = _CUT.split(first.group(), 1)
    if not cut:
        goes_on = second.group().startswith(said.rstrip()) and len(second.group().rstrip()) > len(said.rstrip())
        return first.span() if goes_on else None
    below = " ".join(text[first.end() :].split())
    titles = (" ".join(part.split()) for part in (said, said.partition(_ACCOUNT)[2]))
    return first.span() if any(" " in title and title in below for title in titles) else None


class _Line(NamedTuple):
    span: tuple[int, int]
    said: str
    words: int
    is_stopped: bool
    ends: bool
    """With a full stop."""

    @property
    def is_prose(self) -> bool:
        return self.words >= _PROSE and self.is_stopped


def _lines(text: str) -> list[_Line]:
    found = []
    for line in _LINE.finditer(text):
        said = line.group().rstrip()
        stop = _STOPPED.search(said[-8:])
        ends = stop is not None and "." in stop.group()
        found.append(_Line(line.span(), said, said.count(" ") + 1, stop is not None, ends))
    return found


def links(text: str) -> list[tuple[int, int]]:
    """Spans of headlines of other articles, in order: lines without a stop where an article ends its sentences.

    In front of it many of them, behind it several, no items of a list; between two lines of prose one or two. A heading
    of the article's own says nothing that the prose below it does not. Under a heading for them, and tickers and
    captions of old pictures, anywhere.
    """
    lines = _lines(text)
    apart = [line.span for line in lines if _is_apart(line)]
    apart += _listed(lines)
    own = [line for line in lines if line.span not in {*apart}] if apart else lines
    return sorted({*apart, *_around_prose(own), *_cut_behind(text)})


def _is_apart(line: _Line) -> bool:
    """«2021/08/24 11:29 …», «… - أرشيفية», «الوسوم: …»."""
    if line.is_stopped or line.words > _HEADLINE:
        return _is_label(line.said)
    return _STAMPED.match(line.said) is not None or _ARCHIVE.search(line.said) is not None or _is_label(line.said)


def _listed(lines: Sequence[_Line]) -> list[tuple[int, int]]:
    """Spans of headings for other articles and of all below them, until the article goes on.

    It goes on with a line that ends with a full stop or is too long for a headline, sooner where none has one.
    """
    found: list[tuple[int, int]] = []
    is_listing, has_text, longest = False, False, _BETWEEN.stop
    for line in lines:
        goes_on = line.is_prose or line.ends or line.words > longest
        is_listing = not goes_on and (is_listing or (has_text and _is_heading(line.said)))
        has_text = has_text or line.words >= _PROSE
        longest = _HEADLINE if line.is_prose else longest
        if is_listing:
            found.append(line.span)
    return found


def _around_prose(lines: Sequence[_Line]) -> list[tuple[int, int]]:
    """Spans of the headlines in front of an article that ends its sentences, behind it and between them."""
    found: list[tuple[int, int]] = []
    pending: list[_Line] = []
    front: list[tuple[int, int]] = []
    prose, is_list, has_items = 0, False, False
    for line in lines:
        is_item = _ITEM.match(line.said) is not None
        is_list = line.said.endswith(":") or (is_list and not line.is_prose and (is_item or not has_items))
        has_items = is_list and (has_items or is_item)
        if not prose and line.words in _BETWEEN and not line.is_stopped:
            front.append(line.span)
        if line.is_prose and not prose and len(front) >= _BEFORE:
            found += front[:-_OWN]
        if line.is_prose and len(pending) <= _FEWEST:
            found += [between.span for between in pending if between.words in _BETWEEN]
        if is_list or is_item or line.is_prose or line.ends or line.words > _HEADLINE:
            pending = []
        elif prose >= _FEWEST:
            pending.append(line)
        prose += line.is_prose
    return found + ([line.span for line in pending] if len(pending) >= _FEWEST else [])


@cache
def _heads(name: str) -> frozenset[str]:
    """Headings of the data file, each as `_plain` leaves it."""
    return frozenset(map(_plain, yamldata.shipped("furniture.yml")[name]))


def _plain(said: str) -> str:
    """The words of a heading, folded, without articles and signs."""
    words = _WORD.findall(fold(said))
    return " ".join(word.removeprefix("ال") if len(word) > _SHORT else word for word in words)


def _is_heading(said: str) -> bool:
    if said.count(" ") >= _HEADING_WORDS:
        return False
    plain = _plain(said)
    return plain in _heads("headings") or plain in _heads("labels")


def _is_label(said: str) -> bool:
    """«الوسوم: قصف، غارة», «شريط الأخبار: …»."""
    head, colon, rest = said.partition(":")
    return bool(colon and rest) and head.count(" ") < _HEADING_WORDS and _plain(head) in _heads("labels")


def _cut_behind(text: str) -> list[tuple[int, int]]:
    """Spans of two and more last lines that all break off: headlines of other articles, cut to a length."""
    if not text.rstrip().endswith(_BREAKS_OFF):
        return []
    lines = [*_LINE.finditer(text)]
    cut = [*takewhile(lambda line: line.group().rstrip().endswith(_BREAKS_OFF), reversed(lines))]
    is_short = all(line.group().count(" ") < _HEADLINE for line in cut)
    return [line.span() for line in cut] if _FEWEST <= len(cut) < len(lines) and is_short else []


class FurnitureReader:
    """Tells furniture sentence by sentence, in order.

    What follows a lone "read also" line is a headline of another article; so are the links in and behind an article.
    Over and under a copied post stand its page and its readers' comments.
    """

    LONG = 45
    """Words: a longer sentence with such a beginning is prose."""
    ACCOUNT = 14
    """Words of an account's name and of the page around it at most."""

    def __init__(self, text: str) -> None:
        self._text = text
        broken = broken_title(text)
        self._links = sorted([*links(text), *([broken] if broken else ())])
        self._line_of_related = False
        self._previous_end = 0
        self._alone_before = False
        self._is_below_post = False

    def _is_link(self, start: int) -> bool:
        at = bisect_right(self._links, (start, len(self._text))) - 1
        return at >= 0 and start < self._links[at][1]

    def is_furniture(self, start: int, end: int, tokens: Sequence[Token]) -> bool:
        is_head = self._text.endswith(_HEAD_OF_POST, start, end) or (
            len(tokens) <= self.ACCOUNT and _HANDLE_OF_POST.search(self._text, start, end) is not None
        )
        self._is_below_post = not is_head and (
            self._is_below_post or _FOOT_OF_POST.match(self._text, start, end) is not None
        )
        is_around = (
            is_head
            or self._is_below_post
            or _CLOCK_OF_POST.match(self._text, start, end) is not None
            or _REPLY.search(self._text, start, end) is not None
        )
        if is_around or self._is_link(start):
            self._previous_end = end
            return True
        head = self._text[start : start + 80].translate(_FOLD)
        same_line = "\n" not in self._text[self._previous_end : start]
        after_related = self._line_of_related
        self._previous_end = end
        alone = len(tokens) <= 5 and _RELATED_ALONE.match(self._text[start:end].translate(_FOLD)) is not None
        found = len(tokens) <= self.LONG and _FURNITURE.match(head) is not None
        related = found and _IS_RELATED.match(head) is not None
        # The headline stands in the same line, or alone in the next one.
        self._line_of_related = alone or related or (after_related and same_line)
        if after_related and not found:
            was_alone = self._alone_before
            self._alone_before = False
            return (same_line or was_alone) and len(tokens) <= 25
        self._alone_before = alone
        return found
