"""Every rule is explained, in code and in the documents."""

from pathlib import Path

import pytest

from services.track.reasons import MEANING, Fired, Held


@pytest.mark.parametrize("rule", [*Fired, *Held])
def test_every_rule_has_words_and_is_in_the_documents(rule: str) -> None:
    document = (Path(__file__).parents[2] / "docs/incidents.md").read_text(encoding="utf-8")
    assert f"| `{rule}` | {MEANING[rule]} |" in document
