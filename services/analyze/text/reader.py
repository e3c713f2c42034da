"""Reading an article: sentences and tokens with their offsets in the original fields."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from services.analyze.document import Document, FieldName, Sentence, Token
from services.analyze.text.clitics import stems
from services.analyze.text.fold import TATWEEL, fold_text, splits_word
from services.analyze.text.furniture import CLOCK, FILM, HANDLE, FurnitureReader
from services.analyze.text.language import language_of

MAX_SENTENCE = 1500
"""Longest sentence in characters: longer ones are cut, so that whatever looks at pairs of words stays linear."""
MAX_TOKEN = 64
"""Longer words are cut: nothing that is a word is longer."""

_WORD = re.compile(rf"[^\W_]{{1,{MAX_TOKEN}}}")
_TRAILING = re.compile(rf"[{TATWEEL}\u064b-\u065f\u0670\u0300-\u036f\u200c-\u200f]{{1,8}}")
_AR = "\u0621-\u063a\u0641-\u064a"
"""Arabic letters without tatweel: a dot beside one breaks a word of a social post, it ends no sentence."""
_DIGIT = "0-9\u0660-\u0669"
GLUED = re.compile(
    rf"(?<=[ةىa-zل])(?=[{_AR}])"
    rf"(?:(?<=ة)|(?<=ى)(?!ه)|(?<=[a-z])(?=[{_AR}]{{3}})|(?<=(?<![{_AR}])عاجل)(?=[{_AR}]{{3}}))"
    rf"|(?=[A-Z{_DIGIT}])(?<=[{_AR}]{{3}})(?![{_DIGIT}]+[{_AR}])"
)
"""Where a copied page has lost a space: «عين عيسىإصابة», «حليصةاستشهد», «عفرينJanuary», «إدلب12:36 PM», "Publicقصف".

Every article passes through it; the rare neighbour is asked for first, which halves the time.
"""
_END = re.compile(
    r"(?P<stop>[.!?؟…]+[\"'”’»)\]]*)(?=\s|$|[“«\"])"
    rf"|(?:(?<=[{_AR}]{{3}})|(?<=[{_AR}]{{3}}[\"”»]))\.(?=[#{_AR}][{_AR}]{{3}}|(?:إذ|ثم|كما)\s|و(?:في|قد|لم|من|فق|قع)\s)"
    rf"|(?<=[{_AR}]{{3}})\.(?= ?[-–] ?[{_AR}])"
    r"|\s*[\n\r\u2028\u2029]+"
    r"|(?<=Shared with Public)|(?=All reactions:)|(?=LikeComment)"
    rf"|(?<=\D)(?={CLOCK})|(?={FILM}{CLOCK})(?<!\d)"
    rf"|(?=@)(?<=[\w ]){HANDLE}(?=[^\x00-\x7f])"
    rf"|(?=[{_AR}]{{2}})(?<=[a-z])(?:(?<=\.com)|(?<=\.net)|(?<=\.org)|(?<=\.uk)|(?<=\.tv)|(?<=\.me))"
)
"""Where a sentence ends, and a copied post begins and ends: «… · Shared with Publicقصف على منبجAll reactions:54»,
«شبكة أخبار@newsقصف على منبج00:007:03 AM · Jun 10»; the same of a link: «… news.netقصف على منبج»."""
_STOP = re.compile(r"[.!?؟…\n\r\u2028\u2029]")
_RARE = re.compile(rf"Shared with Public|All reactions:|LikeComment|@|{CLOCK}|[a-z](?=[{_AR}])")
"""What else than a stop or a line's end may end a sentence; most articles have none of it."""
_FIRST_BULLET = re.compile(r"\s*[-–•](?=\s)")
_BULLET = re.compile(rf"(?<!\S){_FIRST_BULLET.pattern}")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«\"])(?:[^\W\d_]|(?:[A-Z]\.)+[A-Z]|Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|St|No|Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.$"
)


@lru_cache(maxsize=1 << 16)
def _stems(folded: str) -> tuple[str, ...]:
    return stems(folded)


def tokenize(text: str, base: int = 0) -> tuple[Token, ...]:
    """Words of `text`, each folded and with its stems; `base` is added to their offsets."""
    folded = fold_text(text)
    simple = folded.is_same_length
    is_glued = GLUED.search(text) is not None
    if simple and not is_glued:
        words = [(*match.span(), match.group()) for match in _WORD.finditer(folded.text)]
        return tuple([Token(base + start, base + end, text[start:end], w, _stems(w)) for start, end, w in words])
    found: list[Token] = []
    for match in _WORD.finditer(folded.text):
        start, end = match.span()
        if not simple:
            start, end = folded.start(start), folded.end(end)
            trailing = _TRAILING.match(text, end)
            if trailing:
                end = trailing.end()
        word = match.group()
        if is_glued and GLUED.search(text, start, end):
            found += _unglued(text[start:end], base + start)
        else:
            found.append(Token(base + start, base + end, text[start:end], word, _stems(word)))
    return tuple(found)


def _unglued(surface: str, base: int) -> Iterator[Token]:
    """The words that stand in one without a space between."""
    cuts = [0, *(m.start() for m in GLUED.finditer(surface)), len(surface)]
    for start, end in pairwise(cuts):
        word = fold_text(surface[start:end]).text
        yield Token(base + start, base + end, surface[start:end], word, _stems(word))


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    return text[start:end] == "." and _ABBREVIATION.search(text[max(0, end - 12) : end]) is not None


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most MAX_SENTENCE characters, cut at a space where there is one, without blanks around."""
    while start < end:
        stop = end
        if end - start > MAX_SENTENCE:
            space = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
            stop = space if space > 0 else start + MAX_SENTENCE
        piece = text[start:stop]
        left = len(piece) - len(piece.lstrip())
        right = len(piece.rstrip())
        if right > left:
            yield start + left, start + right
        start = stop


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of `text`, in order, not overlapping, without blanks around."""
    start = 0
    for match in _ends(text):
        stop = match.group("stop")
        if match.group() == "." and stop is None and splits_word(text, match.start()):
            continue
        # Two dots stand for a pause in Arabic headlines, not for an end.
        if stop and (stop == ".." or _is_abbreviation(text, match.start(), match.end())):
            continue
        yield from _items(text, start, match.end())
        start = match.end()
    yield from _items(text, start, len(text))


def _ends(text: str) -> Iterator[re.Match[str]]:
    """The matches of `_END`, asked for only where a sign stands that can end a sentence."""
    if _RARE.search(text):
        yield from _END.finditer(text)
        return
    done = 0
    for sign in _STOP.finditer(text):
        match = _END.match(text, sign.start()) if sign.start() >= done else None
        if match:
            done = match.end()
            yield match


def _items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """«- غارة على بلدة - إصابتان في قرية»: of a list that begins with a dash each dash begins an item."""
    if _FIRST_BULLET.match(text, start, end):
        for bullet in _BULLET.finditer(text, start + 1, end):
            yield from _cut(text, start, bullet.start())
            start = bullet.start()
    yield from _cut(text, start, end)


def _sentences(field: FieldName, text: str, first: int, hint: str | None) -> list[Sentence]:
    found: list[Sentence] = []
    furniture = FurnitureReader(text)
    for start, end in sentence_spans(text):
        piece = text[start:end]
        tokens = tokenize(piece, start)
        lang = language_of(tokens, piece, hint)
        found.append(
            Sentence(
                field, first + len(found), start, end, piece, lang, tokens, furniture.is_furniture(start, end, tokens)
            )
        )
    return found


def _main_language(sentences: list[Sentence], hint: str | None) -> str:
    weight: dict[str, int] = {}
    for sentence in sentences:
        if sentence.tokens:
            weight[sentence.lang] = weight.get(sentence.lang, 0) + len(sentence.tokens)
    if weight:
        return max(weight, key=lambda lang: (weight[lang], lang))
    return hint if hint in ("ar", "en") else "other"


def read_document(
    id: str,
    title: str,
    text: str,
    context: str = "",
    lang: str | None = None,
    source: str = "",
    published_at: datetime | None = None,
) -> Document:
    """Cut an article into sentences and words. Linear in its length; never raises on any string.

    `lang` is the publisher's word for the language: it decides only where the text itself does not show it.
    """
    titles = _sentences("title", title, 0, lang)
    body = _sentences("text", text, len(titles), lang)
    before = _sentences("text", context, 0, lang)
    return Document(
        id=id,
        title=title,
        text=text,
        context=context,
        lang=_main_language(body or titles, lang),
        source=source,
        published_at=published_at,
        sentences=tuple(titles + body),
        context_sentences=tuple(before),
    )
