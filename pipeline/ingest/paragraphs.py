"""Cutting a text into paragraphs: blank lines, one paragraph per line, and hard-wrapped text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Vertical tab, form feed, NEL and the Unicode separators end a line too, as they do for str.splitlines.
_LINE = re.compile("[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
BULLET = re.compile(r"(?:[•‣▪●◦∙·■►▶*+–—-]|\d{1,2}[.)])[ \t\u00a0]+(?=\S)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_TERMINAL = re.compile(r"[.!?:;…][\"'”’»)\]*_]*$")
_MIN_WIDTH, _MAX_WIDTH = 40, 110  # columns between which hard-wrapped text is set
_MIN_FORCED = 0.8  # share of line ends where the next word would not have fitted
_MAX_OVERRUN = 1.25  # a longer line, in widths, was not set with the others
_MIN_FILLED = 0.7  # share of the width that an unfinished line fills unless it is a heading
_MIN_OPEN = 0.4  # share of line ends in mid-sentence


@dataclass(frozen=True)
class Paragraph:
    """A stretch of text without white space at its edges; ``alone``: blank lines, or the text's edge, surround it."""

    start: int
    end: int
    alone: bool


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    indent: int
    text: str


def cut_paragraphs(text: str, start: int, end: int) -> list[Paragraph]:
    """The paragraphs of ``text[start:end]``, in order; together they hold all its non-space characters.

    Blank lines always separate. Inside a block of lines a line end separates too, unless the text is hard-wrapped
    (lines end where the next word would not have fitted, mostly in mid-sentence) or the next line goes on in lower
    case after an unfinished sentence.
    """
    blocks = list(_blocks(text, start, end))
    width = _wrap_width(blocks)
    found: list[Paragraph] = []
    for block in blocks:
        groups: list[list[_Line]] = []
        for line in block:
            if groups and _continues(groups[-1][-1], line, width):
                groups[-1].append(line)
            else:
                groups.append([line])
        found += [Paragraph(group[0].start, group[-1].end, len(groups) == 1) for group in groups]
    return found


def _blocks(text: str, start: int, end: int) -> Iterator[list[_Line]]:
    """Runs of lines without a blank line between them."""
    block: list[_Line] = []
    for match in _LINE.finditer(text, start, end):
        raw = match.group()
        stripped = raw.strip()
        if not stripped:
            continue
        begin = match.start() + len(raw) - len(raw.lstrip())
        line = _Line(begin, begin + len(stripped), begin - match.start(), stripped)
        if block and len(_BREAK.findall(text, block[-1].end, line.start)) > 1:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _wrap_width(blocks: list[list[_Line]]) -> int | None:
    """The column at which the text is wrapped, None when it is not."""
    pairs = [pair for block in blocks for pair in itertools.pairwise(block)]
    if len(pairs) < 3:
        return _short_wrap_width(blocks)
    lengths = sorted(len(line.text) for block in blocks if len(block) > 1 for line in block)
    width = lengths[int(0.97 * (len(lengths) - 1))]
    return width if _MIN_WIDTH <= width <= _MAX_WIDTH and _is_wrapped(pairs, width) else None


def _short_wrap_width(blocks: list[list[_Line]]) -> int | None:
    """A text of a few lines: wrapped only if every line end is forced and none ends a sentence."""
    pairs = [pair for block in blocks for pair in itertools.pairwise(block)]
    width = max((len(line.text) for block in blocks if len(block) > 1 for line in block), default=0)
    if not _MIN_WIDTH <= width <= _MAX_WIDTH:
        return None
    wrapped = all(_is_forced(a, b, width) and not _TERMINAL.search(a.text) for a, b in pairs)
    return width if pairs and wrapped else None


def _is_wrapped(pairs: list[tuple[_Line, _Line]], width: int) -> bool:
    forced = sum(_is_forced(a, b, width) for a, b in pairs)
    unfinished = sum(not _TERMINAL.search(a.text) for a, _ in pairs)
    return forced >= _MIN_FORCED * len(pairs) and unfinished >= _MIN_OPEN * len(pairs)


def _is_forced(line: _Line, following: _Line, width: int) -> bool:
    """Whether the next line's first word would have run over the width; two columns of play for ragged setting."""
    word = following.text.split(maxsplit=1)[0]
    return len(line.text) + 1 + len(word) > width - 2


def _continues(line: _Line, following: _Line, width: int | None) -> bool:
    """Whether ``following`` goes on with the paragraph of ``line``."""
    if BULLET.match(following.text) or _ADDRESS.fullmatch(line.text):
        return False
    finished = _TERMINAL.search(line.text) is not None
    if width is not None and len(line.text) <= _MAX_OVERRUN * width:
        if finished:
            return _is_forced(line, following, width) and following.indent < line.indent + 2
        # A sentence goes on after an early break; a much shorter line over a capital is a heading.
        return len(line.text) >= _MIN_FILLED * width or following.text[0].islower()
    return not finished and following.text[0].islower()
