"""Stance and negation."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("sentence", "stance", "negated"),
    [
        ("The mayor said that the bridge was safe.", "assert", False),
        ("The mayor said that the bridge was not safe.", "assert", True),
        ("The mayor said that Norland was arming the rebels.", "accuse", False),
        ("The mayor said that the bridge will fall.", "predict", False),
        ("The mayor said that the reports were false.", "deny", False),
        ("The mayor warned that the bridge was weak.", "warn", False),
        ("The mayor fears that the bridge is weak.", "concern", False),
        ("The mayor hopes that the bridge is safe.", "desire", False),
        ("The mayor promised to repair the bridge.", "pledge", False),
        ("The mayor praised the builders of the bridge.", "praise", False),
        ("The mayor condemned the closure of the bridge.", "criticize", False),
        ("The mayor described the bridge as a ruin.", "characterize", False),
        ("The mayor did not say whether the bridge was safe.", "not_said", False),
        ("The mayor declined to comment on the bridge.", "not_said", False),
        ("The mayor refused to repair the bridge.", "desire", True),
        ("The mayor does not believe that the bridge is safe.", "assert", True),
    ],
)
def test_the_stance_follows_cue_and_content(read: Any, sentence: str, stance: str, negated: bool) -> None:
    found = read(sentence).only
    assert (found["stance"], found["negated"]) == (stance, negated)


def test_who_no_longer_blames_does_not_accuse(read: Any) -> None:
    found = read("The widow no longer blames the captain for the accident.").only
    assert found["cue"][0]["text"] == "no longer blames"
    assert found["stance"] == "not_said"


def test_a_thing_that_breaks_is_not_accused(read: Any) -> None:
    assert read("The captain said that the mast broke in the storm.").only["stance"] == "assert"
