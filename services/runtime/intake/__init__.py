"""Accepting articles: the same code for HTTP, files and feeds, so that one article by any road is one article.

In a FastAPI application (the board's, and ingest's own):

    from services.runtime.intake import Gate
    from services.runtime.intake.http import articles_router

    gate = Gate(settings, database)      # a services.runtime.store.Database
    app = FastAPI(lifespan=…)            # `async with gate:` inside, which starts its producer
    app.include_router(articles_router(gate))     # POST /articles: 202 only after the broker acknowledged

`article.build` alone, without broker or store, turns what a source gave into an `Article`; the ids it makes are those
that the articles have everywhere.
"""

from services.runtime.intake.article import Candidate, build
from services.runtime.intake.gate import Accepted, Gate

__all__ = ["Accepted", "Candidate", "Gate", "build"]
