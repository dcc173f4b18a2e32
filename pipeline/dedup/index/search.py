"""Searching segments: the pairs that articles make with what a segment holds, exactly as `find_candidates` has them.

Whether two articles are candidates depends on the two alone: they agree in a whole band, or share as many values of
their sketches as `fewest_shared` asks of the smaller one (any key at all where it asks for none), and their MinHash
values leave room for a threshold. So the pairs of one article can be found by its own keys, whatever else there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.candidates import CANDIDATES, leave_room
from pipeline.dedup.index.segments import (
    CLASSES,
    Ids,
    OpenSegment,
    fixed_width,
    flatten,
    needed_of,
    signature_matrix,
    strings,
)
from pipeline.dedup.index.stored import I64, U32, Found
from pipeline.dedup.signatures import SKETCH_BOUND
from pipeline.parameters import CopyParameters

_HITS_AT_A_TIME = 1 << 22  # bounds memory to some 200 MB
_PAIRS_AT_A_TIME = 1 << 16

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lookups:
    """Keys to look up, each once: lookup i is of ``distinct[numbers[i]]`` for the article ``owners[i]``, ascending."""

    owners: I64
    numbers: I64
    distinct: U32

    @staticmethod
    def of(owners: I64, keys: U32) -> Lookups:
        """Lookups of keys, each for its owner."""
        order = np.argsort(owners, kind="stable")
        distinct, numbers = np.unique(keys[order], return_inverse=True)
        return Lookups(owners[order], numbers, distinct)

    def present(self, found: Found) -> I64:
        """Which lookups found something."""
        return np.flatnonzero((found.lengths > 0)[self.numbers])


@dataclass(frozen=True)
class Sought:
    """Articles whose partners are sought: their keys are looked up in every segment.

    ``needed`` is how many values each must share with one that it stands in. ``keys`` are all values of sketches and
    anchors; ``counting`` are those of sketches, of which so many are needed, and all keys of articles that need none.
    """

    ids: Ids
    n_shingles: I64
    needed: I64
    signatures: U32
    bands: Lookups
    keys: Lookups
    counting: Flags

    @staticmethod
    def of(signatures: pa.Table, settings: CopyParameters) -> Sought:
        """The articles of a `signatures` table that have enough shingles."""
        enough = signatures.filter(pc.greater_equal(signatures["n_shingles"], settings.min_shingles)).combine_chunks()
        sketch_owners, sketch = flatten(enough, "sketch")
        anchor_owners, anchors = flatten(enough, "anchors")
        band_owners, band_keys = flatten(enough, "bands")
        needed = needed_of(np.bincount(sketch_owners, minlength=len(enough)), settings)
        keys = Lookups.of(np.concatenate([sketch_owners, anchor_owners]), np.concatenate([sketch, anchors]))
        return Sought(
            ids=fixed_width(enough["article_id"]),
            n_shingles=enough["n_shingles"].to_numpy().astype(np.int64),
            needed=needed,
            signatures=signature_matrix(enough, settings.num_perm),
            bands=Lookups.of(band_owners, (band_keys >> np.uint64(32)).astype(np.uint32)),
            keys=keys,
            counting=(keys.distinct < SKETCH_BOUND)[keys.numbers] | (needed == 0)[keys.owners],
        )


def find_partners(sought: Sought, segments: Sequence[OpenSegment], settings: CopyParameters) -> pa.Table:
    """Candidate pairs of the sought articles with articles of the segments: columns as `find_candidates` has them."""
    found = [part for segment in segments for part in _pairs_with(sought, segment, settings)]
    left, right = (np.concatenate([np.zeros(0, "S1"), *(part[side] for part in found)]) for side in (0, 1))
    swapped = left > right
    first, second = np.where(swapped, right, left), np.where(swapped, left, right)
    pairs = pa.table({"article_id_a": strings(first), "article_id_b": strings(second)}, schema=CANDIDATES)
    distinct = pairs.group_by(CANDIDATES.names).aggregate([])
    return distinct.sort_by([(name, "ascending") for name in CANDIDATES.names])


def _pairs_with(sought: Sought, segment: OpenSegment, settings: CopyParameters) -> Iterator[tuple[Ids, Ids]]:
    """Ids of sought articles and of their partners in one segment."""
    n = segment.segment.n
    band_codes = _sharing_a_band(sought.bands, segment)
    found = segment.keys.find(sought.keys.distinct)
    key_codes = np.concatenate(
        [_sharing_keys(sought, segment, of_class, settings) for of_class in found.by_class(len(CLASSES))]
    )
    codes = np.union1d(band_codes, key_codes)
    for first in range(0, len(codes), _PAIRS_AT_A_TIME):
        portion = codes[first : first + _PAIRS_AT_A_TIME]
        owners, rows = portion // n, portion % n
        partners = segment.arrays["ids"].take(rows)
        others = (partners != sought.ids[owners]) & ~segment.is_dead(rows)
        owners, rows = owners[others], rows[others]
        kept = _resemble(sought, segment, owners, rows, np.isin(portion[others], key_codes), settings)
        yield sought.ids[owners[kept]], partners[others][kept]


def _sharing_a_band(lookups: Lookups, segment: OpenSegment) -> I64:
    """Codes (article · n + position) of pairs with half the key of a band in common."""
    found = segment.bands.find(lookups.distinct)
    codes = [np.zeros(0, np.int64)]
    present = lookups.present(found)
    owners, numbers = lookups.owners[present], lookups.numbers[present]
    for chosen in _portions(owners, found.lengths[numbers]):
        places, rows = found.positions(numbers[chosen])
        codes.append(np.unique(owners[chosen][places] * segment.segment.n + rows))
    return np.concatenate(codes)


def _sharing_keys(sought: Sought, segment: OpenSegment, found: Found, settings: CopyParameters) -> I64:
    """Codes (article · n + position) of the pairs with articles of one class that share as many keys as they must.

    ``found`` is what the keys found of that class. An article that must share k values with any of the class is
    found by all its keys but k - 1, so the k - 1 that are most frequent there are counted only for those who are
    found (prefix filtering, as in `find_sketch_pairs`).
    """
    lookups, class_needs = sought.keys, CLASSES[found.article_class]
    present = lookups.present(found)
    present = present[sought.counting[present]] if class_needs else present
    all_owners, all_numbers = lookups.owners[present], lookups.numbers[present]
    lengths = found.lengths[all_numbers]
    is_spared = _rank(all_owners, lengths) < np.minimum(sought.needed, class_needs)[all_owners] - 1
    spared_lookups = _PerArticle(all_owners[is_spared], all_numbers[is_spared], len(sought.ids))
    remaining_owners, remaining_numbers = all_owners[~is_spared], all_numbers[~is_spared]
    kept = [np.zeros(0, np.int64)]
    for chosen in _portions(remaining_owners, lengths[~is_spared]):
        numbers = remaining_numbers[chosen]
        places, rows = found.positions(numbers)
        hits = remaining_owners[chosen][places] * segment.segment.n + rows
        codes, which = np.unique(hits, return_inverse=True)
        in_sketch = lookups.distinct[numbers[places]] < SKETCH_BOUND
        shared = np.bincount(which[in_sketch], minlength=len(codes))
        owners, rows = codes // segment.segment.n, codes % segment.segment.n
        least = np.minimum(sought.needed[owners], needed_of(segment.arrays["sizes"].take(rows)[:, 1], settings))
        possible = np.flatnonzero(shared + spared_lookups.counts[owners] >= least)
        owners, rows, shared = owners[possible], rows[possible], shared[possible]
        for number, asked in spared_lookups.one_by_one(owners):
            shared[asked] += found.holds(number, rows[asked])
        kept.append(codes[possible][shared >= least[possible]])
    return np.concatenate(kept)


class _PerArticle:
    """Lookups of each of n articles."""

    def __init__(self, owners: I64, numbers: I64, n: int) -> None:
        self.numbers = numbers
        self.counts = np.bincount(owners, minlength=n)
        self.starts = np.cumsum(self.counts) - self.counts

    def one_by_one(self, articles: I64) -> Iterator[tuple[I64, I64]]:
        """The first lookup of each article, then the second and so on, with the places of those that have so many."""
        for turn in range(int(self.counts[articles].max(initial=0))):
            asked = np.flatnonzero(self.counts[articles] > turn)
            yield self.numbers[self.starts[articles[asked]] + turn], asked


def _rank(owners: I64, lengths: I64) -> I64:
    """The place of each lookup among those of its article, the longest first; ``owners`` ascend."""
    order = np.lexsort((-lengths, owners))
    first = np.searchsorted(owners, owners, side="left")
    rank = np.empty(len(owners), np.int64)
    rank[order] = np.arange(len(owners))
    return rank - first


def _resemble(
    sought: Sought, segment: OpenSegment, owners: I64, rows: I64, by_keys: Flags, settings: CopyParameters
) -> Flags:
    """Whether the signatures bear each pair out: room for a threshold and, unless keys found it, a whole band alike.

    The index holds half of each band's key, so some of what it finds agrees in that half alone.
    """
    ours, theirs = sought.signatures[owners], segment.arrays["signatures"].take(rows)
    agree = ours == theirs
    alike = agree.reshape(len(agree), settings.bands, settings.band_rows).all(axis=2).any(axis=1)
    sizes = segment.arrays["sizes"].take(rows)[:, 0]
    kept: Flags = (by_keys | alike) & leave_room(agree, sought.n_shingles[owners], sizes.astype(np.int64), settings)
    return kept


def _portions(owners: I64, lengths: I64) -> Iterator[slice]:
    """Slices of lookups with about `_HITS_AT_A_TIME` hits, each with all lookups of its articles."""
    borders = np.flatnonzero(np.diff(owners, prepend=-1, append=-1))
    totals = np.concatenate([[0], np.cumsum(lengths)])[borders]
    first = 0
    while first < len(borders) - 1:
        last = max(first + 1, int(np.searchsorted(totals, totals[first] + _HITS_AT_A_TIME, side="right")) - 1)
        yield slice(int(borders[first]), int(borders[last]))
        first = last
