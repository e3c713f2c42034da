"""Gazetteer files of the user's: GeoNames dumps, tables of communities, and OCHA's place-code tables."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from services.analyze.places.gazetteer import CENTRE, LANDMARK, TOWN, VILLAGE, GazetteerError, Place
from services.analyze.text.fold import fold

Entry = tuple[Place, list[str]]

_GEONAMES_COLUMNS = 19
_LATITUDE = ("lat", "latitude", "y")
_LONGITUDE = ("lon", "lng", "longitude", "x")
_CODES = ("comm_pcode", "admin5pcode", "admin4pcode", "pcode", "id")
_ARABIC = ("comm_ar", "admin5name_ar", "admin4name_ar", "name_ar", "ar")
_LATIN = ("comm_en", "admin5name_en", "admin4name_en", "name_en", "en", "name")
_ALSO = ("admin4altname_ar", "admin4altname_en", "admin4refname_en", "admin4refname_ar", "aliases", "alternatenames")
_ADMIN = (
    ("gov_ar", "admin1name_ar"), ("gov_en", "admin1name_en"), ("dist_ar", "admin2name_ar"),
    ("dist_en", "admin2name_en"), ("subdist_ar", "admin3name_ar"), ("subdist_en", "admin3name_en"),
)  # fmt: skip
_LONGEST_HEAD = 3
"""Letters of the longest word («تل», «خان») that only begins names."""
_TWINS = frozenset(
    f"{word}{ending}"
    for word in ("كبير", "صغير", "فوقاني", "تحتاني", "شرقي", "غربي", "شمالي", "جنوبي", "قبلي")
    for ending in ("", "ه")
)
"""By which tables tell two halves of a village apart."""
_COUNTRY = ("country", "countrycode", "country_code", "admin0pcode", "iso2")


def read_places(path: Path) -> Iterator[Entry]:
    """Places of a file with all their names. The format is told by its first line.

    Raises GazetteerError naming file, line and field where a line cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GazetteerError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    first = text.partition("\n")[0]
    if first.count("\t") == _GEONAMES_COLUMNS - 1 and first.split("\t")[0].isdigit():
        return _geonames(path, text)
    return _table(path, text)


def _geonames(path: Path, text: str) -> Iterator[Entry]:
    """Lines of a GeoNames dump (allCountries.txt, SY.txt): populated places, divisions and some landmarks."""
    for number, line in enumerate(text.splitlines(), 1):
        row = line.split("\t")
        if not line.strip():
            continue
        if len(row) != _GEONAMES_COLUMNS:
            raise GazetteerError(f"{path}: line {number}: {len(row)} columns, a GeoNames dump has {_GEONAMES_COLUMNS}")
        kind = _geonames_kind(row[6], row[7])
        if kind is None:
            continue
        lat, lon = _coordinates(path, number, row[4], row[5])
        admin = (row[8], f"{row[8]}.{row[10]}") if row[10] else (row[8],)
        names = [row[1], row[2], *row[3].split(",")]
        arabic = next((n for n in names if "\u0621" <= n[:1] <= "\u064a"), "")
        population = int(row[14]) if row[14].isdigit() else 0
        yield Place(f"geonames:{row[0]}", row[1], arabic, lat, lon, row[8], admin, population, kind), names


def _geonames_kind(feature_class: str, code: str) -> str | None:
    if feature_class == "P":
        return TOWN if code.startswith("PPLA") or code in ("PPLC", "PPLG") else VILLAGE
    if feature_class in "ST" and code in ("DAM", "AIRB", "AIRP", "MILB", "OILF", "CMP", "CMPRF", "BDG", "HLL", "MT"):
        return LANDMARK
    return None


def _table(path: Path, text: str) -> Iterator[Entry]:
    """A table with a header line, comma, semicolon or tab separated."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    for what, known in (("latitude", _LATITUDE), ("longitude", _LONGITUDE), ("name", _ARABIC + _LATIN)):
        if not set(known) & set(columns):
            raise GazetteerError(f"{path}: no column for the {what}: give one of {', '.join(known)}")
    reader.fieldnames = columns
    prefix = path.stem.lower()
    for row in reader:
        entry = _table_row(path, reader.line_num, row, prefix)
        if entry:
            yield entry


def _table_row(path: Path, number: int, row: Mapping[str, str | None], prefix: str) -> Entry | None:
    arabic, latin = _first(row, _ARABIC), _first(row, _LATIN)
    if not (arabic or latin):
        return None
    lat, lon = _coordinates(path, number, _first(row, _LATITUDE), _first(row, _LONGITUDE))
    code = _first(row, _CODES)
    country = _country(row, code)
    admin = tuple(dict.fromkeys(v for names in _ADMIN if (v := _first(row, names))))
    id_ = f"pcode:{code}" if code else f"{prefix}:{number}"
    kind = LANDMARK if _first(row, ("type",)).upper() == "N" else VILLAGE
    names = [arabic, latin, *(n for column in _ALSO for n in (row.get(column) or "").split(","))]
    place = Place(id_, latin or arabic, arabic, lat, lon, country, (country, "", *admin), 0, kind)
    return place, [part for n in names for part in _parts(n, admin)]


def _parts(name: str, admin: Sequence[str]) -> list[str]:
    """A name; where two places share a line («الحمامة_كفر دبين», "Hamama - Kafr Debbin") each of them.

    What only says where it lies («أم عدسة - منبج», "Rawda (Menbij)") is no name of it, and a name that is told from its
    namesakes by what it lies in («مريمين عفرين») is also given without, as the news writes it.
    """
    parts = [p.strip() for p in re.split(r"\s+-\s+|_|/", re.sub(r"\(.*?\)", " ", name)) if p.strip()]
    own = [p for p in parts if len(parts) == 1 or p not in admin]
    return [*own, *(bare for part in own if (bare := _without_area(part, admin)))]


def _without_area(name: str, admin: Sequence[str]) -> str | None:
    """The name without the division that ends it; None where none does, or only the head of a name is left."""
    words = _bare_words(name)
    divisions = [_bare_words(a.removeprefix(CENTRE)) for a in admin]
    if words in divisions:
        return None
    for division in divisions:
        left = len(words) - len(division)
        if left > 0 and words[left:] == division and (left > 1 or len(words[0]) > _LONGEST_HEAD):
            return " ".join(name.split()[:left])
    return None


def short_name(name: str) -> str | None:
    """«عرب حسن» for «عرب حسن كبير», as the news writes it; None where nothing tells the place from its twin."""
    words = name.split()
    if len(words) < 2 or fold(words[-1]) not in _TWINS or (len(words) == 2 and len(fold(words[0])) <= _LONGEST_HEAD):
        return None
    return " ".join(words[:-1])


def _bare_words(name: str) -> list[str]:
    """Folded, each without the article: tables write «غندورة» and «الغندورة» in one line."""
    return [fold(word).removeprefix("ال") for word in name.split()]


def _country(row: Mapping[str, str | None], code: str) -> str:
    """As the table says, else the letters that begin its place codes, else Syria's community codes (C1234)."""
    given = _first(row, _COUNTRY) or _first(row, ("gov_pcode", "admin1pcode")) or code
    letters = given[:2].upper()
    return letters if len(letters) == 2 and letters.isalpha() else ""


def _first(row: Mapping[str, str | None], columns: tuple[str, ...]) -> str:
    return next((value.strip() for c in columns if (value := row.get(c)) and value.strip()), "")


def _coordinates(path: Path, number: int, lat: str, lon: str) -> tuple[float, float]:
    for name, value, limit in (("latitude", lat, 90.0), ("longitude", lon, 180.0)):
        try:
            inside = -limit <= float(value) <= limit
        except ValueError:
            inside = False
        if not inside:
            raise GazetteerError(f"{path}: line {number}: {name} {value!r} is not a number in [-{limit:g}, {limit:g}]")
    return float(lat), float(lon)
