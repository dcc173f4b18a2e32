"""Groups of copies: the connected components of `exact` and `near` pairs, each with its canonical member.

Chains count: where a is a near copy of b and b of c, all three are one group although a and c may differ by more. A
text that is changed a little at every station is still the same report, and counting it twice is the worse error.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables import CANONICAL_REASONS, COPY_GROUPS, row_id

CODE_VERSION = "2"
MERGING_KINDS = ("exact", "near")
_NEVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def groups_version() -> str:
    """Everything that decides a row of `copy_groups` given its inputs, as one line."""
    return f"groups {CODE_VERSION}"


def group_copies(duplicate_pairs: pa.Table, articles: pa.Table) -> pa.Table:
    """A row of `copy_groups` for each row of ``articles``; contained pairs merge nothing.

    Of ``articles`` the columns article_id, published_at and n_words are read. The canonical member is the earliest
    published (unknown times last), then the one of most words, then the one of the smallest id. Raises `ValueError`
    for a pair that names an article which is not there.
    """
    columns = articles.select(["article_id", "published_at", "n_words"]).to_pydict()
    precedence = {
        article_id: (published or _NEVER, -n_words, article_id)
        for article_id, published, n_words in zip(*columns.values(), strict=True)
    }
    merging = duplicate_pairs.filter(pc.is_in(duplicate_pairs.column("kind"), pa.array(MERGING_KINDS)))
    edges = zip(merging.column("article_id_a").to_pylist(), merging.column("article_id_b").to_pylist(), strict=True)
    rows = []
    for members in _components(sorted(precedence), edges):
        canonical = min(members, key=precedence.__getitem__)
        reason = _explain_canonical([precedence[member] for member in members])
        group_id = row_id(min(members))
        rows += [
            {
                "article_id": member,
                "copy_group_id": group_id,
                "is_canonical": member == canonical,
                "n_articles": len(members),
                "canonical_reason": reason,
            }
            for member in members
        ]
    return COPY_GROUPS.from_rows(rows)


def _explain_canonical(precedences: Sequence[tuple[datetime.datetime, int, str]]) -> str:
    """The first criterion in which the canonical member differs from the one that would stand in for it."""
    first, *others = sorted(precedences)
    if not others:
        return "only"
    return next(reason for reason, a, b in zip(CANONICAL_REASONS[1:], first, others[0], strict=True) if a != b)


def regroup_copies(groups: pa.Table, touched: pa.Array, duplicate_pairs: pa.Table, articles: pa.Table) -> pa.Table:
    """What `group_copies` gives for ``duplicate_pairs`` and ``articles``, from the ``groups`` there were before.

    ``touched`` are the articles that came, went or changed, and both articles of every pair that did; it may name more.
    Only groups that one of them was in are formed anew: a pair that did not change lies within a group that was there.
    """
    were_in = pc.unique(groups["copy_group_id"].filter(pc.is_in(groups["article_id"], touched)))
    is_stale = pc.is_in(groups["copy_group_id"], were_in)
    candidates = pa.chunked_array([*groups["article_id"].filter(is_stale).chunks, touched], pa.string())
    members = pc.unique(candidates)
    edges = duplicate_pairs.filter(pc.is_in(duplicate_pairs["article_id_a"], members))
    fresh = group_copies(edges, articles.filter(pc.is_in(articles["article_id"], members)))
    return pa.concat_tables([groups.filter(pc.invert(is_stale)), fresh])


def _components(articles: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The connected components over ``edges``, members in the order of ``articles``: union by smaller id."""
    parent = {article: article for article in articles}

    def find_root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for a, b in edges:
        if a not in parent or b not in parent:
            raise ValueError(f"duplicate pair ({a}, {b}) names an article that is not in the articles table")
        smaller, greater = sorted((find_root(a), find_root(b)))
        parent[greater] = smaller
    members: dict[str, list[str]] = defaultdict(list)
    for article in parent:
        members[find_root(article)].append(article)
    return list(members.values())
