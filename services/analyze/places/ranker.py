"""The trained part: how likely a report's event happens at a place (weights in `data/places_weights.json`)."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

FILE = files("services.analyze") / "data" / "places_weights.json"
_LIMIT = 8.0
ALONE = "alone"
"""Weight of what the mention is worth without the claim (its log-odds)."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Three sums of weights over binary features, and from which probability on a place is taken."""

    mention: Mapping[str, float]
    claim: Mapping[str, float]
    inherited: Mapping[str, float]
    own_threshold: float = 0.5
    inherited_threshold: float = 0.5
    only_threshold: float = 0.25
    """For the likeliest town of a sentence where no place reaches the first threshold."""
    site_threshold: float = 0.55
    """From here on the place is said to be the site, which is what wakes a watch."""

    def mention_score(self, features: Iterable[str]) -> float:
        """Probability that something reported in the sentence happens here, whatever it is."""
        return probability(self.mention_odds(features))

    def mention_odds(self, features: Iterable[str]) -> float:
        """The same as log-odds, which add up."""
        return total(self.mention, features)

    def claim_score(self, event_score: float, features: Iterable[str]) -> float:
        """The same for one claim of the sentence."""
        return probability(self.claim.get(ALONE, 1.0) * log_odds(event_score) + total(self.claim, features))

    def inherited_score(self, features: Iterable[str]) -> float:
        """Probability that a claim which names no place happens at one that was named before."""
        return probability(total(self.inherited, features))


def total(weights: Mapping[str, float], features: Iterable[str]) -> float:
    """The same to the last bit in whatever order a set of features comes, which differs from process to process."""
    return math.fsum([weights[f] for f in features if f in weights])


def probability(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-_LIMIT, min(_LIMIT, odds))))


def log_odds(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


@lru_cache(maxsize=1)
def load_ranker() -> Ranker:
    return Ranker(**json.loads(FILE.read_text("utf-8")))
