"""What speaks for or against a place being the site of what its sentence reports, as names of binary features."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.analyze.document import Claim, PlaceMention, Token
from services.analyze.places.cues import Cues
from services.analyze.places.match import Reading

FINENESS = {"landmark": 5, "village": 5, "town": 4, "countryside": 3, "region": 2, "country": 1}
_GROUPS = frozenset((
    "at", "relative", "from_to", "between", "speaks", "homes", "meetings", "about", "named_after", "units",
    "countryside", "people",
))  # fmt: skip
_GROUPS_AFTER = frozenset(("speaks", "relative", "countryside", "at", "from_to"))
WINDOW = 6
"""Words before the name that are looked at one by one."""
LONGEST = 60
"""Words of a sentence that are looked at as a whole."""


@dataclass(slots=True)
class Named:
    """A mention with its words in the reading and what is known of its place."""

    mention: PlaceMention
    first: int
    last: int
    population: int = 0
    prefix: str = ""


def mention_features(reading: Reading, named: Sequence[Named], at: int, cues: Cues, dateline: bool) -> list[str]:
    """Features of `named[at]`, which stands among the mentions of its sentence (all of `named`, in order)."""
    this = named[at]
    mention, first, last = this.mention, this.first, this.last
    start, end = reading.bounds(first)
    words = reading.words
    found = ["bias", f"precision={mention.precision}", f"lang={reading.sentences[reading.sentence_of[first]].lang}"]
    if mention.place_id is None:
        found.append("unknown")
    if mention.ambiguous:
        found.append("ambiguous")
    if this.population >= 1_000_000:
        found.append("big")
    elif this.population >= 100_000:
        found.append("large")
    capital = "capitals" in cues.groups(words[last]) or "capitals" in cues.groups(words[first])
    if capital:
        found.append("capital")
    if dateline:
        found.append("dateline")
    # What is done to a country or said of a capital goes by which one it is; towns are told apart by nothing but words.
    if capital or mention.precision == "country":
        found.append(f"id={mention.place_id}")
    found += _around(reading, this, start, end, cues, capital)
    found += _order(named, at, start)
    return found


def _around(reading: Reading, this: Named, start: int, end: int, cues: Cues, capital: bool) -> list[str]:
    words, first, last = reading.words, this.first, this.last
    precision = this.mention.precision
    prefix = this.prefix.removesuffix("ال") if not this.prefix.endswith("لل") else "ل"
    found = [f"prefix={prefix}", f"prefix={prefix}&{precision}"]
    for distance in (1, 2, 3):
        if first - distance < start:
            found.append(f"before{distance}=^")
            break
        token = words[first - distance]
        glued = reading.glued[first - distance]
        stem = _stem(token)
        if distance < 3:
            found.append(f"before{distance}={stem}" if glued else f"before{distance}=,")
        if not glued and distance == 1:
            found.append("break_before")
        for group in _GROUPS & cues.groups(token):
            found.append(f"{group}@{distance}")
            if distance == 1:
                found.append(f"{group}@{distance}&{precision}")
                if capital:
                    found.append(f"{group}@{distance}&capital")
        form = cues.kind_form(token)
        if form:
            found.append(f"kind@{distance}={cues.kinds[form]}")
    stems = [_stem(words[i]) for i in range(max(start, first - WINDOW), first)]
    found += [f"near={stem}" for stem in dict.fromkeys(stems)]
    if len(stems) >= 2:
        found.append(f"pair={stems[-2]} {stems[-1]}")
    found += _after(reading, last, end, cues, capital)
    return found


def sentence_features(reading: Reading, number: int, precision: str) -> list[str]:
    """Every word of a sentence as it bears on its places of one precision."""
    start, end = reading.first[number], reading.first[number + 1]
    stems = dict.fromkeys(_stem(token) for token in reading.words[start : min(end, start + LONGEST)])
    return [f"word={stem}&{precision}" for stem in stems]


def _after(reading: Reading, last: int, end: int, cues: Cues, capital: bool) -> list[str]:
    words = reading.words
    if last + 1 >= end:
        return ["after=$"]
    token = words[last + 1]
    glued = reading.glued[last]
    found = [f"after={_stem(token)}" if glued else "after=,"]
    for group in _GROUPS_AFTER & cues.groups(token) if glued else ():
        found.append(f"{group}+1")
        if capital:
            found.append(f"{group}+1&capital")
    if token.folded.startswith(("ت", "ي")) and glued and len(token.folded) >= 4:
        found.append("verb?+1")
    return found


def _order(named: Sequence[Named], at: int, start: int) -> list[str]:
    this = named[at]
    fine = FINENESS[this.mention.precision]
    found = []
    finer = [n for n in named if FINENESS[n.mention.precision] > fine]
    if finer:
        found += ["finer", f"finer&{this.mention.precision}"]
        before = at > 0 and FINENESS[named[at - 1].mention.precision] > fine and this.first - named[at - 1].last <= 4
        if before:
            found += ["finer_just_before", f"finer_just_before&{this.mention.precision}"]
    elif any(FINENESS[n.mention.precision] == fine for n in named if n is not this):
        found.append("equals")
    else:
        found.append("finest")
    if len(named) == 1:
        found.append(f"alone&{this.mention.precision}")
    elif at == 0:
        found.append("first")
    elif at == len(named) - 1:
        found.append("last")
    if at > 0 and this.first - named[at - 1].last == 1:
        found.append("list" if this.prefix.startswith("و") else "chain")
    if at + 1 < len(named) and named[at + 1].first - this.last == 1 and named[at + 1].prefix.startswith("و"):
        found.append("list_head")
    position = this.first - start
    found.append("position=" + ("0" if position == 0 else "1-3" if position < 4 else "4-9" if position < 10 else "10+"))
    found.append(
        "count=" + ("1" if len(named) == 1 else "2-3" if len(named) < 4 else "4-8" if len(named) < 9 else "9+")
    )
    return found


def _stem(token: Token) -> str:
    return _bare(token.folded)


@lru_cache(maxsize=1 << 16)
def _bare(word: str) -> str:
    """A word without conjunction and article, so that «والمدينة» and «مدينة» are one."""
    if word[:1] in ("و", "ف") and len(word) > 4:
        word = word[1:]
    return word.removeprefix("ال") if len(word) > 4 else word


def claim_features(claim: Claim, mention: PlaceMention, own: Sequence[PlaceMention]) -> list[str]:
    """What the claim adds for one of the mentions of its sentence (`own`, in order).

    Its type and status, where its trigger stands, and how the mention compares with the others.
    """
    precision = mention.precision
    best = max(own, key=lambda m: m.event_score)
    found = ["bias", f"{claim.type}&{precision}", f"{claim.status}&{precision}", f"type={claim.type}"]
    found.append(f"role={mention.role}")
    if mention.role != "event":
        found.append(f"{claim.type}&{mention.role}")
    if FINENESS[precision] == max(FINENESS[m.precision] for m in own):
        found.append(f"{claim.type}&finest")
    found += _standing(mention, own, best)
    if claim.trigger:
        found += _triggered(claim.trigger, mention, own)
    return found


def _standing(mention: PlaceMention, own: Sequence[PlaceMention], best: PlaceMention) -> list[str]:
    """The mention's place among the others of its sentence by what each is worth alone."""
    precision = mention.precision
    rank = sum(m.event_score > mention.event_score for m in own)
    if len(own) == 1:
        return ["only", f"only&{precision}"]
    if mention is best:
        others = [m for m in own if m is not mention]
        second = max(others, key=lambda m: m.event_score)
        lead = mention.event_score - second.event_score
        return [
            f"best&{precision}",
            f"best&over={second.precision}",
            f"lead={int(lead * 5)}",
            f"best&{precision}&over={second.precision}",
        ]
    gap = best.event_score - mention.event_score
    return [
        f"rank={min(rank, 4)}",
        f"gap={int(gap * 5)}",
        f"under={best.precision}&{precision}",
        f"gap={int(gap * 5)}&{precision}",
        "same_country" if mention.country == best.country else "other_country",
        f"{'after' if mention.start > best.start else 'before'}_best&{precision}",
    ]


def _triggered(trigger: tuple[int, int], mention: PlaceMention, own: Sequence[PlaceMention]) -> list[str]:
    ahead = mention.start >= trigger[0]
    gap = _gap(trigger, mention)
    side = "+" if ahead else "-"
    near = "0" if gap < 15 else "15" if gap < 40 else "40" if gap < 90 else "90"
    closer = sum(_gap(trigger, m) < gap for m in own)
    return [
        f"trigger{side}{near}",
        f"trigger{side}&{mention.precision}",
        f"closer={min(closer, 3)}",
        f"closer={min(closer, 3)}{side}&{mention.precision}",
    ]


def _gap(trigger: tuple[int, int], mention: PlaceMention) -> int:
    """Characters between trigger and mention."""
    return max(0, mention.start - trigger[1] if mention.start >= trigger[0] else trigger[0] - mention.end)


def inherited_features(
    claim: Claim, mention: PlaceMention, origin: str, rank: int, said: int, sentence: Sequence[Token]
) -> list[str]:
    """Features of a place that the claim's sentence does not name: from `previous`, `title` or `context`."""
    score = round(mention.event_score * 5) / 5
    return [
        "bias",
        f"origin={origin}",
        f"{origin}&{mention.precision}",
        f"{origin}&score={score:.1f}",
        f"{origin}&rank={min(rank, 3)}",
        f"type={claim.type}",
        f"status={claim.status}",
        f"{claim.type}&{mention.precision}",
        f"said={min(said, 3)}",
        f"role={mention.role}",
        *(["unknown"] if mention.place_id is None else []),
        *(f"word={stem}&{origin}" for stem in dict.fromkeys(_stem(t) for t in sentence[:LONGEST])),
    ]
