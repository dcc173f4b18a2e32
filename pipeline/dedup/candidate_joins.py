"""Candidate pairs of many articles by compiled joins over sorted keys; `candidates` says what is looked for."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup import join_kernels
from pipeline.dedup.candidates import MISS, Pairs, fewest_shared, flatten
from pipeline.dedup.signatures import SKETCH_BOUND, least_share
from pipeline.parameters import CopyParameters

_PAIRS_AT_A_TIME = 1 << 20  # pairs of sketches found before they are united with the others
_PAIRS_WAITING = 1 << 18  # pairs of a band that wait for those of the other bands
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Keys:
    """What n articles are found by: rows are articles.

    ``minimums`` is n × permutations, ``bands`` (half of each LSH key) bands × n. ``sketch`` and ``anchors`` lie end to
    end; the sizes say how many of them each article has.
    """

    n_shingles: I32
    minimums: U32
    bands: U32
    sketch: U32
    sketch_sizes: I32
    anchors: U32
    anchor_sizes: I32


def find_pairs(keys: Keys, settings: CopyParameters, contained: bool, pool: ThreadPoolExecutor) -> U64:
    """Pairs of rows worth comparing, distinct and sorted, the smaller row in the upper half of each number.

    Articles with fewer than ``settings.min_shingles`` shingles are in no pair. Without ``contained`` only copies of
    high Jaccard are looked for.
    """
    rows = np.flatnonzero(keys.n_shingles >= settings.min_shingles).astype(np.int32)
    slack = math.sqrt(math.log(1 / MISS) / 2 / settings.num_perm)
    limits = np.array([settings.jaccard_threshold, settings.containment_threshold if contained else 0.0, slack])
    bands = pool.map(lambda band: _find_band_pairs(keys, rows, band, limits), range(len(keys.bands)))
    found = _keep_similar(_unite(list(bands)), keys, limits)
    return _unite([found, *_find_sketch_pairs(keys, rows, least_share(settings), limits)]) if contained else found


def search_table(signatures: pa.Table, settings: CopyParameters) -> Pairs:
    """`candidates.search_plainly` by compiled joins."""
    n = len(signatures)
    minimums, bands = (
        flatten(signatures, name)[1].reshape(n, width)
        for name, width in (("signature", settings.num_perm), ("bands", settings.bands))
    )
    lists = {name: flatten(signatures, name) for name in ("sketch", "anchors")}
    keys = Keys(
        signatures.column("n_shingles").to_numpy(),
        minimums,
        np.ascontiguousarray((bands >> _HALF).astype(np.uint32).T),
        lists["sketch"][1],
        np.bincount(lists["sketch"][0], minlength=n).astype(np.int32),
        lists["anchors"][1],
        np.bincount(lists["anchors"][0], minlength=n).astype(np.int32),
    )
    with ThreadPoolExecutor(1) as pool:
        found = find_pairs(keys, settings, True, pool)
    return np.stack([found >> _HALF, found & _LOWER], axis=1).astype(np.int64)


def _unite(parts: list[U64]) -> U64:
    """The distinct values of all parts, sorted: several times faster than `numpy.unique`, which hashes them."""
    values = np.concatenate([np.zeros(0, np.uint64), *parts])
    values.sort()
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def _find_band_pairs(keys: Keys, rows: I32, band: int, limits: F64) -> U64:
    """Pairs with half the key of a band in common.

    Similar articles share many bands, so pairs are checked when those of all bands have been united; in portions before
    that only where they are too many to wait.
    """
    entries = (keys.bands[band, rows].astype(np.uint64) << _HALF) | rows.astype(np.uint64)
    entries.sort()
    place, out = np.array([0, 1]), np.empty(_PAIRS_WAITING, np.uint64)
    found: list[U64] = []
    while place[0] < len(entries):
        some = out[: join_kernels.pair_entries(entries, place, out)].copy()
        found.append(some if len(some) < _PAIRS_WAITING else _keep_similar(some, keys, limits))
    return np.concatenate([np.zeros(0, np.uint64), *found])


def _keep_similar(pairs: U64, keys: Keys, limits: F64) -> U64:
    n_permutations = keys.minimums.shape[1]
    shape = n_permutations, n_permutations // len(keys.bands)
    return pairs[: join_kernels.keep_similar(pairs, keys.minimums, *shape, keys.n_shingles, limits)]


def _find_sketch_pairs(keys: Keys, rows: I32, share: float, limits: F64) -> list[U64]:
    n = len(keys.n_shingles)
    eligible = np.zeros(n, np.bool_)
    eligible[rows] = True
    entries = _common_entries(keys, eligible)
    ends, places, starts = np.zeros(n, np.int64), *(np.empty(len(entries), np.int64) for _ in range(2))
    runs = ends, places, starts, np.empty(len(entries), np.int32)
    join_kernels.list_by_row(entries, *runs)
    fewest = fewest_shared(share)
    needed = fewest[np.minimum(keys.sketch_sizes, len(fewest) - 1)].astype(np.int32)
    sketch_starts = np.cumsum(keys.sketch_sizes, dtype=np.int64) - keys.sketch_sizes
    sketches = keys.sketch, sketch_starts, keys.sketch_sizes, needed, SKETCH_BOUND
    signatures = keys.minimums, keys.minimums.shape[1], keys.n_shingles
    seen, place, found = np.zeros(n, np.int32), np.zeros(1, np.int64), []
    out = np.empty(_PAIRS_AT_A_TIME, np.uint64)
    while place[0] < n:
        before = int(place[0])
        n_found = join_kernels.pair_sketches(entries, *runs, *sketches, *signatures, limits, seen, place, out)
        found.append(_unite([out[:n_found]]))
        if place[0] == before:  # there was no room for the pairs of one row
            out = np.empty(2 * len(out), np.uint64)
    return found


def _common_entries(keys: Keys, eligible: npt.NDArray[np.bool_]) -> U64:
    """Key (above) and row of all sketch values and anchors that several rows have, sorted.

    Most keys are one article's alone. A bit for each tells that of nearly all of them, so that few have to be sorted.
    """
    lists = (keys.sketch, keys.sketch_sizes, eligible), (keys.anchors, keys.anchor_sizes, eligible)
    n_keys = len(keys.sketch) + len(keys.anchors)
    n_bytes = 1 << max(10, n_keys.bit_length())  # eight to sixteen bits for each key
    once, twice = np.zeros(n_bytes, np.uint8), np.zeros(n_bytes, np.uint8)
    for some in lists:
        join_kernels.mark_keys(*some, once, twice)
    entries, n = np.empty(n_keys + 1, np.uint64), 0  # what is never written costs no memory
    for some in lists:
        n += join_kernels.write_entries(*some, twice, entries[n:])
    entries = entries[:n]
    entries.sort()
    return entries[: join_kernels.keep_common(entries)].copy()
