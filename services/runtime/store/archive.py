"""The archive: articles as they were last read, for thirty days (`archive_days`).

Ingest asks `register` for the version of what it is about to send; analyze calls `put` after it has queued its
observations, and `observed_at` before, so that a version which no longer mentions a watch can say so there.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from schemas.article import Article
from services.runtime.store.statements import insert
from services.runtime.store.tables import articles, micros, moment


def digest(article: Article) -> str:
    """Tells a new version from a repeat: of title and text, nothing else."""
    return hashlib.sha256(f"{article.title}\x1f{article.text}".encode()).hexdigest()


def register(connection: Connection, article: Article) -> Article:
    """The article with the version and the first sight that the archive knows, archived when it is new or changed.

    The same text keeps its version, so that a repeat has no effect downstream; a changed one gets the next.
    """
    first = article.model_copy(update={"version": 1})
    if _added(connection, first):
        return first
    known = _locked(connection, article.id)
    changed = known.digest != digest(article)
    numbered = article.model_copy(
        update={"version": known.version + changed, "first_seen_at": moment(known.first_seen_at)}
    )
    if changed:
        put(connection, numbered)
    return numbered


def put(connection: Connection, article: Article, watches: Iterable[str] = ()) -> None:
    """Keep the article, unless a newer version is kept, and add the watches that it was observed at.

    Watches are never taken away: a version that is read again after a crash must find those of the one before.
    """
    named = sorted(set(watches))
    if _added(connection, article, named):
        return
    kept = _locked(connection, article.id)
    union = sorted({*json.loads(kept.watches), *named})
    values = {"watches": json.dumps(union)} if kept.version > article.version else _row(article, union)
    connection.execute(update(articles).where(articles.c.article_id == article.id).values(values))


def _added(connection: Connection, article: Article, watches: Sequence[str] = ()) -> bool:
    """Whether it was not there: of two that add one article at once, the second waits here for the first."""
    statement = insert(connection, articles).values(article_id=article.id, **_row(article, watches))
    return connection.execute(statement.on_conflict_do_nothing()).rowcount == 1


def _locked(connection: Connection, article_id: str) -> Row:
    """Its row, until the transaction ends; a row that is not there cannot be locked."""
    row = articles.c
    query = select(row.version, row.digest, row.first_seen_at, row.watches).where(row.article_id == article_id)
    return connection.execute(query.with_for_update()).one()


def _row(article: Article, watches: Sequence[str]) -> dict[str, Any]:
    return {
        "version": article.version,
        "digest": digest(article),
        "source": article.source,
        "event_at": micros(article.event_time()),
        "first_seen_at": micros(article.first_seen_at),
        "watches": json.dumps(watches),
        "body": article.model_dump_json(),
    }


def get(connection: Connection, article_id: str) -> Article | None:
    """The newest version kept, or None."""
    body = connection.execute(select(articles.c.body).where(articles.c.article_id == article_id)).scalar_one_or_none()
    return None if body is None else Article.model_validate_json(body)


def observed_at(connection: Connection, article_id: str) -> frozenset[str]:
    """Ids of the watches at which any version of the article was observed."""
    found = connection.execute(select(articles.c.watches).where(articles.c.article_id == article_id))
    return frozenset(json.loads(found.scalar_one_or_none() or "[]"))


def versions(connection: Connection, article_ids: Sequence[str]) -> dict[str, int]:
    """The version kept of each of these articles; what is not kept is left out."""
    columns = select(articles.c.article_id, articles.c.version)
    found: dict[str, int] = {}
    for start in range(0, len(article_ids), 500):  # databases limit the parameters of a statement
        part = article_ids[start : start + 500]
        found.update(
            (row.article_id, row.version) for row in connection.execute(columns.where(articles.c.article_id.in_(part)))
        )
    return found


def prune(connection: Connection, before: datetime) -> int:
    """Forget what was first seen before this; how many articles that was."""
    return connection.execute(delete(articles).where(articles.c.first_seen_at < micros(before))).rowcount
