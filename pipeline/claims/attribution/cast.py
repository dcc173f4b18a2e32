"""The cast of an article: its entity mentions by position, and the clusters that a noun phrase names."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Token

from pipeline.claims.attribution.found import Span
from pipeline.claims.attribution.nominals import INDEFINITE, Nominals

JOINT = re.compile(r"\s*(?:,|,?\s*(?:and|or|&|as well as))\s*(?:both\s+)?(?:the\s+)?", re.IGNORECASE)
_WORD = re.compile(r"\b(?:and|or|as)\b|&")
_APPOSED = re.compile(r",\s+(?:the|a|an)\s+(?:[\w’'-]+\s+){0,4}?([a-z]+)(?=[,.;])")
_PERIODICALS = frozenset(["magazine", "newspaper"])
_POSSESSIVE = re.compile(r"['’]s?(?=\s|$)")
_ASKED = 20  # mentions of a cluster that are asked what it is called
_LANDS = ("GPE", "NORP", "LOC")  # a country and its people
PARTY_TYPES = frozenset(["PERSON", "ORG", "GPE", "NORP", "FAC", "LOC"])


@dataclass(frozen=True)
class Mention:
    """A mention of a cluster of this article."""

    start: int
    end: int
    label: str
    cluster: int
    type: str
    gazetteer_id: str
    affiliation: str
    role: str

    @property
    def is_outlet(self) -> bool:
        """Whether the gazetteer knows it as a news medium."""
        return self.gazetteer_id.startswith("outlet:")

    @property
    def is_state(self) -> bool:
        """Whether it is a country, or a city that may stand for its government."""
        return self.gazetteer_id.startswith(("country:", "city:")) or self.type == "GPE"


@dataclass(frozen=True)
class Named:
    """What a noun phrase names: clusters, and whether the people meant are without a name."""

    clusters: tuple[int, ...]
    anonymous: bool
    found: bool  # whether a mention was found in it at all


class Cast:
    """Mentions of one article that belong to a cluster, in text order."""

    def __init__(self, text: str, mentions: Sequence[Mapping[str, Any]], nominals: Nominals) -> None:
        self._text = text
        rows = (m for m in mentions if m["cluster_no"] is not None)
        self.mentions = sorted(
            (
                Mention(
                    m["start"],
                    m["end"],
                    m["label"],
                    m["cluster_no"],
                    m["cluster_type"] or m["label"],
                    m["gazetteer_id"] or "",
                    m["affiliation"] or "",
                    (m["role"] or "").lower(),
                )
                for m in rows
            ),
            key=lambda m: (m.start, m.end, m.cluster),
        )
        self._starts = [m.start for m in self.mentions]
        self.nominals = nominals
        self.outlets = frozenset(m.cluster for m in self.mentions if m.is_outlet or self._is_called_outlet(m))
        self.by_cluster: dict[int, list[Mention]] = {}
        self.by_key: dict[str, int] = {}
        self.roles: dict[int, set[str]] = {}
        for mention in self.mentions:
            self.by_cluster.setdefault(mention.cluster, []).append(mention)
            if mention.gazetteer_id:
                self.by_key.setdefault(mention.gazetteer_id, mention.cluster)
            titles = self._titles(mention) if mention.type == "PERSON" else set()
            if mention.role or titles:
                self.roles.setdefault(mention.cluster, set()).update(mention.role.split(), titles)

    def _titles(self, mention: Mention) -> set[str]:
        """Nouns for the titles right before a person's name, or in it: "Sen." tells a senator."""
        words = [
            *self._text[max(0, mention.start - 12) : mention.start].split()[-1:],
            *self._name(mention).split()[:-1],
        ]
        return {noun for word in words if (noun := self.nominals.titles.get(word.lower())) is not None}

    def _name(self, mention: Mention) -> str:
        return self._text[mention.start : mention.end]

    def is_called(self, mention: Mention, noun: str) -> bool:
        """Whether the article calls the bearer of a mention by the noun: in a name, or right beside one."""
        return any(self._calls(other, noun) for other in self.by_cluster[mention.cluster][:_ASKED])

    def _calls(self, mention: Mention, noun: str) -> bool:
        """Whether a name has the noun in it, or the noun stands right behind or before it ("Harbour Life magazine")."""
        if noun in _POSSESSIVE.sub("", self._name(mention).lower()).split():
            return True
        if mention.type != "ORG" or not any(self.nominals.is_a(noun, kind) for kind in ("outlet", "body", "company")):
            return False
        before = self._text[max(0, mention.start - 20) : mention.start].split()[-1:]
        behind = self._text[mention.end : mention.end + len(noun) + 2]
        return before == [noun] or bool(re.match(rf"[ ,]{{1,2}}{re.escape(noun)}\b", behind, re.IGNORECASE))

    def is_body(self, mention: Mention) -> bool:
        """Whether a name holds a noun for an institution ("the Harbour Department")."""
        return any(self.nominals.is_a(word, "body") for word in self._name(mention).lower().split())

    def _is_called_outlet(self, mention: Mention) -> bool:
        """Whether the text calls an unlisted body a medium: "the newspaper X", "X magazine", "the Harbour Gazette"."""
        if mention.type != "ORG" or mention.gazetteer_id:
            return False
        last = _POSSESSIVE.sub("", self._name(mention).lower()).split()[-1:]
        if last and self.nominals.is_a(last[0], "masthead"):
            return True
        before = self._text[max(0, mention.start - 20) : mention.start].split()
        if before and self.nominals.is_a(before[-1].lower(), "outlet"):
            return True
        behind = self._text[mention.end : mention.end + 20].split()
        if behind and behind[0].strip(".,’'s").lower() in _PERIODICALS:
            return True
        apposed = _APPOSED.match(self._text, mention.end)
        return apposed is not None and self.nominals.is_a(apposed.group(1).lower(), "outlet")

    def within(self, start: int, end: int) -> Iterator[Mention]:
        """Mentions inside a span."""
        at = bisect.bisect_left(self._starts, start)
        while at < len(self.mentions) and self.mentions[at].start < end:
            if self.mentions[at].end <= end:
                yield self.mentions[at]
            at += 1

    def before(self, position: int) -> Iterator[Mention]:
        """Mentions that end at or before a position, the nearest first."""
        for at in range(bisect.bisect_left(self._starts, position) - 1, -1, -1):
            if self.mentions[at].end <= position:
                yield self.mentions[at]

    def at(self, position: int) -> Mention | None:
        """The mention that covers a position."""
        at = bisect.bisect_right(self._starts, position) - 1
        for candidate in self.mentions[max(0, at - 1) : at + 1][::-1]:
            if candidate.start <= position < candidate.end:
                return candidate
        return None

    def government(self, mention: Mention) -> int:
        """The cluster of the state for a city that stands for it, where the article names that state; else its own."""
        if mention.gazetteer_id.startswith("city:") and mention.affiliation in self.by_key:
            return self.by_key[mention.affiliation]
        return mention.cluster

    def named(self, head: Token, offset: int, span: Span) -> Named:
        """The clusters that the noun phrase of ``head`` names, members of a list taken one by one.

        ``offset`` is where the head's document starts in the article; only mentions inside ``span`` count.
        """
        heads = _members(head)
        clusters: list[int] = []
        anonymous, found = True, False
        listed = self._list_around(head, offset, span)
        clusters.extend(m.cluster for m in listed)
        for member in heads:
            named = self._named_one(member, offset, span, [h for h in heads if h.i != member.i])
            clusters.extend(named.clusters)
            anonymous = anonymous and named.anonymous
            found = found or named.found
        shared = self._shares_noun(heads, offset)
        if shared and self._speaks_for_itself(heads[-1]):  # "Norland and Vessian voters"
            clusters = [c for c in clusters if self.by_cluster[c][0].type not in _LANDS]
            return Named(tuple(sorted(set(clusters))), True, bool(clusters))
        anonymous = (anonymous and not listed) or shared
        return Named(tuple(sorted(set(clusters))), anonymous, found or bool(listed))

    def _is(self, noun: Token, kind: str) -> bool:
        """Whether a noun is of a kind by its dictionary form or as it is written ("media")."""
        return self.nominals.is_a(noun.lemma_.lower(), kind) or self.nominals.is_a(noun.lower_, kind)

    def _speaks_for_itself(self, noun: Token) -> bool:
        """Whether a noun means people or media that speak for no country, unless they are called the state's."""
        if not self._is(noun, "private"):
            return False
        return not any(self._is(token, "state") for token in noun.doc[noun.left_edge.i : noun.i])

    def _shares_noun(self, heads: Sequence[Token], offset: int) -> bool:
        """ "Norland and Vessian officials": names that share a noun for people, which the parser gave to the last."""
        last = heads[-1]
        if len(heads) < 2 or not (self._is(last, "person") or self._is(last, "private")):
            return False
        bodies = [self.at(offset + head.idx) for head in heads[:-1]]
        modified = self.at(offset + last.nbor(-1).idx)
        return modified is not None and all(b is not None and b.type in ("GPE", "NORP", "ORG") for b in bodies)

    def _list_around(self, head: Token, offset: int, span: Span) -> list[Mention]:
        """Names in the span that text joins to a list ("A, the B, and C"), whatever the parser made of it."""
        named = [m for m in self.within(*span) if m.type in PARTY_TYPES]
        here = next((i for i, m in enumerate(named) if m.start <= offset + head.idx < m.end), None)
        if here is None:
            return []
        joints = [self._text[a.end : b.start] for a, b in itertools.pairwise(named)]
        first = last = here
        while first > 0 and JOINT.fullmatch(joints[first - 1]):
            first -= 1
        while last < len(joints) and JOINT.fullmatch(joints[last]):
            last += 1
        return named[first : last + 1] if any(_WORD.search(joint) for joint in joints[first:last]) else []

    def _named_one(self, head: Token, offset: int, span: Span, others: Sequence[Token]) -> Named:
        mention = self.at(offset + head.idx)
        if mention is not None and mention.type in PARTY_TYPES:
            return Named((mention.cluster,), False, True)
        lemma = head.lemma_.lower()
        start, end = (
            max(span[0], offset + head.left_edge.idx),
            min(span[1], offset + head.right_edge.idx + len(head.right_edge.text)),
        )
        excluded = [(offset + o.left_edge.idx, offset + o.right_edge.idx + len(o.right_edge.text)) for o in others]
        inside = [
            m
            for m in self.within(start, end)
            if m.type in PARTY_TYPES and not any(a <= m.start < b and a > start for a, b in excluded)
        ]
        private = self._speaks_for_itself(head)
        if private:
            inside = [m for m in inside if m.type not in _LANDS]
        apposed = [m for m in inside if m.label == "PERSON" and _is_apposed(head, m, offset)]
        if apposed:
            return Named((apposed[0].cluster,), False, True)
        is_person = self._is(head, "person") or lemma in INDEFINITE or head.pos_ == "NUM"
        if is_person:
            bodies = [m for m in inside if m.label != "PERSON"]
            return Named(tuple(m.cluster for m in bodies), True, bool(bodies))
        direct = [m for m in inside if m.label != "PERSON" and _modifies(head, m, offset)]
        outlets = [m for m in direct if m.is_outlet]
        if outlets:
            return Named((outlets[-1].cluster,), False, True)
        unnamed = private and head.tag_ == "NNS" and not direct
        return Named(tuple(m.cluster for m in direct[:2]), unnamed, bool(direct))


def _members(head: Token) -> list[Token]:
    members, queue = [head], [head]
    while queue:
        current = queue.pop()
        for child in current.children:
            if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON", "ADJ", "NUM"):
                members.append(child)
                queue.append(child)
    return sorted(members, key=lambda t: t.i)


def _is_apposed(head: Token, mention: Mention, offset: int) -> bool:
    """Whether a person's name stands beside the head: an apposition, or a title before a name."""
    return any(
        child.dep_ in ("appos", "compound", "flat", "nmod")
        and offset + child.left_edge.idx <= mention.start < offset + child.right_edge.idx + len(child.right_edge.text)
        and (child.dep_ == "appos" or not child.tag_.endswith("S"))
        for child in head.children
        if child.dep_ == "appos" or child.i > head.i
    )


def _modifies(head: Token, mention: Mention, offset: int) -> bool:
    """Whether a name stands before the head within its phrase, or right after "of"."""
    return mention.start < offset + head.idx or any(
        child.lower_ == "of" and offset + child.left_edge.idx <= mention.start for child in head.children
    )
