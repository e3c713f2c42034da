"""The rules' figures, read from `data/rules.yml`: everything that may be tuned is there, with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    lateness_hours: float = 12.0
    keep_closed_hours: float = 84.0

    @classmethod
    def load(cls) -> "Rules":
        """The shipped rules."""
        return cls()
