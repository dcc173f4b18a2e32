"""One utterance in several versions: which words each puts in quotation marks, and how they differ, token by token."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import pyarrow as pa

from pipeline.claims.propositions import piece_starts
from pipeline.claims.versions import word_tables_digest
from pipeline.claims.words import tokenize, weight
from pipeline.settings import Settings
from pipeline.tables import QUOTE_VARIANTS

CODE_VERSION = "3"
_RUN = 4  # shared words in a row, quoted in one version at least, that make two claims one utterance
_MANY = 40  # versions in a group that are all compared; of more, each is compared with the fullest only
_IZE = re.compile(r"(?<=\w{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)")
_DOUBLE_L = re.compile(r"ll(?=(?:ed|ing|er|ers)$)")
_GAP = re.compile(r"\.\.\.|…|\[[^\]]*\]")  # ellipses and insertions in brackets interrupt a quotation


@dataclass(frozen=True, slots=True)
class Version:
    """One claim's wording. ``quoted`` flags each word; ``segments`` are its unbroken runs of quoted words."""

    claim_id: str
    shown: tuple[str, ...]
    words: tuple[str, ...]
    quoted: tuple[bool, ...]
    segments: tuple[tuple[str, ...], ...]
    speakers: frozenset[str]
    place: str
    in_title: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One token operation between two versions: `replace`, `delete` or `insert`, with the words of either side."""

    op: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    a_quoted: bool
    b_quoted: bool

    @property
    def inside_quotation(self) -> bool:
        """Whether the differing words stand inside quotation marks on each side that has any."""
        return (self.a_quoted or not self.a) and (self.b_quoted or not self.b)


def read_version(claim: Mapping[str, Any], speakers: frozenset[str], place: str) -> Version:
    """The wording of one row of `claims`; ``place`` is its copy group or article."""
    text = claim["content_text"]
    tokens = tokenize(text)
    spans = _quoted_places(claim)
    numbers = [next((n for n, (s, e) in enumerate(spans) if s <= t.start and t.end <= e), -1) for t in tokens]
    segments = [
        tuple(tokens[at].text for at in run)
        for n, run in itertools.groupby(range(len(tokens)), numbers.__getitem__)
        if n >= 0
    ]
    return Version(
        claim_id=claim["claim_id"],
        shown=tuple(text[t.start : t.end] for t in tokens),
        words=tuple(t.text for t in tokens),
        quoted=tuple(n >= 0 for n in numbers),
        segments=tuple(segments),
        speakers=speakers,
        place=place,
        in_title=bool(claim["in_title"]),
    )


def _quoted_places(claim: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Quoted stretches of ``content_text``, cut at ellipses and brackets, which are the article's own."""
    stretches = []
    for span in claim["quoted_spans"]:
        for start, end, at in piece_starts(claim):
            low, high = max(span["start"], start) + at - start, min(span["end"], end) + at - start
            if low >= high:
                continue
            for gap in _GAP.finditer(claim["content_text"], low, high):
                stretches.append((low, gap.start()))
                low = gap.end()
            stretches.append((low, high))
    return sorted(stretches)


def compare_quotes(
    claims: pa.Table,
    claim_group_members: pa.Table,
    settings: Settings,  # noqa: ARG001 - no setting bears on quotations yet
    *,
    entities: pa.Table | None = None,
    copy_groups: pa.Table | None = None,
) -> pa.Table:
    """The table `quote_variants`: pairs of claims of one group that give one utterance of one speaker.

    ``entities`` let two names of one actor count as one speaker; with ``copy_groups`` no pair lies within one group of
    copies, and of each group of copies one article's claim stands for all.
    """
    versions = read_versions(claims, claim_group_members, entities, copy_groups)
    rows = []
    for group in sorted(versions):
        for a, b in _version_pairs(versions[group]):
            relation = relate(a, b)
            if relation is not None:
                one, two = sorted((a, b), key=lambda v: v.claim_id)
                diff = json.dumps([_as_json(d) for d in differences(one, two)], ensure_ascii=False)
                rows.append(
                    {
                        "claim_id_a": one.claim_id,
                        "claim_id_b": two.claim_id,
                        "relation": relation,
                        "diff": diff,
                        "claim_group_id": group,
                    }
                )
    return QUOTE_VARIANTS.from_rows(rows)


def read_versions(
    claims: pa.Table, members: pa.Table, entities: pa.Table | None, copy_groups: pa.Table | None
) -> dict[str, list[Version]]:
    """Group -> wordings of its claims with a source, sorted, of copies only one each."""
    actor: dict[str, str] = {}
    if entities is not None:
        actor = {
            r["entity_id"]: r["actor_id"]
            for r in entities.select(["entity_id", "actor_id"]).to_pylist()
            if r["actor_id"]
        }
    place: dict[str, str] = {}
    if copy_groups is not None:
        place = dict(zip(copy_groups["article_id"].to_pylist(), copy_groups["copy_group_id"].to_pylist(), strict=True))
    group_of = dict(zip(members["claim_id"].to_pylist(), members["claim_group_id"].to_pylist(), strict=True))
    sizes: dict[str, int] = defaultdict(int)
    for group in group_of.values():
        sizes[group] += 1
    found: dict[str, dict[Any, Version]] = defaultdict(dict)
    for row in sorted(claims.to_pylist(), key=lambda r: str(r["claim_id"])):
        group = group_of[row["claim_id"]]
        if sizes[group] < 2 or not row["source_entity_ids"] or (row["refers_to"] and not row["quoted_spans"]):
            continue
        speakers = frozenset(actor.get(e, e) for e in row["source_entity_ids"]) | frozenset(row["source_entity_ids"])
        version = read_version(row, speakers, place.get(row["article_id"], row["article_id"]))
        found[group].setdefault((version.place, version.words, version.quoted, version.speakers), version)
    return {group: list(versions.values()) for group, versions in found.items()}


def _version_pairs(versions: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    """Pairs worth comparing: one speaker at least in common, some quotation, not beside each other in one body."""
    if len(versions) > _MANY:
        fullest = max(versions, key=lambda v: (sum(v.quoted), v.words, v.claim_id))
        pairs: Iterator[tuple[Version, Version]] = ((fullest, v) for v in versions if v is not fullest)
    else:
        pairs = itertools.combinations(versions, 2)
    for a, b in pairs:
        beside = a.place == b.place and not (a.in_title or b.in_title)
        if not beside and a.speakers & b.speakers and (a.segments or b.segments):
            yield a, b


def relate(a: Version, b: Version) -> str | None:
    """`same`, `truncated`, `altered` or `paraphrase`; None where no quoted words are shared.

    `truncated`: every quoted stretch of one stands, unbroken, in a quoted stretch of the other. `altered`: both quote,
    and a quotation differs. `paraphrase`: what one quotes the other gives in its own voice.
    """
    if a.segments and b.segments:
        if a.segments == b.segments:
            return "same"
        if _contained(a.segments, b.segments) or _contained(b.segments, a.segments):
            return "truncated"
        if any(_telling(r) for r in shared_runs(a.segments, b.segments)):
            return "altered"
    run = max(_crossing_runs(a, b), key=len, default=())
    return "paraphrase" if _telling(run) else None


def _contained(small: Sequence[tuple[str, ...]], large: Sequence[tuple[str, ...]]) -> bool:
    return all(any(_within(s, segment) for segment in large) for s in small) and any(_telling(s, 1) for s in small)


def _within(small: tuple[str, ...], large: tuple[str, ...]) -> bool:
    return any(large[at : at + len(small)] == small for at in range(len(large) - len(small) + 1))


def _telling(run: Sequence[str], least: int = _RUN) -> bool:
    return len(run) >= least and any(weight(word) > 0 for word in run)


def shared_runs(one: Sequence[tuple[str, ...]], two: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The longest run of words that each pair of segments has in common."""
    for s, t in itertools.product(one, two):
        found = _matcher(s, t).find_longest_match()
        yield s[found.a : found.a + found.size]


def _crossing_runs(a: Version, b: Version) -> Iterator[tuple[str, ...]]:
    yield from shared_runs(a.segments, [b.words])
    yield from shared_runs(b.segments, [a.words])


@functools.lru_cache(maxsize=4096)
def _matcher(one: tuple[str, ...], two: tuple[str, ...]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, one, two, autojunk=False)


def differences(a: Version, b: Version) -> list[Difference]:
    """Token operations that turn ``a`` into ``b``, letter case and marks left aside."""
    found = []
    for op, a1, a2, b1, b2 in _matcher(a.words, b.words).get_opcodes():
        if op != "equal":
            sides = all(a.quoted[a1:a2]) and a1 < a2, all(b.quoted[b1:b2]) and b1 < b2
            found.append(Difference(op, a.shown[a1:a2], b.shown[b1:b2], *sides))
    return found


def _as_json(difference: Difference) -> dict[str, Any]:
    return {
        "op": difference.op,
        "a": " ".join(difference.a),
        "b": " ".join(difference.b),
        "inside_quotation": difference.inside_quotation,
    }


@functools.lru_cache(maxsize=100_000)
def spelling(word: str) -> str:
    """A key that British and American spellings and marks of abbreviation do not touch (`organised`, `U.S.`)."""
    plain = word.replace(".", "").replace("'", "")
    plain = _IZE.sub("iz", plain)
    plain = plain.replace("our", "or") if len(plain) > 5 else plain
    return _DOUBLE_L.sub("l", plain)


def quotes_version() -> str:
    """What decides the result of quotation comparison: this code and the word tables."""
    return f"{CODE_VERSION}, words {word_tables_digest()}"
