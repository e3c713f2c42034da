"""Page furniture: the lines around an article that report nothing, and headlines of other articles among them."""

import re
from collections.abc import Sequence

from services.analyze.document import Token

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
    r"(?:ال)?وسوم\s*:|(?:ال)?كلمات\s+(?:ال)?(?:دليليه|مفتاحيه)|image\s+(?:source|caption)|share\s+(?:this|on)|follow\s+us|"
    r"sign\s+up|subscribe|all\s+rights\s+reserved|copyright|getty\s+images|advertisement|click\s+here|cookie"
)
_FURNITURE = re.compile(rf"[\W_]*(?:{_RELATED}|{_PAGE})", re.IGNORECASE)
_RELATED_ALONE = re.compile(rf"[\W_]*(?:{_RELATED})[\W_]*$", re.IGNORECASE)
_FOLD = str.maketrans("أإآىة", "اااي" + "ه")


class FurnitureReader:
    """Tells furniture sentence by sentence, in order: what follows a lone "read also" line is a headline of another."""

    LONG = 45
    """Words: a longer sentence with such a beginning is prose."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_of_related = False
        self._previous_end = 0
        self._alone_before = False

    def is_furniture(self, start: int, end: int, tokens: Sequence[Token]) -> bool:
        head = self._text[start : start + 80].translate(_FOLD)
        same_line = "\n" not in self._text[self._previous_end : start]
        after_related = self._line_of_related
        self._previous_end = end
        alone = len(tokens) <= 5 and _RELATED_ALONE.match(self._text[start:end].translate(_FOLD)) is not None
        found = len(tokens) <= self.LONG and _FURNITURE.match(head) is not None
        related = re.match(rf"[\W_]*(?:{_RELATED})", head, re.IGNORECASE) is not None
        # The headline stands in the same line, or alone in the next one.
        self._line_of_related = alone or (found and related) or (after_related and same_line)
        if after_related and not found:
            was_alone = self._alone_before
            self._alone_before = False
            return (same_line or was_alone) and len(tokens) <= 25
        self._alone_before = alone
        return found
