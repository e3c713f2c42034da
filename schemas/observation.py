"""Observation: what one article says about one watch."""

from pydantic import Field

from schemas.article import ArticleRef
from schemas.base import Id, Message, Text, UtcDatetime
from schemas.signal import Signal


class ObservedSignal(Message):
    """A signal with its words, so that later stages need not fetch the article."""

    index: int = Field(ge=0)
    """Position in the article's analysis."""
    signal: Signal
    quote: Text
    """The evidence itself."""
    before: Text = ""
    after: Text = ""
    """Some context around the quote."""


class Observation(Message):
    id: Id
    """Hash of article id, article version and watch id."""
    watch_id: Id
    watch_version: int = Field(ge=0)
    """Version of the watch set it was matched against."""
    article: ArticleRef
    signals: tuple[ObservedSignal, ...]
    """Of any status; empty where a new version of the article withdrew what an earlier one said."""
    fingerprint: tuple[int, ...] = ()
    """MinHash of the article's folded word shingles (unsigned 32-bit values); equal share ~ Jaccard similarity."""
    analyzed_at: UtcDatetime
