"""The articles themselves: printed in full or in extracts, their passages with the claims marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target, credit_anchor
from pipeline.report.anchors import anchor, safe_url
from pipeline.report.corpus import Corpus, Row
from pipeline.report.marking import Marker, Span, Token
from pipeline.report.wording import PASSAGE_KINDS, STATUSES, counted, date_words

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FURNITURE = ("boilerplate", "caption", "dateline")


@dataclass(frozen=True)
class Passage:
    """A passage as tokens. ``follows_gap``: text before it is not printed; ``sign``: it has no word (a bullet)."""

    kind: str
    label: str
    furniture: bool
    follows_gap: bool
    sign: bool
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class Number:
    """The number of a claim within its article, and its group's card (None if there is none)."""

    number: int
    card: Target | None


@dataclass(frozen=True)
class Article:
    """A printed article. ``lang`` is a language tag, empty where the language is unknown.

    ``link`` is set where ``url`` may be followed; ``spare_ids`` are targets without a span.

    ``heading`` is the passage of kind title that opens the text, marked; it is empty where there is none, and then
    ``title`` stands in its place.
    """

    anchor: str
    title: str
    publisher: str
    state_media_of: str
    byline: str
    date: str
    datetime: str
    url: str
    link: str | None
    source_uri: str
    lang: str
    facts: tuple[str, ...]
    copies_anchor: str | None
    n_copies: int
    in_full: bool
    heading: tuple[Token, ...]
    passages: tuple[Passage, ...]
    ends_in_gap: bool
    numbers: Mapping[str, Number]
    spare_ids: tuple[str, ...]


@dataclass(frozen=True)
class Articles:
    """The section: articles by date, and how many of them are in extracts."""

    items: tuple[Article, ...]
    n_extracts: int


def printed_articles(
    article_ids: Sequence[str], corpus: Corpus, addresses: Addresses, tree_anchors: Collection[str]
) -> Articles:
    """Articles in the order given, as far as `Addresses.is_in_full` allows, the others as extracts.

    An extract holds the passages that carry a credit, or a claim that `Addresses.is_marked`. ``tree_anchors`` are the
    element ids of the copy groups that stand in the tree of the same page.
    """
    texts = corpus.texts(article_ids)
    items = tuple(
        _article(article_id, texts[article_id], corpus, addresses, tree_anchors) for article_id in article_ids
    )
    return Articles(items, sum(not article.in_full for article in items))


def claim_spans(claim: Row) -> list[Span]:
    """Spans of a claim: its content (or, without one, what else of it stands in the text) bears its id."""
    key = anchor("claim", claim["claim_id"])
    pieces = [(piece["start"], piece["end"]) for piece in claim["content"]]
    cue = [(piece["start"], piece["end"]) for piece in claim["cue"]]
    source = [] if claim["source_start"] is None else [(claim["source_start"], claim["source_end"])]
    spans = [Span(start, end, "claim", key, has_id=True) for start, end in pieces or cue or source]
    if pieces:
        spans += [Span(start, end, "cue", key) for start, end in cue]
    if pieces or cue:
        spans += [Span(start, end, "source", key) for start, end in source]
    return spans


def _article(
    article_id: str, text: str, corpus: Corpus, addresses: Addresses, tree_anchors: Collection[str]
) -> Article:
    row = corpus.one("articles", "article_id")[article_id]
    in_full = addresses.is_in_full(article_id)
    claims = corpus.by("claims", "article_id")[article_id]
    linked = [claim for claim in claims if addresses.is_marked(claim)]
    credited = _credit_spans(article_id, corpus)
    marker = Marker(text, [*(span for claim in claims for span in claim_spans(claim)), *credited])
    needed = [*(span for claim in linked for span in claim_spans(claim)), *credited]
    extract = None if in_full else [span for span in needed if span.has_id]
    passages, ends_in_gap = _passages(article_id, text, corpus, marker, extract)
    opens_with_title = bool(passages) and passages[0].kind == "title" and not passages[0].follows_gap
    place = corpus.place(article_id)
    return Article(
        anchor=anchor("article", article_id),
        title=row["title"] or row["source_uri"],
        publisher=corpus.outlet(article_id),
        state_media_of=corpus.state_of_outlet(row["publisher"]),
        byline=", ".join(row["byline"] or ()),
        date=date_words(row["published_at"]),
        datetime=row["published_at"].date().isoformat() if row["published_at"] else "",
        url=row["url"] or "",
        link=safe_url(row["url"]),
        source_uri=row["source_uri"],
        lang=row["language"] if _LANGUAGE.fullmatch(row["language"] or "") else "",
        facts=_facts(row, len(claims)),
        copies_anchor=found if (found := anchor("copies", place)) in tree_anchors else None,
        n_copies=len(corpus.articles_of(place)),
        in_full=in_full,
        heading=passages[0].tokens if opens_with_title else (),
        passages=passages[opens_with_title:],
        ends_in_gap=ends_in_gap,
        numbers=_numbers(claims, corpus, addresses),
        spare_ids=_spare_ids(marker, linked, credited),
    )


def _facts(row: Row, n_claims: int) -> tuple[str, ...]:
    facts = [
        counted(row["n_words"], "word"),
        counted(n_claims, "claim"),
        "" if row["language"] == "en" else row["language"] or "",
        STATUSES[row["status"]],
    ]
    return tuple(fact for fact in facts if fact)


def _credit_spans(article_id: str, corpus: Corpus) -> list[Span]:
    return [
        Span(row["start"], row["end"], "credit", credit_anchor(row), has_id=True)
        for row in corpus.by("origins", "article_id")[article_id]
        if row["start"] is not None
    ]


def _passages(
    article_id: str, text: str, corpus: Corpus, marker: Marker, extract: list[Span] | None
) -> tuple[tuple[Passage, ...], bool]:
    """Marked passages, and whether text after the last is left out. ``extract`` None means all of them."""
    rows = corpus.by("passages", "article_id")[article_id]
    if not rows and text:
        rows = ({"start": 0, "end": len(text), "kind": "body"},)
    printed: list[Passage] = []
    gap = False
    for row in rows:
        start, end = row["start"], row["end"]
        if extract is not None and not any(span.start < end and span.end > start for span in extract):
            gap = True
            continue
        kind = row["kind"]
        sign = not any(character.isalnum() for character in text[start:end])
        tokens = marker.mark(start, end)
        printed.append(Passage(kind, PASSAGE_KINDS[kind], kind in _FURNITURE, gap, sign, tokens))
        gap = False
    return tuple(printed), gap


def _numbers(claims: tuple[Row, ...], corpus: Corpus, addresses: Addresses) -> dict[str, Number]:
    """Numbers of an article's claims in text order, by the claims' element ids."""
    members = corpus.one("claim_group_members", "claim_id")
    numbers = {}
    for number, claim in enumerate(sorted(claims, key=_place), start=1):
        member = members.get(claim["claim_id"])
        card = addresses.group(member["claim_group_id"]) if member else None
        numbers[anchor("claim", claim["claim_id"])] = Number(number, card)
    return numbers


def _place(claim: Row) -> tuple[int, str]:
    return min((span.start for span in claim_spans(claim) if span.has_id), default=0), claim["claim_id"]


def _spare_ids(marker: Marker, linked: Sequence[Row], credited: Sequence[Span]) -> tuple[str, ...]:
    """Linked claims and credits that no printed passage carries: a damaged span still leads to its article."""
    ids = [anchor("claim", claim["claim_id"]) for claim in linked]
    return marker.without_id(dict.fromkeys([*ids, *(span.key for span in credited)]))
