"""Marked text: nothing lost, nothing doubled, validly nested, whatever the spans."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.marking import Marker, Span, Token

TEXT = "Ada said the dam held and the mill stood still all night"


def written(tokens: tuple[Token, ...]) -> str:
    return "".join(token.text for token in tokens)


def covered(tokens: tuple[Token, ...]) -> dict[str, str]:
    """Text inside each claim's elements; fails where an element closes that was not opened last."""
    stack: list[Span] = []
    inside: dict[str, str] = {}
    for token in tokens:
        if token.step == "open":
            assert token.span is not None
            stack.append(token.span)
        elif token.step == "close":
            assert stack.pop() == token.span
        elif token.step == "text":
            for key in {span.key for span in stack if span.kind == "claim"}:
                inside[key] = inside.get(key, "") + token.text
    assert not stack
    return inside


def claim(start: int, end: int, key: str) -> Span:
    return Span(start, end, "claim", key, has_id=True)


def test_a_claim_inside_another_is_nested() -> None:
    tokens = Marker(TEXT, [claim(9, 40, "outer"), claim(13, 25, "inner")]).mark(0, len(TEXT))
    assert [(t.step, t.span.key) for t in tokens if t.span] == [
        ("open", "outer"),
        ("open", "inner"),
        ("close", "inner"),
        ("ref", "inner"),
        ("close", "outer"),
        ("ref", "outer"),
    ]


def test_claims_that_cross_are_cut_and_reopened_and_keep_one_id_each() -> None:
    tokens = Marker(TEXT, [claim(0, 20, "a"), claim(10, 30, "b")]).mark(0, len(TEXT))
    assert covered(tokens) == {"a": TEXT[0:20], "b": TEXT[10:30]}
    assert [token.id for token in tokens if token.step == "open"] == ["a", "b", None]


def test_a_claim_over_two_passages_is_marked_in_both_and_numbered_at_its_end() -> None:
    marker = Marker(TEXT, [claim(4, 30, "a")])
    first, second = marker.mark(0, 10), marker.mark(11, 40)
    assert covered(first) == {"a": TEXT[4:10]}
    assert covered(second) == {"a": TEXT[11:30]}
    assert [token.id for token in (*first, *second) if token.step == "open"] == ["a", None]
    assert [token.step for token in first].count("ref") == 0
    assert [token.step for token in second].count("ref") == 1


def test_pieces_of_one_content_share_one_id_and_one_number() -> None:
    tokens = Marker(TEXT, [claim(0, 3, "a"), claim(9, 16, "a")]).mark(0, len(TEXT))
    assert covered(tokens) == {"a": TEXT[0:3] + TEXT[9:16]}
    assert [token.id for token in tokens if token.step == "open"] == ["a", None]
    assert [token.step for token in tokens].count("ref") == 1


def test_a_claim_without_a_printed_passage_is_reported() -> None:
    marker = Marker(TEXT, [claim(30, 40, "late"), claim(0, 3, "early")])
    marker.mark(0, 10)
    assert marker.without_id(["late", "early"]) == ("late",)


_ends = st.integers(0, len(TEXT))
_spans = st.lists(
    st.builds(
        lambda a, b, kind, key: Span(min(a, b), max(a, b), kind, key, has_id=kind == "claim"),
        _ends,
        _ends,
        st.sampled_from(["claim", "source", "cue", "credit"]),
        st.sampled_from("abcdef"),
    ),
    max_size=12,
)


@given(_spans, st.lists(_ends, max_size=5))
def test_any_spans_over_any_passages_nest_and_keep_the_text(spans: list[Span], cuts: list[int]) -> None:
    borders = sorted({0, len(TEXT), *cuts})
    marker = Marker(TEXT, spans)
    tokens: tuple[Token, ...] = ()
    for start, end in itertools.pairwise(borders):
        passage = marker.mark(start, end)
        covered(passage)
        tokens += passage
    assert written(tokens) == TEXT
    expected = {
        key: "".join(TEXT[i] for i in range(len(TEXT)) if any(s.start <= i < s.end for s in spans if _is(s, key)))
        for key in {s.key for s in spans if s.kind == "claim" and s.start < s.end}
    }
    assert covered(tokens) == expected
    ids = Counter(token.id for token in tokens if token.id)
    assert ids == dict.fromkeys(expected, 1)
    assert Counter(t.span.key for t in tokens if t.step == "ref" and t.span) == dict.fromkeys(expected, 1)


@given(_spans)
def test_the_order_of_spans_does_not_show(spans: list[Span]) -> None:
    tokens = Marker(TEXT, spans).mark(0, len(TEXT))
    assert Marker(TEXT, reversed(spans)).mark(0, len(TEXT)) == tokens


def _is(span: Span, key: str) -> bool:
    return span.kind == "claim" and span.key == key
