"""What the index asks of its storage, and entries: sorted numbers in which the articles of a key are looked up.

An entry is one number: a key in its upper 32 bits, below it the class of an article in 2 bits and its position in 30.
So sorting numbers sorts the index, merging two indexes is sorting again, and the articles of a class lie together under
each key. Every 512th key is repeated in a short array of fences: with it a lookup reads only the blocks that can hold
its key.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

GONE = np.uint32(0xFFFFFFFF)  # instead of a position
BLOCK = 512  # entries between two fences; 4 KiB
_GATHERED = 1 << 14  # blocks copied together for one lookup at most; 64 MB
POSITION_BITS = 30
_POSITION = np.uint64((1 << POSITION_BITS) - 1)
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


class Array(Protocol):
    """An array in storage that is read where it is asked for."""

    def __len__(self) -> int: ...

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Values:
        """The rows at these positions."""

    def slice(self, first: int, last: int) -> Values:
        """The rows from ``first`` to before ``last``."""

    def all(self) -> Values:
        """All rows."""


class Store(Protocol):
    """Keeps runs, each several arrays under one immutable name."""

    def write(self, arrays: Iterable[tuple[str, Iterable[Values]]]) -> dict[str, Any]:
        """Write arrays given in chunks; returns a JSON-ready description, with the object's name under ``object``."""

    def open(self, run: Mapping[str, Any]) -> Mapping[str, Array]:
        """The arrays of a run by name."""


def pack(keys: Values, positions: Values, classes: Values | int = 0) -> U64:
    """Entries in ascending order."""
    lower = (np.asarray(classes, np.uint64) << np.uint64(POSITION_BITS)) | positions.astype(np.uint64)
    packed: U64 = np.sort((keys.astype(np.uint64) << _HALF) | lower)
    return packed


def keys_of(entries: U64) -> U32:
    """The keys of entries."""
    return (entries >> _HALF).astype(np.uint32)


def move(entries: U64, new_positions: U32) -> U64:
    """The entries whose articles have a new position (not `GONE`), with it, in ascending order."""
    moved = new_positions[entries & _POSITION].astype(np.uint64)
    stay = moved != np.uint64(GONE)
    return np.sort((entries[stay] & ~_POSITION) | moved[stay])


class Fences:
    """Passes chunks of sorted entries on and keeps the key of every `BLOCK`-th."""

    def __init__(self) -> None:
        self._kept: list[U32] = []

    def watch(self, chunks: Iterable[U64]) -> Iterator[U64]:
        """The chunks themselves; when they have all been taken, `chunks` has the fences."""
        seen = 0
        for chunk in chunks:
            self._kept.append(keys_of(chunk[-seen % BLOCK :: BLOCK]))
            seen += len(chunk)
            yield chunk

    def chunks(self) -> Iterator[U32]:
        """The fences of what has been watched."""
        yield np.concatenate([*self._kept, np.zeros(0, np.uint32)])


@dataclass(frozen=True)
class Found:
    """What a lookup of ``keys`` found: for key number i, the entries from ``starts[i]`` to before ``stops[i]``."""

    keys: U32
    entries: U64
    starts: I64
    stops: I64
    article_class: int = 0

    def by_class(self, n_classes: int) -> list[Found]:
        """What was found of articles of each class."""
        present = np.flatnonzero(self.lengths)
        inner = [np.searchsorted(self.entries, self._lowest(present, number)) for number in range(1, n_classes)]
        borders = []
        for border in [self.starts[present], *inner, self.stops[present]]:
            borders.append(np.zeros(len(self.keys), np.int64))
            borders[-1][present] = border
        return [
            Found(self.keys, self.entries, starts, stops, number)
            for number, (starts, stops) in enumerate(itertools.pairwise(borders))
        ]

    def _lowest(self, numbers: I64, article_class: int) -> U64:
        """The entries of these keys, this class and the position 0."""
        return (self.keys[numbers].astype(np.uint64) << _HALF) | np.uint64(article_class << POSITION_BITS)

    @functools.cached_property
    def lengths(self) -> I64:
        """How many entries each key has."""
        return self.stops - self.starts

    def holds(self, numbers: I64, positions: I64) -> npt.NDArray[np.bool_]:
        """Whether there is an entry of each position, in this class, under the key of each number; all have entries."""
        wanted = self._lowest(numbers, self.article_class) | positions.astype(np.uint64)
        places = np.minimum(np.searchsorted(self.entries, wanted), len(self.entries) - 1)
        return np.asarray(self.entries[places] == wanted)

    def positions(self, numbers: I64) -> tuple[I64, I64]:
        """For keys by number: (place in ``numbers``, position) of everything they found."""
        lengths = self.lengths[numbers]
        places = np.repeat(np.arange(len(numbers)), lengths)
        within = np.arange(len(places)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        hits = self.entries[np.repeat(self.starts[numbers], lengths) + within]
        return places, (hits & _POSITION).astype(np.int64)


@dataclass(frozen=True)
class Entries:
    """Sorted entries in storage with their fences."""

    stored: Array
    fences: Array

    def find(self, keys: U32) -> Found:
        """Look up keys, given in ascending order. Few keys read few blocks; very many read the whole array."""
        nothing = np.zeros(len(keys), np.int64)
        if not len(self.stored) or not len(keys):
            return Found(keys, np.zeros(0, np.uint64), nothing, nothing)
        entries = self._read_around(keys)
        if len(entries) < len(keys):
            return _find_backwards(entries, keys)
        low = keys.astype(np.uint64) << _HALF
        starts = np.searchsorted(entries, low, side="left")
        stops = starts.copy()
        present = np.flatnonzero(entries[np.minimum(starts, len(entries) - 1)] >> _HALF == keys)
        stops[present] = np.searchsorted(entries, low[present] | _LOWER, side="right")
        return Found(keys, entries, starts, stops)

    def between(self, low: int, high: int) -> U64:
        """The entries with keys from ``low`` to before ``high`` (2^32 for no limit)."""
        fences, is_open = self.fences.all(), high > _LOWER
        first = max(int(np.searchsorted(fences, np.uint32(low))) - 1, 0)
        last = len(fences) if is_open else int(np.searchsorted(fences, np.uint32(high)))
        entries = self.stored.slice(first * BLOCK, last * BLOCK)
        start = np.searchsorted(entries, np.uint64(low << 32))
        stop = len(entries) if is_open else np.searchsorted(entries, np.uint64(high << 32))
        chosen: U64 = entries[start:stop]
        return chosen

    def _read_around(self, keys: U32) -> U64:
        """All blocks that can hold one of the keys, one after the other; everything where these are very many."""
        if len(keys) > min(_GATHERED, len(self.fences)):
            whole: U64 = self.stored.all()
            return whole
        fences = self.fences.all()
        first = np.maximum(np.searchsorted(fences, keys, side="left") - 1, 0)
        blocks = _covered(first, np.searchsorted(fences, keys, side="right"))
        borders = np.flatnonzero(np.diff(blocks, prepend=-2, append=-2) != 1)
        slices = [
            self.stored.slice(int(blocks[i]) * BLOCK, int(blocks[j - 1] + 1) * BLOCK)
            for i, j in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True)
        ]
        return np.concatenate([*slices, np.zeros(0, np.uint64)])


def _find_backwards(entries: U64, keys: U32) -> Found:
    """What `Entries.find` gives, by looking up the entries in the keys, for these are more."""
    starts, stops = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    theirs = keys_of(entries)
    places = np.minimum(np.searchsorted(keys, theirs), len(keys) - 1)
    known = np.flatnonzero(keys[places] == theirs)
    places = places[known]
    firsts = np.flatnonzero(np.diff(places, prepend=-1))
    starts[places[firsts]] = known[firsts]
    stops[places[firsts]] = known[firsts] + np.diff(firsts, append=len(known))
    return Found(keys, entries, starts, stops)


def _covered(first: I64, last: I64) -> I64:
    """The distinct numbers in ranges from ``first`` to before ``last``, ascending."""
    lengths = np.maximum(last - first, 0)
    numbers = np.repeat(first - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
    return np.unique(numbers)
