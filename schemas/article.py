"""Article: one published text, as ingest accepted it."""

from pydantic import Field

from schemas.base import Id, Lang, Message, Text, UtcDatetime

MAX_TEXT = 1_000_000
"""Longest text accepted, in characters: a long investigation has 60,000, and Kafka's default message limit is 1 MiB."""


class Article(Message):
    id: Id
    """Hash of the canonical URL, else of source and the source's own id, else of title and text."""
    version: int = Field(default=1, ge=1)
    """Rises by one when the text under this id changes."""
    source: str = Field(min_length=1, max_length=256)
    """Who published it, as a host or short name: `almayadeen.net`."""
    source_id: str | None = Field(default=None, max_length=512)
    """The id that the source itself gave."""
    url: str | None = Field(default=None, max_length=4096)
    lang: Lang | None = None
    title: Text = ""
    text: Text = Field(min_length=1, max_length=MAX_TEXT)
    context: Text = ""
    """Text that came before, read for understanding, never evidence."""
    published_at: UtcDatetime | None = None
    """As the source says; None where it says nothing believable."""
    first_seen_at: UtcDatetime
    """When Marsad first saw this id, whatever its version."""
    sample: bool = False
    """Part of the sample story: never mistaken for news."""

    def event_time(self) -> UtcDatetime:
        """Publication time, else first sight."""
        return self.published_at or self.first_seen_at


class ArticleRef(Message):
    """What later stages need to know of an article without its text."""

    id: Id
    version: int = Field(default=1, ge=1)
    source: str
    url: str | None = None
    lang: Lang | None = None
    title: Text = ""
    published_at: UtcDatetime | None = None
    first_seen_at: UtcDatetime
    sample: bool = False

    @classmethod
    def of(cls, article: Article) -> "ArticleRef":
        return cls.model_validate(article.model_dump(include=set(cls.model_fields)))

    def event_time(self) -> UtcDatetime:
        """Publication time, else first sight."""
        return self.published_at or self.first_seen_at
