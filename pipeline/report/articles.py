"""The articles themselves: which are printed in full, which in extracts, and their passages with the claims marked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.report.anchors import anchor, safe_url
from pipeline.report.copies import credit_anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_FULL_ARTICLES, MAX_FULL_CHARACTERS
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
class Reference:
    """The number of a claim within its article, and the element id of its group's card (None if not printed)."""

    number: int
    group_anchor: str | None


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
    byline: str
    date: str
    datetime: str
    url: str
    link: str | None
    source_uri: str
    lang: str
    facts: tuple[str, ...]
    copy_group_anchor: str | None
    copy_group_size: int
    in_full: bool
    heading: tuple[Token, ...]
    passages: tuple[Passage, ...]
    ends_in_gap: bool
    references: Mapping[str, Reference]
    spare_ids: tuple[str, ...]


@dataclass(frozen=True)
class Articles:
    """The section: articles by date, and how many are in extracts or not printed."""

    items: tuple[Article, ...]
    n_in_full: int
    n_extracts: int
    left_out: int


def printed_articles(
    corpus: Corpus,
    linked_articles: Collection[str],
    linked_claims: Collection[str],
    linked_anchors: Collection[str],
) -> Articles:
    """Articles as far as the limits allow.

    ``linked_articles`` and ``linked_claims`` (ids) are printed whatever the limits say, at least as an extract of the
    passages that carry a linked claim or a linked credit. ``linked_anchors`` are the element ids of groups and credits
    that stand on the page.
    """
    in_full = _in_full(corpus)
    printed = in_full | set(linked_articles)
    texts = corpus.texts(printed)
    rows = [row for row in corpus.rows("articles") if row["article_id"] in printed]
    rows.sort(key=lambda row: (row["published_at"] is None, row["published_at"] or 0, row["article_id"]))
    items = tuple(
        _article(
            row,
            texts[row["article_id"]],
            corpus,
            row["article_id"] in in_full,
            set(linked_claims),
            set(linked_anchors),
        )
        for row in rows
    )
    n_in_full = sum(article.in_full for article in items)
    return Articles(items, n_in_full, len(items) - n_in_full, len(corpus.rows("articles")) - len(items))


def _in_full(corpus: Corpus) -> set[str]:
    """Articles within the limits, those with most contested claims first, then with most claims, then by id."""
    contested = {row["claim_group_id"] for row in corpus.rows("claim_groups") if row["contested"]}
    members = corpus.one("claim_group_members", "claim_id")
    claims = corpus.by("claims", "article_id")
    n_characters = corpus.n_characters()

    def weight(article_id: str) -> tuple[int, int, str]:
        n_contested = sum(
            members[claim["claim_id"]]["claim_group_id"] in contested
            for claim in claims[article_id]
            if claim["claim_id"] in members
        )
        return -n_contested, -len(claims[article_id]), article_id

    chosen: set[str] = set()
    characters = 0
    for article_id in sorted(n_characters, key=weight):
        if len(chosen) >= MAX_FULL_ARTICLES:
            break
        if characters + n_characters[article_id] <= MAX_FULL_CHARACTERS:
            chosen.add(article_id)
            characters += n_characters[article_id]
    return chosen


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
    row: Row, text: str, corpus: Corpus, in_full: bool, linked_claims: set[str], linked_anchors: set[str]
) -> Article:
    article_id = row["article_id"]
    claims = corpus.by("claims", "article_id")[article_id]
    needed = [span for claim in claims if claim["claim_id"] in linked_claims for span in claim_spans(claim)]
    credited = [span for span in _credit_spans(article_id, corpus) if span.key in linked_anchors]
    marker = Marker(text, [*(span for claim in claims for span in claim_spans(claim)), *credited])
    extract = None if in_full else [span for span in (*needed, *credited) if span.has_id]
    passages, ends_in_gap = _passages(article_id, text, corpus, marker, extract)
    opens_with_title = bool(passages) and passages[0].kind == "title" and not passages[0].follows_gap
    group = corpus.one("copy_groups", "article_id").get(article_id)
    group_anchor = anchor("copies", group["copy_group_id"]) if group else None
    return Article(
        anchor=anchor("article", article_id),
        title=row["title"] or row["source_uri"],
        publisher=row["publisher"] or "",
        byline=", ".join(row["byline"] or ()),
        date=date_words(row["published_at"]),
        datetime=row["published_at"].date().isoformat() if row["published_at"] else "",
        url=row["url"] or "",
        link=safe_url(row["url"]),
        source_uri=row["source_uri"],
        lang=row["language"] if _LANGUAGE.fullmatch(row["language"] or "") else "",
        facts=_facts(row, len(claims)),
        copy_group_anchor=group_anchor if group_anchor in linked_anchors else None,
        copy_group_size=group["n_articles"] if group else 1,
        in_full=in_full,
        heading=passages[0].tokens if opens_with_title else (),
        passages=passages[opens_with_title:],
        ends_in_gap=ends_in_gap,
        references=_references(claims, corpus, linked_anchors),
        spare_ids=_spare_ids(marker, claims, linked_claims, credited),
    )


def _facts(row: Row, n_claims: int) -> tuple[str, ...]:
    facts = [
        counted(row["n_words"], "word"),
        counted(n_claims, "claim"),
        row["language"] or "",
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


def _references(claims: tuple[Row, ...], corpus: Corpus, linked_anchors: set[str]) -> dict[str, Reference]:
    """Numbers of an article's claims in text order, by the claims' element ids."""
    members = corpus.one("claim_group_members", "claim_id")
    ordered = sorted(claims, key=_place)
    references = {}
    for number, claim in enumerate(ordered, start=1):
        member = members.get(claim["claim_id"])
        group = anchor("group", member["claim_group_id"]) if member else None
        references[anchor("claim", claim["claim_id"])] = Reference(number, group if group in linked_anchors else None)
    return references


def _place(claim: Row) -> tuple[int, str]:
    return min((span.start for span in claim_spans(claim) if span.has_id), default=0), claim["claim_id"]


def _spare_ids(
    marker: Marker, claims: tuple[Row, ...], linked_claims: set[str], credited: list[Span]
) -> tuple[str, ...]:
    """Linked claims (and credited) that no printed passage carries: a damaged span still leads to its article."""
    linked = [anchor("claim", claim["claim_id"]) for claim in claims if claim["claim_id"] in linked_claims]
    return marker.without_id(dict.fromkeys([*linked, *(span.key for span in credited)]))
