"""Which claims anywhere in a corpus may stand against each other: the few that call something by a listed opposite."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.characterisations import opposite_words


def may_characterise(claims: pa.Table) -> pa.Table:
    """The rows of `claims` that hold a word of the table of opposites: no other claim can characterise anything."""
    words = "|".join(map(re.escape, sorted(opposite_words())))
    text = pc.utf8_lower(claims["content_text"])
    return claims.filter(pc.match_substring_regex(text, rf"\b(?:{words})\b"))
