"""Every claim in its group: forms clustered, followers beside what they follow, groups named after a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.clustering import Clusters, Known, cluster_forms, find_pairs
from pipeline.claims.corrections import Corrected, correct_groups
from pipeline.claims.forms import Folded, fold_features
from pipeline.claims.kernels import Numbers
from pipeline.overrides import ClaimOverride, Overrides, outcome_rows
from pipeline.tables import CLAIM_MATCHES, CLAIM_OVERRIDES, row_id

CODE_VERSION = "2"


@dataclass(frozen=True)
class Matched:
    """The tables `claim_matches` and `claim_overrides`, what is known for the next time, forms compared anew."""

    matches: pa.Table
    outcomes: pa.Table
    known: Known
    n_compared: int


def match_claims(
    features: pa.Table,
    claims: pa.Table,
    articles: pa.Table,
    copy_groups: pa.Table,
    overrides: Overrides[ClaimOverride] | None = None,
    known: Known | None = None,
) -> Matched:
    """The table `claim_matches` for all rows of `claim_features`.

    Of ``claims`` the columns that say what follows what are read (`claim_id`, `parent_claim_id`, `refers_to`), of
    ``articles`` `published_at`. ``overrides`` are a user's corrections, applied at the end. ``known`` is what an
    earlier call knew; it saves work and changes nothing.
    """
    order = pc.sort_indices(features["claim_id"])
    folded = fold_features(features, order, articles, copy_groups)
    pairs, n_compared = find_pairs(folded, known)
    clusters = cluster_forms(folded, pairs)
    rows = features.select(["claim_id", "article_id", "follows"]).take(order)
    ids = rows["claim_id"].combine_chunks()
    target = _targets(ids, rows["follows"].combine_chunks())
    row_cluster = clusters.cluster[folded.form_of[target]] if len(ids) else target
    corrected = correct_groups(overrides or Overrides(), ids, target, row_cluster, folded)
    matches = _matches(rows, claims, folded, clusters, target, corrected)
    outcomes = CLAIM_OVERRIDES.from_rows(outcome_rows(corrected.outcomes))
    return Matched(matches, outcomes, pairs, n_compared)


def _targets(ids: pa.Array, follows: pa.Array) -> Numbers:
    """For each row the row that decides its group: the claim that it follows, else itself."""
    at = pc.index_in(follows, ids)
    own = np.arange(len(ids))
    return np.where(at.is_null().to_numpy(zero_copy_only=False), own, pc.fill_null(at, 0).to_numpy())


def _matches(
    features: pa.Table, claims: pa.Table, folded: Folded, clusters: Clusters, target: Numbers, corrected: Corrected
) -> pa.Table:
    ids, row_cluster = features["claim_id"].combine_chunks(), corrected.cluster
    n = len(ids)
    form_of = folded.form_of
    free = form_of >= 0
    _, first_row, group_of = np.unique(row_cluster, return_index=True, return_inverse=True)
    names = pa.array([row_id(claim_id) for claim_id in ids.take(pa.array(first_row)).to_pylist()], pa.string())
    first_of_form = np.full(len(folded.keys), -1, np.int64)
    rows = np.flatnonzero(free)[::-1]
    first_of_form[form_of[rows]] = rows
    how = np.full(n, "alone", object)
    other, score = np.full(n, -1, np.int64), np.ones(n)
    utterance, act, run = np.zeros(n, np.bool_), np.zeros(n, np.uint64), np.zeros(n, np.int32)

    nearest = np.full(n, -1, np.int64)
    nearest[free] = clusters.nearest[form_of[free]]
    like = nearest >= 0
    mate = np.where(like, first_of_form[nearest], -1)
    like &= row_cluster[np.maximum(mate, 0)] == row_cluster if n else like  # a correction may have parted them
    how[like], other[like] = "like", mate[like]
    forms = form_of[like]
    score[like], utterance[like] = np.round(clusters.score[forms], 4), clusters.utterance[forms]
    act[like], run[like] = clusters.act[forms], clusters.run[forms]

    repeated, beside, twin = _twins(form_of, folded.place_of, row_cluster)
    how[repeated], score[repeated], other[repeated] = "repeat", 1.0, twin[repeated]
    utterance[repeated] = np.diff(folded.forms.speakers_at)[form_of[repeated]] > 0
    how[beside], utterance[beside] = "copy", False
    act[repeated], run[repeated] = 0, 0

    follows = ~free
    points = pc.fill_null(pc.is_in(ids, claims.filter(claims["refers_to"].is_valid())["claim_id"]), False)
    how[follows & points.to_numpy(zero_copy_only=False)] = "points"
    how[follows & ~points.to_numpy(zero_copy_only=False)] = "passes"
    other[follows] = target[follows]
    how[(other >= 0) & (row_cluster[other] != row_cluster)] = "alone"  # a correction has parted them
    several = np.bincount(group_of, minlength=1)[group_of] > 1 if n else np.zeros(0, np.bool_)
    followed = np.zeros(n, np.bool_)
    followed[target[follows & (row_cluster[target] == row_cluster)]] = True
    how[(how == "alone") & several] = "joined"
    how[(how == "joined") & followed] = "followed"
    for row in corrected.notes:
        how[row] = "joined" if how[row] == "alone" and several[row] else how[row]
    how[sorted(corrected.rejected)] = "rejected"
    other[np.isin(how, ("alone", "followed", "joined", "rejected"))] = -1
    return pa.Table.from_arrays(
        [
            ids,
            features["article_id"].combine_chunks(),
            names.take(pa.array(group_of)),
            pa.array(how, pa.string()),
            ids.take(pa.array(other, mask=other < 0)),
            pa.array(score),
            pa.array(utterance),
            pa.array(act),
            pa.array(run),
            pa.array([sorted(corrected.by.get(row, ())) for row in range(n)], pa.list_(pa.string())),
            pa.array([corrected.notes.get(row) for row in range(n)], pa.string()),
        ],
        schema=CLAIM_MATCHES.schema,
    )


def _twins(
    form_of: Numbers, place_of: npt.NDArray[Any], row_cluster: Numbers
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Numbers]:
    """Rows whose form and group another row has too; those of them with one in a copy of the article; that row."""
    n = len(form_of)
    twin = np.full(n, -1, np.int64)
    for keys in ((row_cluster, form_of), (place_of, row_cluster, form_of)):
        order = np.lexsort((np.arange(n), *keys))
        same = np.ones(max(0, n - 1), np.bool_)
        for key in keys:
            same &= key[order][1:] == key[order][:-1]
        same &= form_of[order][1:] >= 0
        found = np.full(n, -1, np.int64)
        found[order[1:][same]] = order[:-1][same]
        found[order[:-1][same]] = order[1:][same]
        twin = np.where(found >= 0, found, twin)
        is_twin = found >= 0
        if len(keys) == 2:
            repeated = is_twin
    return repeated, is_twin, twin


def matching_version() -> str:
    """What decides which claims are matched, given their features: this code."""
    return CODE_VERSION
