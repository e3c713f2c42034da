"""Places named in an article: found, told apart, and given the part they play."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.watch import Watch
from services.analyze.document import Document, PlaceMention, Token
from services.analyze.places.areas import METROPOLIS, areas_of, country_of
from services.analyze.places.cues import load_cues
from services.analyze.places.features import Named
from services.analyze.places.gazetteer import COUNTRY, LANDMARK, REGION, TOWN, VILLAGE, Gazetteer, Place, bare_keys
from services.analyze.places.located import locate
from services.analyze.places.match import MAX_NAMES_IN_SENTENCE, Hit, Matcher, Reading, longest
from services.analyze.places.names import key_of, keys_of
from services.analyze.places.ordinary import Placed, placed
from services.analyze.places.outlets import country_of_source
from services.analyze.places.persons import Persons
from services.analyze.places.resolve import Resolution, Resolver
from services.analyze.places.roles import RoleReader
from services.analyze.places.unknown import UnknownName, Vocabulary, cue_before, is_struck, unknown_names
from services.analyze.text.fold import visible

_OF_TOWN = frozenset("مخيم مخيمات مطار قاعده ميناء سجن معبر مرفا جسر سد محطه مستشفي مشفي معسكر صوامع".split())
"""Things that stand at the town they are named after."""
_SAFE_PREFIXES = frozenset(("", "و", "ب", "ل", "لل", "وب", "ول", "ولل"))
"""Before a short name; ك ف س are likelier to be letters of another word."""
_PLACING = frozenset(("at", "from_to", "between", "about", "relative", "sides", "struck", "countryside"))
_VILLAGES = frozenset(("قري", "مزارع", "villages"))
_SEVERAL_VILLAGES = _VILLAGES | {"قريتي", "قريتا"}
_QUARTERS = frozenset(("حي", "احياء"))
_PARTS = frozenset(("باديه", "صحراء", "مناطق", "محاور", "جبهات", "قري", "بلدات", "نواحي"))
"""What a governorate has, and no town."""
_ZONE = "التصعيد"
"""What ends the name of the zone of 2017, most of a governorate and parts of three."""
_ENDINGS = "هيا"
"""Last letters of a village's name that are written for one another."""
_STEM = 3
"""Letters of such a name that stay at least."""
_LIST = 15
"""Words of a list of villages that are read back to its head."""
_TOWN = "مدينه"
_REGION_CUES = frozenset(
    "محافظه ولايه اقليم مقاطعه محافظات محافظتي ولايات ولايتي قطاع province governorate region state".split()
)


class Mentions(list[PlaceMention]):
    """The mentions of an article; `context` holds those of the text that came before (sentence -1: the last of it)."""

    def __init__(self, named: Sequence[Named], features: Sequence[list[str]]) -> None:
        super().__init__(n.mention for n in named if n.mention.sentence >= 0)
        self.context = [n.mention for n in named if n.mention.sentence < 0]
        self.features = [f for n, f in zip(named, features, strict=True) if n.mention.sentence >= 0]
        self.context_features = [f for n, f in zip(named, features, strict=True) if n.mention.sentence < 0]
        """What each mention's event score was made of, for training."""


class PlaceFinder:
    """Finds places by a gazetteer and a set of watches. Building it takes about half a second; `find` is pure."""

    def __init__(self, gazetteer: Gazetteer, watches: Sequence[Watch] = (), matcher: Matcher | None = None) -> None:
        self.gazetteer = gazetteer
        self.watches = tuple(watches)
        self.matcher = matcher or Matcher(gazetteer.keys)
        self._watch_keys = _watch_keys(watches)
        self._lies_in: dict[str, tuple[str, ...]] = {}
        areas = areas_of(watches, gazetteer)
        self._countries = [country_of(area, gazetteer) for area in areas]
        for area in areas:
            for place_id in {gazetteer.places[i].id for i in area.inside} | area.own:
                self._lies_in[place_id] = (*self._lies_in.get(place_id, ()), area.watch.id)
        self._watch_matcher = Matcher(self._watch_keys) if self._watch_keys else None
        self._cues = load_cues()
        self._vocabulary = Vocabulary(self._cues, gazetteer.common, gazetteer.ordinary)
        self._persons = Persons(gazetteer, self._cues)
        self._roles = RoleReader(self._cues)

    def with_watches(self, watches: Sequence[Watch]) -> "PlaceFinder":
        """The same finder for another set of watches, without building the large automaton again."""
        return PlaceFinder(self.gazetteer, watches, self.matcher)

    def find(self, document: Document) -> Mentions:
        """All places of the article in order. Linear in its length; never raises."""
        reading = Reading(document, self.matcher.singular)
        hits, barred = self._hits(reading)
        cues = [self._cue(reading, hit.first, hit.prefix) for hit in hits]
        resolver = Resolver(self.gazetteer, self._cues, country_of_source(document.source), self._countries)
        villages = [self._is_called_village(reading, hit, cue, resolver) for hit, cue in zip(hits, cues, strict=True)]
        cued = [cue is not None or village for cue, village in zip(cues, villages, strict=True)]
        called = {hit.key for hit, cue in zip(hits, cued, strict=True) if cue or not self._leans_on_others(hit)}
        resolutions = resolver.resolve(reading, hits, cued, villages, called)
        read = [
            self._is_read(hit, resolution, cue, resolver, called)
            for hit, resolution, cue in zip(hits, resolutions, cued, strict=True)
        ]
        unread = barred | {word for hit, is_read in zip(hits, read, strict=True) if not is_read for word in hit.words}
        unknown = unknown_names(reading, hits, unread, self._vocabulary)
        before = len(document.context_sentences)
        mentions = [
            self._mention(reading, hit, cue, resolution, before)
            for hit, cue, resolution, is_read in zip(hits, cues, resolutions, read, strict=True)
            if is_read
        ]
        mentions += [_unknown_mention(reading, name, before) for name in unknown]
        mentions.sort(key=lambda n: (n.first, n.mention.start))
        features = self._roles.assign(document, reading, mentions)
        for named in mentions:
            self._mark_seat(reading, named)
        locate(reading, mentions, self.gazetteer, self._cues)
        return Mentions(mentions, features)

    def _cue(self, reading: Reading, word: int, prefix: str) -> tuple[int, str, str] | None:
        """The cue in front of a name; «مخيم بإدلب» is a camp in Idlib, none of that name."""
        return None if prefix.removesuffix("ال").endswith("ب") else cue_before(reading, word, self._cues)

    def _is_called_village(
        self, reading: Reading, hit: Hit, cue: tuple[int, str, str] | None, resolver: Resolver
    ) -> bool:
        """«قرية صيدا», «قرى سموقة وتل مضيق وصيدا», but not «قرى إدلب وحلب»: those are villages of a city."""
        if cue is not None:
            return cue[1] == VILLAGE and not (cue[2] in _VILLAGES and _names_city(hit.entries, resolver))
        head = self._head_of_list(reading, hit)
        if head is None:
            return False
        form, first = head
        return form not in _VILLAGES or not _names_city(self._entries_at(reading, first), resolver)

    def _leans_on_others(self, hit: Hit) -> bool:
        """Whether only other words of the article make the name a place: it says nothing of these."""
        return hit.doubtful or hit.key in self.gazetteer.short

    def _head_of_list(self, reading: Reading, hit: Hit) -> tuple[str, int] | None:
        """Of a list of villages in which the name stands: the word for them, and the position of its first name."""
        start = max(reading.bounds(hit.first)[0], hit.first - _LIST)
        at = hit.first - 1 if hit.prefix.startswith("و") else start - 1
        while at >= start and reading.glued[at] and not self._cues.groups(reading.words[at]) & _PLACING:
            form = self._cues.kind_form(reading.words[at])
            if form is not None and form in _SEVERAL_VILLAGES:
                return form, at + 1
            at -= 1
        return None

    def _entries_at(self, reading: Reading, word: int) -> Sequence[int]:
        """Of the name that a word is by itself."""
        token = reading.words[word]
        return [e for form in (token.folded, *token.stems) for e in self.gazetteer.keys.get(form, ())]

    def _mark_seat(self, reading: Reading, named: Named) -> None:
        """«إدلب», «ريف إدلب»: the town or its governorate, which settles nothing unless a word before says «مدينة».

        «جنوبي إدلب» is its countryside. After the roles, which were learnt without this doubt.
        """
        mention = named.mention
        region = self._region_named_like(mention)
        mention.is_seat = region is not None
        cue = self._cue(reading, named.first, named.prefix)
        if cue is not None and cue[1] == "countryside" and cue[2] == _TOWN:
            return  # «ريف مدينة إدلب»: of the town
        is_wide = mention.precision != TOWN or cue is None or cue[1] == REGION
        if region and is_wide:
            mention.ambiguous = True
            mention.candidates = (mention.place_id or "", region)
            if self._is_sided(reading, named) or self._is_topic(reading, named):
                mention.precision = "countryside"

    def _is_topic(self, reading: Reading, named: Named) -> bool:
        """«#إدلب» over or under a post; «قصف على #إدلب» is said of the town."""
        sentence = reading.sentences[reading.sentence_of[named.first]]
        at = reading.words[named.first].start - sentence.start
        before = named.first - 1
        if at == 0 or sentence.text[at - 1] != "#":
            return False
        if before < reading.bounds(named.first)[0]:
            return True
        return _PLACING.isdisjoint(self._cues.groups(reading.words[before]))

    def _is_sided(self, reading: Reading, named: Named) -> bool:
        """«جنوبي إدلب», «بادية دير الزور», «منطقة خفض التصعيد في إدلب»; but not «أحياء شرقي حلب».

        "Eastern Aleppo" is of the city.
        """
        before = named.first - 1
        if before < reading.bounds(named.first)[0] or not reading.glued[before]:
            return False
        word = reading.words[before]
        if named.prefix in ("ل", "لل"):
            return self._is_of_countryside(reading, before)
        if named.prefix not in ("", "ال"):
            return False
        if word.folded == "في" and reading.glued[before - 1] and reading.words[before - 1].folded == _ZONE:
            return True
        if self._cues.kind_form(word) in _PARTS:
            return True
        is_side = "compass" in self._cues.groups(word) and word.folded[0] > "\u0600"
        cue = cue_before(reading, before, self._cues)
        return is_side and (cue is None or cue[2] not in _QUARTERS)

    def _is_of_countryside(self, reading: Reading, before: int) -> bool:
        """«الريف الجنوبي للحسكة», «الريف لحلب»: what belongs to the name is a countryside."""
        start = reading.bounds(before)[0]
        at = before - 1 if before > start and reading.words[before].folded.startswith("ال") else before
        return any(reading.words[i].folded.endswith("الريف") for i in (before, at))

    def _region_named_like(self, mention: PlaceMention) -> str | None:
        """The first-level division that bears the name of the town, its seat."""
        town = self.gazetteer.get(mention.place_id)
        if town is None or mention.precision not in (TOWN, "countryside"):
            return None
        region = self._known_region(town)
        return region.id if region is not None and _is_named_like(region, mention.surface) else None

    def _is_read(self, hit: Hit, resolution: Resolution, cued: bool, resolver: Resolver, called: set[str]) -> bool:
        """Whether a name is kept once the whole article is known."""
        if hit.doubtful and not cued and hit.key not in called:
            return hit.likely and resolver.may_speak_of({self._countries[watch] for watch in hit.watches})
        if hit.key in self.gazetteer.short and resolution.best is not None and not hit.watches:
            return resolver.speaks_of(self.gazetteer.places[resolution.best].country)
        return resolution.best is not None or bool(hit.watches) or cued

    def _hits(self, reading: Reading) -> tuple[list[Hit], set[int]]:
        """Names of places, and the words of phrases that only look like one."""
        found: dict[tuple[int, int, str], Hit] = {}
        for first, last, prefix, key in self.matcher.find(reading):
            definite = prefix.endswith(("ال", "لل"))
            entries = self.gazetteer.keys[key]
            exact = any(bool(e & 1) == definite for e in entries)
            found[first, last, key] = Hit(first, last, prefix, key, definite, entries, exact)
        if self._watch_matcher:
            for first, last, prefix, key in self._watch_matcher.find(reading):
                definite = prefix.endswith(("ال", "لل"))
                hit = found.setdefault((first, last, key), Hit(first, last, prefix, key, definite))
                for watch, is_definite, is_landmark in self._watch_keys[key]:
                    if is_definite == definite or " " in key:
                        hit.watches = (*hit.watches, watch)
                        hit.landmark = is_landmark and not hit.entries
                        hit.exact = True
        names = longest([hit for hit in found.values() if self._is_name(reading, hit)])
        kept = self._lengthened(reading, self._undoubted(reading, names))
        count: dict[int, int] = {}
        few: list[Hit] = []
        barred: set[int] = set()
        for hit in kept:
            if not (hit.entries or hit.watches):
                barred.update(hit.words)
                continue
            sentence = reading.sentence_of[hit.first]
            count[sentence] = count.get(sentence, 0) + 1
            if count[sentence] <= MAX_NAMES_IN_SENTENCE:
                few.append(hit)
        return few, barred

    def _undoubted(self, reading: Reading, hits: list[Hit]) -> list[Hit]:
        """The names; of everyday words those doubted no longer that stand where only a place does."""
        for i, hit in enumerate(hits):
            if hit.doubtful and (hit.entries or hit.watches) and " " not in hit.key:
                is_before = self._is_placed(reading, hit)
                how = placed(reading, hits, i, is_before, self.gazetteer, self._cues)
                hit.doubtful, hit.likely = how < Placed.SURELY, how == Placed.LIKELY
        return hits

    def _lengthened(self, reading: Reading, hits: Sequence[Hit]) -> Iterator[Hit]:
        """The names, those of one word made the longer one where one is meant."""
        done = -1
        for hit in hits:
            if hit.first <= done:
                continue
            if hit.first == hit.last and not hit.watches and (longer := self._longer(reading, hit.last, hit.key)):
                hit = Hit(hit.first, hit.last + 1, hit.prefix, longer, hit.definite, self.gazetteer.keys[longer])
            done = hit.last
            yield hit

    def _longer(self, reading: Reading, last: int, key: str) -> str | None:
        """«حمرة جماسة» is the gazetteer's حمرة جماسي, «الرقة السمرة» its رقة سمرة: the longer name that is meant."""
        if not reading.glued[last]:
            return None
        second = reading.words[last + 1].folded
        bare = second.removeprefix("ال")
        if not bare:
            return None
        ends = _ENDINGS if len(bare) > _STEM and bare[-1] in _ENDINGS else bare[-1]
        names = (f"{key} {form[:-1]}{end}" for form in dict.fromkeys((second, bare)) for end in ends)
        return next((name for name in names if name in self.gazetteer.keys), None)

    def _is_name(self, reading: Reading, hit: Hit) -> bool:
        """Whether the words can be this name here: ordinary words and people's names need a cue before them."""
        if not (hit.entries or hit.watches):
            return True  # a phrase that only looks like a place; it keeps its words from being read as one
        token = reading.words[hit.first]
        if hit.key[0].isdecimal():  # «السبت 6 تشرين الثاني» is a day, «قرية 6 تشرين» a village
            return self._cue(reading, hit.first, hit.prefix) is not None
        if token.folded[0] < "\u0250":
            return _is_latin_name(reading, hit, self.gazetteer) and not self._persons.goes_on(reading, hit)
        if "\u064b" in token.surface[-2:] and hit.first == hit.last:
            return False  # «روسياً»: an adverb or adjective; names of places take no tanwin
        cue = self._cue(reading, hit.first, hit.prefix)
        if hit.first == hit.last and not self._stands_alone(
            reading, hit, cue is not None and not self._is_hospital(cue)
        ):
            return False
        if self._persons.is_in_quoted_name(reading, hit) or self._persons.is_in_titled_name(reading, hit):
            return False
        if hit.prefix and token.folded in self._cues.kinds:
            return False  # «وادي خالد» names no «ادي»
        if hit.first == hit.last and not hit.watches and self._has_head(reading, hit.first):
            return False
        if cue:
            return True
        if " " in hit.key:
            hit.doubtful = self._persons.may_be(hit) and not (
                self._is_placed(reading, hit) or self._persons.is_among_places(reading, hit)
            )
            return not self._persons.has_given_name(reading, hit)
        if not hit.exact:
            return False
        adverb = token.folded in self.gazetteer.adverbs and not self._is_placed(reading, hit)
        if adverb or (hit.key, hit.definite) in self.gazetteer.everyday:
            hit.doubtful = True
        elif hit.prefix and key_of(token.folded) in self.gazetteer.ordinary:
            return False
        if len(hit.key) <= 3 and hit.prefix and hit.prefix.removesuffix("ال") not in _SAFE_PREFIXES:
            return False
        if len(hit.key) <= 2 and not (hit.watches and self._is_spelt_so(reading, hit)):
            return False
        persons = self._persons
        return not (
            persons.has_title(reading, hit) or persons.has_given_name(reading, hit) or persons.goes_on(reading, hit)
        )

    def _is_spelt_so(self, reading: Reading, hit: Hit) -> bool:
        """«إب» is the watched town, «آب» is August."""
        written = reading.words[hit.first].surface
        return any(written == self.watches[watch].name.ar for watch in hit.watches)

    def _is_hospital(self, cue: tuple[int, str, str]) -> bool:
        return self._cues.has("hospitals", cue[2])

    def _stands_alone(self, reading: Reading, hit: Hit, cued: bool) -> bool:
        """Whether one word is the whole name: no cue («مركز المدينة»), no head of a longer one («الشيخ إدريس»).

        `cued`: as the name of a place; «مشفى الجسر» is no village called الجسر.
        """
        token = reading.words[hit.first]
        if self._cues.has("never_names", token.folded):
            return False
        if hit.key in self._cues.kinds and not (cued and hit.definite):
            return self._is_short(reading, hit)
        if hit.key[0] == "ب" and hit.key[1:] in self._cues.kinds and reading.glued[hit.last]:
            return False  # «مخيمات بقرية كللي»: "in the village of", no village of Baqariya
        if not self._cues.has("heads", hit.key) or not reading.glued[hit.last]:
            return True
        following = reading.words[hit.last + 1]
        if following.folded.removeprefix("ال") in self.gazetteer.people:
            return False
        if hit.definite and not self._cues.has("heads", f"ال{hit.key}"):
            return cued or self._is_no_adjective(following)
        return not self._vocabulary.may_be_name(following, following.folded, VILLAGE)

    def _is_no_adjective(self, word: Token) -> bool:
        """«الباب وجرابلس», «الباب السورية», «الباب اليوم»: a word with the article heads no longer name.

        «الباب الرئيسي» is a door.
        """
        definite = word.folded.startswith("ال")
        return not definite or word.folded.endswith("ه") or "goes_on" in self._cues.groups(word)

    def _has_head(self, reading: Reading, word: int) -> bool:
        """«كفر كارس» is no Kars: the head of a longer name stands before it."""
        before = word - 1
        if before < reading.bounds(word)[0] or not reading.glued[before]:
            return False
        head = reading.words[before].folded.removeprefix("و")
        return self._cues.has("heads", head) and head not in self._cues.kinds

    def _is_short(self, reading: Reading, hit: Hit) -> bool:
        """«جنوب القطاع», but not «القطاع الصحي»."""
        following = reading.words[hit.last + 1].folded if reading.glued[hit.last] else ""
        return hit.definite and hit.key in self.gazetteer.short and not following.startswith("ال")

    def _is_placed(self, reading: Reading, hit: Hit) -> bool:
        """Whether a preposition or a word of place, of attack or of siege stands right before the name."""
        before = hit.first - 1
        if before < reading.bounds(hit.first)[0] or not reading.glued[before]:
            return False
        word = reading.words[before]
        groups = self._cues.groups(word)
        if "from_to" in groups or is_struck(reading, hit.first, self._cues):
            return True
        definite = "ال" in word.folded[:3]
        return not definite and not _PLACING.isdisjoint(groups)

    def _watch_ids(self, hit: Hit, resolution: Resolution) -> tuple[str, ...]:
        """Watches that the name belongs to, or that hold one of the places it may mean."""
        found = [self.watches[w].id for w in hit.watches]
        for index in (resolution.best, *resolution.candidates):
            if index is not None:
                found += self._lies_in.get(self.gazetteer.places[index].id, ())
        return tuple(dict.fromkeys(found))

    def _mention(
        self, reading: Reading, hit: Hit, cue: tuple[int, str, str] | None, resolution: Resolution, before: int
    ) -> Named:
        sentence = reading.sentences[reading.sentence_of[hit.first]]
        found = self.gazetteer.places[resolution.best] if resolution.best is not None else None
        precision = self._fineness(found, hit, cue)
        whole = cue is not None and found is not None and hit.exact and _is_of_town(cue, found)
        place = found if whole else self._place(found, cue, precision)
        whole = whole or (cue is not None and place is None and self._cues.has("heads", cue[2]))
        word, prefix = (hit.first - 1, None) if whole else (hit.first, hit.prefix)
        start, end = _start(reading.words[word], prefix, cue), reading.words[hit.last].end
        text = sentence.text[start - sentence.start : end - sentence.start]
        mention = PlaceMention(
            sentence=reading.sentence_of[hit.first] - before,
            field=sentence.field,
            start=start,
            end=end,
            surface=visible("ا" + text if not whole and hit.prefix.endswith("لل") else text),
            name=place.name if place else None,
            place_id=place.id if place else None,
            lat=place.lat if place else None,
            lon=place.lon if place else None,
            country=(place.country or None) if place else None,
            precision=precision,
            role="event",
            ambiguous=resolution.ambiguous and place is not None,
            candidates=tuple(self.gazetteer.places[i].id for i in resolution.candidates) if place else (),
            watch_ids=self._watch_ids(hit, resolution),
        )
        return Named(mention, word, hit.last, place.population if place else 0, prefix or "")

    def _fineness(self, found: Place | None, hit: Hit, cue: tuple[int, str, str] | None) -> str:
        precision = _precision(found, hit, cue)
        if precision == REGION and found is not None and found.kind in (TOWN, VILLAGE) and not self._is_seat(found):
            return "countryside"  # «مقاطعة منبج» is the district around the town, not the governorate it lies in
        return precision

    def _is_seat(self, town: Place) -> bool:
        region = self._known_region(town)
        return region is None or _is_named_like(region, town.ar or town.name)

    def _place(self, found: Place | None, cue: tuple[int, str, str] | None, precision: str) -> Place | None:
        """What the cue makes of the place: «محافظة X» its division, «حي X» something else of that name."""
        if found is None or found.kind not in (TOWN, VILLAGE):
            return found
        if precision == REGION:
            return self._region_of(found)
        elsewhere = cue is not None and cue[1] == LANDMARK and found.population < METROPOLIS
        return None if elsewhere else found

    def _region_of(self, seat: Place) -> Place | None:
        """The first-level division that bears its seat's name; None where the seat's division is not known."""
        code = _division(seat)
        if not code:
            return None
        return self._known_region(seat) or replace(seat, id=f"region:{code}", kind=REGION, population=0)

    def _known_region(self, place: Place) -> Place | None:
        """The gazetteer's entry for the first-level division that the place lies in."""
        return self.gazetteer.get(f"region:{_division(place)}")


def _names_city(entries: Sequence[int], resolver: Resolver) -> bool:
    return any(resolver.is_known(entry >> 1) for entry in entries)


def _is_named_like(region: Place, town: str) -> bool:
    """Whether a division bears the name of a town: «محافظة إدلب», "Idlib Governorate"."""
    return not bare_keys(region).isdisjoint(keys_of(town))


def _division(place: Place) -> str:
    """Code of its first-level division, empty where none is known."""
    return place.admin[1] if len(place.admin) > 1 else ""


def _is_of_town(cue: tuple[int, str, str], place: Place) -> bool:
    """«مخيم جنين», «مطار دمشق»: a thing that stands at the town it is named after."""
    return cue[1] == LANDMARK and cue[2] in _OF_TOWN and place.kind in (TOWN, VILLAGE)


def _start(token: Token, prefix: str | None, cue: tuple[int, str, str] | None) -> int:
    """Offset of a name behind its attached prefix; of its cue (prefix None) behind the cue's."""
    if prefix is None:
        prefix = _clitic(token.folded, cue[2]) if cue else ""
    return token.start + _prefix_length(token.surface, token.folded, prefix)


def _watch_keys(watches: Sequence[Watch]) -> dict[str, list[tuple[int, bool, bool]]]:
    """Key → (watch index, definite, landmark) of all names, aliases and landmarks."""
    keys: dict[str, list[tuple[int, bool, bool]]] = {}
    for index, watch in enumerate(watches):
        names = [n for n in (watch.name.ar, watch.name.en) if n]
        for name, landmark in [(n, False) for n in [*names, *watch.aliases]] + [(n, True) for n in watch.landmarks]:
            for key, definite in keys_of(name):
                keys.setdefault(key, []).append((index, definite, landmark))
    return keys


def _is_latin_name(reading: Reading, hit: Hit, gazetteer: Gazetteer) -> bool:
    token = reading.words[hit.first]
    if token.surface[0].islower() and not hit.watches:
        return False
    if " " in hit.key or hit.watches:
        return True
    if (hit.key, False) in gazetteer.ordinary:
        return False
    largest = max((gazetteer.places[e >> 1].population for e in hit.entries), default=0)
    first_in_sentence = hit.first == reading.bounds(hit.first)[0]
    countries = any(gazetteer.places[e >> 1].kind in (COUNTRY, REGION) for e in hit.entries)
    return countries or largest >= 50_000 or (len(hit.key) >= 4 and not first_in_sentence)


def _prefix_length(surface: str, folded: str, prefix: str) -> int:
    """Characters of the surface taken by the attached prefix; the article stays with the name."""
    bare = prefix[:-2] if prefix.endswith("ال") else prefix[:-1] if prefix.endswith("لل") else prefix
    if not bare or len(surface) == len(folded):
        return len(bare)
    length = 0
    for letter in bare:
        at = surface.find(letter, length)
        length = at + 1 if at >= 0 else length
    return length


def _clitic(folded: str, word: str) -> str:
    return folded[: len(folded) - len(word)] if folded.endswith(word) else ""


def _precision(place: Place | None, hit: Hit, cue: tuple[int, str, str] | None) -> str:
    kind = cue[1] if cue else None
    if kind == "countryside" and place is not None and place.kind in (TOWN, VILLAGE):
        return "countryside"
    if place is None:
        return LANDMARK if hit.landmark else kind if kind in (VILLAGE, TOWN, LANDMARK, REGION) else TOWN
    if place.kind in (COUNTRY, REGION):
        return place.kind
    if cue and kind == REGION:
        return REGION if cue[2] in _REGION_CUES else place.kind
    if kind in (TOWN, VILLAGE, LANDMARK):
        return str(kind)
    return place.kind


def _unknown_mention(reading: Reading, name: UnknownName, before: int) -> Named:
    sentence = reading.sentences[reading.sentence_of[name.first]]
    start, end = name.start, reading.words[name.last].end
    mention = PlaceMention(
        sentence=reading.sentence_of[name.first] - before,
        field=sentence.field,
        start=start,
        end=end,
        surface=visible(sentence.text[start - sentence.start : end - sentence.start]),
        name=None,
        place_id=None,
        lat=None,
        lon=None,
        country=None,
        precision=name.kind,
        role="event",
    )
    return Named(mention, name.first, name.last, 0, "و" if start > reading.words[name.first].start else "")
