"""The normal form of text in which copies are recognised, and the light fold that keeps every offset.

Nothing here is ever stored in place of an article's text: normal forms stand beside it.

Three forms, from light to strong:

`fold_typography`
    one code point for one code point: quotation marks, apostrophes and primes become ``'`` or ``"``, dashes and hyphens
    become ``-``, spaces of any width become a space. Offsets into the result are offsets into the text.
`normalise_text`
    typography folded, invisible characters (soft hyphen, zero-width characters, bidirectional marks, byte order mark)
    dropped, Unicode NFKC (ligatures, full-width and half-width forms, circled and superscript digits, composed
    combining marks), full case folding, runs of white space as one space.
`split_words`, `join_words`
    the words of the normal form: runs of letters, digits and combining marks; all else separates. In scripts written
    without spaces between words (Han, kana, Thai, Lao, Khmer, Burmese) each code point is a word, so that word shingles
    become character shingles.

NFKC and case folding follow the Unicode Standard, annex 15 and section 3.13, in the version of Python's `unicodedata`
(see `UNICODE_VERSION`, which belongs into the code version of whatever stores a normal form).
"""

from __future__ import annotations

import functools
import unicodedata

CODE_VERSION = "1"
UNICODE_VERSION = unicodedata.unidata_version

_SINGLE_QUOTES = "‘’‚‛‹›ʼʹ′‵´＇"
_DOUBLE_QUOTES = "“”„‟«»″‶〝〞〟＂"
_DASHES = "‐‑‒–—―−﹘﹣－"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
)

_FOLD = (
    dict.fromkeys(map(ord, _SINGLE_QUOTES), "'")
    | dict.fromkeys(map(ord, _DOUBLE_QUOTES), '"')
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _SPACES), " ")
)
_FOLD_AND_DROP: dict[int, str | None] = {**_FOLD, **dict.fromkeys(map(ord, _INVISIBLE))}

# The non-ASCII characters that English newsrooms use all the time: replacing them one by one is several times faster
# than a general pass over the text, and leaves most articles pure ASCII.
_COMMON = (
    ("’", "'"),
    ("“", '"'),
    ("”", '"'),
    ("—", "-"),
    ("–", "-"),
    ("‘", "'"),
    ("\u00a0", " "),
    ("…", "..."),
    ("\u00ad", ""),
    ("\u200b", ""),
)

# Blocks of scripts that put no space between words.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3040, 0x312F),  # hiragana, katakana, bopomofo
    (0x31A0, 0x31BF),  # bopomofo extended
    (0x31F0, 0x31FF),  # katakana extended
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Burmese extended
    (0xAA60, 0xAA7F),  # Burmese extended
    (0xF900, 0xFAFF),  # Han compatibility
    (0x1B000, 0x1B16F),  # kana supplements
    (0x20000, 0x3FFFF),  # Han extensions
)


class _WordCharacters(dict[int, str]):
    """Maps a code point to itself in a word, to itself between spaces in an unspaced script, else to a space."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        if unicodedata.category(character)[0] not in "LNM":
            mapped = " "
        elif any(first <= code_point <= last for first, last in _UNSPACED):
            mapped = f" {character} "
        else:
            mapped = character
        self[code_point] = mapped
        return mapped


_WORD_CHARACTERS = _WordCharacters()
_LONGEST_CACHED = 32  # code points; keeps the caches small whatever the texts


def _word_byte(byte: int) -> int:
    """ASCII letters in lower case, digits and all bytes of non-ASCII characters as they are, anything else a space."""
    character = chr(byte)
    return ord(character.lower()) if byte < 128 and character.isalnum() else byte if byte >= 128 else 32


WORD_BYTES = bytes(map(_word_byte, range(256)))


def fold_typography(text: str) -> str:
    """``text`` with quotes, dashes and spaces in their ASCII form, one code point for one code point.

    The result has the length of ``text``: a span found in it is the same span of ``text``.
    """
    return text if text.isascii() else text.translate(_FOLD)


def normalise_text(text: str) -> str:
    """The normal form of ``text`` (see the module): folded, NFKC, case-folded, white space collapsed.

    Two texts that differ in typography, case or composition alone have one normal form; the form of a form is itself.
    """
    text = _fold_common(text)
    parts = text.split()
    if not text.isascii():
        parts = [part if part.isascii() else _normalise_part(part) for part in parts]
        return " ".join(" ".join(parts).casefold().split())
    return " ".join(parts).lower()


def spaced_words(text: str) -> bytes:
    """The words of the normal form of ``text``, in UTF-8, with spaces between them and perhaps around them."""
    text = _fold_common(text)
    if not text.isascii():
        text = " ".join([part if part.isascii() else _words_of_part(part) for part in text.split()])
    return text.encode().translate(WORD_BYTES)


def join_words(text: str) -> bytes:
    """The words of the normal form of ``text``, in UTF-8, with one space between any two (empty without a word)."""
    return b" ".join(spaced_words(text).split())


def split_words(text: str) -> list[str]:
    """The words of the normal form of ``text``: runs of letters, digits, marks; code points in unspaced scripts."""
    return spaced_words(text).decode().split()


def standalone_words(character: str) -> bytes | None:
    """What ``character`` gives to `spaced_words` wherever it stands; None where that depends on its neighbours.

    It depends where at any stage of the normal form the character, taken apart, begins with something that may join
    the character before it: a combining mark, or the second part of a composition (Unicode annex 15, section 3.3).
    """
    stage = character
    while True:
        apart = unicodedata.normalize("NFKD", stage)
        if apart and _may_join(apart[0]):
            return None
        folded = unicodedata.normalize("NFKC", stage.translate(_FOLD_AND_DROP)).casefold()
        if folded == stage:
            return stage.translate(_WORD_CHARACTERS).encode().translate(WORD_BYTES)
        stage = folded


def _may_join(character: str) -> bool:
    """Whether ``character`` may move behind, or become one with, a character before it."""
    if unicodedata.combining(character) or "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff":
        return True
    return unicodedata.category(character)[0] == "M" and character in _second_parts()


@functools.cache
def _second_parts() -> frozenset[str]:
    """The characters that compose with one before them, second in a canonical decomposition: marks and jamo, all."""
    decompositions = (unicodedata.decomposition(chr(code_point)) for code_point in range(0x30000))
    canonical = (parts.split() for parts in decompositions if parts and parts[0] != "<")
    return frozenset(chr(int(parts[1], 16)) for parts in canonical if len(parts) > 1)


def _fold_common(text: str) -> str:
    if not text.isascii():
        for character, replacement in _COMMON:
            text = text.replace(character, replacement)
    return text


# No rule of the normal form looks across white space, so a text is normalised part by part: only the parts that are not
# ASCII need the slow way, and most of those were seen before.


def _normalise_part(part: str) -> str:
    return _cached_normal_form(part) if len(part) <= _LONGEST_CACHED else normalise_unicode(part)


def _words_of_part(part: str) -> str:
    return _cached_words(part) if len(part) <= _LONGEST_CACHED else _unicode_words(part)


def normalise_unicode(text: str) -> str:
    """`normalise_text` by the book, for any text, white space left alone."""
    # Folding can undo composition and NFKC can bring back folded characters (a spacing accent decomposes to a space
    # and a mark), so the pass is repeated until nothing changes: at most a few rounds, nearly always two.
    while True:
        folded = unicodedata.normalize("NFKC", text.translate(_FOLD_AND_DROP)).casefold()
        if folded == text:
            return text
        text = folded


def _unicode_words(text: str) -> str:
    return normalise_unicode(text).translate(_WORD_CHARACTERS)


_cached_normal_form = functools.lru_cache(maxsize=1 << 15)(normalise_unicode)
_cached_words = functools.lru_cache(maxsize=1 << 15)(_unicode_words)
