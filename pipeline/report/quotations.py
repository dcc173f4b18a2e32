"""Quotation drift: versions of one utterance side by side, which words differ, and whether inside quotation marks.

The published `quote_variants.diff` is the record for programs, and gives the list of differences; this is the same
comparison laid out over the words as they are printed, so that both columns can be read whole.
"""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target
from pipeline.report.anchors import anchor
from pipeline.report.corpus import Age, Corpus, Row
from pipeline.report.limits import MAX_CONTENT_CHARACTERS, MAX_DRIFTS, MAX_VARIANTS_PER_GROUP, Printed, first
from pipeline.report.lines import Report, order_of, report_of, source_words
from pipeline.report.stories import Story
from pipeline.report.wording import VARIANT_RELATIONS, headline, shortened

_WORD = re.compile(r"\S+")
_MARKS = str.maketrans("", "", "\"'“”‘’«»„.,;:")


@dataclass(frozen=True)
class DiffPart:
    """A run of words. ``differs``: the other version does not have it; ``quoted``: it stands in quotation marks."""

    words: str
    differs: bool
    quoted: bool = False


@dataclass(frozen=True)
class Difference:
    """Words of one version against those of the other (either may be empty)."""

    words_a: str
    words_b: str
    inside_quotation: bool


@dataclass(frozen=True)
class Variant:
    """Two versions of one utterance, the earlier on the left."""

    title: str
    report_a: Report
    report_b: Report
    parts_a: tuple[DiffPart, ...]
    parts_b: tuple[DiffPart, ...]
    differences: tuple[Difference, ...]

    @property
    def one_quotes(self) -> bool:
        """Whether a version has words in quotation marks."""
        return any(part.quoted for part in (*self.parts_a, *self.parts_b))

    @property
    def both_quote(self) -> bool:
        """Whether both versions have words in quotation marks."""
        return any(part.quoted for part in self.parts_a) and any(part.quoted for part in self.parts_b)

    @property
    def n_inside(self) -> int:
        """Differences inside quotation marks, where both versions have any."""
        return sum(difference.inside_quotation for difference in self.differences) if self.both_quote else 0


@dataclass(frozen=True)
class Drift:
    """The versions of one claim group's utterance; ``card`` is the group's card."""

    anchor: str
    who: str
    proposition: str
    card: Target | None
    variants: Printed[Variant]


def drifts_of(story: Story, corpus: Corpus, addresses: Addresses) -> Printed[Drift]:
    """Versions that differ in their words, of the claim groups at home in a story.

    Groups with differences inside quotation marks come first.
    """
    drifts = [d for group_id in story.group_ids if (d := _drift(group_id, corpus, addresses)) is not None]
    drifts.sort(key=lambda drift: not any(variant.n_inside for variant in drift.variants.items))
    return first(drifts, MAX_DRIFTS)


def _drift(group_id: str, corpus: Corpus, addresses: Addresses) -> Drift | None:
    claims = corpus.one("claims", "claim_id")
    members = {m["claim_id"] for m in corpus.by("claim_group_members", "claim_group_id")[group_id]}
    rows = [
        row
        for claim_id in sorted(members)
        for row in corpus.by("quote_variants", "claim_id_a")[claim_id]
        if row["claim_id_b"] in members and row["relation"] != "same"
    ]
    rows.sort(key=lambda row: _place_among_variants(row, corpus))
    distinct: dict[tuple[str, ...], tuple[Row, list[Row]]] = {}
    for row in rows:
        pair = sorted((claims[row["claim_id_a"]], claims[row["claim_id_b"]]), key=lambda claim: order_of(claim, corpus))
        words = [" ".join(claim["content_text"].split()) for claim in pair]
        if words[0] != words[1]:  # copies repeat the same difference
            distinct.setdefault(tuple(sorted(words)), (row, pair))
    if not distinct:
        return None
    printed = first(list(distinct.values()), MAX_VARIANTS_PER_GROUP)
    claim = printed.items[0][1][0]
    proposition = corpus.one("claim_groups", "claim_group_id")[group_id]["proposition"]
    return Drift(
        anchor=anchor("drift", group_id),
        who=", ".join(corpus.entity_names(claim["source_entity_ids"])) or source_words(claim, corpus)[0],
        proposition=headline(proposition),
        card=addresses.group(group_id),
        variants=Printed(
            tuple(_variant(row, pair, corpus, addresses) for row, pair in printed.items), printed.left_out
        ),
    )


def _place_among_variants(row: Row, corpus: Corpus) -> tuple[bool, str, list[tuple[Age, int, str]]]:
    claims = corpus.one("claims", "claim_id")
    ends = sorted(order_of(claims[row[end]], corpus) for end in ("claim_id_a", "claim_id_b"))
    return row["relation"] != "altered", row["relation"], ends


def _variant(row: Row, pair: Sequence[Row], corpus: Corpus, addresses: Addresses) -> Variant:
    parts_a, parts_b = compare_words(*(_words(claim) for claim in pair))
    turned = pair[0]["claim_id"] != row["claim_id_a"]
    return Variant(
        title=VARIANT_RELATIONS[row["relation"]],
        report_a=report_of(pair[0], corpus, addresses),
        report_b=report_of(pair[1], corpus, addresses),
        parts_a=parts_a,
        parts_b=parts_b,
        differences=_differences(row["diff"], turned),
    )


def _differences(diff: str, turned: bool) -> tuple[Difference, ...]:
    """The published token operations; ``turned`` where the pair is shown the other way round."""
    a, b = ("b", "a") if turned else ("a", "b")
    return tuple(
        Difference(
            shortened(operation[a], MAX_CONTENT_CHARACTERS),
            shortened(operation[b], MAX_CONTENT_CHARACTERS),
            bool(operation["inside_quotation"]),
        )
        for operation in json.loads(diff)
    )


def _words(claim: Row) -> list[tuple[str, bool]]:
    """The words of a claim's content, and whether each stands in quotation marks."""
    text, pieces, at = claim["content_text"], [], 0
    for piece in claim["content"]:
        at = max(text.find(piece["text"], at), at)
        pieces.append((piece["start"], piece["end"], at))
        at += len(piece["text"])
    quoted = [
        (max(span["start"], start) - start + at, min(span["end"], end) - start + at)
        for span in claim["quoted_spans"]
        for start, end, at in pieces
        if span["start"] < end and span["end"] > start
    ]
    return [
        (word.group(), any(start < word.end() and end > word.start() for start, end in quoted))
        for word in _WORD.finditer(text[: 2 * MAX_CONTENT_CHARACTERS])
    ]


def compare_texts(text_a: str, text_b: str) -> tuple[tuple[DiffPart, ...], tuple[DiffPart, ...]]:
    """Two texts as runs of words that are shared or not; nothing is said of quotation marks."""
    return compare_words(*([(word, False) for word in text.split()] for text in (text_a, text_b)))


def compare_words(
    words_a: Sequence[tuple[str, bool]], words_b: Sequence[tuple[str, bool]]
) -> tuple[tuple[DiffPart, ...], tuple[DiffPart, ...]]:
    """Words (with whether each is quoted) as runs that are shared or not.

    Curly and straight marks and case count as equal.
    """
    matcher = difflib.SequenceMatcher(None, _plain(words_a), _plain(words_b), autojunk=False)
    differs_a, differs_b = [True] * len(words_a), [True] * len(words_b)
    for start_a, start_b, size in matcher.get_matching_blocks():
        differs_a[start_a : start_a + size] = [False] * size
        differs_b[start_b : start_b + size] = [False] * size
    return _parts(words_a, differs_a), _parts(words_b, differs_b)


def _parts(words: Sequence[tuple[str, bool]], differs: Sequence[bool]) -> tuple[DiffPart, ...]:
    # A sign that stands alone (the dots between the pieces of a quotation) is no word that could differ.
    kinds = [
        (differ and any(map(str.isalnum, word)), quoted) for differ, (word, quoted) in zip(differs, words, strict=True)
    ]
    return tuple(
        DiffPart(" ".join(words[at][0] for at in run), *kind)
        for kind, run in itertools.groupby(range(len(words)), kinds.__getitem__)
    )


def _plain(words: Sequence[tuple[str, bool]]) -> list[str]:
    return [word.translate(_MARKS).casefold() or word for word, _ in words]
