"""Quotations: which stretches of an article stand inside quotation marks, over paragraphs, nested or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Span = tuple[int, int]

_DOUBLE = re.compile(r"[“”„‟\"«»＂]|''|``|‘‘|’’")
_SINGLE = re.compile(r"[‘’'`‚]")
_OPEN_ONLY = frozenset(["“", "„", "‟", "«", "``", "‘‘"])
_CLOSE_ONLY = frozenset(["”", "»", "’’"])
_ELISION = re.compile(r"['’‘](?:\d\ds?\b|(?:em|til|tis|twas|cause|bout|round|n)\b)", re.IGNORECASE)
_BEFORE_OPENING = " \t\n\r\u00a0([{—–-/…:,"


@dataclass(frozen=True)
class Quotation:
    """One quotation: its pieces (one for each paragraph it runs through) in code points of the article.

    ``pieces`` include the marks, ``inner`` leave them out. ``passage_nos`` names the passage of each piece.
    ``single`` tells quotations between single marks; ``nested`` are the spans of quotations inside this one.
    """

    pieces: tuple[Span, ...]
    inner: tuple[Span, ...]
    passage_nos: tuple[int, ...]
    single: bool = False
    nested: tuple[Span, ...] = field(default=())

    @property
    def start(self) -> int:
        """First code point, the opening mark."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Code point after the last, the closing mark."""
        return self.pieces[-1][1]

    def last_point(self, text: str) -> str:
        """The code point right before the closing mark, which may be a doubled one."""
        return text[max(self.start, self.inner[-1][1] - 1) : self.inner[-1][1]]


@dataclass(frozen=True)
class _Piece:
    """A quotation within one passage. ``open_end``: no closing mark was found before the passage's end."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    open_end: bool
    at_start: bool
    single: bool = False


def find_quotations(text: str, passages: Sequence[tuple[int, int, int]]) -> list[Quotation]:
    """All quotations of an article, in text order, top level only (quotations inside them are ``nested``).

    ``passages`` are (passage_no, start, end) of the passages in which people speak, in order; furniture between them is
    skipped. A quotation left open at the end of a passage is taken up by the following one if that
    begins with a mark. An apostrophe or a plural possessive is no mark: a single mark opens only after a space (or an
    opening sign) and before a letter or digit, and only if a closing one follows in the passage.
    Linear in the length of the text.
    """
    found: list[Quotation] = []
    running: list[_Piece] = []
    running_nos: list[int] = []

    def close() -> None:
        if running:
            found.append(
                Quotation(
                    pieces=tuple((p.start, p.end) for p in running),
                    inner=tuple((p.inner_start, p.inner_end) for p in running),
                    passage_nos=tuple(running_nos),
                )
            )
            running.clear()
            running_nos.clear()

    for passage_no, start, end in passages:
        doubles = list(_double_pieces(text, start, end))
        if running and not (doubles and doubles[0].at_start):
            close()
        for piece in doubles:
            if running and not piece.at_start:
                close()
            running.append(piece)
            running_nos.append(passage_no)
            if not piece.open_end:
                close()
        singles = list(_single_pieces(text, start, end))
        for piece in _outside(singles, doubles):
            found.append(
                Quotation(
                    pieces=((piece.start, piece.end),),
                    inner=((piece.inner_start, piece.inner_end),),
                    passage_nos=(passage_no,),
                    single=True,
                )
            )
    close()
    found.sort(key=lambda q: (q.start, q.end))
    return found


def _double_pieces(text: str, start: int, end: int) -> Iterable[_Piece]:
    """Stretches between double marks in one passage; the last may lack its closing mark.

    A straight mark opens where none is open. An opening mark while one is open closes the open one only if it
    stands behind a comma or full stop and before a space (the wrong mark was typed), else it is ignored.
    """
    opened: re.Match[str] | None = None
    for mark in _DOUBLE.finditer(text, start, end):
        sign = mark.group()
        if opened is None:
            if sign in _CLOSE_ONLY or not _can_open(text, mark, start, end):
                continue
            opened = mark
        elif _stays_open(text, mark, opened, end) or _is_inch_mark(text, mark, start):
            continue
        else:
            yield _Piece(
                start=opened.start(),
                end=mark.end(),
                inner_start=opened.end(),
                inner_end=mark.start(),
                open_end=False,
                at_start=opened.start() == start,
            )
            opened = None
    if opened is not None and (opened.start() == start or _introduced(text, opened.start(), start)):
        last = end
        while last > opened.end() and text[last - 1].isspace():
            last -= 1
        if last > opened.end():
            yield _Piece(
                start=opened.start(),
                end=last,
                inner_start=opened.end(),
                inner_end=last,
                open_end=True,
                at_start=opened.start() == start,
            )


def _can_open(text: str, mark: re.Match[str], start: int, end: int) -> bool:
    if mark.end() >= end:
        return False
    if text[mark.end()].isspace():  # "“ You know": a curly mark opens even so, if it stands between spaces
        typed = mark.group() == "“" and mark.start() > start and text[mark.start() - 1].isspace()
        return typed and text[mark.end()] == " " and not text[mark.end() : mark.end() + 2].isspace()
    if mark.group() in _OPEN_ONLY or mark.start() == start:
        return True
    before = text[mark.start() - 1]
    return not before.isalnum() and before not in ".,;!?%"


def _stays_open(text: str, mark: re.Match[str], opened: re.Match[str], end: int) -> bool:
    """Whether an opening mark within a quotation opens a nested one; between a full stop and a space it closes."""
    if mark.group() not in _OPEN_ONLY or mark.start() <= opened.end():
        return False
    return text[mark.start() - 1] not in ",.?!" or not (mark.end() >= end or text[mark.end()].isspace())


def _is_inch_mark(text: str, mark: re.Match[str], start: int) -> bool:
    """A straight mark right after a digit and before a space, with no sentence end: five feet, six inches."""
    at = mark.start()
    return mark.group() == '"' and at - 2 > start and text[at - 1].isdigit() and text[at - 2] in "'′’"


def _introduced(text: str, at: int, start: int) -> bool:
    before = text[max(start, at - 3) : at].rstrip()
    return before.endswith((",", ":"))


def _single_pieces(text: str, start: int, end: int) -> Iterable[_Piece]:
    """Stretches between single marks in one passage."""
    marks = [m.start() for m in _SINGLE.finditer(text, start, end)]
    closers = [at for at in marks if _single_can_close(text, at, start, end)]
    done = start
    position = 0
    for at in marks:
        if at < done or not _single_can_open(text, at, start, end):
            continue
        while position < len(closers) and closers[position] <= at + 1:
            position += 1
        closing = _choose_closer(text, at, closers, position, end)
        if closing is None:
            continue
        yield _Piece(at, closing + 1, at + 1, closing, open_end=False, at_start=at == start, single=True)
        done = closing + 1


def _single_can_open(text: str, at: int, start: int, end: int) -> bool:
    sign = text[at]
    if sign == "’" or at + 1 >= end or not (text[at + 1].isalnum() or text[at + 1] in '[“"$£€@#(…'):
        return False
    if (at + 1 < end and text[at + 1] == sign) or (at > start and text[at - 1] == sign):
        return False
    if at > start and text[at - 1] not in _BEFORE_OPENING and text[at - 1] not in '“"':
        return False
    return not _ELISION.match(text, at, end)


def _single_can_close(text: str, at: int, start: int, end: int) -> bool:
    sign = text[at]
    if sign in "‘`‚" or at <= start or text[at - 1].isspace():
        return False
    if (at + 1 < end and text[at + 1] == sign) or text[at - 1] == sign:
        return False
    return at + 1 >= end or not text[at + 1].isalnum()


def _choose_closer(text: str, opening: int, closers: list[int], position: int, end: int) -> int | None:
    """The closing mark of a single quotation: the first that is no plural possessive, else the first at all.

    After an s and before a space and a small letter, a mark is a possessive if another closing mark follows soon.
    """
    limit = min(position + 6, len(closers))
    for at in closers[position:limit]:
        possessive = text[at - 1] in "sS" and at + 2 < end and text[at + 1] == " " and text[at + 2].islower()
        if not possessive:
            return at if at - opening < 1000 else None
    if position < len(closers) and closers[position] - opening < 200:
        return closers[position]
    return None


def _outside(singles: Sequence[_Piece], doubles: Sequence[_Piece]) -> Iterable[_Piece]:
    """The single-mark stretches that do not touch a double-mark one; both sequences are in text order."""
    position = 0
    for piece in singles:
        while position < len(doubles) and doubles[position].end <= piece.start:
            position += 1
        if position == len(doubles) or doubles[position].start >= piece.end:
            yield piece
