"""What is decided of a sentence."""

from typing import NamedTuple

VIOLENCE = ("clash", "attack", "shelling", "airstrike", "explosion", "offensive")
"""Types of acts of violence."""


class Verdict(NamedTuple):
    """A type that a sentence carries, its status, and how surely both are right."""

    type: str
    status: str
    confidence: float
