"""Which attributions stand inside which: layers, and what is left out because it is said within a quotation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.attribution.found import Found
from pipeline.claims.attribution.quotations import Quotation
from pipeline.claims.attribution.quoting import QuotationIndex

# Inside a quotation, a speaker's own "I think" or "they say" is part of the utterance and no claim of its own.
_SPEAKERS_OWN = frozenset(
    ["i", "we", "you", "it", "this", "that", "he", "she", "they", "one", "people", "who", "which", "both"]
)


# Inside another claim only what reports or judges is a claim of its own; a wish or a support told there is content.
_CLAIMS_INSIDE = frozenset(["clause", "phrase", "quote", "bare", "object_as", "object_predicate"])
_SHOWING = frozenset(["show", "prove", "demonstrate", "mean"])
_PRONOUNS = frozenset(["he", "she", "it", "they", "who", "which"])


@dataclass(frozen=True)
class Layered:
    """An attribution with the index of the one whose content holds it, None on layer 0."""

    found: Found
    parent: int | None


def split_by_quotation(found: Sequence[Found], quotations: Sequence[Quotation]) -> tuple[list[Found], list[Found]]:
    """(attributions whose cue stands inside a quotation, all others)."""
    index = QuotationIndex(quotations)
    inner = [item for item in found if index.at(item.cue_at) is not None]
    outer = [item for item in found if index.at(item.cue_at) is None]
    return inner, outer


def arrange_layers(text: str, outer: Sequence[Found], inner: Sequence[Found]) -> list[Layered]:
    """All attributions in text order, each with its parent: the outermost other one whose content holds its cue.

    Those inside a quotation stay only where the quotation is attributed and a third party is named as their source.
    Of two attributions with one cue the one found first stays.
    """
    named = [f for f in inner if f.source_token is not None and f.source_token.lower_ not in _SPEAKERS_OWN]
    candidates = [(f, False) for f in outer] + [(f, True) for f in named]
    candidates.sort(key=lambda pair: (pair[0].cue_at, _rank(pair[0]), pair[0].content))
    unique: dict[tuple[int, bool], tuple[Found, bool]] = {}
    for item, quoted in candidates:
        unique.setdefault((item.cue_at, bool(item.cue)), (item, quoted))
    items = list(unique.values())
    parents = _outermost_holders([item for item, _ in items])
    _part_coordinated(text, items, parents)
    for i, (item, quoted) in enumerate(items):
        parent = parents[i]
        if parent is not None and not quoted and item.rule == "denied_noun":
            cut = _cut_before(text, items[parent][0], item.content[0][0])
            if cut is not None:
                parents[i] = parents[parent]
                items[parent] = cut, items[parent][1]
        elif parent is not None and not quoted and _same_voice(item, items[parent][0]):
            parents[i] = None
            items[parent] = _cut_aside(text, items[parent][0], item), items[parent][1]
    kept = [
        i
        for i, (item, quoted) in enumerate(items)
        if (parents[i] is None and not quoted) or (parents[i] is not None and _is_claim_inside(item))
    ]
    renumbered = {old: new for new, old in enumerate(kept)}
    return [Layered(items[i][0], None if (parent := parents[i]) is None else renumbered.get(parent)) for i in kept]


def _same_voice(item: Found, parent: Found) -> bool:
    """Whether a claim inside an act told ("thanked her for what he called …") is told by the article itself."""
    told = parent.frame.startswith(("object", "prep_", "infinitive"))
    return told and item.source_token is not None and item.source_token.lower_ in _PRONOUNS


_CONTRAST = re.compile(r"[,;]\s+(?:while|whereas|though|although|and|but)\s+(?:also|then|later)?\s*$", re.IGNORECASE)
_COMMA = re.compile(r",\s*$")
_BY = re.compile(r"[,;]?\s+(?:by|while)(?:\s+\w+ly)?\s*$")
_JOINED = re.compile(
    r"(?:[,;]?\s+(?:and|but|or)(?:\s+(?:also|then|later|has|had|have))*|,(?:\s+(?:also|then))?)\s*$", re.IGNORECASE
)


def _part_coordinated(text: str, items: list[tuple[Found, bool]], parents: list[int | None]) -> None:
    """Free what stands beside a report although the parser put it inside: "said that A and called B a fool".

    A cue without a subject of its own, joined by "and" and in the tense of the cue before, or a participle behind a
    comma ("said that A, adding that B"), goes on with the same source. Behind "while" a cue with its own subject is
    another's. The content before ends where that begins.
    """
    for i, (item, quoted) in enumerate(items):
        parent = parents[i]
        if parent is None or quoted or item.cue_token is None:
            continue
        outer = items[parent][0]
        holder = next(((a, b) for a, b in outer.content if a <= item.cue_at < b), None)
        if outer.cue_token is None or outer.frame == "bare" or holder is None or holder[0] < outer.cue_at:
            continue
        own = any(c.dep_ in ("nsubj", "nsubjpass") for c in item.cue_token.children)
        starts = min([s for s, _ in item.cue] + ([item.source[0]] if own and item.source else []))
        if own and item.cue_token.dep_ == "conj":
            lead = item.doc_start + item.cue_token.left_edge.idx  # "and when asked about it, S replied"
            starts = min(starts, lead) if lead > holder[0] else starts
        if own:
            joint = _CONTRAST.search(text, holder[0], starts) if item.cue_token.dep_ in ("advcl", "conj") else None
        elif item.cue_token.tag_ == "VBG":
            means = item.cue_token.dep_ == "pcomp" and outer.frame.startswith(("object", "prep_"))
            joint = _BY.search(text, holder[0], starts) if means else None
            joint = _COMMA.search(text, holder[0], starts) if item.cue_token.dep_ == "advcl" else joint
        elif item.cue_token.tag_ == outer.cue_token.tag_ and item.cue_token.dep_ == "conj":
            joint = _JOINED.search(text, holder[0], starts)
        else:
            joint = None
        if joint is None or text.count(" ", holder[0], joint.start()) < 2:
            continue
        kept = tuple((a, joint.start()) if (a, b) == holder else (a, b) for a, b in outer.content if a <= holder[0])
        items[parent] = outer.but(content=kept), items[parent][1]
        freed = (
            item if own else item.but(source=outer.source, source_token=outer.source_token, doc_start=outer.doc_start)
        )
        items[i] = freed, quoted
        for j, other in enumerate(parents):
            if j >= i and other == parent and items[j][0].cue_at >= joint.start():
                parents[j] = (
                    parents[parent]
                    if j == i
                    else (i if any(a <= items[j][0].cue_at < b for a, b in freed.content) else other)
                )


_ASIDE = re.compile(r",\s+(?:which|who|whom|where)\s+")


def _cut_aside(text: str, parent: Found, item: Found) -> Found:
    """The parent with its content ending before the aside (", which she called …") in which the other claim stands."""
    begins = min([item.cue_at, *([item.source[0]] if item.source else [])])
    content = []
    for start, end in parent.content:
        asides = [m.start() for m in _ASIDE.finditer(text, start, min(end, begins + 1))]
        content.append((start, asides[-1]) if start <= begins < end and asides else (start, end))
    return parent.but(content=tuple(content))


def _cut_before(text: str, parent: Found, position: int) -> Found | None:
    """The parent with its content ending at the comma before ``position``; None where nothing would be left."""
    content = []
    for start, end in parent.content:
        last = start + len(text[start:position].rstrip(" ,—–-")) if start < position < end else end
        if start < last:
            content.append((start, last))
    return parent.but(content=tuple(content)) if content else None


def _is_claim_inside(item: Found) -> bool:
    return (item.frame in _CLAIMS_INSIDE and item.cue_lemma not in _SHOWING) or item.stance in ("deny", "accuse")


def _rank(item: Found) -> int:
    """Which of two readings of one cue stays: the more specific one."""
    return 0 if item.rule.startswith(("carried_noun", "denied_noun")) else 1


def _outermost_holders(items: Sequence[Found]) -> list[int | None]:
    """For each attribution the index of the one with the longest content around its cue.

    Two that hold each other's cue are equals. Looks only at neighbours within reach, so the cost stays linear.
    """
    pieces = sorted((start, end, i) for i, item in enumerate(items) for start, end in item.content)
    parents: list[int | None] = [None] * len(items)
    active: list[tuple[int, int, int]] = []
    position = 0
    for i, item in enumerate(items):
        while position < len(pieces) and pieces[position][0] <= item.cue_at:
            active.append(pieces[position])
            position += 1
        active = [piece for piece in active if piece[1] > item.cue_at]
        if not item.cue:
            continue
        best = None
        for start, end, j in active:
            if j == i or items[j].cue_at == item.cue_at or _holds_cue(item, items[j]):
                continue
            if best is None or end - start > best[0]:
                best = end - start, j
        parents[i] = best[1] if best is not None else None
    return parents


def _holds_cue(outer: Found, inner: Found) -> bool:
    return any(start <= inner.cue_at < end for start, end in outer.content)
