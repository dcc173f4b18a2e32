"""Denials in direct speech ("This is a lie," said S): the accusation earlier in the article that they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.claims.attribution.layers import Layered
from pipeline.claims.attribution.parties import Parties
from pipeline.claims.attribution.wrongs import load_wrongs

_WORDS = 40  # words of a denial in direct speech; a longer statement says more than that
_THAT = r"(?:this|that|it|these|those|they|such(?:\s+\w+){1,3}|(?:these|those|the|all|any)\s+(?:\w+\s+){0,2}\w+s)"
_NOT = r"(?:(?:is|was|are|were|does|did|do|has|have)(?:\s+not|n['’]t)|never|cannot|can['’]t)"
_DENIED = re.compile(
    rf"{_THAT}\s+(?:\w+ly\s+)?{_NOT}\s+(?:\w+\s+)?"
    r"(?:true|exist|existed|happen|happened|so|correct|the case|accurate|occur|occurred|take place|taken place)\b"
    r"|\bthere (?:is|was)(?:\s+absolutely)? (?:no|not a shred of|nothing) (?:truth|such|substance|evidence|basis)\b"
    r"|\bwe (?:\w+ly )?(?:deny|reject|refute|dismiss)\b",
    re.IGNORECASE,
)


def find_denials(
    text: str,
    layered: Sequence[Layered],
    stances: Sequence[str],
    quoted: Sequence[bool],
    parties: Sequence[Parties],
    mentions: Sequence[Mapping[str, Any]],
) -> dict[int, int]:
    """Index of a denial in direct speech -> index of the accusation that it answers, in text order.

    ``quoted`` tells which attributions are direct quotations. Their words must call something false or say that it
    is not so, and one accusation alone must stand before that is made against the speaker, or against the state or body
    he speaks for. Repetitions of an accusation by one accuser count once; the last of them is meant. Where several
    accusations fit, none is named.
    """
    behind = _bodies_behind(mentions)
    denials: dict[int, int] = {}
    accusations = [i for i, stance in enumerate(stances) if stance == "accuse"]
    for i, item in enumerate(layered):
        if not quoted[i] or not parties[i].source or not _denies(_spoken(text, item)):
            continue
        speaks_for = {*parties[i].source, *(behind[c] for c in parties[i].source if c in behind)}
        start = item.found.content[0][0]
        against = [
            j
            for j in accusations
            if layered[j].found.content[0][0] < start
            and layered[j].found.cue_at < start
            and speaks_for & set(parties[j].targets)
            and not set(parties[j].source) & speaks_for
        ]
        if against and len({(tuple(parties[j].source), tuple(parties[j].targets)) for j in against}) == 1:
            denials[i] = against[-1]
    return denials


def _spoken(text: str, item: Layered) -> str:
    return " ".join(text[start:end] for start, end in item.found.content)


def _denies(words: str) -> bool:
    """Whether words spoken deny: they call something false in a few words, or say that it is not so."""
    plain = re.sub(r"[^\w\s'’]", " ", words)
    if len(plain.split()) > _WORDS:
        return False
    return _DENIED.search(plain) is not None or _calls_false(plain)


def _calls_false(words: str) -> bool:
    found = re.search(rf"\b{_THAT}\s+(?:is|are|was|were)\s+((?:\w+\s+){{0,3}}\w+)", words, re.IGNORECASE)
    falsehoods = load_wrongs().falsehoods
    named = found.group(1).lower().split() if found is not None else []
    return "not" not in named and any(word in falsehoods or word.removesuffix("s") in falsehoods for word in named)


def _bodies_behind(mentions: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Cluster of a person or body -> cluster of the state or body that it speaks for, where the article names that."""
    known = [m for m in mentions if m["cluster_no"] is not None]
    clusters = {m["gazetteer_id"]: m["cluster_no"] for m in known if m["gazetteer_id"]}
    names = {m["text"]: m["cluster_no"] for m in known}
    behind: dict[int, int] = {}
    for mention in known:
        body = mention["affiliation"]
        cluster = clusters.get(body, names.get(body)) if body else None
        if cluster is not None:
            behind.setdefault(mention["cluster_no"], cluster)
    return behind
