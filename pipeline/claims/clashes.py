"""Where two wordings of one utterance cannot both be verbatim: the words that differ, with their neighbours."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.claims.quotes import Version, spelling
from pipeline.claims.words import read_number, stem, tokenize, weight

_RUN = 4  # words that two quoted stretches share at least, to be compared at all
_SHARED = 0.6  # share of the shorter stretch's words that they have in common at least
_TELLING = 2.0  # what the shared words weigh at least
_VERBATIM = 0.75  # share of words in common from which two quotations claim to give the same words
_NO_CATCHWORD = 2.5  # what these weigh at least: a catchword is said on many occasions
_SHOWN = 4  # words shown on either side of a difference
_OUTER = " \t\n.,;:!?…-–—\"'“”‘’()[]"  # what does not belong to an excerpt at either end
_REPLACED = 1  # words on the shorter side of a replacement at most
_REPLACEMENT = 5  # words on its longer side at most
_BESIDE = 4  # words in common right before or after a replaced word

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two quoted stretches that differ: excerpts around the first difference, its words.

    ``verbatim`` says that they share so much that both claim to give the same words; else they are more likely two
    translations.
    """

    a: str
    b: str
    words: tuple[str, str]
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """Words that one version quotes and the other replaces by its own; whether the first version is the one quoting."""

    a: str
    b: str
    first_quotes: bool


def find_clash(a: Version, b: Version, texts: tuple[str, str]) -> Clash | None:
    """Two quoted stretches that cannot both be verbatim, or None; ``texts`` are the contents that the versions are of.

    They share most of the shorter one's words and differ between shared words, or go on differently after (or come
    differently to) a long shared run. A stretch that merely ends sooner is no clash, nor is one that stands somewhere
    in the other version too, nor a difference of spelling, of spacing or of how a number is written, nor the `and`
    that the other article writes as `&`.
    """
    whole_a, whole_b = _joined(a.words), _joined(b.words)
    unwritten = frozenset({"and"} if any("&" in text for text in texts) else ())
    for (s, s_at), (t, t_at) in itertools.product(_stretches(a), _stretches(b)):
        if _joined(s) in whole_b or _joined(t) in whole_a:
            continue
        one, two = _plain(s), _plain(t)
        matcher = SequenceMatcher(None, one, two, autojunk=False)
        codes = matcher.get_opcodes()
        equal = [one[a1:a2] for op, a1, a2, _, _ in codes if op == "equal"]
        size = sum(map(len, equal))
        share = size / min(len(s), len(t))
        telling = sum(weight(word) for words in equal for word in words)
        if size < _RUN or share < _SHARED or telling < (_NO_CATCHWORD if share >= _VERBATIM else _TELLING):
            continue
        inner = [code for code in codes[1:-1] if code[0] != "equal"]
        ends = [code for code in (codes[0], codes[-1]) if code[0] == "replace" and max(map(len, equal)) > _RUN]
        for _, a1, a2, b1, b2 in (*inner, *ends):
            if not _is_one_word(one[a1:a2], two[b1:b2], unwritten):
                differing = " ".join(s[a1:a2]), " ".join(t[b1:b2])
                excerpts = _excerpt(texts[0], s_at, s, a1, a2), _excerpt(texts[1], t_at, t, b1, b2)
                return Clash(*excerpts, differing, share >= _VERBATIM)
    return None


def _stretches(version: Version) -> Iterator[tuple[Words, int]]:
    """Each unbroken quoted stretch, with the place of its first word."""
    at = 0
    for segment in version.segments:
        while version.words[at : at + len(segment)] != segment or not version.quoted[at]:
            at += 1
        yield segment, at
        at += len(segment)


@functools.lru_cache(maxsize=16_384)
def _plain(words: Words) -> Words:
    return tuple(map(_spelt, words))


@functools.lru_cache(maxsize=100_000)
def _spelt(word: str) -> str:
    """A key without differences of spelling; a number word is its figure."""
    number = read_number([word], 0)
    return f"{number[0]:g}" if number is not None and number[2] else spelling(word)


@functools.lru_cache(maxsize=16_384)
def _joined(words: Words) -> str:
    """The letters in a row, so that `e mail` and `email` do not differ; a possessive `s` set apart is left out."""
    return "".join(word for word in _plain(words) if word != "s")


def _is_one_word(one: Words, two: Words, unwritten: frozenset[str]) -> bool:
    return _joined(one) == _joined(two) or {*one, *two} <= unwritten


def _excerpt(text: str, at: int, words: Words, start: int, end: int) -> str:
    """The words from ``start`` to ``end`` of a stretch as written, some on either side, and marks of what is left out.

    ``at`` is the place of the stretch's first word among the words of ``text``.
    """
    low, high = max(0, start - _SHOWN), min(len(words), end + _SHOWN)
    low, high = (0 if low <= 2 else low), (len(words) if len(words) - high <= 2 else high)
    tokens = tokenize(text)
    stop = tokens[at + high].start if at + high < len(tokens) else len(text)
    written = " ".join(text[tokens[at + low].start : stop].split()).strip(_OUTER)
    return f"{'… ' if low else ''}{written}{' …' if high < len(words) else ''}"


def find_replacement(a: Version, b: Version, names: frozenset[str]) -> Replacement | None:
    """Words that one version quotes and the other replaces by its own, beside a run that both have; else None.

    Both must quote: who retells a statement in his own words altogether replaces none of it.
    A name for a pronoun, or the other way round, replaces nothing; nor does another form of the same word.
    """
    if not (a.segments and b.segments):
        return None
    for op, a1, a2, b1, b2, beside in _differences(a.words, b.words):
        quoted = all(a.quoted[a1:a2]), all(b.quoted[b1:b2])
        sizes = sorted((a2 - a1, b2 - b1))
        if op != "replace" or quoted[0] == quoted[1] or beside < _BESIDE:
            continue
        if sizes[0] > _REPLACED or sizes[1] > _REPLACEMENT:
            continue
        one, two = (_telling(words, names) for words in (a.words[a1:a2], b.words[b1:b2]))
        if one and two and not any(v.startswith(w) or w.startswith(v) for v in one for w in two):
            return Replacement(" ".join(a.shown[a1:a2]), " ".join(b.shown[b1:b2]), quoted[0])
    return None


def _telling(words: Words, names: frozenset[str]) -> frozenset[str]:
    return frozenset(stem(_spelt(word)) for word in words if weight(word) > 0 and word not in names)


def _differences(one: Words, two: Words) -> Iterator[tuple[str, int, int, int, int, int]]:
    """Operations other than `equal`, each with the length of the longer run of common words right beside it."""
    codes = SequenceMatcher(None, _plain(one), _plain(two), autojunk=False).get_opcodes()
    for number, (op, a1, a2, b1, b2) in enumerate(codes):
        if op != "equal":
            near = codes[max(0, number - 1) : number + 2]
            yield op, a1, a2, b1, b2, max((c[2] - c[1] for c in near if c[0] == "equal"), default=0)


def count_shared(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words two wordings have in common, each as often as both have it."""
    remaining: dict[str, int] = {}
    for word in one:
        remaining[word] = remaining.get(word, 0) + 1
    shared = 0
    for word in two:
        if remaining.get(word, 0) > 0:
            remaining[word] -= 1
            shared += 1
    return shared
