"""Candidate pairs: articles that may be copies of one another, found by sorting keys instead of comparing all pairs.

Two ways, united: a common LSH band finds pairs of high Jaccard (Indyk and Motwani, 1998), common keys of the sketches
find an article inside a longer one. What is found here is verified exactly later; what is not found is lost, so both
ways are tuned to lose nothing (see `fewest_shared`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.effort import EFFORT
from pipeline.dedup.signatures import SKETCH_BOUND, least_share
from pipeline.parameters import CopyParameters

CODE_VERSION = "1"
CANDIDATES = pa.schema([("article_id_a", pa.string()), ("article_id_b", pa.string())])
MISS = 1e-9  # chance at which a true pair may share fewer sketch values than are asked for
_BYTES_AN_ARTICLE = 64  # what a search costs for each, in bytes of text hashed
_PAIRS_AT_A_TIME = 1 << 22  # pairs looked at together; bounds memory to some 200 MB
_SIGNATURES_AT_A_TIME = 1 << 16  # pairs whose signatures are compared together; about 70 MB

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Pairs = npt.NDArray[np.int64]  # n × 2 positions of articles, first < second, distinct, sorted


def find_candidates(signatures: pa.Table, settings: CopyParameters) -> pa.Table:
    """Pairs worth comparing: columns ``article_id_a`` < ``article_id_b``, distinct and sorted.

    Articles with fewer than ``settings.min_shingles`` distinct shingles are in no pair.
    """
    enough = signatures.filter(pc.greater_equal(signatures.column("n_shingles"), settings.min_shingles))
    enough = enough.sort_by("article_id").combine_chunks()
    search = _join_keys if EFFORT.pays_for_kernel(len(enough) * _BYTES_AN_ARTICLE) else search_plainly
    pairs = search(enough, settings)
    ids = enough.column("article_id")
    return pa.table(
        {"article_id_a": ids.take(pa.array(pairs[:, 0])), "article_id_b": ids.take(pa.array(pairs[:, 1]))},
        schema=CANDIDATES,
    )


def _join_keys(signatures: pa.Table, settings: CopyParameters) -> Pairs:
    from pipeline.dedup import candidate_joins  # noqa: PLC0415 - using it loads or compiles machine code

    return candidate_joins.search_table(signatures, settings)


def search_plainly(signatures: pa.Table, settings: CopyParameters) -> Pairs:
    """The pairs of rows that `find_candidates` names, with numpy alone."""
    pairs = unite(len(signatures), find_band_pairs(signatures), find_sketch_pairs(signatures, least_share(settings)))
    return pairs[resemble_enough(pairs, signatures, settings)]


def find_band_pairs(signatures: pa.Table) -> Pairs:
    """Pairs of rows of ``signatures`` that agree in a whole LSH band, as datasketch's `MinHashLSH` finds them."""
    owners, keys = flatten(signatures, "bands")
    order = np.argsort(keys)
    lists = _PostingLists(keys[order], owners[order])
    return _unite_portions(len(signatures), lists.all_pairs())


def find_sketch_pairs(signatures: pa.Table, share: float) -> Pairs:
    """Pairs of rows of ``signatures`` that share so many sketch keys as two articles must of which one has at least
    ``share`` of its shingles in the other.

    Only the rarest keys of an article are looked up: of s keys of which k must be shared, one of any s - k + 1 is among
    the shared ones (prefix filtering: Chaudhuri, Ganti and Kaushik, 2006). So a phrase that stands in a thousand
    articles makes no million pairs, and no pair is lost by that.
    """
    sketch_owners, sketch = flatten(signatures, "sketch")
    anchor_owners, anchors = flatten(signatures, "anchors")
    owners, keys = np.concatenate([sketch_owners, anchor_owners]), np.concatenate([sketch, anchors])
    sizes = np.bincount(sketch_owners, minlength=len(signatures))
    needed = fewest_shared(share)[np.minimum(sizes, _LARGEST)]
    entries = np.sort((keys.astype(np.uint64) << np.uint64(32)) | owners.astype(np.uint64))
    lists = _PostingLists(
        (entries >> np.uint64(32)).astype(np.uint32), (entries & np.uint64(0xFFFFFFFF)).astype(np.int64)
    )
    looked_up = _choose_rarest(lists, needed)
    sets = _Membership(lists, len(signatures))

    def keep_sharing(pairs: Pairs) -> Pairs:
        distinct = unite(len(signatures), pairs)
        shared = sets.count_shared(distinct)
        return distinct[shared >= np.minimum(needed[distinct[:, 0]], needed[distinct[:, 1]])]

    return _unite_portions(len(signatures), map(keep_sharing, lists.pairs_of(looked_up)))


_LARGEST = 1 << 16  # sketches of more values are treated as if they had this many: still a true lower bound


@functools.lru_cache(maxsize=4)
def fewest_shared(share: float) -> I64:
    """For a sketch of s values (s the index), how many of them a true pair shares at least; zero for the smallest.

    A sketch is a random sample of the shingles, so the number shared is at least binomial (s, ``share``). The value is
    the greatest k with P(X < k) ≤ 1e-9, by the exact tail up to 256 values and by Hoeffding's bound above.
    """
    sizes = np.arange(_LARGEST + 1)
    slack = np.sqrt(math.log(1 / MISS) / 2 * sizes)
    fewest: I64 = np.maximum(0, np.ceil(sizes * share - slack)).astype(np.int64)
    for size in range(1, 257):
        tail, k = 0.0, 0
        while k < size:
            tail += math.comb(size, k) * share**k * (1 - share) ** (size - k)
            if tail > MISS:
                break
            k += 1
        fewest[size] = k
    fewest = np.maximum.accumulate(fewest)  # a larger sample shares no fewer
    fewest.flags.writeable = False  # shared by all callers
    return fewest


def resemble_enough(pairs: Pairs, signatures: pa.Table, settings: CopyParameters) -> Flags:
    """Whether the signatures leave each pair of their rows room to reach a threshold (see `leave_room`)."""
    values = pc.list_flatten(signatures.column("signature")).to_numpy(zero_copy_only=False)
    values = values.reshape(len(signatures), settings.num_perm)
    sizes = signatures.column("n_shingles").to_numpy()
    kept = np.zeros(len(pairs), np.bool_)
    for first in range(0, len(pairs), _SIGNATURES_AT_A_TIME):
        a, b = pairs[first : first + _SIGNATURES_AT_A_TIME].T
        kept[first : first + len(a)] = leave_room(values[a] == values[b], sizes[a], sizes[b], settings)
    return kept


def leave_room(agree: Flags, sizes_a: I64, sizes_b: I64, settings: CopyParameters) -> Flags:
    """Whether the MinHash estimate leaves pairs room to reach a threshold, given how many shingles both have.

    ``agree`` says for each pair (row) in which MinHash values the two agree. Two sets of sizes m ≤ n of which the
    smaller one lies in the other with share t have a Jaccard J of tm/(m + n - tm) or more. The share of MinHash values
    in which they agree has the mean J; by Hoeffding's bound it is below J - sqrt(ln(10^9) / 2p), for p values, with a
    chance of 1 in 10^9. This keeps short items that share a form of words from all being compared.
    """
    n_a, n_b = sizes_a.astype(np.float64), sizes_b.astype(np.float64)
    overlap = settings.containment_threshold * np.minimum(n_a, n_b)
    least = np.minimum(settings.jaccard_threshold, overlap / (n_a + n_b - overlap))
    slack = math.sqrt(math.log(1 / MISS) / 2 / settings.num_perm)
    enough: Flags = agree.mean(axis=1) >= least - slack
    return enough


def unite(n: int, *parts: Pairs) -> Pairs:
    """The distinct pairs of all parts, sorted; every part's positions are below ``n``."""
    merged = np.concatenate([*parts, np.zeros((0, 2), np.int64)])
    codes = (
        np.unique(merged.min(axis=1, initial=n) * n + merged.max(axis=1, initial=-1)) if len(merged) else merged[:, 0]
    )
    return np.stack([codes // max(n, 1), codes % max(n, 1)], axis=1)


def _unite_portions(n: int, portions: Iterable[Pairs]) -> Pairs:
    """`unite` over many portions, most of whose pairs may be the same ones: no more than twice the result is held."""
    united, waiting = unite(n), []
    for pairs in portions:
        waiting.append(pairs)
        if sum(map(len, waiting)) > max(len(united), _PAIRS_AT_A_TIME):
            united, waiting = unite(n, united, *waiting), []
    return unite(n, united, *waiting)


@dataclass(frozen=True)
class _PostingLists:
    """Keys in ascending order and the article of each; equal keys lie together."""

    keys: npt.NDArray[Any]
    owners: I64

    @functools.cached_property
    def starts(self) -> I64:
        """Where each distinct key's run starts, and the end of the last."""
        changes = np.flatnonzero(self.keys[1:] != self.keys[:-1]) + 1
        return np.concatenate([[0], changes, [len(self.keys)]]) if len(self.keys) else np.zeros(1, np.int64)

    @functools.cached_property
    def frequencies(self) -> I64:
        """For each entry, how many articles have its key."""
        lengths = np.diff(self.starts)
        return np.repeat(lengths, lengths)

    @functools.cached_property
    def first_of_run(self) -> I64:
        """For each entry, where its key's run starts."""
        return np.repeat(self.starts[:-1], np.diff(self.starts))

    def pairs_of(self, entries: I64) -> Iterator[Pairs]:
        """The article of each of ``entries`` with every other article of the same key, some millions at a time."""
        return self._pair_with(entries, self.first_of_run[entries], self.frequencies[entries])

    def all_pairs(self) -> Iterator[Pairs]:
        """Any two articles of one key, once for that key, some millions at a time."""
        entries = np.flatnonzero(self.frequencies > 1)
        following = entries + 1
        return self._pair_with(entries, following, self.first_of_run[entries] + self.frequencies[entries] - following)

    def _pair_with(self, entries: I64, firsts: I64, lengths: I64) -> Iterator[Pairs]:
        """The article of each entry with those of so many entries from a first one on, itself left out."""
        for chosen in _portions(lengths):
            repeats = lengths[chosen]
            left = np.repeat(self.owners[entries[chosen]], repeats)
            within = np.arange(len(left)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
            right = self.owners[np.repeat(firsts[chosen], repeats) + within]
            yield np.stack([left, right], axis=1)[left != right]


def _portions(lengths: I64) -> Iterator[slice]:
    """Slices of ``lengths`` whose sums are about `_PAIRS_AT_A_TIME`, one item at least."""
    total = np.cumsum(lengths)
    first = 0
    while first < len(lengths):
        before = total[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(total, before + _PAIRS_AT_A_TIME, side="right")))
        yield slice(first, last)
        first = last


def _choose_rarest(lists: _PostingLists, needed: I64) -> I64:
    """The entries whose keys must be looked up: of each article the rarest, so many that a true pair shares one.

    Where some sketch values must be shared (``needed`` > 0) these are the rarest of the sketch; else all keys, anchors
    included. Keys that no other article has are left out.
    """
    considered = (lists.keys < SKETCH_BOUND) | (needed[lists.owners] == 0)
    common = lists.frequencies > 1
    n_articles = len(needed)
    totals = np.bincount(lists.owners[considered], minlength=n_articles)
    alone = np.bincount(lists.owners[considered & ~common], minlength=n_articles)
    # Keys that nobody else has are the rarest, so they fill the prefix first.
    prefix = totals - np.maximum(needed, 1) + 1 - alone
    entries = np.flatnonzero(considered & common & (prefix > 0)[lists.owners])
    owners = lists.owners[entries]
    order = np.lexsort((entries, lists.frequencies[entries], owners))
    entries, owners = entries[order], owners[order]
    counts = np.bincount(owners, minlength=n_articles)
    rank = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    return entries[rank < prefix[owners]]


class _Membership:
    """Which article has which sketch value, as one sorted array of (article, value)."""

    def __init__(self, lists: _PostingLists, n_articles: int) -> None:
        in_sketch = lists.keys < SKETCH_BOUND
        owners = lists.owners[in_sketch]
        self.codes = np.sort((owners.astype(np.uint64) << np.uint64(32)) | lists.keys[in_sketch].astype(np.uint64))
        self.ends = np.cumsum(np.bincount(owners, minlength=n_articles))
        self.sizes = np.diff(self.ends, prepend=0)

    def count_shared(self, pairs: Pairs) -> I64:
        """How many sketch values the two articles of each pair share."""
        shared = np.zeros(len(pairs), np.int64)
        smaller_first = self.sizes[pairs[:, 0]] <= self.sizes[pairs[:, 1]]
        small = np.where(smaller_first, pairs[:, 0], pairs[:, 1])
        large = np.where(smaller_first, pairs[:, 1], pairs[:, 0])
        lengths = self.sizes[small]
        for chosen in _portions(lengths):
            repeats = lengths[chosen]
            within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
            values = self.codes[np.repeat(self.ends[small[chosen]] - repeats, repeats) + within] & np.uint64(0xFFFFFFFF)
            sought = (np.repeat(large[chosen], repeats).astype(np.uint64) << np.uint64(32)) | values
            places = np.minimum(np.searchsorted(self.codes, sought), len(self.codes) - 1)
            hits = self.codes[places] == sought
            shared[chosen] = np.bincount(np.repeat(np.arange(len(repeats)), repeats)[hits], minlength=len(repeats))
        return shared


def flatten(signatures: pa.Table, column: str) -> tuple[I64, npt.NDArray[Any]]:
    """(row of ``signatures``, value) for every value of a list column."""
    lists = signatures.column(column).combine_chunks()
    values = pc.list_flatten(lists).to_numpy(zero_copy_only=False)
    owners = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    return owners.astype(np.int64), values
