"""How the tests of places read a sentence: the real reader, gazetteer, finder and binder, with a claim given."""

from functools import lru_cache
from pathlib import Path

from services.analyze.document import Claim, Document, PlaceMention
from services.analyze.places.bind import bind
from services.analyze.places.find import Mentions, PlaceFinder
from services.analyze.places.gazetteer import Gazetteer
from services.analyze.text.reader import read_document

COMMUNITY_COLUMNS = (
    "gov_en,gov_ar,gov_pcode,dist_en,dist_ar,dist_pcode,subdist_en,subdist_ar,subdist_pcode,comm_en,comm_ar,"
    "comm_pcode,type,lon,lat"
)
"""Of a table of communities with OCHA's codes."""


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@lru_cache(maxsize=1)
def finder() -> PlaceFinder:
    return PlaceFinder(gazetteer())


def read(text: str, title: str = "", context: str = "", source: str = "") -> tuple[Document, Mentions]:
    document = read_document("a", title, text, context, source=source)
    return document, finder().find(document)


def places(text: str, title: str = "", context: str = "") -> list[PlaceMention]:
    """The mentions of title and text."""
    return list(read(text, title, context)[1])


def sites(text: str, type_: str, *, title: str = "", context: str = "", at: str = "") -> list[PlaceMention]:
    """The places of one claim of that type, made in the sentence of the text that holds `at` (the first one else)."""
    document, mentions = read(text, title, context)
    inside = [s for s in document.sentences if s.field == "text"]
    sentence = next((s for s in inside if at in s.text), inside[0])
    start = sentence.start + max(0, sentence.text.find(at))
    trigger = (start, start + len(at)) if at else None
    claim = Claim(sentence.index, type_, "actual", 0.9, sentence.start, sentence.end, trigger)
    bind(document, [claim], mentions)
    return claim.places


def with_villages(path: Path, *rows: str) -> PlaceFinder:
    """A finder that knows the villages of a table too, which is written to `path`."""
    path.write_text("\n".join([COMMUNITY_COLUMNS, *rows]) + "\n", encoding="utf-8")
    return PlaceFinder(Gazetteer.load([path]))
