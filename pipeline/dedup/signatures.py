"""Signatures of articles: MinHash values, the LSH keys made of them, and the sketches that find containment.

MinHash: A. Broder, "On the resemblance and containment of documents", 1997, in the form of datasketch 2
(scheme ``affine32``, seed 1, 128 permutations, shingles hashed by 32-bit MurmurHash3), value for value.
FracMinHash: Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum metagenome
covers", 2022. Anchors: winnowing after Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document
fingerprinting", 2003.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mmh3
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup import shingles
from pipeline.dedup.effort import EFFORT
from pipeline.parameters import CopyParameters
from pipeline.tables import SIGNATURES

if TYPE_CHECKING:
    from pipeline.dedup.word_kernels import Words

CODE_VERSION = "1"
SEED = 1
SKETCH_BOUND = 2**32 // 8

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Hashed:
    """The hashes of a batch of n articles: ``minimums`` is n × permutations, ``bands`` n × bands.

    The sketches lie end to end:
    ``sketch[sketch_ends[i - 1]:sketch_ends[i]]`` belongs to article i, likewise the anchors. The rows of ``minimums``
    and ``bands`` of articles without shingles mean nothing.
    """

    n_tokens: I64
    n_shingles: I64
    minimums: U32
    bands: U64
    sketch: U32
    sketch_ends: I64
    anchors: U32
    anchor_ends: I64


def signatures_version(settings: CopyParameters) -> str:
    """Everything that decides a row of `signatures`, as one line."""
    parts = (settings.num_perm, settings.bands, settings.band_rows, anchor_window(settings))
    return f"signatures {CODE_VERSION} {parts}, {shingles.VERSION}"


def compute_signatures(articles: pa.Table, passages: pa.Table, settings: CopyParameters) -> pa.Table:
    """A row of the `signatures` table for each article, in the order of ``articles``.

    ``passages`` must hold the passages of these articles and may hold others.
    """
    hashed = hash_bodies(shingles.select_bodies(articles, passages), settings)
    return _as_table(articles.column("article_id"), hashed)


def sign_words(article_ids: pa.ChunkedArray, texts: Sequence[bytes], settings: CopyParameters) -> pa.Table:
    """Rows of the `signatures` table for texts given as words with spaces between them, with numpy alone."""
    shape = settings.num_perm, settings.band_rows, anchor_window(settings)
    return _as_table(article_ids, hash_texts_plainly(texts, *shape))


def _as_table(article_ids: pa.ChunkedArray, hashed: Hashed) -> pa.Table:
    has_any = hashed.n_shingles > 0
    return pa.table(
        {
            "article_id": article_ids,
            "n_tokens": hashed.n_tokens.astype(np.int32),
            "n_shingles": hashed.n_shingles.astype(np.int32),
            "signature": _fixed_lists(hashed.minimums, has_any),
            "bands": _fixed_lists(hashed.bands, has_any),
            "sketch": _lists(hashed.sketch, hashed.sketch_ends),
            "anchors": _lists(hashed.anchors, hashed.anchor_ends),
        },
        schema=SIGNATURES.schema,
    )


def anchor_window(settings: CopyParameters) -> int:
    """The length w in shingles of the runs that two articles share at least one key of.

    Every run of w shingles has a key in sketch or anchors, so a run in two articles gives both of them a key. Take an
    article of n shingles of which a share t stands in another: each place where the two part costs at least four
    shingles (an insertion; a changed word costs five), so there are at most (1 - t)n/4 such places, and the longest of
    the runs between them has at least tn / ((1 - t)n/4 + 1) shingles. That grows with n: the shortest article decides.
    """
    share = least_share(settings)
    lost = (1 - share) * settings.min_shingles
    return max(1, math.floor(share * settings.min_shingles / (lost / (shingles.SHINGLE_WORDS - 1) + 1)))


def least_share(settings: CopyParameters) -> float:
    """The share of one article's shingles that stand in the other, at least, where two articles are a pair.

    Of two sets with Jaccard J the smaller one lies in the greater with a share of 2J / (1 + J) or more.
    """
    return min(settings.containment_threshold, 2 * settings.jaccard_threshold / (1 + settings.jaccard_threshold))


@functools.lru_cache(maxsize=4)
def permutations(num_perm: int) -> tuple[U32, U32]:
    """The odd factors and the summands of datasketch's affine32 permutations h -> a·h + b mod 2^32, seed 1."""
    generator = np.random.RandomState(SEED)
    factors = generator.randint(0, 1 << 31, num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    summands = generator.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return factors, summands


def hash_bodies(bodies: shingles.Bodies, settings: CopyParameters) -> Hashed:
    """Hashes of the words of ``bodies``.

    Small runs do without the compiled kernel (see `effort`). Both ways give the same numbers.
    """
    shape = settings.num_perm, settings.band_rows, anchor_window(settings)
    if not EFFORT.pays_for_kernel(bodies.texts.nbytes):
        return hash_texts_plainly(list(bodies.words()), *shape)
    from pipeline.dedup import word_kernels  # noqa: PLC0415 - importing it loads or compiles machine code

    return _join([hash_words(word_kernels.read_words(*chunk), *shape) for chunk in bodies.chunks()], *shape)


def hash_words(words: Words, num_perm: int, band_rows: int, window: int) -> Hashed:
    """`hash_texts_plainly` by compiled code, of words it has read."""
    from pipeline.dedup import kernels  # noqa: PLC0415 - importing it loads or compiles machine code

    limits = SKETCH_BOUND, window, shingles.SHINGLE_WORDS
    return Hashed(*kernels.hash_words(words, permutations(num_perm), band_numbers(num_perm // band_rows), limits))


def _join(parts: Sequence[Hashed], *shape: int) -> Hashed:
    """Batches one after the other as one."""
    if len(parts) == 1:
        return parts[0]
    columns = zip(*(vars(part).values() for part in (hash_texts_plainly([], *shape), *parts)), strict=True)
    joined = {name: list(values) for name, values in zip(Hashed.__annotations__, columns, strict=True)}
    for values, ends in (("sketch", "sketch_ends"), ("anchors", "anchor_ends")):
        before = np.cumsum([0, *map(len, joined[values])])
        joined[ends] = [part + first for part, first in zip(joined[ends], before, strict=False)]
    return Hashed(**{name: np.concatenate(values) for name, values in joined.items()})


def hash_texts_plainly(texts: Sequence[bytes], num_perm: int, band_rows: int, window: int) -> Hashed:
    """Hashes of texts given as words with spaces between them, with numpy alone."""
    factors, summands = permutations(num_perm)
    minimums = np.full((len(texts), num_perm), 0xFFFFFFFF, np.uint32)
    n_tokens, n_shingles = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
    sketches: list[U32] = []
    anchors: list[U32] = []
    for i, text in enumerate(texts):
        runs = shingles.shingles(text)
        hashes = np.fromiter((mmh3.hash(run, signed=False) for run in runs), np.uint32, len(runs))
        distinct = np.unique(hashes)
        n_tokens[i] = len(text.split())
        n_shingles[i] = len(set(runs))
        for mixed in np.array_split(mix32(distinct), len(distinct) // 1024 + 1):  # bounds the products of long texts
            products = mixed[:, None] * factors + summands
            np.minimum(minimums[i], products.min(axis=0, initial=0xFFFFFFFF), out=minimums[i])
        sketches.append(distinct[distinct < SKETCH_BOUND])
        anchors.append(_find_anchors(hashes, window))
    bands = np.where(n_shingles[:, None] > 0, band_keys(minimums, band_rows), np.uint64(0))
    return Hashed(n_tokens, n_shingles, minimums, bands, *_end_to_end(sketches), *_end_to_end(anchors))


def _find_anchors(hashes: U32, window: int) -> U32:
    """The smallest hash of every run of ``window`` hashes, where the sketch does not hold it; sorted, distinct."""
    if len(hashes) == 0:
        return hashes
    smallest = np.lib.stride_tricks.sliding_window_view(hashes, min(window, len(hashes))).min(axis=1)
    return np.unique(smallest[smallest >= SKETCH_BOUND])


def mix32(hashes: U32) -> U32:
    """The 32-bit finaliser of MurmurHash3, which datasketch's affine schemes apply to every hash first."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed = mixed * np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed = mixed * np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def band_keys(minimums: U32, band_rows: int) -> U64:
    """LSH keys, articles × bands: a 64-bit hash of each band's number and values.

    Two articles have a key in common exactly when they agree in a whole band, but for accidents of 1 in 2^64.
    """
    grouped = minimums.reshape(len(minimums), minimums.shape[1] // band_rows, band_rows)
    keys = np.broadcast_to(band_numbers(grouped.shape[1]), grouped.shape[:2])
    for row in range(band_rows):
        keys = _mix64(keys ^ grouped[:, :, row])
    return keys


def band_numbers(n_bands: int) -> U64:
    """A hash of each band's number."""
    return _mix64(np.arange(n_bands, dtype=np.uint64))


def _mix64(values: U64) -> U64:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014), a bijection of 64-bit values."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _end_to_end(parts: Sequence[U32]) -> tuple[U32, I64]:
    flat = np.concatenate([*parts, np.zeros(0, np.uint32)])
    return flat, np.cumsum([len(part) for part in parts], dtype=np.int64)


def _lists(values: npt.NDArray[Any], ends: I64) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]), pa.int32()), pa.array(values))


def _fixed_lists(values: npt.NDArray[Any], present: npt.NDArray[np.bool_]) -> pa.ListArray:
    """A row of ``values`` as a list where it is ``present``, else an empty list."""
    chosen = values if present.all() else values[present]
    return _lists(chosen.ravel(), np.cumsum(present * values.shape[1]))
