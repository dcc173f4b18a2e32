"""Copy groups, articles contained in others, passages shared by articles that are no copies, and upstream origins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import (
    MAX_ARTICLES_PER_ORIGIN,
    MAX_CONTAINED_PAIRS,
    MAX_COPY_GROUPS,
    MAX_MEMBERS_PER_COPY_GROUP,
    MAX_ORIGINS,
    MAX_PASSAGES_PER_PAIR,
    MAX_SHARING_PAIRS,
    Printed,
    first,
)
from pipeline.report.quotations import DiffPart, compare_words
from pipeline.report.wording import (
    CANONICAL_REASONS,
    ORIGIN_EVIDENCE,
    PAIR_KINDS,
    SHARED_KINDS,
    counted,
    date_words,
    printable,
)


@dataclass(frozen=True)
class Member:
    """An article of a copy group; ``likeness`` says how near it is to its nearest fellow."""

    article_id: str
    article_anchor: str
    label: str
    title: str
    date: str
    is_canonical: bool
    likeness: str


@dataclass(frozen=True)
class CopyGroup:
    """Articles that count as one, the canonical member first; ``reason`` says what made it so."""

    anchor: str
    name: str
    reason: str
    members: Printed[Member]


@dataclass(frozen=True)
class Contained:
    """An article (``inner``) most of whose text stands in another (``outer``)."""

    inner: Member
    outer: Member
    share: str


@dataclass(frozen=True)
class SharedPassage:
    """Words of two articles side by side, as runs that both have or one alone."""

    title: str
    parts_a: tuple[DiffPart, ...]
    parts_b: tuple[DiffPart, ...]


@dataclass(frozen=True)
class SharingPair:
    """Two articles, the earlier one first, with the passages they share in the order of the first one's text."""

    article_a: Member
    article_b: Member
    n_words: int
    passages: Printed[SharedPassage]


@dataclass(frozen=True)
class Credit:
    """An article that rests on an origin, and the span that says so (None where it is not in the text)."""

    article_id: str
    label: str
    evidence: str
    target: str


@dataclass(frozen=True)
class Origin:
    """An upstream with the articles that credit it."""

    name: str
    n_articles: int
    credits: Printed[Credit]


@dataclass(frozen=True)
class Copies:
    """The section: groups of two and more, directed containment, shared passages, origins named or shared."""

    groups: Printed[CopyGroup]
    contained: Printed[Contained]
    sharing: Printed[SharingPair]
    origins: Printed[Origin]


def copies_and_origins(corpus: Corpus) -> Copies:
    """Largest copy groups, pairs that share most words and most used origins first, ties by id or name."""
    return Copies(
        groups=_groups(corpus), contained=_contained(corpus), sharing=_sharing(corpus), origins=_origins(corpus)
    )


def _groups(corpus: Corpus) -> Printed[CopyGroup]:
    by_group = {key: rows for key, rows in corpus.by("copy_groups", "copy_group_id").items() if len(rows) > 1}
    printed = first(sorted(by_group, key=lambda key: (-len(by_group[key]), key)), MAX_COPY_GROUPS)
    return Printed(tuple(_group(key, by_group[key], corpus) for key in printed.items), printed.left_out)


def _group(group_id: str, rows: tuple[Row, ...], corpus: Corpus) -> CopyGroup:
    ids = {row["article_id"] for row in rows}
    nearest: dict[str, tuple[float, str]] = {}
    for article_id in sorted(ids):
        for pair in corpus.by("duplicate_pairs", "article_id_a")[article_id]:
            if pair["article_id_b"] in ids and pair["kind"] != "contained":
                words = f"{PAIR_KINDS[pair['kind']]}, {_percent(pair['jaccard'])} of word sequences shared"
                for end in (article_id, pair["article_id_b"]):
                    nearest[end] = max(nearest.get(end, (-1.0, "")), (pair["jaccard"], words))
    members = [
        _member(row["article_id"], corpus, row["is_canonical"], nearest.get(row["article_id"], (0.0, ""))[1])
        for row in rows
    ]
    members.sort(key=lambda m: (not m.is_canonical, m.label.casefold(), m.article_id))
    return CopyGroup(
        anchor=anchor("copies", group_id),
        name=members[0].title or members[0].label,
        reason=CANONICAL_REASONS[rows[0]["canonical_reason"]],
        members=first(members, MAX_MEMBERS_PER_COPY_GROUP),
    )


def _member(article_id: str, corpus: Corpus, is_canonical: bool = False, likeness: str = "") -> Member:
    article = corpus.one("articles", "article_id")[article_id]
    return Member(
        article_id=article_id,
        article_anchor=anchor("article", article_id),
        label=article["publisher"] or article["source_uri"],
        title=article["title"] or "",
        date=date_words(article["published_at"]),
        is_canonical=is_canonical,
        likeness=likeness,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u202f%"


def _contained(corpus: Corpus) -> Printed[Contained]:
    pairs = []
    for row in corpus.rows("duplicate_pairs"):
        if row["kind"] == "contained":
            a_in_b, b_in_a = row["containment_a_in_b"], row["containment_b_in_a"]
            inner, outer = ("article_id_a", "article_id_b") if a_in_b >= b_in_a else ("article_id_b", "article_id_a")
            pairs.append((-max(a_in_b, b_in_a), row[inner], row[outer]))
    printed = first(sorted(pairs), MAX_CONTAINED_PAIRS)
    return Printed(
        tuple(
            Contained(_member(inner, corpus), _member(outer, corpus), _percent(-share))
            for share, inner, outer in printed.items
        ),
        printed.left_out,
    )


def _sharing(corpus: Corpus) -> Printed[SharingPair]:
    """The pairs of articles that share most words; a passage that is repeated counts each time."""
    by_pair: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in corpus.rows("shared_passages"):
        by_pair[row["article_id_a"], row["article_id_b"]].append(row)
    n_words = {pair: sum(row["n_words"] for row in rows) for pair, rows in by_pair.items()}
    printed = first(sorted(by_pair, key=lambda pair: (-n_words[pair], pair)), MAX_SHARING_PAIRS)
    texts = corpus.texts({article_id for pair in printed.items for article_id in pair})
    return Printed(
        tuple(_sharing_pair(pair, by_pair[pair], n_words[pair], texts, corpus) for pair in printed.items),
        printed.left_out,
    )


def _sharing_pair(
    pair: tuple[str, str], rows: list[Row], n_words: int, texts: Mapping[str, str], corpus: Corpus
) -> SharingPair:
    articles = corpus.one("articles", "article_id")
    times = [articles[article_id]["published_at"] for article_id in pair]
    turned = times[1] is not None and (times[0] is None or times[1] < times[0])
    left, right = ("b", "a") if turned else ("a", "b")
    # The longest passages say most; those that are printed stand in the order of the text.
    chosen = first(sorted(rows, key=lambda row: (-row["n_words"], row["shared_id"])), MAX_PASSAGES_PER_PAIR)
    passages = []
    for row in sorted(chosen.items, key=lambda row: (row[f"start_{left}"], row["shared_id"])):
        written = (
            printable(texts[row[f"article_id_{side}"]][row[f"start_{side}"] : row[f"end_{side}"]])
            for side in (left, right)
        )
        title = f"{SHARED_KINDS[row['kind']]}, {counted(row['n_words'], 'word')}"
        passages.append(SharedPassage(title, *compare_words(*written)))
    article_a, article_b = (_member(pair["ab".index(side)], corpus) for side in (left, right))
    return SharingPair(article_a, article_b, n_words, Printed(tuple(passages), chosen.left_out))


def credit_anchor(row: Row) -> str:
    """Element id of the words that credit an origin; rows with the same span share it."""
    return anchor("credit", f"{row['article_id']}-{row['start']}-{row['end']}")


def _origins(corpus: Corpus) -> Printed[Origin]:
    """Origins that say more than an article's own publisher does."""
    by_origin: defaultdict[str, list[Row]] = defaultdict(list)
    for row in corpus.rows("origins"):
        by_origin[row["origin"]].append(row)
    telling = {
        name: rows
        for name, rows in by_origin.items()
        if len({row["article_id"] for row in rows}) > 1 or any(row["evidence"] != "publisher" for row in rows)
    }
    ordered = sorted(telling, key=lambda name: (-len({row["article_id"] for row in telling[name]}), name))
    printed = first(ordered, MAX_ORIGINS)
    return Printed(tuple(_origin(name, telling[name], corpus) for name in printed.items), printed.left_out)


def _title(article_id: str, corpus: Corpus) -> str:
    """The headline: the publisher would often only repeat the origin."""
    article = corpus.one("articles", "article_id")[article_id]
    return str(article["title"] or article["source_uri"])


def _origin(name: str, rows: list[Row], corpus: Corpus) -> Origin:
    by_article: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_article[row["article_id"]].append(row)
    credited = [_credit(article_id, by_article[article_id], corpus) for article_id in by_article]
    credited.sort(key=lambda credit: (credit.label.casefold(), credit.article_id))
    return Origin(name, len(by_article), first(credited, MAX_ARTICLES_PER_ORIGIN))


def _credit(article_id: str, rows: list[Row], corpus: Corpus) -> Credit:
    in_text = [row for row in rows if row["start"] is not None]
    return Credit(
        article_id=article_id,
        label=_title(article_id, corpus),
        evidence=", ".join(sorted({ORIGIN_EVIDENCE[row["evidence"]] for row in rows})),
        target=credit_anchor(in_text[0]) if in_text else anchor("article", article_id),
    )
