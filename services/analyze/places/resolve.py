"""Which of the places of that name: by admin context, co-mentioned places, distance, population and country.

Every candidate gets points; the reading is settled where the best leads clearly, otherwise it stays ambiguous with its
candidates. A small place in a country that the article never touches is taken for a homograph and not read at all.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.analyze.places.cues import Cues
from services.analyze.places.gazetteer import COUNTRY, LANDMARK, REGION, TOWN, Gazetteer, Place, distance_km, km_apart
from services.analyze.places.match import Hit, Reading
from services.analyze.places.names import key_of
from services.analyze.places.relations import Relation, is_listed, lies_in, relation

SETTLED_LEAD = 1.0
"""Points by which the best candidate must lead."""
ARTICLE_DIFFERS = 1.5
"""Points lost by a place whose name has the article where the text has none, or the other way round."""
IN_THE_NEWS = 1.0
"""Points of a place that was written down by hand, for the news name it."""
SEAT = 3.0
"""Points of a town that its district is named after."""
GOVERNORATE_NAMED, DISTRICT_NAMED = 3.0, 5.0
"""Points of a place whose governorate, or whose district, the sentence names."""
PLACED_KM = 60.0
PLACED = 2.5
"""Points of a place that lies as the text says from the name behind it («الدانا شمال معرة النعمان»), fewer far away."""
WATCHED = 2.5
"""Points of a place in the country of a watch of its name, unless the article speaks only of a namesake's."""
LISTED = 3.0
"""Points of a place at the very spot of a name that it is listed with; they fade with distance."""
LISTED_KM = 15.0
_ROAD = "طريق"
_FEW = 3
"""Places of a name at most for it to say where its neighbours are."""
SAME_SPOT_KM = 6.0
"""Candidates this near are one place by two entries."""
KNOWN_POPULATION = 100_000
"""A town of this size is meant wherever it is named."""
WORLD_CITY = 1_000_000
"""One of this size is so whatever country the article speaks of."""
SMALL = 15_000
ARAB = frozenset("SY IQ LB JO PS YE EG LY SD TN DZ MA MR SA AE QA KW BH OM SO DJ KM".split())
_MAX_CANDIDATES = 24
_MAX_ANCHORS = 24


def _agreeing(hit: Hit) -> frozenset[int]:
    """Places whose name has the article where the text has it; all where none has."""
    found = frozenset(e >> 1 for e in hit.entries if bool(e & 1) == hit.definite)
    return found or frozenset(e >> 1 for e in hit.entries)


@dataclass(slots=True)
class Resolution:
    best: int | None
    """Gazetteer index; None where it is no place that the gazetteer has."""
    candidates: list[int] = field(default_factory=list)
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """The names of a sentence, by key, with the gazetteer indexes that each may mean; the one in question is `own`."""

    meant: dict[str, set[int]]
    own: str
    placed_by: tuple[Relation, Sequence[int]] | None = None
    """How the text places it by the next name, and what that may mean."""
    listed: Sequence[Sequence[int]] = ()
    """What the names may mean that it is listed with."""


class Resolver:
    """Resolves the hits of one article together."""

    def __init__(self, gazetteer: Gazetteer, cues: Cues, source_country: str = "", homes: Sequence[str] = ()) -> None:
        self._gazetteer = gazetteer
        self._cues = cues
        self._watched_in = homes
        """Country of each watch."""
        self._votes: Counter[str] = Counter()
        self._nations: set[str] = set()
        """Countries whose adjective is used."""
        self._source_country = source_country
        self._anchors: list[tuple[float, float]] = []
        self._near_anchors: dict[str, float] = {}
        """Points of places asked for, while the anchors stay as they are."""

    def resolve(
        self, reading: Reading, hits: Sequence[Hit], cued: Sequence[bool], villages: Sequence[bool], called: set[str]
    ) -> list[Resolution]:
        """One resolution a hit, in order.

        `cued[i]`: a word before the name says that it is a place; `villages[i]`: that it is a village. What is not
        `called` a place anywhere may be an everyday word («حياة», «طوال») and says nothing of the others.
        """
        places = self._gazetteer.places
        candidates = [self._candidates(hit, small) for hit, small in zip(hits, villages, strict=True)]
        roads = [_names_road(reading, hit) for hit in hits]
        self._nations = _nations(reading, self._gazetteer.nationalities)
        clear, first = self._read_first(hits, candidates, called, roads)
        words_of = self._admin_words(reading, hits, roads)
        results: list[Resolution] = []
        for i, (hit, found, only, voted, cue) in enumerate(zip(hits, candidates, clear, first, cued, strict=True)):
            if only is not None:
                results.append(Resolution(only))
            elif not found or self._is_unknown_watch(hit, found):
                results.append(Resolution(None))
            else:
                meant = words_of[reading.sentence_of[hit.first]]
                near = Beside(meant, hit.key, *self._around(reading, hits, candidates, i))
                chosen = self._choose(found, near, cue, _agreeing(hit), self._likely_homes(hit, found))
                settled = None if chosen.ambiguous else chosen.best
                if settled is not None and voted is None and hit.key in called:
                    self._vote(places[settled], roads[i])
                results.append(chosen)
        return results

    def _read_first(
        self, hits: Sequence[Hit], candidates: Sequence[Sequence[int]], called: set[str], roads: Sequence[bool]
    ) -> tuple[list[int | None], list[int | None]]:
        """(what a name means everywhere, that or its only place), by hit; what they tell of the country is counted."""
        places = self._gazetteer.places
        by_article = map(_agreeing, hits)
        agreeing = [[i for i in found if i in own] for own, found in zip(by_article, candidates, strict=True)]
        clear = [self._unwatched(hit, self._clear(found)) for hit, found in zip(hits, agreeing, strict=True)]
        first = [
            self._unwatched(hit, self._alone(found)) if only is None else only
            for hit, found, only in zip(hits, candidates, clear, strict=True)
        ]
        abroad = [self._namesakes_abroad(only, found) for only, found in zip(clear, agreeing, strict=True)]
        for hit, found, index, namesakes, is_road in zip(hits, candidates, first, abroad, roads, strict=True):
            if hit.key not in called:
                continue
            if index is not None and not namesakes:
                self._vote(places[index], is_road)
            if country := self._only_country(found):
                self._votes[country] += 1
        meant = [
            None if only is not None and self._is_meant_abroad(places[only], namesakes) else only
            for only, namesakes in zip(clear, abroad, strict=True)
        ]
        return meant, first

    def _around(
        self, reading: Reading, hits: Sequence[Hit], candidates: Sequence[Sequence[int]], i: int
    ) -> tuple[tuple[Relation, Sequence[int]] | None, list[Sequence[int]]]:
        """How the next name places this one, and what the names beside it in a list may mean."""
        beside = [k for k in (i - 1, i + 1) if 0 <= k < len(hits) and 0 < len(candidates[k]) <= _FEW]
        listed = [candidates[k] for k in beside if is_listed(reading, hits[min(i, k)], hits[max(i, k)])]
        if i + 1 not in beside or any(map(self.is_known, candidates[i + 1])):
            return None, listed
        said = relation(reading, hits[i].last, hits[i + 1].first, hits[i + 1].prefix, self._cues)
        return (said, candidates[i + 1]) if said else None, listed

    def _alone(self, found: Sequence[int]) -> int | None:
        """The only place of its name, by which others are told apart; outside the Arab countries it may be chance."""
        return found[0] if len(found) == 1 and self._gazetteer.places[found[0]].country in ARAB else None

    def _candidates(self, hit: Hit, is_village: bool) -> list[int]:
        """Places of the name, those first that have the article as the text has it: «الهيشة» may be هيشة.

        A village is no city: «قرى سموقة وتل مضيق وصيدا» does not speak of Sidon.
        """
        agreeing = [e >> 1 for e in hit.entries if bool(e & 1) == hit.definite]
        found = list(dict.fromkeys([*agreeing, *(e >> 1 for e in hit.entries)]))
        if is_village:
            found = [i for i in found if not self.is_known(i)]
        if len(found) > _MAX_CANDIDATES:
            found.sort(key=lambda i: -self._gazetteer.places[i].population)
        return found[:_MAX_CANDIDATES]

    def _clear(self, found: Sequence[int]) -> int | None:
        """The place that the name means everywhere: a country, or a large town ten times larger than any namesake."""
        places = self._gazetteer.places
        for index in found:
            if places[index].kind == COUNTRY:
                return index
        ranked = sorted(found, key=lambda i: -places[i].population)
        if not ranked or not self.is_known(ranked[0]):
            return None
        second = places[ranked[1]].population if len(ranked) > 1 else 0
        return ranked[0] if places[ranked[0]].population >= 10 * max(1, second) else None

    def _only_country(self, found: Sequence[int]) -> str:
        """The Arab country that several villages of a name all lie in, empty where there is none."""
        countries = {self._gazetteer.places[i].country for i in found}
        return min(countries) if len(found) > 1 and len(countries) == 1 and countries <= ARAB else ""

    def _namesakes_abroad(self, known: int | None, found: Sequence[int]) -> list[Place]:
        """Towns of other countries that bear the name of a known one which is no world city: القنيطرة, المنصورة."""
        if known is None:
            return []
        places = self._gazetteer.places
        town = places[known]
        if town.kind != TOWN or town.population >= WORLD_CITY:
            return []
        return [places[i] for i in found if places[i].kind == TOWN and places[i].country != town.country]

    def _is_meant_abroad(self, known: Place, namesakes: Sequence[Place]) -> bool:
        """Whether the article speaks of a namesake's country and never of the known town's."""
        return not self._said_of(known.country) and any(self._said_of(place.country) for place in namesakes)

    def _homes(self, hit: Hit) -> frozenset[str]:
        """The countries of the watches that the name belongs to."""
        return frozenset(self._watched_in[watch] for watch in hit.watches)

    def _unwatched(self, hit: Hit, known: int | None) -> int | None:
        """What a name means everywhere, but for one abroad of what a watch means: زنجبار is in Yemen too."""
        if known is None or self._gazetteer.places[known].kind == COUNTRY:
            return known
        return known if self._homes(hit) <= {self._gazetteer.places[known].country} else None

    def _is_unknown_watch(self, hit: Hit, found: Sequence[int]) -> bool:
        """Whether the gazetteer only has namesakes abroad of the watched place, and nothing speaks of one's country."""
        homes = self._homes(hit)
        is_abroad = bool(homes) and homes.isdisjoint(self._gazetteer.places[i].country for i in found)
        return is_abroad and bool(self._likely_homes(hit, found))

    def _likely_homes(self, hit: Hit, found: Sequence[int]) -> frozenset[str]:
        """The watches' countries, unless the article speaks of that of a namesake and of none of theirs."""
        homes = self._homes(hit)
        others = {self._gazetteer.places[i].country for i in found} - homes
        is_likely = any(map(self._said_of, homes)) or not any(map(self._said_of, others))
        return homes if is_likely else frozenset()

    def _said_of(self, country: str) -> int:
        """How often the article speaks of a country, its adjectives («الجيش اللبناني») counted once."""
        return self._votes[country] + (country in self._nations)

    def is_known(self, index: int) -> bool:
        """Whether the place is a town that is meant wherever it is named."""
        return self._gazetteer.places[index].population >= KNOWN_POPULATION

    def speaks_of(self, country: str) -> bool:
        """Whether the article names something of that country."""
        return self._votes[country] > 0

    def may_speak_of(self, countries: Collection[str]) -> bool:
        """Whether the article names something of one of these countries, or of no Arab country at all."""
        return any(map(self._said_of, countries)) or not any(map(self._said_of, ARAB))

    def _vote(self, place: Place, is_road: bool) -> None:
        """For its country, and for what lies near it; whatever lies near the end of a road need not be meant."""
        self._votes[place.country] += 1
        if (
            not is_road
            and place.kind != COUNTRY
            and place.lat is not None
            and place.lon is not None
            and len(self._anchors) < _MAX_ANCHORS
        ):
            self._anchors.append((place.lat, place.lon))
            self._near_anchors.clear()

    def _admin_words(
        self, reading: Reading, hits: Sequence[Hit], roads: Sequence[bool]
    ) -> dict[int, dict[str, set[int]]]:
        """For each sentence its names and what they may mean: what a village may be said to lie in."""
        found: dict[int, dict[str, set[int]]] = {}
        for hit, is_road in zip(hits, roads, strict=True):
            meant = found.setdefault(reading.sentence_of[hit.first], {})
            if is_road:
                continue
            meant.setdefault(hit.key, set()).update(e >> 1 for e in hit.entries[:_MAX_CANDIDATES])
        return found

    def _choose(
        self, found: Sequence[int], near: Beside, cued: bool, agreeing: frozenset[int], homes: frozenset[str]
    ) -> Resolution:
        places = self._gazetteer.places
        points = {i: self._points(places[i], near) - (ARTICLE_DIFFERS if i not in agreeing else 0) for i in found}
        points |= {i: points[i] + WATCHED for i in found if places[i].country in homes}
        ranked = sorted(found, key=lambda i: (-points[i], -places[i].population, i))
        best = ranked[0]
        if not cued and self._is_homograph(places[best]):
            return Resolution(None)
        if cued and self._is_homograph(places[best]) and self._votes:
            return Resolution(None)
        near_best = [
            i for i in ranked[1:] if points[best] - points[i] < SETTLED_LEAD or self._are_told_by(best, i, homes)
        ]
        rivals = [i for i in near_best if not self._same_spot(best, i)]
        if rivals:
            return Resolution(best, [best, *rivals], True)
        return Resolution(best)

    def _are_told_by(self, best: int, other: int, homes: frozenset[str]) -> bool:
        """Whether watches of two countries have the name, and nothing speaks of either more than of the other."""
        one, two = (self._gazetteer.places[i].country for i in (best, other))
        return one != two and {one, two} <= homes and self._said_of(one) == self._said_of(two)

    def _is_homograph(self, place: Place) -> bool:
        if place.kind == REGION or place.population >= KNOWN_POPULATION or place.id.startswith("marsad:"):
            return False
        votes = sum(self._votes.values())
        if place.country in ARAB and place.kind != LANDMARK:
            return False
        if votes:
            return not self._votes[place.country]
        return place.country not in ARAB and place.population < 50_000

    def _same_spot(self, a: int, b: int) -> bool:
        apart = km_apart(self._gazetteer.places[a], self._gazetteer.places[b])
        return apart is not None and apart <= SAME_SPOT_KM

    def _points(self, place: Place, near: Beside) -> float:
        total = sum(self._votes.values()) + len(self._nations)
        points = 0.5 * math.log10(place.population + 10)
        if place.kind == REGION:
            points += 1.5
        elif place.id.startswith("marsad:"):
            points += IN_THE_NEWS
        if total:
            points += 4.0 * self._said_of(place.country) / (total + 1)
        elif place.country == "SY":
            points += 0.5
        if place.country == self._source_country:
            points += 1.0
        points += self._admin_points(place, near)
        return points + self._distance_points(place) + self._told_points(place, near)

    def _told_points(self, place: Place, near: Beside) -> float:
        """By what the text says of the way from the next name, and by the names it lists it with."""
        places, points = self._gazetteer.places, 0.0
        if near.placed_by is not None and place.lat is not None:
            said, references = near.placed_by
            true = [places[i] for i in references if places[i] is not place and said.is_borne_out(place, places[i])]
            points += PLACED * max(
                (math.exp(-(km_apart(place, other) or 0.0) / PLACED_KM) for other in true), default=0.0
            )
        for neighbours in near.listed:
            apart = [km for i in neighbours if (km := km_apart(place, places[i])) is not None]
            points += LISTED * math.exp(-min(apart, default=math.inf) / LISTED_KM)
        return points

    def _admin_points(self, place: Place, near: Beside) -> float:
        """What the same sentence names and the place lies in: its district's town, its governorate's seat or name.

        As the text calls it: the gazetteer may know درعا by another name. A town that its district is named after goes
        before a place of that very name elsewhere.
        """
        others = near.meant.keys() - {near.own}
        districts = _bare(place.admin[4:])
        if not districts.isdisjoint(others):
            return DISTRICT_NAMED
        keys = districts | _bare(place.admin[2:4])
        if not keys.isdisjoint(others):
            return GOVERNORATE_NAMED
        named = [index for key, meant in near.meant.items() if key != near.own for index in meant]
        beside = [self._gazetteer.places[index] for index in named]
        is_seat = near.own in keys and not any(lies_in(place, other) is False for other in beside)
        best = SEAT if is_seat else 0.0
        for other in beside:
            if other.kind == COUNTRY or other is place:
                continue
            if other.kind == REGION and len(place.admin) > 1 and other.admin[1:2] == place.admin[1:2] != ("",):
                best = max(best, 2.0)
            name = key_of(other.ar or other.name)
            # «محافظة درعا»: what the governorate is called without the word for it.
            if name and not keys.isdisjoint((name[0], name[0].split(" ", 1)[-1] if other.kind == REGION else name[0])):
                return GOVERNORATE_NAMED
        return best

    def _distance_points(self, place: Place) -> float:
        if place.lat is None or place.lon is None or not self._anchors:
            return 0.0
        points = self._near_anchors.get(place.id)
        if points is None:
            nearest = min(distance_km(place.lat, place.lon, lat, lon) for lat, lon in self._anchors)
            points = self._near_anchors[place.id] = 2.5 * math.exp(-nearest / 60.0)
        return points


def _nations(reading: Reading, nationalities: Mapping[str, str]) -> set[str]:
    """Countries whose adjective stands in the article: «الجيش اللبناني»; «اليد اليمنى» is no Yemeni's."""
    return {
        nationalities[form]
        for word in reading.words
        if not word.surface.endswith("ى")
        for form in (word.folded, *word.stems)
        if form in nationalities
    }


def _names_road(reading: Reading, hit: Hit) -> bool:
    """«طريق الدرباسية القديم»: the road's name tells of no district."""
    before = hit.first - 1
    return before >= reading.bounds(hit.first)[0] and reading.words[before].folded.removeprefix("ال") == _ROAD


def _bare(names: Sequence[str]) -> set[str]:
    """Keys without the article."""
    return {key[0] for name in names if (key := key_of(name))}
