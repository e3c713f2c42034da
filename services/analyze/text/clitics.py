"""Arabic prefixes that are written together with the word: و ف ب ك ل س ال and their chains."""

from functools import lru_cache

CHAINS = ("", "و", "ف", "ب", "ك", "ل", "س", "وب", "ول", "وك", "وس", "فب", "فل", "فك", "فس")
"""Conjunction, then preposition or future mark; the article may follow."""

DEFINITE = frozenset([c + "ال" for c in CHAINS if not c.endswith(("ل", "س"))] + ["لل", "ولل", "فلل", "لال", "ولال"])
"""Prefixes that end with the article; ل + ال is written لل."""

BARE = frozenset(CHAINS)
"""Prefixes without the article, the empty one among them."""

_BY_LENGTH = sorted((BARE | DEFINITE) - {""}, key=len)


@lru_cache(maxsize=1 << 16)
def stems(folded: str) -> tuple[str, ...]:
    """What a folded word may be without its prefixes, longest first, itself excluded.

    At least two letters stay after the article, three otherwise; ل + ال gives the definite form back, so that
    «للرقه» has the stems «الرقه» and «رقه». Readers try the whole word first: a name is never cut where it is known.
    """
    if not folded or not "\u0621" <= folded[0] <= "\u064a":
        return ()
    found: list[str] = []
    for prefix in _BY_LENGTH:
        if not folded.startswith(prefix):
            continue
        rest = folded[len(prefix) :]
        definite = prefix in DEFINITE
        if len(rest) < (2 if definite else 3):
            continue
        if definite and prefix.endswith("لل"):
            found.append("ال" + rest)
        found.append(rest)
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))
