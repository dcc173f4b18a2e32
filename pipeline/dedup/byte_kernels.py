"""Compiled: bytes taken four and eight at a time, as parts of other kernels.

Numbers made of several bytes have the first byte lowest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

SPACE = 32
ASCII = 128

# Of the eight bytes of a number: their lowest bits, their highest bits.
_LOWEST, _HIGHEST = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_SPACES = np.uint64(SPACE) * _LOWEST  # also the bit that tells a small ASCII letter from its capital
# What added to an ASCII byte reaches the highest bit from this character on.
_FROM_A, _BEYOND_Z, _FROM_0, _BEYOND_9, _FROM_1 = (
    np.uint64(ASCII - first) * _LOWEST for first in (ord("a"), ord("z") + 1, ord("0"), ord("9") + 1, 1)
)
_GATHER = np.uint64(0x0102040810204080)  # times the lowest bits of eight bytes has these in its highest byte
_EIGHT = np.uint64(8)

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]


def _list_places() -> I32:
    """For each set of the eight bytes that has no two neighbours: the places of up to four, and how many there are.

    Eight numbers an entry, of which the last three mean nothing.
    """
    entries = np.zeros((256, 8), np.int32)
    for chosen in range(256):
        places = [k for k in range(8) if chosen >> k & 1]
        entries[chosen, : len(places[:4])] = places[:4]
        entries[chosen, 4] = len(places)
    return entries.ravel()


PLACES = _list_places()


def four_bytes(data: U8, i: Any) -> Any:
    """Four bytes from ``i`` on, the first one lowest."""
    one = np.uint64(1)
    second, third, fourth = i + one, i + one + one, i + one + one + one
    return np.uint32(
        np.uint32(data[i])
        | (np.uint32(data[second]) << np.uint32(8))
        | (np.uint32(data[third]) << np.uint32(16))
        | (np.uint32(data[fourth]) << np.uint32(24))
    )


def eight_bytes(data: U8, i: Any) -> Any:
    """Eight bytes from ``i`` on, the first one lowest."""
    found = np.uint64(0)
    for k in range(np.uint64(8)):
        found |= np.uint64(data[i + k]) << (k << np.uint64(3))
    return found


def lowest_bytes(n: Any) -> Any:
    """A mask of the ``n`` (0 to 8) lowest bytes of eight."""
    half = n << np.uint64(2)
    return np.uint64(((np.uint64(1) << half) << half) - np.uint64(1))


def same_bytes(data: U8, start_a: Any, start_b: Any, length: Any) -> Any:
    """Whether so many bytes are the same; three bytes behind them are read."""
    i, n = np.uint64(0), np.uint64(length)
    a, b = np.uint64(start_a), np.uint64(start_b)
    while i + np.uint64(4) <= n:
        if four_bytes(data, a + i) != four_bytes(data, b + i):
            return False
        i += np.uint64(4)
    differing = np.uint32(four_bytes(data, a + i) ^ four_bytes(data, b + i))
    rest = np.uint32((n & np.uint64(3)) << np.uint64(3))
    return np.uint32(differing & np.uint32((np.uint32(1) << rest) - np.uint32(1))) == 0


def decode(data: U8, i: Any) -> tuple[Any, Any]:
    """The code point whose UTF-8 form of two to four bytes starts at ``i``, and the number of its bytes."""
    byte = np.int64(data[i])
    one = np.uint64(1)
    if byte < 0xE0:
        return ((byte & 0x1F) << 6) | (data[i + one] & 0x3F), np.uint64(2)
    if byte < 0xF0:
        return ((byte & 0x0F) << 12) | ((data[i + one] & 0x3F) << 6) | (data[i + np.uint64(2)] & 0x3F), np.uint64(3)
    return (
        ((byte & 0x07) << 18)
        | ((data[i + one] & 0x3F) << 12)
        | ((data[i + np.uint64(2)] & 0x3F) << 6)
        | (data[i + np.uint64(3)] & 0x3F),
        np.uint64(4),
    )


def find_spaces(data: U8, i: Any) -> Any:
    """The highest bits of those of the eight bytes from ``i`` on that are spaces."""
    others = eight_bytes(data, i) ^ _SPACES
    return _HIGHEST & ~(((others & ~_HIGHEST) + _FROM_1) | others)


def add_byte(mapped: Any, letters: U8, at: Any, word_starts: I32, n: Any, separated: Any) -> tuple[Any, Any, Any]:
    """Write a word's byte, or a space where a word ends; where the next goes, words begun so far, whether one ended.

    Without a branch, for words end too often to be foreseen.
    """
    one, is_letter = np.uint64(1), np.uint64(mapped != SPACE)
    word_starts[n] = at
    letters[at] = mapped
    return at + (is_letter | (one - separated)), n + (is_letter & separated), one - is_letter


def take_ascii(
    data: U8, i: Any, letters: U8, at: Any, places: I32, word_starts: I32, n: Any, separated: Any
) -> tuple[Any, Any, Any, Any]:
    """What `add_byte` does for each of the eight bytes from ``i`` on, up to the first that is not ASCII.

    It also ends behind a second separator in a row. ``places`` is `PLACES`. Returns how many bytes were read and
    written, the number of words begun so far, and whether the last one ended.
    """
    one, seven = np.uint64(1), np.uint64(7)
    bytes_ = eight_bytes(data, i)
    plain = bytes_ & ~_HIGHEST
    small = plain | _SPACES
    words = ((small + _FROM_A) & ~(small + _BEYOND_Z)) | ((plain + _FROM_0) & ~(plain + _BEYOND_9))
    words &= _HIGHEST & ~bytes_
    behind = ((~words & _HIGHEST) << _EIGHT) | (separated << seven)  # what has a separator before it
    mapped = (small & (words | (words - (words >> seven)))) | _SPACES
    for k in range(_EIGHT):
        letters[at + k] = np.uint8(mapped >> (k << np.uint64(3)))
    stop = (bytes_ & _HIGHEST) | (behind & ~words & _HIGHEST)
    read, written, separated = _EIGHT, _EIGHT, one - (words >> np.uint64(63))
    begun = words & behind
    if stop:
        before = (stop & (~stop + one)) - one
        written = (((before & _LOWEST) * _LOWEST) >> np.uint64(56)) - one
        stopping = (written << np.uint64(3)) + seven
        read = written + one - ((bytes_ >> stopping) & one)  # a second separator has been read
        separated = (behind >> stopping) & one
        begun &= before
    return read, written, note_places(begun, at, places, word_starts, n), separated


def note_places(chosen: Any, at: Any, places: I32, word_starts: I32, n: Any) -> Any:
    """Write where the ``chosen`` (highest bits) of eight bytes lie if the first lies at ``at``; how many are known now.

    All four places there can be are written, so that nothing depends on how many there are.
    """
    entry = (((chosen >> np.uint64(7)) * _GATHER) >> np.uint64(56)) << np.uint64(3)
    first, one = np.int32(at), np.uint64(1)
    a, b = first + places[entry], first + places[entry + one]
    c, d = first + places[entry + one + one], first + places[entry + one + one + one]
    word_starts[n], word_starts[n + one] = a, b
    word_starts[n + one + one], word_starts[n + one + one + one] = c, d
    return n + np.uint64(places[entry + np.uint64(4)])
