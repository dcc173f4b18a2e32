"""Who independently asserts and who denies: sources as actors, relays and copies folded, the unnamed by origin."""

from __future__ import annotations

import datetime
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.propositions import Parties
from pipeline.claims.words import tokenize
from pipeline.data_files import numbered_lines

# Worry and wish say nothing on whether it is so; an answer withheld is neither yes nor no.
ASSERTING = frozenset({"assert", "accuse", "warn", "predict", "praise", "criticize", "pledge", "characterize"})
DENYING = frozenset({"deny"})
_SENTENCES = re.compile(r"[.!?][\"'”’]*\s+\S|\s…\s+[\"“]")
_CLAUSE = re.compile(r"[,;:—–]| but ")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one claim counts. ``side`` is `asserts`, `denies` or `silent`.

    ``actors`` are entity ids, ``names`` sources that are named but linked to no entity, ``unnamed`` the origins by
    which an unnamed source is counted. ``unresolved`` are the origins of a source that is a word like `he`: it counts
    only where nobody else stands on its side. A claim that is not to be counted has ``folded`` say why.
    """

    side: str
    actors: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    unresolved: frozenset[str] = frozenset()
    folded: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Independent sources of one group, on either side."""

    asserting: tuple[str, ...]
    denying: tuple[str, ...]
    n_asserting: int
    n_denying: int
    contested: bool


@dataclass(frozen=True, slots=True)
class Polarity:
    """How the sides of a group are read: whether its proposition is a negation, and whether somebody denies it."""

    reversed: bool
    denied: bool


def read_polarity(claims: Iterable[Mapping[str, Any]]) -> Polarity:
    """The polarity of a group's claims: reversed where all that assert something about the proposition negate it."""
    rows = list(claims)
    asserted = [claim for claim in rows if claim["stance"] in ASSERTING]
    reversed_ = bool(asserted) and all(claim["negated"] or has_negator(claim["content_text"]) for claim in asserted)
    denied = len(asserted) < len(rows) and any(claim["stance"] in DENYING for claim in rows)
    return Polarity(reversed_, denied or (not reversed_ and any(map(_negates, asserted))))


def read_sides(claims: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Claim id -> side, for the claims of one group; who passes a claim on is on the side of the claim inside."""
    rows = list(claims)
    inner: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for claim in rows:
        if claim["parent_claim_id"] is not None:
            inner[claim["parent_claim_id"]].append(claim)
    polarity = read_polarity(claim for claim in rows if claim["claim_id"] not in inner)
    sides = {claim["claim_id"]: side_of(claim, polarity) for claim in rows}
    for claim in rows:
        within = inner.get(claim["claim_id"])
        if within and claim["stance"] in ASSERTING:
            fullest = min(within, key=lambda c: (-len(c["content_text"]), c["claim_id"]))
            if sides[fullest["claim_id"]] != "silent":
                sides[claim["claim_id"]] = sides[fullest["claim_id"]]
    return sides


def side_of(claim: Mapping[str, Any], polarity: Polarity) -> str:
    """`asserts`, `denies` or `silent`.

    A denial in its own words ("this does not exist") stays a denial, though its content is negated. Where somebody
    denies, an assertion with a negating word that may not negate the whole ("but no arms were sent") takes no side.
    """
    if claim["stance"] in DENYING:
        own_words = claim["refers_to"] is not None or claim["negated"]
        return "asserts" if polarity.reversed and not own_words else "denies"
    if claim["stance"] not in ASSERTING:
        return "silent"
    if polarity.reversed:
        return "asserts"
    if _negates(claim):
        return "denies"
    return "silent" if polarity.denied and has_negator(claim["content_text"]) else "asserts"


def _negates(claim: Mapping[str, Any]) -> bool:
    """Whether the content is known to be negated, or its first clause holds a negating word.

    Of several sentences none is known to be the one that matters.
    """
    if _SENTENCES.search(claim["content_text"]):
        return False
    return bool(claim["negated"]) or has_negator(_CLAUSE.split(claim["content_text"], maxsplit=1)[0])


def has_negator(content: str) -> bool:
    """Whether a negating word stands in the content before its first subordinate clause.

    The `not` of a contrast ("a shield and not a spear", "14, not 40") negates nothing else.
    """
    negating, ending = _negators()
    text = content.removeprefix("that ")
    before, end = "", 0
    for token in tokenize(text):
        if token.text in ending:
            return False
        contrast = token.text == "not" and (before in ("and", "but") or "," in text[end : token.start])
        if token.text in negating and not contrast:
            return True
        before, end = token.text, token.end
    return False


def negating_words() -> frozenset[str]:
    """The words that negate."""
    return _negators()[0]


@functools.lru_cache(maxsize=1)
def _negators() -> tuple[frozenset[str], frozenset[str]]:
    negating: set[str] = set()
    ending: set[str] = set()
    for _, line in numbered_lines((Path(__file__).parent / "negators.txt").read_text(encoding="utf-8")):
        if line.startswith("until:"):
            ending.update(line.removeprefix("until:").split())
        else:
            negating.update(line.split())
    return frozenset(negating), frozenset(ending)


@dataclass(frozen=True, slots=True)
class Publication:
    """Where and when articles came out: copy group and time of each article, origins of each copy group."""

    copy_group: Mapping[str, str]
    origins: Mapping[str, frozenset[str]]
    published_at: Mapping[str, datetime.datetime | None]


def read_publication(articles: pa.Table, copy_groups: pa.Table, origins: pa.Table, parties: Parties) -> Publication:
    """Join the three tables.

    Credits of any copy count for its group; a publisher counts only where nothing is credited, and only the canonical
    member's: who reprints an article does not become its origin. A group is always an origin of its own besides.
    """
    copies = copy_groups.select(["article_id", "copy_group_id", "is_canonical"]).to_pylist()
    copy_group = {row["article_id"]: row["copy_group_id"] for row in copies}
    canonical = {row["article_id"] for row in copies if row["is_canonical"]}
    known = _entities_by_name(parties, {_plain(name) for name in pc.unique(origins["origin"]).to_pylist()})
    credited: dict[str, set[str]] = defaultdict(set)
    published: dict[str, set[str]] = defaultdict(set)
    for row in origins.select(["article_id", "origin", "evidence"]).to_pylist():
        group = copy_group[row["article_id"]]
        key = known.get(_plain(row["origin"]), _plain(row["origin"]))
        if row["evidence"] != "publisher":
            credited[group].add(key)
        elif row["article_id"] in canonical:
            published[group].add(key)
    times = dict(zip(articles["article_id"].to_pylist(), articles["published_at"].to_pylist(), strict=True))
    groups = set(copy_group.values())
    sources = {g: frozenset({f"copies {g}", *(credited.get(g) or published.get(g) or ())}) for g in groups}
    return Publication(copy_group, sources, times)


def _plain(name: str) -> str:
    return " ".join(token.text for token in tokenize(name))


def _entities_by_name(parties: Parties, wanted: set[str]) -> dict[str, str]:
    """The names among ``wanted`` that some entity has -> the first such entity."""
    found: dict[str, str] = {}
    if wanted:
        for entity in sorted(parties.aliases):
            for alias in parties.aliases[entity]:
                name = " ".join(alias)
                if name in wanted:
                    found.setdefault(name, entity)
    return found


def read_standings(
    claims: Sequence[Mapping[str, Any]], parties: Parties, publication: Publication
) -> dict[str, Standing]:
    """Claim id -> how it counts, for the claims of one group.

    A claim that passes on another of the group does not count where the inner one takes a side, and a headline does
    not where the body of its article says who speaks.
    """
    sides = read_sides(claims)
    passed_on = {c["parent_claim_id"] for c in claims if sides[c["claim_id"]] != "silent"}
    told = {
        (publication.copy_group[c["article_id"]], sides[c["claim_id"]])
        for c in claims
        if not c["in_title"] and c["source_text"] is not None
    }
    found = {}
    for claim in claims:
        side, place = sides[claim["claim_id"]], publication.copy_group[claim["article_id"]]
        if claim["claim_id"] in passed_on:
            found[claim["claim_id"]] = Standing(side, folded="passes on the claim inside it")
        elif claim["in_title"] and (place, side) in told:
            found[claim["claim_id"]] = Standing(side, folded="headline of an article whose body names the source")
        else:
            found[claim["claim_id"]] = _standing(claim, side, parties, publication.origins[place])
    return found


def _standing(claim: Mapping[str, Any], side: str, parties: Parties, origins: frozenset[str]) -> Standing:
    actors = parties.actors(claim["source_entity_ids"])
    behind = frozenset(claim["relayed_by"]) or origins
    if actors:
        return Standing(side, actors=actors, unnamed=behind if _has_companions(claim["source_text"]) else frozenset())
    if claim["source_text"] is None:
        return Standing(side, folded="no source but the article itself")
    if claim["source_anonymous"]:
        return Standing(side, unnamed=behind)
    if claim["source_resolution"] != "named":
        return Standing(side, unresolved=behind)
    return Standing(side, names=frozenset({_plain(claim["source_text"])}))


@functools.lru_cache(maxsize=1)
def _companions() -> re.Pattern[str]:
    patterns = numbered_lines((Path(__file__).parent / "unnamed_companions.txt").read_text(encoding="utf-8"))
    return re.compile("|".join(line for _, line in patterns), re.IGNORECASE)


def _has_companions(source_text: str | None) -> bool:
    return source_text is not None and _companions().search(source_text) is not None


def count_sources(standings: Sequence[Standing]) -> Counts:
    """Count each actor, each unlinked name and each connected set of origins of unnamed sources once a side.

    Contested: some source asserts and another one denies; one source that does both contests nothing.
    """
    sides = {side: [s for s in standings if s.side == side] for side in ("asserts", "denies")}
    known = {
        side: frozenset().union(*(s.actors for s in found)) | {f"name {n}" for s in found for n in s.names}
        for side, found in sides.items()
    }
    others = {side: n_components([s.unnamed for s in found]) for side, found in sides.items()}
    for side, found in sides.items():
        if not known[side] and not others[side]:
            others[side] = min(1, n_components([s.unresolved for s in found]))
    number = {side: len(known[side]) + others[side] for side in sides}
    several = len(known["asserts"] | known["denies"]) + sum(others.values()) > 1
    return Counts(
        asserting=tuple(sorted(frozenset().union(*(s.actors for s in sides["asserts"])))),
        denying=tuple(sorted(frozenset().union(*(s.actors for s in sides["denies"])))),
        n_asserting=number["asserts"],
        n_denying=number["denies"],
        contested=several and min(number.values()) > 0,
    )


def n_components(sets: Iterable[frozenset[str]]) -> int:
    """Number of connected components of the non-empty sets, two being joined where they share an element."""
    components: list[set[str]] = []
    for keys in sorted(set(sets) - {frozenset()}, key=sorted):
        joined = [c for c in components if c & keys]
        components = [c for c in components if not c & keys]
        components.append(set(keys).union(*joined))
    return len(components)
