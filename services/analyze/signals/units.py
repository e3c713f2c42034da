"""Sentences of a document as units for the models."""

import re
from collections.abc import Sequence
from itertools import chain, islice, takewhile

from services.analyze.document import Document, Sentence
from services.analyze.signals.features import CONTEXT_CHARS, Unit
from services.analyze.signals.words import fold_word

TITLE_WORDS = 80
_ENDS = (".", "!", "؟", "?", "…", '"', "”", "»", "،")


_TAGS = re.compile(r"(?:#\w++[^\w#]*+)++$")
"""Hashtags at the end of a sentence."""
_FEWEST_TAGS = 2
"""Behind a sentence, that stand apart from it: one may be its last word."""


def without_tags(sentence: Sentence) -> Sentence:
    """The sentence without the hashtags behind it: «صباح الخير من سرمين #سرمين #غارات» tells of no raid."""
    tags = _TAGS.search(sentence.text) if "#" in sentence.text else None
    if tags is None or (tags.start() > 0 and tags.group().count("#") < _FEWEST_TAGS):
        return sentence
    return sentence.part(sentence.start, sentence.start + tags.start())


def unit_of(document: Document, sentence: Sentence, title: tuple[str, ...]) -> Unit:
    """The sentence, but for the tags behind it, beside its title and the end of what came before it.

    So the labelled sentences were given. `title`: `title_words` of the document.
    """
    before = _before(document, sentence)
    told = without_tags(sentence)
    return Unit(
        lang=sentence.lang if sentence.lang in ("ar", "en") else document.lang,
        text=told.text,
        words=_words([told]),
        title=title if sentence.field == "text" else (),
        context=_tail(before),
        context_ends=bool(before) and before[-1].text.rstrip().endswith(_ENDS),
        year=document.published_at.year if document.published_at else None,
        title_text=document.title if sentence.field == "text" else "",
        context_text=before[-1].text if before else "",
    )


def whole_unit(document: Document) -> Unit:
    """The whole text as one unit: a labelled sentence, however the reader would cut it."""
    body = [s for s in document.sentences if s.field == "text"]
    return Unit(
        lang=document.lang,
        text=document.text,
        words=_words(body),
        title=title_words(document),
        context=_tail(document.context_sentences),
        context_ends=document.context.rstrip().endswith(_ENDS),
        year=document.published_at.year if document.published_at else None,
        title_text=document.title,
        context_text=document.context,
    )


def _words(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    return tuple([fold_word(token.folded) for sentence in sentences for token in sentence.tokens])


def title_words(document: Document) -> tuple[str, ...]:
    """The title's sentences come first; of a title without end the beginning is enough."""
    title = takewhile(lambda s: s.field == "title", document.sentences)
    return tuple(fold_word(t.folded) for t in islice(chain.from_iterable(s.tokens for s in title), TITLE_WORDS))


def _before(document: Document, sentence: Sentence) -> Sequence[Sentence]:
    at = sentence.index
    previous = document.sentences[at - 1] if at else None
    if previous is not None and previous.field == sentence.field:
        return (previous,)
    return document.context_sentences if sentence.field == "text" else ()


def _tail(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Words of the last `CONTEXT_CHARS` characters."""
    if not sentences:
        return ()
    first = sentences[-1].end - CONTEXT_CHARS
    return tuple([fold_word(t.folded) for s in sentences for t in s.tokens if t.start >= first])
