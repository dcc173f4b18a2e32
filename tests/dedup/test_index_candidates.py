"""The index of signatures: after any history it finds the candidates that a search from nothing finds."""

import contextlib
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.dedup import compute_signatures, find_candidates
from pipeline.dedup.index import SignatureIndex, search, segments, stored
from pipeline.dedup.signatures import SKETCH_BOUND
from pipeline.lake.runs import RunStore
from pipeline.lake.storage import Storage
from pipeline.settings import Settings
from pipeline.tables import SIGNATURES

SETTINGS = Settings(min_shingles=5)
FURNITURE = "subscribe to the morning letter of this paper and read it before the ferry leaves"


def write_text(story: int, start: int, length: int, changed: int, furnished: bool) -> str:
    """Some words of a story, a few of them replaced, with or without the furniture that stands under all stories."""
    words = [f"word{random.Random(story * 1000 + i).randrange(10**6)}" for i in range(start, start + length)]
    for i in range(changed):
        words[(i * 37) % length] = f"other{story}{i}"
    return " ".join([*words, *([FURNITURE] if furnished else [])])


TEXTS = st.builds(
    write_text,
    story=st.integers(0, 2),
    start=st.sampled_from([0, 0, 20, 100]),
    length=st.sampled_from([3, 12, 40, 90, 150, 300]),
    changed=st.sampled_from([0, 1, 3, 9]),
    furnished=st.booleans(),
)
# A step gives new texts to some articles and takes others away.
STEPS = st.dictionaries(st.sampled_from([f"{i:02}" for i in range(14)]), st.none() | TEXTS, max_size=8)


@pytest.fixture(scope="module")
def sign(corpus: Callable[..., tuple[Any, Any]]) -> Callable[[Mapping[str, str]], pa.Table]:
    """The `signatures` rows of texts by article."""

    def call(texts: Mapping[str, str]) -> pa.Table:
        return compute_signatures(*corpus(texts), SETTINGS) if texts else SIGNATURES.empty()

    return call


class Kept:
    """An index that is opened anew for each change, as the chain does."""

    def __init__(self, folder: str) -> None:
        storage = Storage(Path(folder))
        storage.prepare()
        self.store = RunStore(storage)
        self.recorded: dict[str, Any] | None = None

    def open(self, settings: Settings = SETTINGS) -> SignatureIndex:
        return SignatureIndex(self.store, self.recorded, settings)

    def change(self, signatures: pa.Table, gone: Sequence[str] = (), version: str = "a") -> None:
        index = self.open()
        index.update(signatures, pa.array([version] * len(signatures), pa.string()), gone)
        self.recorded = index.to_json()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(str(tmp_path))


@contextlib.contextmanager
def small_pieces(gathered: int) -> Iterator[None]:
    """Blocks, portions and tiers so small that a few articles fill many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "BLOCK", 4)
        patch.setattr(stored, "_GATHERED", gathered)
        patch.setattr(segments, "TIER", 3)
        patch.setattr(segments, "SMALLEST_TIER", 4)
        patch.setattr(segments, "_ENTRIES_AT_A_TIME", 50)
        patch.setattr(segments, "_ROWS_AT_A_TIME", 3)
        patch.setattr(segments, "_FENCE_IDS", 2)
        patch.setattr(search, "_HITS_AT_A_TIME", 20)
        patch.setattr(search, "_PAIRS_AT_A_TIME", 5)
        yield


def touching(pairs: pa.Table, articles: Sequence[str]) -> list[dict[str, str]]:
    among = pa.array(articles, pa.string())
    one = pc.or_(pc.is_in(pairs["article_id_a"], among), pc.is_in(pairs["article_id_b"], among))
    found: list[dict[str, str]] = pairs.filter(one).to_pylist()
    return found


@given(history=st.lists(STEPS, min_size=1, max_size=6), gathered=st.sampled_from([1, 1 << 14]))
@hypothesis_settings(max_examples=60)
def test_after_any_history_the_candidates_are_those_of_a_search_from_nothing(
    history: list[dict[str, str | None]], gathered: int, sign: Callable[..., pa.Table]
) -> None:
    """Adds, edits and removals; segments are merged on the way."""
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, small_pieces(gathered):
        kept = Kept(folder)
        for step in history:
            changed = {article: text for article, text in step.items() if text is not None}
            texts = {article: text for article, text in {**texts, **step}.items() if text is not None}
            kept.change(sign(changed), [article for article in step if article not in changed])
            found = kept.open().find_candidates(sign(changed))
            assert found.to_pylist() == touching(find_candidates(sign(texts), SETTINGS), list(changed))
            assert sorted(kept.open().articles()["article_id"].to_pylist()) == sorted(texts)
        everything = kept.open().find_candidates(sign(texts))
        assert everything.equals(find_candidates(sign(texts), SETTINGS))


def test_the_property_is_about_histories_with_candidates(sign: Callable[..., pa.Table], kept: Kept) -> None:
    texts = {
        "copy": write_text(1, 0, 300, 3, False),
        "excerpt": write_text(1, 100, 40, 0, True),
        "original": write_text(1, 0, 300, 0, True),
        "stranger": write_text(2, 0, 300, 0, True),
    }
    kept.change(sign(texts))
    found = kept.open().find_candidates(sign({"original": texts["original"]}))
    assert [tuple(row.values()) for row in found.to_pylist()] == [("copy", "original"), ("excerpt", "original")]


def test_an_article_that_shares_half_a_band_key_is_no_candidate(
    sign: Callable[..., pa.Table], kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index keeps the upper half of each key; the signatures decide."""
    texts = {"a": write_text(0, 0, 300, 0, False), "b": write_text(1, 0, 300, 0, False)}
    rows = sign(texts)
    same = pa.array([rows["bands"][0].as_py()] * 2, SIGNATURES.schema.field("bands").type)
    forged = rows.set_column(rows.schema.get_field_index("bands"), SIGNATURES.schema.field("bands"), same)
    monkeypatch.setattr(search, "leave_room", lambda agree, *_: agree.any(axis=1) | True)
    kept.change(forged)
    assert len(kept.open().find_candidates(forged)) == 0


def test_articles_tell_their_version(sign: Callable[..., pa.Table], kept: Kept) -> None:
    rows = sign({"a": "subscribe", "b": FURNITURE})
    kept.change(rows, version="0123456789abcdefgh")
    kept.change(rows.slice(1), version="fedcba9876543210")
    assert sorted(kept.open().articles().to_pylist(), key=lambda row: str(row["article_id"])) == [
        {"article_id": "a", "version": "0123456789abcdef"},
        {"article_id": "b", "version": "fedcba9876543210"},
    ]


def test_other_thresholds_begin_an_empty_index(sign: Callable[..., pa.Table], kept: Kept) -> None:
    kept.change(sign({"a": FURNITURE}))
    assert kept.open().n_articles == 1
    assert kept.open(Settings(min_shingles=6)).n_articles == 0
    assert kept.open(Settings(min_shingles=5, containment_threshold=0.5)).n_articles == 0


def test_an_update_that_was_not_recorded_leaves_the_index_as_it_was(sign: Callable[..., pa.Table], kept: Kept) -> None:
    kept.change(sign({"a": write_text(0, 0, 90, 0, False)}))
    unrecorded = kept.open()
    unrecorded.update(sign({"b": write_text(0, 0, 90, 1, False)}), pa.array(["b"]), ["a"])
    assert unrecorded.articles()["article_id"].to_pylist() == ["b"]
    assert kept.open().articles()["article_id"].to_pylist() == ["a"]


def test_equal_histories_write_equal_indexes(sign: Callable[..., pa.Table], tmp_path: Path) -> None:
    documents = []
    for name in ("one", "two"):
        index = Kept(str(tmp_path / name))
        for number in range(10):
            index.change(sign({f"{number}": write_text(number, 0, 40, 0, True)}), [f"{number - 3}"])
        documents.append(index.recorded)
    assert documents[0] == documents[1]


def test_one_by_one_leaves_few_segments_and_rewrites_little(sign: Callable[..., pa.Table], kept: Kept) -> None:
    """Of n articles added one by one each is rewritten about log n times, not n times."""
    rows = sign({f"{number:03}": write_text(number % 3, number, 40, 0, False) for number in range(200)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "TIER", 4)
        patch.setattr(segments, "SMALLEST_TIER", 4)
        for number in range(200):
            kept.change(rows.slice(number, 1))
    sizes = [segment.n for segment in kept.open().segments]
    assert sum(sizes) == 200
    assert len(sizes) <= 3 * 4
    once = kept.store.traffic.written / 200 / segment_bytes(kept, rows.slice(0, 1))
    assert once < 5


def test_a_segment_of_which_a_quarter_has_gone_is_written_anew(sign: Callable[..., pa.Table], kept: Kept) -> None:
    kept.change(sign({f"{number}": write_text(0, number, 40, 0, False) for number in range(8)}))
    kept.change(SIGNATURES.empty(), ["0", "1", "absent"])
    assert [(segment.n, segment.n_dead) for segment in kept.open().segments] == [(8, 2)]
    kept.change(SIGNATURES.empty(), ["2"])
    assert [(segment.n, segment.n_dead) for segment in kept.open().segments] == [(5, 0)]
    kept.change(SIGNATURES.empty(), [str(number) for number in range(8)])
    assert kept.open().segments == []


def draw_signatures(n: int) -> pa.Table:
    """Rows of articles that have nothing in common, drawn at random."""
    generator = np.random.RandomState(1)

    def lists(width: int, low: int, high: int, kind: Any) -> pa.ListArray:
        values = np.sort(generator.randint(low, high, (n, width), dtype=kind))
        return pa.ListArray.from_arrays(pa.array(np.arange(0, n * width + 1, width, dtype=np.int32)), values.ravel())

    columns = {
        "article_id": [f"{number:08}" for number in range(n)],
        "n_tokens": np.full(n, 160, np.int32),
        "n_shingles": np.full(n, 156, np.int32),
        "signature": lists(128, 0, 1 << 32, np.uint32),
        "bands": lists(32, 0, 1 << 64, np.uint64),
        "sketch": lists(20, 0, SKETCH_BOUND, np.uint32),
        "anchors": lists(12, SKETCH_BOUND, 1 << 32, np.uint32),
    }
    return pa.table(columns, schema=SIGNATURES.schema)


def test_adding_one_article_reads_and_writes_a_small_part(sign: Callable[..., pa.Table], kept: Kept) -> None:
    kept.change(draw_signatures(20_000))
    kept.change(sign({"a": write_text(0, 0, 150, 0, False)}))
    built = kept.store.traffic.written
    kept.store.traffic.read = 0
    one = sign({"b": write_text(0, 0, 150, 1, True)})
    kept.change(one)
    assert kept.open().find_candidates(one).to_pylist() == [{"article_id_a": "a", "article_id_b": "b"}]
    assert kept.store.traffic.read < built / 20
    assert kept.store.traffic.written - built < built / 1000


def segment_bytes(kept: Kept, rows: pa.Table) -> int:
    """What a segment of these rows takes."""
    return int(
        segments.write_segment(kept.store, rows, segments.fixed_width(rows["article_id"]), SETTINGS).run["bytes"]
    )
