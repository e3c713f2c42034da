"""The words that report casualties and name people, of one language: data/<language>/casualties.yml."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Literal, get_type_hints

from services.analyze.signals.language import FALLBACK, folded_set, read_data
from services.analyze.signals.numbers import number_words

Kind = Literal["killed", "injured"]
KINDS: tuple[Kind, Kind] = ("killed", "injured")
Words = frozenset[str]

SHAPES = ("victims", "plural", "victim", "event", "verb")
"""Classes of cues in the data file; where two claim a form, the later one has it."""


@dataclass(frozen=True, slots=True)
class CasualtyWords:
    """Folded. The comments of the Arabic data file explain each list."""

    duals: bool
    restates: bool
    reach: int
    vague_reach: int
    cues: dict[str, tuple[Kind, str]]
    """form -> kind and shape: event, verb, plural, victim, victims or dual"""
    owners: dict[str, int]
    """form with a possessor joined -> how many they are: مقتله 1, مقتلهما 2"""
    people: dict[str, str]
    """form -> one, two or many"""
    sound: Words
    completed_by: dict[str, Words]
    before_count: Words
    """What may stand between a cue and its count."""
    no_name: Words
    vague: Words
    approx: Words
    things: Words
    things_before: Words
    always_vague: Words
    one_of: Words
    both: Words
    of: Words
    of_them: Words
    determiners: Words
    attributes: Words
    ranks: Words
    that: Words
    who: Words
    skip: Words
    stops: Words
    totals: Words
    others: Words
    parts: Words
    parts_before: Words
    parts_if_them: Words
    them: Words
    none: Words
    illness: Words
    coordinators: Words
    against: Words
    passive_next: Words
    singular: Words
    counted_only: Words
    people_only: Words
    predicative: Words
    lives: Words
    since: Words
    since_recent: Words
    since_when: Words
    during: Words
    during_long: Words
    so_far: Words
    was: Words
    ago_on: Words
    at_once: Words
    two: Words
    company: Words
    animals: Words
    age: Words
    further: Words
    each: Words
    or_else: Words
    by: Words
    offices: Words
    doers: Words
    assassinates: Words
    counted_singular: Words
    rises: Words
    reaches: Words
    toll: Words
    to_count: Words
    from_count: Words
    after: Words
    after_span: Words
    spans: Words
    hours: Words
    similar: Words
    previous: Words
    was_so: Words
    came_of_it: Words


@cache
def casualty_words(language: str) -> CasualtyWords:
    """Word lists of a language, those of English where it has none."""
    if not read_data(language, "casualties"):
        language = FALLBACK
    data = read_data(language, "casualties")
    numbers = number_words(language)
    built: dict[str, Any] = {
        "duals": bool(data["duals"]),
        "restates": bool(data["restates"]),
        "reach": int(data["reach"]),
        "vague_reach": int(data["vague_reach"]),
        "cues": _cues(data),
        "owners": _owners(data),
        "people": _people(data),
        "sound": folded_set(data["people"]["sound"]),
        "completed_by": {
            form: folded_set(words) for verb, words in data["completed_by"].items() for form in folded_set([verb])
        },
        "vague": numbers.vague,
        "approx": numbers.approx,
    }
    hints = get_type_hints(CasualtyWords)
    for entry in fields(CasualtyWords):
        if entry.name not in built and entry.name in data and hints[entry.name] == Words:
            built[entry.name] = folded_set(data[entry.name])
    skip, lives = folded_set(data["skip"]), folded_set(data["lives"])
    built["before_count"] = skip | lives | numbers.approx | built["at_once"]
    for form in built["owners"]:
        built["cues"].setdefault(form, (_kind_of_owner(form, data), "event"))
    built["no_name"] |= built["things"] | skip | built["parts"] | numbers.vague
    return CasualtyWords(**built)


def feminine(form: str) -> str:
    """The stem that endings are joined to: ه opens to ت."""
    return form[:-1] + "ت" if form.endswith("ه") else form


def _dual(form: str, *endings: str) -> list[str]:
    return [feminine(form) + ending for ending in endings]


def _cues(data: dict[str, Any]) -> dict[str, tuple[Kind, str]]:
    found: dict[str, tuple[Kind, str]] = {}
    for kind in KINDS:
        for shape in SHAPES:
            for form in folded_set(data[kind][shape]):
                found[form] = (kind, shape)
                if shape == "victim" and data["duals"]:
                    # قتيلا; قتيلان، قتيلين; before its owner the dual ends in ي, which for masculines is also "my".
                    endings = ("ان", "ين", "ي") if form.endswith("ه") else ("ان", "ين")
                    found.setdefault(form + "ا", (kind, shape))
                    for dual in _dual(form, *endings):
                        found.setdefault(dual, (kind, "dual"))
    return found


def _owned(form: str) -> dict[str, int]:
    return {feminine(form) + ending: number for ending, number in (("ه", 1), ("ها", 1), ("هما", 2))}


def _owners(data: dict[str, Any]) -> dict[str, int]:
    if not data["duals"]:
        return {}
    events = folded_set(data["killed"]["event"] + data["injured"]["event"]) - folded_set(data["counted_only"])
    return {owned: number for form in sorted(events) for owned, number in _owned(form).items()}


def _kind_of_owner(owned: str, data: dict[str, Any]) -> Kind:
    killed = folded_set(data["killed"]["event"])
    return "killed" if any(owned in _owned(form) for form in killed) else "injured"


def _people(data: dict[str, Any]) -> dict[str, str]:
    broken = {next(iter(folded_set([one]))): folded_set(many) for one, many in data["people"]["broken"].items()}
    found: dict[str, str] = {}
    for form, plurals in broken.items():
        if data["duals"]:
            found.update(dict.fromkeys(_dual(form, "ان", "ين", "اه", "اها", "اهما"), "two"))
            # «طفليه» are two; «مرافقيه» may be many, since their plural ends as the dual does.
            owned = "many" if any(plural.endswith("ين") for plural in plurals) else "two"
            found.update(dict.fromkeys(_dual(form, "يه", "يها", "يهما"), owned))
        found.update(dict.fromkeys(plurals, "many"))
        found[form] = "one"
    for form in folded_set(data["people"]["sound"]):
        found.update({form: "one", form + "ان": "two", form + "ين": "many", form + "ون": "many", form + "ا": "one"})
    if data["duals"]:
        _add_endings(found, broken)
    for form in folded_set(data["not_people"]):
        found.pop(form, None)
    return found


def _add_endings(found: dict[str, str], broken: dict[str, Words]) -> None:
    """With a possessor: زوجها، أطفالهم; in the accusative: شخصا."""
    for form, plurals in broken.items():
        for ending in ("ه", "ها", "هم", "هما"):
            found.setdefault(feminine(form) + ending, "one")
            for plural in plurals:
                found.setdefault(plural + ending, "many")
    for form, number in list(found.items()):
        if number in ("one", "many"):
            found.setdefault(form + "ا", number)
