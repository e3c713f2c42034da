"""The ranker's sums."""

from itertools import permutations

from services.analyze.places.ranker import total

WEIGHTS = {"إلى": 0.1, "في": 0.2, "قرب": 0.3, "the": -0.7, "near": 0.001, "in": 0.33}


def test_the_order_of_the_features_does_not_touch_the_sum() -> None:
    """A set's order differs from process to process: its last bit would decide between places that are level."""
    assert len({total(WEIGHTS, order) for order in permutations(WEIGHTS)}) == 1
    assert total(WEIGHTS, ["في", "unheard of"]) == 0.2
