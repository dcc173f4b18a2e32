"""A sentence with its source, cue and content marked: by colour in a terminal, by brackets elsewhere."""

from __future__ import annotations

import itertools
from typing import Any

from rich.text import Text

_STYLES = {"source": "bold cyan", "cue": "italic yellow", "content": "underline"}
_RANK = {"source": 0, "cue": 1, "content": 2}  # what a place is shown as, where two marks overlap


def marked(sentence: dict[str, Any], styled: bool) -> Text:
    """The sentence on one line; without styles each mark is written out, as `[source the mayor]`."""
    text: str = sentence["text"]
    kinds: list[str | None] = [None] * len(text)
    for mark in sorted(sentence["marks"], key=lambda m: -_RANK[m["kind"]]):
        for at in range(max(0, mark["start"]), min(mark["end"], len(text))):
            kinds[at] = mark["kind"]
    made = Text()
    for kind, places in itertools.groupby(range(len(text)), kinds.__getitem__):
        inside = list(places)
        words = " ".join(text[inside[0] : inside[-1] + 1].split("\n"))
        if kind is None:
            made.append(words)
        elif styled:
            made.append(words, style=_STYLES[kind])
        else:
            made.append(f"[{kind} {words}]")
    return made
