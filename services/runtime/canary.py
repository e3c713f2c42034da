"""The canary: a synthetic article that goes the whole way, so that a pipe in which nothing flows is not taken for calm.

Track sends it to `articles`, under one id with rising versions. Analyze reads it like any other, against its watches
and `WATCH`, and so tells track; nobody is ever alerted of it.
"""

from datetime import datetime

from schemas.article import Article
from schemas.base import BothNames, Lang
from schemas.watch import CANARY_ID, Watch, WatchSet

ID = CANARY_ID
"""Of the article, its source and its watch."""

PLACE = "مرصدون"
"""No place of this world."""

WATCH = Watch.model_construct(id=ID, name=BothNames(ar=PLACE), center=(-48.8767, -123.3933), radius_km=0)
"""At the sea's farthest point from any land; made without the check that keeps its id from others."""


def article(now: datetime) -> Article:
    """The canary that is sent now."""
    return Article(
        id=ID,
        version=int(now.timestamp()),
        source=ID,
        lang=Lang.AR,
        title="طائر المرصد",
        text=f"قصفت المدفعية بلدة {PLACE} صباح اليوم. هذا خبر اصطناعي لا حقيقة له.",
        published_at=now,
        first_seen_at=now,
    )


def with_canary(watches: WatchSet) -> WatchSet:
    """What analyze watches: the user's watches and the canary's."""
    return watches.model_copy(update={"watches": (*watches.watches, WATCH)})
