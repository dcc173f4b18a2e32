"""Propositions as numbers: one row of hashes and weights for each claim, so that pairs are compared in machine code."""

from __future__ import annotations

import array
import functools
import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.claims.act_classes import thing_bits
from pipeline.claims.folding import find_nested, resolve_pointers, without_spans
from pipeline.claims.propositions import Parties, Proposition, read_proposition
from pipeline.claims.roles import Frame
from pipeline.claims.versions import word_tables_digest
from pipeline.claims.words import weight
from pipeline.tables import CLAIM_FEATURES, STANCES

CODE_VERSION = "2"
FEATURE_COLUMNS = (
    "claim_id",
    "article_id",
    "parent_claim_id",
    "refers_to",
    "source_entity_ids",
    "target_entity_ids",
    "cue_lemma",
    "content",
    "content_text",
    "quoted_spans",
    "content_entity_starts",
    "content_entity_ends",
    "content_entity_ids",
    "stance",
    "negated",
    "event_time_start",
    "event_time_end",
    "in_title",
)
TELLING = 0.5  # weight from which a term makes a key with a party
NAME = 0.5  # weight of a party
_PAIR_TERMS = 6  # telling terms, longest first, that make keys in pairs
_SAYING = 1.5  # weight of the terms from which equal words in two articles are one claim
_ROWS = 4096  # claims held as Python values at a time
_STANCE = {stance: number for number, stance in enumerate(STANCES)}


def read_features(claims: pa.Table, parties: Parties) -> pa.Table:
    """The table `claim_features`, one row for each claim; an article's rows depend on nothing but its own claims."""
    by_article: dict[str, list[dict[str, Any]]] = defaultdict(list)
    ordered = claims.select(FEATURE_COLUMNS).sort_by([("article_id", "ascending"), ("claim_id", "ascending")])
    made: list[pa.Table] = []
    n_rows = 0
    for row in _rows(ordered):
        if n_rows >= _ROWS and row["article_id"] not in by_article:
            made.append(_features_of(by_article, parties))
            by_article.clear()
            n_rows = 0
        by_article[row["article_id"]].append(row)
        n_rows += 1
    return pa.concat_tables([*made, _features_of(by_article, parties)])


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            yield dict(zip(FEATURE_COLUMNS, values, strict=True))


def _features_of(by_article: Mapping[str, list[dict[str, Any]]], parties: Parties) -> pa.Table:
    columns: dict[str, list[Any]] = {name: [] for name in CLAIM_FEATURES.schema.names}
    for rows in by_article.values():
        by_id = {row["claim_id"]: row for row in rows}
        follows = resolve_pointers(by_id)
        nested = find_nested(row for row in rows if row["claim_id"] not in follows)
        for row in rows:
            claim_id = row["claim_id"]
            proposition = main_proposition(row, nested.get(claim_id, ()), parties)
            for name, value in _pack(proposition).items():
                columns[name].append(value)
            columns["claim_id"].append(claim_id)
            columns["article_id"].append(row["article_id"])
            columns["follows"].append(follows.get(claim_id))
    arrays = [pa.array(columns[field.name], field.type) for field in CLAIM_FEATURES.schema]
    return pa.Table.from_arrays(arrays, schema=CLAIM_FEATURES.schema)


def main_proposition(row: Mapping[str, Any], nested: Sequence[tuple[int, int]], parties: Parties) -> Proposition:
    """The features of a claim without the claims inside it, unless next to nothing would be left."""
    if nested:
        main = read_proposition(without_spans(row, nested), parties)
        if main.mass >= _SAYING or (main.parties and main.mass > 0):
            return main
    return read_proposition(row, parties)


def pack_propositions(propositions: Iterable[Proposition]) -> pa.Table:
    """Rows of `claim_features` for propositions that stand for no claim of a table, numbered as their ids."""
    rows = [
        {"claim_id": f"{number:016x}", "article_id": f"{number:016x}", "follows": None, **_pack(proposition)}
        for number, proposition in enumerate(propositions)
    ]
    arrays = [pa.array([row[field.name] for row in rows], field.type) for field in CLAIM_FEATURES.schema]
    return pa.Table.from_arrays(arrays, schema=CLAIM_FEATURES.schema)


def _pack(p: Proposition) -> dict[str, Any]:
    terms = sorted((hash64(term), value, p.shown[term]) for term, value in p.terms.items())
    telling = sorted((t for t, value in p.terms.items() if value >= TELLING), key=lambda t: (-len(t), t))
    frames = [number for frame in p.frames for number in _frame_numbers(frame)]
    frame_weights = [value for frame in p.frames for value in _frame_values(frame, p)]
    numbers = {
        "terms": [number for number, _, _ in terms],
        "pair_terms": [hash64(term) for term in telling[:_PAIR_TERMS]],
        "words": [hash64(word) for word in p.words],
        "parties": _hashes(p.parties),
        "speakers": _hashes(p.speakers),
        "voices": _hashes(p.voices),
        "actors": _hashes(p.speaker_actors),
        "targets": _hashes(p.targets),
        "frames": frames,
        "amounts": [n for value, unit in sorted(p.amounts) for n in (_bits(value), hash64(unit))],
    }
    values = {
        "term_weights": [value for _, value, _ in terms],
        "word_weights": _word_weights(p),
        "frame_weights": frame_weights,
    }
    quoted = [at for span in p.quoted_at for at in span]
    start, end = p.time or (None, None)
    plain = (start, end, _STANCE[p.stance], p.in_title, p.negated)
    return {
        **numbers,
        **values,
        "form": _digest(numbers.values(), values.values(), quoted, plain),
        "telling": p.mass >= _SAYING or any(f.agent and f.patient for f in p.frames),
        "shown": [word for _, _, word in terms],
        "mass": p.mass,
        "quoted": quoted,
        "time_start": start,
        "time_end": end,
        "stance": _STANCE[p.stance],
        "in_title": p.in_title,
    }


def _word_weights(p: Proposition) -> list[float]:
    """Weight of each word, -1 where it is part of a name somewhere in the claim."""
    names = {word for word, named in zip(p.words, p.named, strict=True) if named}
    return [-1.0 if word in names else weight(word) for word in p.words]


def _frame_numbers(frame: Frame) -> tuple[int, int, int, int]:
    things = sum(thing_bits().get(thing, 0) for thing in frame.things)
    return (
        hash64(frame.act),
        hash64(frame.agent) if frame.agent else 0,
        hash64(frame.patient) if frame.patient else 0,
        things,
    )


def _frame_values(frame: Frame, p: Proposition) -> tuple[float, float]:
    """The act's weight, negative where it says little without a thing, and its share of the claim.

    The share is what the act, its things and two parties weigh against all: a remark inside a long claim is little.
    """
    things = sum(p.terms.get(f"thing:{thing}", 0.0) for thing in sorted(frame.things))
    share = (frame.weight + things + 2 * NAME) / max(p.mass, 1.0)
    return (-frame.weight if frame.needs_thing else frame.weight), share


def _digest(
    numbers: Iterable[list[int]], values: Iterable[list[float]], quoted: list[int], plain: tuple[Any, ...]
) -> int:
    """All features as one 64-bit number."""
    digest = hashlib.blake2b(repr((quoted, plain)).encode(), digest_size=8)
    for column in numbers:
        digest.update(array.array("Q", column).tobytes() + b"|")
    for row in values:
        digest.update(array.array("d", row).tobytes() + b"|")
    return int.from_bytes(digest.digest(), "little")


def _hashes(ids: Iterable[str]) -> list[int]:
    return sorted(map(hash64, ids))


def _bits(value: float) -> int:
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


@functools.lru_cache(maxsize=1 << 18)
def hash64(text: str) -> int:
    """The first 64 bits of the text's BLAKE2b digest; never 0, which stands for nothing."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") or 1


def features_version() -> str:
    """What decides the features of a claim: this code and the word tables."""
    return f"{CODE_VERSION}, words {word_tables_digest()}"
