"""The tree of copies and origins: who credits whom, who reprints whom; and passages that other articles share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target
from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import (
    MAX_CHILDREN,
    MAX_ORIGINS,
    MAX_PASSAGES_PER_PAIR,
    MAX_SHARING_PAIRS,
    Printed,
    first,
)
from pipeline.report.lines import Reference, reference_to
from pipeline.report.quotations import DiffPart, compare_texts
from pipeline.report.wording import (
    CANONICAL_REASONS,
    ORIGIN_EVIDENCE,
    PAIR_KINDS,
    SHARED_KINDS,
    counted,
    printable,
    shortened,
)

# The evidence by which an article hangs under an origin, the strongest first; a source that is only cited comes last.
_UPSTREAM = ("credit_line", "byline", "copy", "contained", "shared_quotation", "according_to")

_PASSAGE = 600  # characters of a shared passage


@dataclass(frozen=True)
class Credit:
    """An origin that an article names: how, and where it is said."""

    name: str
    state_media_of: str
    evidence: str
    words: Target


@dataclass(frozen=True)
class Copy:
    """A copy of an article, and how near it is to its nearest fellow; or, ``contained``, what stands inside it."""

    article: Reference
    likeness: str
    contained: bool = False


@dataclass(frozen=True)
class Branch:
    """An article that stands for its copy group (``reason`` says why), with its copies and what it contains.

    ``upstream`` is the credit by which it hangs where it does, ``also`` its other credits.
    """

    anchor: str
    article: Reference
    reason: str
    upstream: Credit | None
    also: tuple[Credit, ...]
    copies: Printed[Copy]
    n_articles: int


@dataclass(frozen=True)
class Root:
    """An origin with the articles that rest on it first of all; without a name: those that name none."""

    name: str
    state_media_of: str
    n_articles: int
    branches: Printed[Branch]


@dataclass(frozen=True)
class SharedPassage:
    """Words of two articles side by side, as runs that both have or one alone."""

    title: str
    parts_a: tuple[DiffPart, ...]
    parts_b: tuple[DiffPart, ...]


@dataclass(frozen=True)
class SharingPair:
    """Two articles, the earlier one first, with the passages they share in the order of the first one's text."""

    article_a: Reference
    article_b: Reference
    n_words: int
    passages: Printed[SharedPassage]


@dataclass(frozen=True)
class Copies:
    """The section: the tree of origins, articles and copies, and the pairs that share passages."""

    roots: tuple[Root, ...]
    n_copies: int
    sharing: Printed[SharingPair]


@dataclass(frozen=True)
class Origin:
    """An origin over the whole corpus, for the index."""

    name: str
    state_media_of: str
    n_articles: int
    n_copy_groups: int
    evidence: str


def copies_and_origins(places: Collection[str], corpus: Corpus, addresses: Addresses) -> Copies:
    """The tree of some copy groups: origins with most of them first, those that name none last."""
    branches: defaultdict[str, list[Branch]] = defaultdict(list)
    for place in places:
        branch = _branch(place, corpus, addresses)
        branches[branch.upstream.name if branch.upstream else ""].append(branch)
    names = sorted(branches, key=lambda name: (not name, -len(branches[name]), name.casefold(), name))
    roots = tuple(
        Root(
            name=name,
            state_media_of=corpus.state_of_outlet(name),
            n_articles=sum(branch.n_articles for branch in branches[name]),
            branches=first(branches[name], MAX_CHILDREN),
        )
        for name in names
    )
    n_articles = sum(root.n_articles for root in roots)
    return Copies(roots, n_articles - len(places), _sharing(places, corpus, addresses))


def _branch(place: str, corpus: Corpus, addresses: Addresses) -> Branch:
    article_ids = corpus.articles_of(place)
    credited = _credits(article_ids, corpus, addresses)
    group = corpus.one("copy_groups", "article_id").get(article_ids[0])
    nearest = _nearest(article_ids, corpus)
    copies = [Copy(reference_to(a, corpus, addresses), nearest.get(a, "")) for a in article_ids[1:]]
    return Branch(
        anchor=anchor("copies", place),
        article=reference_to(article_ids[0], corpus, addresses),
        reason=CANONICAL_REASONS[group["canonical_reason"]] if group else "",
        upstream=credited[0] if credited else None,
        also=tuple(credited[1:]),
        copies=first([*copies, *_contained(article_ids[0], corpus, addresses)], MAX_CHILDREN),
        n_articles=len(article_ids),
    )


def _credits(article_ids: Iterable[str], corpus: Corpus, addresses: Addresses) -> list[Credit]:
    """What the articles of a copy group credit, each origin once by its strongest evidence, strongest first.

    Being its own publisher, or the publisher of one of its copies, makes nobody an origin here.
    """
    found: dict[str, tuple[int, str, int, Row]] = {}
    for article_id in article_ids:
        own = (corpus.one("articles", "article_id")[article_id]["publisher"] or "").casefold()
        for row in corpus.by("origins", "article_id")[article_id]:
            if row["evidence"] not in _UPSTREAM or row["origin"].casefold() == own:
                continue
            place = _UPSTREAM.index(row["evidence"]), article_id, -1 if row["start"] is None else row["start"]
            if row["origin"] not in found or place < found[row["origin"]][:3]:
                found[row["origin"]] = (*place, row)
    ordered = sorted(found.values(), key=lambda entry: (entry[0], entry[2], entry[3]["origin"]))
    return [
        Credit(
            name=row["origin"],
            state_media_of=corpus.state_of_outlet(row["origin"]),
            evidence=ORIGIN_EVIDENCE[row["evidence"]],
            words=addresses.credit(row),
        )
        for *_, row in ordered
    ]


def _nearest(article_ids: Collection[str], corpus: Corpus) -> dict[str, str]:
    """How like its nearest fellow each article of a copy group is, in words."""
    ids = set(article_ids)
    nearest: dict[str, tuple[float, str]] = {}
    for article_id in sorted(ids):
        for pair in corpus.by("duplicate_pairs", "article_id_a")[article_id]:
            if pair["article_id_b"] in ids and pair["kind"] != "contained":
                words = f"{PAIR_KINDS[pair['kind']]}, {_percent(pair['jaccard'])} of word sequences shared"
                for end in (article_id, pair["article_id_b"]):
                    nearest[end] = max(nearest.get(end, (-1.0, "")), (pair["jaccard"], words))
    return {article_id: words for article_id, (_, words) in nearest.items()}


def _contained(article_id: str, corpus: Corpus, addresses: Addresses) -> list[Copy]:
    """Articles most of whose text stands in this one, which has more; they are no copies and stand for themselves."""
    found = []
    for mine, other in (("a", "b"), ("b", "a")):
        for row in corpus.by("duplicate_pairs", f"article_id_{mine}")[article_id]:
            share, back = row[f"containment_{other}_in_{mine}"], row[f"containment_{mine}_in_{other}"]
            if row["kind"] == "contained" and (share, row[f"article_id_{other}"]) > (back, article_id):
                found.append((-share, row[f"article_id_{other}"]))
    return [
        Copy(reference_to(inner, corpus, addresses), f"{_percent(-share)} of it stands in this article", contained=True)
        for share, inner in sorted(found)
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u202f%"


def _sharing(places: Collection[str], corpus: Corpus, addresses: Addresses) -> Printed[SharingPair]:
    """The pairs of articles that share most words; a passage that is repeated counts each time."""
    by_pair: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for place in places:
        for article_id in corpus.articles_of(place):
            for row in corpus.by("shared_passages", "article_id_a")[article_id]:
                if corpus.place(row["article_id_b"]) in places:
                    by_pair[article_id, row["article_id_b"]].append(row)
    n_words = {pair: sum(row["n_words"] for row in rows) for pair, rows in by_pair.items()}
    printed = first(sorted(by_pair, key=lambda pair: (-n_words[pair], pair)), MAX_SHARING_PAIRS)
    texts = corpus.texts({article_id for pair in printed.items for article_id in pair})
    return Printed(
        tuple(_sharing_pair(pair, by_pair[pair], n_words[pair], texts, corpus, addresses) for pair in printed.items),
        printed.left_out,
    )


def _sharing_pair(
    pair: tuple[str, str], rows: list[Row], n_words: int, texts: Mapping[str, str], corpus: Corpus, addresses: Addresses
) -> SharingPair:
    left, right = sorted("ab", key=lambda side: corpus.age(pair["ab".index(side)]))
    # The longest passages say most; those that are printed stand in the order of the text.
    chosen = first(sorted(rows, key=lambda row: (-row["n_words"], row["shared_id"])), MAX_PASSAGES_PER_PAIR)
    passages = []
    for row in sorted(chosen.items, key=lambda row: (row[f"start_{left}"], row["shared_id"])):
        written = (
            shortened(printable(texts[row[f"article_id_{side}"]][row[f"start_{side}"] : row[f"end_{side}"]]), _PASSAGE)
            for side in (left, right)
        )
        title = f"{SHARED_KINDS[row['kind']]}, {counted(row['n_words'], 'word')}"
        passages.append(SharedPassage(title, *compare_texts(*written)))
    article_a, article_b = (reference_to(pair["ab".index(side)], corpus, addresses) for side in (left, right))
    return SharingPair(article_a, article_b, n_words, Printed(tuple(passages), chosen.left_out))


def origins_of_corpus(corpus: Corpus) -> Printed[Origin]:
    """Origins that say more than an article's own publisher does, those of most copy groups first."""
    by_origin: defaultdict[str, list[Row]] = defaultdict(list)
    for row in corpus.rows("origins"):
        if row["evidence"] != "publisher":
            by_origin[row["origin"]].append(row)
    origins = [_origin(name, rows, corpus) for name, rows in by_origin.items()]
    origins.sort(key=lambda origin: (-origin.n_copy_groups, -origin.n_articles, origin.name.casefold(), origin.name))
    return first(origins, MAX_ORIGINS)


def _origin(name: str, rows: list[Row], corpus: Corpus) -> Origin:
    articles = {row["article_id"] for row in rows}
    evidence = sorted({row["evidence"] for row in rows}, key=ORIGIN_EVIDENCE.__getitem__)
    return Origin(
        name=name,
        state_media_of=corpus.state_of_outlet(name),
        n_articles=len(articles),
        n_copy_groups=len({corpus.place(article_id) for article_id in articles}),
        evidence=", ".join(ORIGIN_EVIDENCE[kind] for kind in evidence),
    )
