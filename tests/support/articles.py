"""Articles as analysis reads them, from a text and little else."""

from datetime import UTC, datetime

from services.analyze.cli import InputArticle

PUBLISHED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def written(
    text: str, title: str = "", lang: str | None = None, published_at: datetime | None = PUBLISHED
) -> InputArticle:
    """The article; without a language, analysis tells it from the words."""
    return InputArticle("x", title, text, "", lang, "example.org", published_at)
