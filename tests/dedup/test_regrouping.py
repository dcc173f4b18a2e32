"""Copy groups after a change: formed anew where something changed, and the same as all formed from nothing."""

import datetime
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import group_copies, groups, regroup_copies
from pipeline.tables import DUPLICATE_PAIRS

IDS = [f"{number:02}" for number in range(10)]
PAIRS = [(a, b) for a in IDS for b in IDS if a < b]

# A state: the hour at which each article was published, and the kind of some of the pairs among them.
HOURS = st.dictionaries(st.sampled_from(IDS), st.integers(0, 2))
KINDS = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(["near", "exact", "contained"]), max_size=9)
State = tuple[dict[str, int], dict[tuple[str, str], str]]


def tables_of(state: State, corpus: Callable[..., tuple[Any, Any]]) -> tuple[pa.Table, pa.Table]:
    """Duplicate pairs (those between articles that are there) and articles."""
    hours, _ = state
    times = {a: {"published_at": datetime.datetime(2031, 5, 1, hour, tzinfo=datetime.UTC)} for a, hour in hours.items()}
    articles, _ = corpus(dict.fromkeys(sorted(hours), "text"), times)
    numbers = {"jaccard": 0.9, "containment_a_in_b": 0.9, "containment_b_in_a": 0.9}
    rows = [{"article_id_a": a, "article_id_b": b, "kind": kind, **numbers} for (a, b), kind in there(state).items()]
    return DUPLICATE_PAIRS.from_rows(rows), articles


def there(state: State) -> Mapping[tuple[str, str], str]:
    return {pair: kind for pair, kind in state[1].items() if set(pair) <= state[0].keys()}


def touched_by(before: State, after: State) -> pa.Array:
    """Articles that differ, and the ends of pairs that do."""
    articles = {a for a, _ in before[0].items() ^ after[0].items()}
    ends = {end for pair, _ in there(before).items() ^ there(after).items() for end in pair}
    return pa.array(sorted(articles | ends), pa.string())


@given(st.lists(st.tuples(HOURS, KINDS), min_size=2, max_size=5))
def test_any_history_ends_in_the_groups_of_a_rebuild(
    corpus: Callable[..., tuple[Any, Any]], history: list[State]
) -> None:
    """Groups merge and split as pairs come and go; a group's canonical member follows its times."""
    current = group_copies(*tables_of(history[0], corpus))
    for before, after in itertools.pairwise(history):
        pairs, articles = tables_of(after, corpus)
        current = regroup_copies(current, touched_by(before, after), pairs, articles)
        assert current.sort_by("article_id").equals(group_copies(pairs, articles).sort_by("article_id"))


def test_groups_that_nothing_touched_are_not_formed_anew(
    corpus: Callable[..., tuple[Any, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = dict.fromkeys(IDS, 1)
    before = (hours, {("00", "01"): "near", ("02", "03"): "near", ("05", "06"): "exact"})
    after = (hours, {("00", "01"): "near", ("01", "02"): "near", ("02", "03"): "near", ("05", "06"): "exact"})
    old = group_copies(*tables_of(before, corpus))
    formed: list[list[str]] = []

    def note(pairs: pa.Table, articles: pa.Table) -> pa.Table:
        formed.append(sorted(articles["article_id"].to_pylist()))
        return group_copies(pairs, articles)

    monkeypatch.setattr(groups, "group_copies", note)
    regroup_copies(old, touched_by(before, after), *tables_of(after, corpus))
    assert formed == [["00", "01", "02", "03"]]
