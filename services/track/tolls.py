"""How many dead weigh how much."""

from schemas.incident import Range
from services.track.rules import Rules

MASS = 2
"""The band from which a toll is news whoever names it."""


def casualty_band(killed: Range | None, rules: Rules) -> int:
    """0 for none known, then one more for each bound of `casualty_bands` reached by the largest figure."""
    return sum(killed.high >= bound for bound in rules.casualty_bands) if killed else 0
