"""The sentence that a claim stands in, cut from its article, with the places of its source, cue and content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_END = re.compile(r"[.!?…][\"'”’»)]*\s+(?=[\"'“‘«(]?[A-Z0-9])")
_REACH = 400  # code points before and after the claim within which a sentence's border is looked for


def sentence_of(claim: dict[str, Any], text: str, passages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Keys: text; start and end, code points of the article; marks, each with kind (`source`, `cue`, `content`), start
    and end, code points of that text.

    It begins and ends where a sentence or the passage does.
    """
    marks = [("content", piece["start"], piece["end"]) for piece in claim["content"]]
    marks += [("cue", piece["start"], piece["end"]) for piece in claim["cue"]]
    if claim["source_start"] is not None:
        marks.append(("source", claim["source_start"], claim["source_end"]))
    first, last = min(start for _, start, _ in marks), max(end for _, _, end in marks)
    low = max((p["start"] for p in passages if p["start"] <= first), default=0)
    high = min((p["end"] for p in passages if p["end"] >= last), default=len(text))
    before = [found.end() for found in _END.finditer(text, max(low, first - _REACH), first)]
    after = _END.search(text, max(last - 1, first), min(high, last + _REACH))
    start = before[-1] if before else low
    end = after.end() if after else high
    cut = text[start:end]
    start += len(cut) - len(cut.lstrip())
    cut = cut.strip()
    return {
        "text": cut,
        "start": start,
        "end": start + len(cut),
        "marks": [
            {"kind": kind, "start": a - start, "end": min(b - start, len(cut))}
            for kind, a, b in sorted(marks, key=lambda mark: (mark[1], mark[2], mark[0]))
            if a < b
        ],
    }
