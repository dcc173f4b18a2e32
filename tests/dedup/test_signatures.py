"""Signatures: datasketch's values on every kind of text, in numpy and in the compiled kernel."""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mmh3
import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.compiled import private_folder
from pipeline.dedup import compute_signatures, kernels, shingles, signatures, word_kernels
from pipeline.dedup.effort import BYTES_TO_COMPILE, BYTES_TO_LOAD, Effort
from pipeline.dedup.shingles import SHINGLE_WORDS, body_words
from pipeline.settings import Settings
from pipeline.text.normalise import join_words


def murmur(data: bytes) -> int:
    return mmh3.hash(data, signed=False)


def datasketch_values(text: str) -> list[int]:
    words = join_words(text).decode().split()
    span = min(SHINGLE_WORDS, len(words))
    runs = {" ".join(words[i : i + span]) for i in range(len(words) - span + 1)} if words else set()
    reference = MinHash(hashfunc=murmur, scheme="affine32", seed=1, num_perm=128)
    reference.update_batch([run.encode() for run in sorted(runs)])
    return [int(value) for value in reference.hashvalues]


def long_text(n_words: int, seed: int = 7) -> str:
    generator = random.Random(seed)
    return " ".join(f"w{generator.randint(0, 5000)}" for _ in range(n_words))


TEXTS = {
    "plain": "The harbour of Norland was closed on Monday after the crews walked out.",
    "unicode": "“Żółć,” said Gęślą — naïve café, Straße, ﬁne Ελλάδα, Україна, İstanbul \u00a0 ok",
    "unspaced": "港口工人罢工持续到星期三，谈判没有结果。",
    "thai": "ท่าเรือปิดทำการในวันจันทร์",
    "arabic": "أُغلق الميناء يوم الاثنين بعد إضراب العمال",
    "emoji": "Strike 🚢🔥 over at last, crews say 👩‍👩‍👧 so",
    "one_word": "Norland",
    "four_words": "Port of Norland closed",
    "five_words": "Port of Norland is closed",
    "repeated": "no no no no no no no no no no",
    "long": long_text(30_000),
}


@pytest.mark.parametrize("name", TEXTS)
def test_signatures_are_datasketchs_bit_for_bit(
    name: str, corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    table = compute_signatures(*corpus({"a": TEXTS[name]}), settings)
    assert table.column("signature").to_pylist() == [datasketch_values(TEXTS[name])]


def test_a_text_without_words_has_no_signature(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    rows = compute_signatures(*corpus({"a": "", "b": "— … !", "c": [("title", "Only a headline")]}), settings)
    for row in rows.to_pylist():
        assert row["n_tokens"] == row["n_shingles"] == 0
        assert row["signature"] == row["bands"] == row["sketch"] == row["anchors"] == []


def test_a_row_makes_a_datasketch_object(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    row = compute_signatures(*corpus({"a": TEXTS["plain"]}), settings).to_pylist()[0]
    lean = LeanMinHash(seed=1, hashvalues=row["signature"], scheme="affine32")
    assert [int(value) for value in lean.hashvalues] == datasketch_values(TEXTS["plain"])


def test_counts_are_words_and_distinct_shingles(corpus: Callable[..., tuple[Any, Any]], settings: Settings) -> None:
    rows = compute_signatures(*corpus({k: TEXTS[k] for k in ("plain", "repeated", "four_words")}), settings)
    assert rows.select(["n_tokens", "n_shingles"]).to_pylist() == [
        {"n_tokens": 13, "n_shingles": 9},
        {"n_tokens": 10, "n_shingles": 1},
        {"n_tokens": 4, "n_shingles": 1},
    ]


def test_headlines_captions_and_furniture_are_left_out(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    body = [("summary", "Crews left at dawn."), ("body", TEXTS["plain"])]
    dressed = [
        ("title", "Port shut"),
        body[0],
        ("caption", "Cranes stand idle in the harbour."),
        body[1],
        ("boilerplate", "Read more: ten ways to sail"),
    ]
    plain, furnished = compute_signatures(*corpus({"a": body, "b": dressed}), settings).to_pylist()
    del plain["article_id"], furnished["article_id"]
    assert plain == furnished


def test_an_articles_row_does_not_depend_on_the_batch(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings
) -> None:
    together = compute_signatures(*corpus(TEXTS), settings).to_pylist()
    alone = [compute_signatures(*corpus({name: text}), settings).to_pylist()[0] for name, text in TEXTS.items()]
    assert together == alone


words = st.lists(st.sampled_from(["a", "bb", "ccc", "żółw", "港", "e5", "longerword", "x" * 40]), max_size=60)


word_texts = st.one_of(words.map(" ".join), words.map("   ".join)).map(str.encode)


@given(st.lists(word_texts, max_size=8), st.sampled_from([16, 128]), st.integers(1, 9))
@hypothesis_settings(max_examples=60, deadline=None)
def test_the_kernel_gives_what_numpy_gives(texts: list[bytes], num_perm: int, window: int) -> None:
    assert_same(texts, num_perm, window)


def test_the_kernel_gives_what_numpy_gives_on_long_texts() -> None:
    assert_same([join_words(long_text(n, seed=n)) for n in (400, 0, 3, 9000, 5, 0, 20, 700, 1)], 128, 8)


@pytest.mark.parametrize("chunk_bytes", [1, 60, 1 << 20])
def test_rows_are_the_same_with_and_without_the_kernel_and_in_chunks(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    bodies = {
        name: [("title", "Port — shut"), ("body", text), ("caption", "Łódź"), ("summary", text[:9])]
        for name, text in TEXTS.items()
    }
    built = corpus({**TEXTS, **{f"{name} twice": body for name, body in bodies.items()}, "empty": ""})
    monkeypatch.setattr(shingles, "_CHUNK_BYTES", chunk_bytes)
    found = []
    for enough in (0, 1 << 40):
        monkeypatch.setattr(signatures, "EFFORT", Effort(enough))
        found.append(compute_signatures(*built, settings))
    assert found[0].equals(found[1])


def pack(texts: list[bytes]) -> word_kernels.Words:
    return word_kernels.pack_texts([b"".join(word + b" " for word in text.split()) for text in texts])


def assert_same(texts: list[bytes], num_perm: int, window: int) -> None:
    found = signatures.hash_words(pack(texts), num_perm, 4, window)
    plain = signatures.hash_texts_plainly(texts, num_perm, 4, window)
    for field in signatures.Hashed.__annotations__:
        np.testing.assert_array_equal(getattr(found, field), getattr(plain, field), err_msg=field)


@given(st.lists(st.text("aZ9é港", min_size=1, max_size=120), max_size=300))
@hypothesis_settings(max_examples=40, deadline=None)
def test_the_kernels_murmur3_is_mmh3s(parts: list[str]) -> None:
    text = join_words(" ".join(parts))
    hashes = np.unique([murmur(run) for run in shingles.shingles(text)]).tolist()
    kernel = kernels.hash_words(
        pack([text]), signatures.permutations(4), signatures.band_numbers(2), ((1 << 32) - 1, 0, 5)
    )
    assert kernel[4].tolist() == hashes


@given(words, st.integers(1, 9))
def test_every_run_of_shingles_has_a_key(parts: list[str], window: int) -> None:
    text = " ".join(parts).encode()
    hashed = signatures.hash_texts_plainly([text], 16, 4, window)
    keys = {*hashed.sketch.tolist(), *hashed.anchors.tolist()}
    hashes = [murmur(run) for run in shingles.shingles(text)]
    for i in range(len(hashes) - min(window, len(hashes)) + 1):
        assert keys.intersection(hashes[i : i + window]) or not hashes


def test_small_batches_load_no_compiler() -> None:
    program = (
        "import sys\n"
        "import pyarrow as pa\n"
        "from pipeline.dedup import compute_signatures\n"
        "from pipeline.settings import Settings\n"
        "texts = {'article_id': ['a'], 'text': ['port of norland is closed']}\n"
        "spans = {'article_id': ['a'], 'passage_no': [0], 'start': [0], 'end': [25], 'kind': ['body']}\n"
        "assert len(compute_signatures(pa.table(texts), pa.table(spans), Settings())[3][0]) == 128\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_enough_text_loads_the_kernel(
    corpus: Callable[..., tuple[Any, Any]], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    hash_words = signatures.hash_words

    def count(words: word_kernels.Words, *shape: int) -> signatures.Hashed:
        sizes.append(len(words.n_words))
        return hash_words(words, *shape)

    monkeypatch.setattr(signatures, "hash_words", count)
    monkeypatch.setattr(signatures, "EFFORT", Effort(enough=80))
    for n_texts in (1, 2, 1):
        compute_signatures(*corpus(dict.fromkeys("ab"[:n_texts], "port of norland is closed")), settings)
    assert sizes == [2, 1]


def test_a_machine_that_never_compiled_needs_more_work_to_do_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    fresh = Effort()
    assert not fresh.pays_for_kernel(BYTES_TO_LOAD)
    assert fresh.pays_for_kernel(BYTES_TO_COMPILE)
    (tmp_path / "pipeline.dedup.kernels.hash_articles-1.kernel").touch()
    assert Effort().pays_for_kernel(BYTES_TO_LOAD)


def test_code_of_other_users_is_not_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: prefix + "own")
    private_folder.cache_clear()
    (tmp_path / f"newsclaims-numba-{os.getuid()}").mkdir()
    (tmp_path / f"newsclaims-numba-{os.getuid()}").chmod(0o777)
    assert private_folder() == "newsclaims-numba-own"
    private_folder.cache_clear()


def test_bands_are_equal_exactly_where_the_values_of_a_band_are() -> None:
    values = np.random.RandomState(3).randint(0, 3, (40, 12)).astype(np.uint32)
    keys = signatures.band_keys(values, 2)
    for i in range(40):
        for j in range(40):
            same = [bool((values[i, 2 * b : 2 * b + 2] == values[j, 2 * b : 2 * b + 2]).all()) for b in range(6)]
            assert (keys[i] == keys[j]).tolist() == same
    assert len(np.intersect1d(keys[:, 0], keys[:, 1])) == 0


def test_anchors_grow_denser_where_less_has_to_be_shared() -> None:
    usual = signatures.anchor_window(Settings())
    assert signatures.anchor_window(Settings(containment_threshold=0.5)) < usual
    assert signatures.anchor_window(Settings(min_shingles=60)) > usual
    assert signatures.anchor_window(Settings(min_shingles=1)) == 1


def test_the_version_follows_the_settings_that_matter() -> None:
    version = signatures.signatures_version(Settings())
    assert signatures.signatures_version(Settings(bands=16, band_rows=8)) != version
    assert signatures.signatures_version(Settings(batch_size=3, workers=1)) == version


def test_the_body_follows_the_passage_numbers(corpus: Callable[..., tuple[Any, Any]]) -> None:
    articles, passages = corpus({"a": [("body", "one two"), ("body", "three")]})
    assert dict(body_words(articles, passages.take([1, 0]))) == {"a": b"one two three"}
