"""A user's corrections of claims and groups: stances set, claims rejected, groups joined and parted, and outcomes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.claims.forms import Folded
from pipeline.claims.kernels import Numbers, score_pair
from pipeline.overrides import ClaimOverride, Outcome, Overrides
from pipeline.tables import row_id

_UNKNOWN = "no claim has this id; the article may have changed or gone"
_UNKNOWN_OTHER = "no claim and no group has the id in `other`; the article may have changed or gone"


def set_stances(claims: pa.Table, overrides: Overrides[ClaimOverride]) -> pa.Table:
    """The claims with the stances that a user set; `corrected_by` names the correction."""
    wanted = {row.claim: row for row in overrides.of("stance")}
    found = claims.filter(pc.is_in(claims["claim_id"], value_set=pa.array(sorted(wanted), pa.string())))
    if not len(found):
        return claims
    rows = [
        {**row, "stance": wanted[row["claim_id"]].value, "corrected_by": [wanted[row["claim_id"]].override_id]}
        for row in found.to_pylist()
    ]
    others = claims.filter(pc.invert(pc.is_in(claims["claim_id"], value_set=found["claim_id"].combine_chunks())))
    return pa.concat_tables([others, pa.Table.from_pylist(rows, schema=claims.schema)])


@dataclass
class Corrected:
    """Groups after all corrections.

    ``cluster`` is a label for each row; ``by`` the ids of the corrections that name a row or a copy of it, ``notes``
    what a reader is told of it, ``rejected`` the rows that are out of every group.
    """

    cluster: Numbers
    by: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: dict[int, str] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)

    def note(self, override: ClaimOverride, rows: Numbers, text: str) -> None:
        """Record the correction in its rows."""
        for row in rows.tolist():
            self.by[row].append(override.override_id)
            self.notes[row] = f"{text} by {override.author}: {override.reason}"
        self.outcomes.append(Outcome(override, True, f"{text} ({len(rows)} {'row' if len(rows) == 1 else 'rows'})"))

    def refuse(self, override: ClaimOverride, why: str) -> None:
        """Report a correction that nothing answers to."""
        self.outcomes.append(Outcome(override, False, why))


def correct_groups(
    overrides: Overrides[ClaimOverride], ids: pa.Array, target: Numbers, cluster: Numbers, folded: Folded
) -> Corrected:
    """Carry out the corrections on the claims ``ids``, sorted, ``target`` being the row that each takes its group from.

    First claims are rejected, then groups parted, then joined, each in an order that the file's lines do not decide.
    What is said of a claim holds for the same claim in copies of its article.
    """
    found = Corrected(cluster.copy())
    if not len(overrides):
        return found
    at = {claim_id: row for row, claim_id in enumerate(ids.to_pylist())}
    groups = _group_labels(ids, found.cluster)
    for override in overrides.of("stance"):
        if override.claim in at:
            found.note(override, np.array([at[override.claim]]), f"stance set to {override.value}")
        else:
            found.refuse(override, _UNKNOWN)
    for override in overrides.of("reject"):
        if override.claim not in at:
            found.refuse(override, _UNKNOWN)
            continue
        rows = _with_copies(at[override.claim], folded)
        for row in rows.tolist():
            found.cluster[row] = _new_label(found.cluster)
            found.rejected.add(row)
        found.note(override, rows, "rejected")
    for override in overrides.of("part"):
        _part(override, found, at, target, folded)
    groups |= _group_labels(ids, found.cluster)
    for override in overrides.of("join"):
        _join(override, found, at, groups)
    return found


def _group_labels(ids: pa.Array, cluster: Numbers) -> dict[str, int]:
    """Group id -> a row of the group."""
    _, first = np.unique(cluster, return_index=True)
    return {
        row_id(claim_id): row
        for claim_id, row in zip(ids.take(pa.array(first)).to_pylist(), first.tolist(), strict=True)
    }


def _new_label(cluster: Numbers) -> int:
    return int(cluster.max()) + 1


def _with_copies(row: int, folded: Folded) -> Numbers:
    """The row, and those of equal features in copies of its article."""
    if folded.form_of[row] < 0:
        return np.array([row])
    same = (folded.form_of == folded.form_of[row]) & (folded.place_of == folded.place_of[row])
    return np.flatnonzero(same)


def _part(override: ClaimOverride, found: Corrected, at: dict[str, int], target: Numbers, folded: Folded) -> None:
    """Take a claim, with what follows it, out of its group; or, with ``other``, part the group between the two."""
    row, other = at.get(override.claim), at.get(override.other)
    if row is None or (override.other and other is None):
        found.refuse(override, _UNKNOWN if row is None else _UNKNOWN_OTHER)
        return
    rows = _with_copies(row, folded)
    if other is not None:
        if found.cluster[row] != found.cluster[other]:
            found.refuse(override, "the two claims are in different groups already")
            return
        rows = _nearer(row, other, np.flatnonzero(found.cluster == found.cluster[row]), target, folded)
    moved = np.union1d(rows, np.flatnonzero(np.isin(target, rows) & (found.cluster == found.cluster[row])))
    found.cluster[moved] = _new_label(found.cluster)
    found.note(override, _with_copies(row, folded), "parted from its group" if other is None else "parted from another")


def _nearer(row: int, other: int, members: Numbers, target: Numbers, folded: Folded) -> Numbers:
    """Members of a group that are more like the first of two claims; what is like neither stays with the other."""
    one, two = folded.form_of[target[row]], folded.form_of[target[other]]
    if one == two:
        return np.array([row])
    chosen = [row]
    for member in members.tolist():
        form = folded.form_of[target[member]]
        to_one, to_two = (
            1.0 if form == end else score_pair(folded.forms, min(form, end), max(form, end))[0] for end in (one, two)
        )
        if member not in (row, other) and to_one > to_two:
            chosen.append(member)
    return np.array(sorted(chosen))


def _join(override: ClaimOverride, found: Corrected, at: dict[str, int], groups: dict[str, int]) -> None:
    """Make one group of those of two claims or groups."""
    row, other = (at.get(name, groups.get(name)) for name in (override.claim, override.other))
    if row is None or other is None:
        found.refuse(override, _UNKNOWN if row is None else _UNKNOWN_OTHER)
    elif {row, other} & found.rejected:
        found.refuse(override, "a rejected claim joins no group")
    elif found.cluster[row] == found.cluster[other]:
        found.outcomes.append(Outcome(override, True, "they are in one group already"))
    else:
        named = found.cluster == found.cluster[row]
        rows = np.array([row]) if override.claim in at else np.flatnonzero(named)
        found.cluster[named] = found.cluster[other]
        found.note(override, rows, "joined with another group")
