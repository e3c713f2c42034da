"""What is decided of a sentence."""

from dataclasses import dataclass

VIOLENCE = ("clash", "attack", "shelling", "airstrike", "explosion", "offensive")
"""Types of acts of violence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A type that a sentence carries, its status, and how surely both are right."""

    type: str
    status: str
    confidence: float
