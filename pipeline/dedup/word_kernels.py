"""Compiled: the words of the normal form, read straight from Arrow's text buffers.

ASCII is taken eight bytes at a time where that can be done, single bytes go through a table. Every other character goes
through a second table, of what it gives wherever it stands, which is filled as characters are met. An article with a
character that depends on its neighbours (a combining mark, a conjoining jamo) goes the slow way of `normalise`. All
ways give the same words.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedup.byte_kernels import ASCII, PLACES, SPACE, add_byte, decode, find_spaces, note_places, take_ascii
from pipeline.dedup.compiled import Kernel
from pipeline.text import normalise

_DONE, _PENDING = 0, 1
_UNKNOWN, _DEPENDENT, _FIRST_FORM = 0, 1, 2  # entries of the table of characters
_LENGTH_BITS = 6
_MARGIN = 128  # bytes behind the last word, so that `kernels` can read on

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Words:
    """The words of n texts, each followed by one space: ``letters`` holds their bytes.

    Word k of text i is ``letters[word_starts[f + k] : word_starts[f + k + 1] - 1]`` with f = ``first_words[i]`` and
    k < ``n_words[i]``. ``spaced`` counts the bytes of all words with their spaces.
    """

    letters: U8
    word_starts: I32
    first_words: I64
    n_words: I64
    spaced: int

    def text(self, number: int) -> bytes:
        """The words of one text with one space between any two."""
        first, n = self.first_words[number], self.n_words[number]
        return self.letters[self.word_starts[first] : self.word_starts[first + n] - (n > 0)].tobytes()


@Kernel
def write_words(  # noqa: PLR0913, PLR0917 - kernels take arrays, not objects
    data: U8,
    starts: I64,
    stops: I64,
    span_ends: I64,
    wanted: I64,
    table: U8,
    places: I32,
    forms: I32,
    pool: U8,
    letters: U8,
    word_starts: I32,
    first_words: I64,
    n_words: I64,
    states: U8,
    filled: I64,
) -> None:
    """Write the words of the texts numbered ``wanted`` behind the ``filled`` bytes and words, which grow by them.

    Text t is made of the spans ``span_ends[t - 1]`` to ``span_ends[t]`` of ``data``, which separate words. Its state
    says whether it was written: `_PENDING` where a character is unknown, dependent on others or grows too much, or was
    entered into ``forms`` by another thread after ``pool`` had been taken.
    """
    one = np.uint64(1)
    at, n = np.uint64(filled[0]), np.uint64(filled[1])
    for t in wanted:
        first_byte, first_word, consumed, state = at, n, np.uint64(0), _DONE
        for span in range(span_ends[t - 1] if t else 0, span_ends[t]):
            separated = one
            i, end = np.uint64(starts[span]), np.uint64(stops[span])
            while i < end:
                if i + np.uint64(8) <= end:
                    read, written, n, separated = take_ascii(data, i, letters, at, places, word_starts, n, separated)
                    i += read
                    at += written
                    if read:
                        continue
                byte = data[i]
                if byte < ASCII:
                    at, n, separated = add_byte(table[byte], letters, at, word_starts, n, separated)
                    i += one
                    continue
                code_point, size = decode(data, i)
                form = forms[np.uint64(code_point)]
                i += size
                length = np.uint64((form - _FIRST_FORM) & ((1 << _LENGTH_BITS) - 1))
                place = np.uint64((form - _FIRST_FORM) >> _LENGTH_BITS)
                too_much = at + length + one > first_byte + np.uint64(2) * (consumed + i - starts[span])
                if form < _FIRST_FORM or too_much or place + length > np.uint64(len(pool)):
                    state = _PENDING
                    break
                for k in range(place, place + length):
                    at, n, separated = add_byte(pool[k], letters, at, word_starts, n, separated)
            if state != _DONE:
                break
            consumed += end - np.uint64(starts[span]) + one
            if separated == 0:
                letters[at] = SPACE
                at += one
        states[t] = state
        if state != _DONE:
            at, n = first_byte, first_word
            continue
        word_starts[n] = at
        first_words[t], n_words[t] = first_word, n - first_word
        n += one
    filled[0], filled[1] = at, n


@Kernel
def find_bytes(data: U8, offsets: I64, span_ends: I64, starts: I64, stops: I64) -> None:
    """Turn spans of code points within each text into spans of bytes of ``data``, in place, cut off at its end.

    Text t lies between ``offsets[t]`` and ``offsets[t + 1]``. In ASCII both are the same but for the text's offset.
    """
    for t in range(len(span_ends)):
        start, end = offsets[t], offsets[t + 1]
        foreign = 0
        for i in range(np.uint64(start), np.uint64(end)):
            foreign += data[i] >= ASCII
        at, code_point = start, 0
        for span in range(span_ends[t - 1] if t else 0, span_ends[t]):
            for places in (starts, stops):
                if foreign == 0:
                    places[span] = min(start + places[span], end)
                    continue
                if places[span] < code_point:
                    at, code_point = start, 0
                while at < end and code_point < places[span]:
                    at += 1
                    while at < end and (data[at] & 0xC0) == 0x80:
                        at += 1
                    code_point += 1
                places[span] = at


class Characters:
    """What every character met so far gives to the words of the normal form, as tables for `_write_words`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = bytearray()
        self.forms = np.zeros(0x110000, np.int32)  # untouched pages cost no memory

    @property
    def pool(self) -> U8:
        """The forms' bytes, end to end; never empty, since numba wants an array of the same type."""
        return np.frombuffer(bytes(self._pool) or b" ", np.uint8)

    def learn(self, text: str) -> None:
        """Enter the characters of ``text``."""
        with self._lock:
            for character in set(text):
                code_point = ord(character)
                if self.forms[code_point] != _UNKNOWN:
                    continue
                words = normalise.standalone_words(character)
                if words is None or len(words) >= 1 << _LENGTH_BITS:
                    self.forms[code_point] = _DEPENDENT
                    continue
                place = len(self._pool)
                self._pool += words
                self.forms[code_point] = _FIRST_FORM + (place << _LENGTH_BITS | len(words))


CHARACTERS = Characters()
_LETTERS = np.frombuffer(normalise.WORD_BYTES, np.uint8)


class Room:
    """Memory that is used again by every call it is given to; what the last call returned is then lost."""

    def __init__(self) -> None:
        self._bytes, self._numbers = np.empty(0, np.uint8), np.empty(0, np.int32)

    def take(self, n_letters: int, n_starts: int) -> tuple[U8, I32]:
        """Arrays of these sizes or more, for letters and for the starts of words."""
        if n_letters > len(self._bytes):
            self._bytes = np.empty(n_letters, np.uint8)
        if n_starts > len(self._numbers):
            self._numbers = np.empty(n_starts, np.int32)
        return self._bytes, self._numbers


def read_words(texts: pa.StringArray, spans: tuple[I64, I64, I64] | None = None, *, room: Room | None = None) -> Words:
    """The words of the normal form of every text, or of spans of it.

    ``spans`` are (ends, starts, stops): text t consists of the spans from ``ends[t - 1]`` to ``ends[t]``, each from
    ``starts`` to ``stops`` in code points of the text. No word reaches over the end of a span.
    """
    offsets, data = _buffers(texts)
    if spans is None:
        ends, starts, stops = np.arange(1, len(texts) + 1), offsets[:-1], offsets[1:]
    else:
        ends, starts, stops = spans[0], spans[1].copy(), spans[2].copy()
        find_bytes(data, offsets, ends, starts, stops)
    return _read(texts, data, (starts, np.maximum(starts, stops), ends), room or Room())


@Kernel
def find_words(letters: U8, ends: I64, places: I32, word_starts: I32, n_words: I64) -> None:
    """Write where the words of each text start, and where its last one ends: each word is followed by one space."""
    one, n, i = np.uint64(1), np.uint64(0), np.uint64(0)
    for t in range(len(ends)):
        end = np.uint64(ends[t])
        word_starts[n] = i
        n += one
        first = n
        while i + np.uint64(8) <= end:
            n = note_places(find_spaces(letters, i), i + one, places, word_starts, n)
            i += np.uint64(8)
        while i < end:
            i += one
            word_starts[n] = i  # written again until it is true
            n += np.uint64(letters[i - one] == SPACE)
        n_words[t] = n - first


def pack_texts(texts: Sequence[bytes]) -> Words:
    """`Words` of texts in their normal form, whose words are each followed by one space."""
    letters = np.frombuffer(b"".join([*texts, bytes(_MARGIN)]), np.uint8)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    spaced = len(letters) - _MARGIN
    word_starts, n_words = np.empty(spaced + len(texts) + _MARGIN, np.int32), np.zeros(len(texts), np.int64)
    find_words(letters, ends, PLACES, word_starts, n_words)
    first_words = np.cumsum(n_words + 1) - n_words - 1
    return Words(letters, word_starts[: int((n_words + 1).sum()) + _MARGIN].copy(), first_words, n_words, spaced)


def _read(texts: pa.StringArray, data: U8, spans: tuple[I64, I64, I64], room: Room) -> Words:
    starts, stops, ends = spans
    n = len(ends)
    most = 2 * int((stops - starts).sum()) + len(starts) + n + _MARGIN
    letters, word_starts = room.take(most, most // 2 + n + _MARGIN)
    first_words, n_words, states = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.uint8)
    written = letters, word_starts, first_words, n_words, states

    tables, filled = (_LETTERS, PLACES, CHARACTERS.forms), np.zeros(2, np.int64)
    write_words(data, *spans, np.arange(n), *tables, CHARACTERS.pool, *written, filled)
    pending = np.flatnonzero(states)
    if len(pending):
        for number in pending.tolist():
            CHARACTERS.learn(texts[number].as_py())
        write_words(data, *spans, pending, *tables, CHARACTERS.pool, *written, filled)
        pending = np.flatnonzero(states)
    words = Words(letters, word_starts, first_words, n_words, int(filled[0]))
    return words if not len(pending) else _append(words, pending, [_slowly(data, spans, i) for i in pending.tolist()])


def _slowly(data: U8, spans: tuple[I64, I64, I64], number: int) -> bytes:
    """The words of one text, each followed by a space, as `normalise` finds them."""
    starts, stops, ends = spans
    chosen = range(ends[number - 1] if number else 0, ends[number])
    body = b"\n".join([data[starts[span] : stops[span]].tobytes() for span in chosen])
    return b"".join([word + b" " for word in normalise.join_words(body.decode()).split()])


def _append(words: Words, numbers: I64, texts: Sequence[bytes]) -> Words:
    """``words`` with the texts of these numbers replaced by ``texts``, as `pack_texts` takes them."""
    added = pack_texts(texts)
    joined = join_words([words, added])
    places = np.arange(len(words.n_words))
    places[numbers] = len(places) + np.arange(len(numbers))
    return replace(joined, first_words=joined.first_words[places], n_words=joined.n_words[places])


def join_words(parts: Sequence[Words]) -> Words:
    """The texts of all parts, in this order, as one."""
    if len(parts) == 1:
        return parts[0]
    letters, word_starts, first_words = [], [], []
    n_letters, n_starts = 0, 0
    for part in parts:
        used = int((part.first_words + part.n_words + 1).max(initial=0))
        letters.append(part.letters[: part.spaced])
        word_starts.append(part.word_starts[:used] + np.int32(n_letters))
        first_words.append(part.first_words + n_starts)
        n_letters, n_starts = n_letters + part.spaced, n_starts + used
    return Words(
        np.concatenate([*letters, np.zeros(_MARGIN, np.uint8)]),
        np.concatenate([*word_starts, np.zeros(_MARGIN, np.int32)]),
        np.concatenate([*first_words, np.zeros(0, np.int64)]),
        np.concatenate([*(part.n_words for part in parts), np.zeros(0, np.int64)]),
        n_letters,
    )


def _buffers(texts: pa.StringArray) -> tuple[I64, U8]:
    """Where each text starts and the last ends in the returned bytes."""
    if len(texts) == 0:
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    _, offsets, data = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    bounds = np.frombuffer(offsets, width, len(texts) + 1, texts.offset * np.dtype(width).itemsize)
    return bounds.astype(np.int64), np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
