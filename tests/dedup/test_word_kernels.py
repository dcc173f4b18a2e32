"""The compiled reader of words: for any text and any spans the words of `normalise`."""

import itertools
import sys
import unicodedata
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import word_kernels
from pipeline.text.normalise import join_words, split_words

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
newsroom = st.text("aéßﬁİ ’‘“”—–…\u00a0\u00ad\u0301Ａ１中ไ่-.'\"\n가\u1161ŉ½ﷺ🚢", max_size=60)
plain = st.text("abzAZ019 ,.-'\"\n\t_/\x00\x7fé’", max_size=90)  # mostly read eight bytes at a time
any_text = st.one_of(texts, newsroom, plain)


def read(given_texts: Sequence[str]) -> list[bytes]:
    words = word_kernels.read_words(pa.array(given_texts, pa.string()))
    return [words.text(i) for i in range(len(given_texts))]


@given(st.lists(any_text, max_size=6))
def test_words_are_those_of_the_normal_form(given_texts: list[str]) -> None:
    assert read(given_texts) == [join_words(text) for text in given_texts]


def test_every_ascii_character_is_read_alike_at_any_place_among_eight() -> None:
    lines = [f"{'xyz abc d'[:place]}{chr(i)}{'ef gh, ijk'}" for i in range(128) for place in range(9)]
    lines += [f"{'ab  ., cd'[:place]}{chr(i)}{', k l m n'}" for i in range(128) for place in range(9)]
    assert read(lines) == [join_words(line) for line in lines]


@given(any_text)
def test_every_word_lies_between_its_starts(text: str) -> None:
    words = word_kernels.read_words(pa.array([text], pa.string()))
    first, n = words.first_words[0], words.n_words[0]
    starts = words.word_starts[first : first + n + 1].tolist()
    letters = words.letters.tobytes()
    found = [letters[a : b - 1].decode() for a, b in itertools.pairwise(starts)]
    assert found == split_words(text)


@given(any_text, st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=4))
def test_spans_are_code_points_and_no_word_reaches_over_their_end(text: str, spans: list[tuple[int, int]]) -> None:
    starts, stops = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    # A text without spans stands before, one that is its own span behind.
    column = pa.array(["before", text, text], pa.string())
    ends = np.array([0, len(spans), len(spans) + 1])
    whole = (ends, np.append(starts, 0), np.append(stops, len(text)))
    words = word_kernels.read_words(column, whole)
    body = "\n".join(text[start:stop] for start, stop in spans)
    assert [words.text(i) for i in range(3)] == [b"", join_words(body), join_words(text)]


@given(st.lists(any_text, min_size=2, max_size=6), st.integers(0, 5))
def test_a_slice_of_a_column_is_read_as_such(given_texts: list[str], first: int) -> None:
    column = pa.array(given_texts, pa.string()).slice(first)
    words = word_kernels.read_words(column)
    assert [words.text(i) for i in range(len(column))] == [join_words(text) for text in given_texts[first:]]


@given(st.lists(st.lists(any_text, max_size=3), max_size=4))
def test_parts_joined_are_the_whole(parts: list[list[str]]) -> None:
    joined = word_kernels.join_words([word_kernels.read_words(pa.array(part, pa.string())) for part in parts])
    whole = [join_words(text) for part in parts for text in part]
    assert [joined.text(i) for i in range(len(joined.n_words))] == whole


def test_every_character_stands_alone_or_is_left_to_the_slow_way() -> None:
    characters = [
        chr(i) for i in range(128, sys.maxunicode + 1) if unicodedata.category(chr(i)) not in ("Cs", "Cn", "Co")
    ]
    lines = [f"a{character}b {character} é{character}e" for character in characters[::7]]
    assert read(lines) == [join_words(line) for line in lines]


def test_large_strings_are_read_too() -> None:
    words = word_kernels.read_words(pa.array(["Port — shut", "Norland"], pa.large_string()))
    assert [words.text(i) for i in range(2)] == [b"port shut", b"norland"]


def test_a_character_that_another_thread_has_just_entered_is_not_read_from_an_older_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Ærø — «häfen»"
    assert read([text]) == [join_words(text)]
    older, real = np.frombuffer(b"x", np.uint8), word_kernels.CHARACTERS.pool
    for taken in ([older, real], [older, older]):
        pools = iter(taken)
        monkeypatch.setattr(word_kernels.Characters, "pool", property(lambda _, given=pools: next(given)))  # type: ignore[misc]
        assert read([text]) == [join_words(text)]


@given(st.lists(st.one_of(plain, st.just("a b c d e f g h"), st.text("ab ", min_size=7, max_size=40)), max_size=5))
def test_words_packed_are_found_where_they_were_read(given_texts: list[str]) -> None:
    packed = word_kernels.pack_texts([b"".join(word + b" " for word in join_words(t).split()) for t in given_texts])
    assert packed.n_words.tolist() == [len(split_words(text)) for text in given_texts]
    assert [packed.text(i) for i in range(len(given_texts))] == [join_words(text) for text in given_texts]


def test_room_is_used_again() -> None:
    room = word_kernels.Room()
    first = word_kernels.read_words(pa.array(["a long text of seven words, really"]), room=room)
    second = word_kernels.read_words(pa.array(["short"]), room=room)
    assert second.letters.base is first.letters.base
    assert second.text(0) == b"short"
