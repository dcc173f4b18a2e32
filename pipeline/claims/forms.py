"""Claims of one form: rows of `claim_features` folded where all features agree, as the arrays that loops read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.features import hash64
from pipeline.claims.kernels import UNKNOWN, Forms, Hashes, Numbers, find_grams

_LISTS = (
    "terms",
    "pair_terms",
    "words",
    "quoted",
    "parties",
    "speakers",
    "voices",
    "actors",
    "targets",
    "frames",
    "amounts",
)
_READ = (
    *_LISTS,
    "term_weights",
    "word_weights",
    "frame_weights",
    "mass",
    "time_start",
    "time_end",
    "stance",
    "in_title",
)
_TWIN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Folded:
    """Forms in the order of their ``keys``, and for each row its form (-1 for claims that follow another one).

    ``places`` and ``published`` are those of the rows, ``version`` tells states of one form apart.
    """

    forms: Forms
    keys: Hashes
    version: Hashes
    form_of: Numbers
    place_of: Hashes


def fold_features(features: pa.Table, order: pa.Array, articles: pa.Table, copy_groups: pa.Table) -> Folded:
    """Fold rows of `claim_features`, in the ``order`` given: equal features make one form, in every article.

    Words that say next to nothing ("to respond") are one form only within the copies of one article. The order of the
    forms is that of their hashes, so nothing but their content decides it.
    """
    few = features.select(["article_id", "follows", "form", "telling"]).take(order)
    place, published = _publication(few, articles, copy_groups)
    free = few["follows"].is_null().to_numpy()
    form = _numbers(few, "form")
    telling = few["telling"].to_numpy(zero_copy_only=False)
    row_keys = np.where(telling, form, form ^ (place * _TWIN))
    keys, first, inverse = np.unique(row_keys[free], return_index=True, return_inverse=True)
    rows = np.flatnonzero(free)
    form_of = np.full(len(few), -1, np.int64)
    form_of[rows] = inverse
    places_at, places = _distinct_places(inverse, place[rows], len(keys))
    earliest, latest = _first_and_last(inverse, published[rows], len(keys))
    chosen = features.select(_READ).take(order.take(pa.array(rows[first])))
    forms = read_forms(chosen, places_at, places, earliest, latest)
    came_out: Hashes = earliest.view(np.uint64) * _TWIN + latest.view(np.uint64)
    version: Hashes = _version(places_at, places) ^ came_out
    return Folded(forms, keys, version, form_of, place)


def read_forms(features: pa.Table, places_at: Numbers, places: Hashes, first: Numbers, last: Numbers) -> Forms:
    """Each row of ``features`` as one form with the places and times given."""
    lists: dict[str, Any] = {}
    for name in _LISTS:
        lists[f"{name}_at"], lists[name] = _lists(features, name)
    for name in ("term_weights", "word_weights", "frame_weights"):
        lists[name] = _lists(features, name)[1]
    inputs = (lists[name] for name in ("words_at", "words", "word_weights", "quoted_at", "quoted"))
    grams_at, grams, gram_flags = find_grams(*inputs)
    return Forms(
        **lists,
        grams_at=grams_at,
        grams=grams,
        gram_flags=gram_flags,
        mass=_numbers(features, "mass").astype(np.float64),
        places_at=places_at,
        places=places,
        first=first,
        last=last,
        time_start=_times(features["time_start"]),
        time_end=_times(features["time_end"]),
        stance=_numbers(features, "stance"),
        in_title=features["in_title"].to_numpy(zero_copy_only=False).astype(np.uint8),
    )


def alone(features: pa.Table) -> Forms:
    """Each row as a form of its own, in a place of its own, at an unknown time."""
    n = len(features)
    unknown = np.full(n, UNKNOWN, np.int64)
    return read_forms(features, np.arange(n + 1), np.arange(1, n + 1).astype(np.uint64), unknown, unknown)


def _publication(features: pa.Table, articles: pa.Table, copy_groups: pa.Table) -> tuple[Hashes, Numbers]:
    """Copy group (hash) and time of publication of each row's article."""
    ids = features["article_id"].combine_chunks()
    group = copy_groups["copy_group_id"].take(pc.index_in(ids, copy_groups["article_id"].combine_chunks()))
    distinct = group.combine_chunks().dictionary_encode()
    encoded = distinct.combine_chunks() if isinstance(distinct, pa.ChunkedArray) else distinct
    hashes = np.array([hash64(value) for value in encoded.dictionary.to_pylist()], np.uint64)
    numbers = encoded.indices.to_numpy(zero_copy_only=False)
    times = articles["published_at"].take(pc.index_in(ids, articles["article_id"].combine_chunks()))
    return (hashes[numbers] if len(numbers) else hashes[:0]), _times(times)


def _distinct_places(form: Numbers, place: Hashes, n_forms: int) -> tuple[Numbers, Hashes]:
    order = np.lexsort((place, form))
    form, place = form[order], place[order]
    new = np.ones(len(form), np.bool_)
    new[1:] = (form[1:] != form[:-1]) | (place[1:] != place[:-1])
    return np.searchsorted(form[new], np.arange(n_forms + 1)), place[new]


def _first_and_last(form: Numbers, published: Numbers, n_forms: int) -> tuple[Numbers, Numbers]:
    """Earliest and latest known time of each form's claims."""
    known = published != UNKNOWN
    most = np.iinfo(np.int64).max
    first, last = np.full(n_forms, most, np.int64), np.full(n_forms, UNKNOWN, np.int64)
    np.minimum.at(first, form[known], published[known])
    np.maximum.at(last, form[known], published[known])
    first[first == most] = UNKNOWN
    return first, last


def _version(at: Numbers, places: Hashes) -> Hashes:
    """A hash of each form's places."""
    total = np.concatenate(([np.uint64(0)], np.cumsum(places, dtype=np.uint64)))
    found: Hashes = total[at[1:]] - total[at[:-1]]
    return found


def _lists(features: pa.Table, name: str) -> tuple[Numbers, npt.NDArray[Any]]:
    column = features[name].combine_chunks()
    array = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
    offsets = array.offsets.to_numpy().astype(np.int64)
    return offsets - offsets[0], array.flatten().to_numpy(zero_copy_only=False)


def _numbers(features: pa.Table, name: str) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = features[name].to_numpy()
    return found


def _times(column: pa.ChunkedArray) -> Numbers:
    """Microseconds, `UNKNOWN` where null."""
    micros = pc.cast(column, pa.int64()) if len(column) else pa.chunked_array([[]], pa.int64())
    found: Numbers = pc.fill_null(micros, UNKNOWN).to_numpy()
    return found


def entity_names(names: Mapping[str, str]) -> dict[int, str]:
    """Hash of each entity's id -> its name."""
    return {hash64(entity): name for entity, name in names.items()}
