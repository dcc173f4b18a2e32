"""Who says what where: a story's claim groups against its copy groups, each cell leading to the sentence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target
from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_MATRIX_ROWS, Printed, first
from pipeline.report.lines import Reference, order_of, reference_to
from pipeline.report.stories import Story, is_telling, weight_of_group
from pipeline.report.wording import SIDE_WORDS, headline

_SIDES = ("asserts", "denies", "silent")


@dataclass(frozen=True)
class Column:
    """A copy group, by the article that stands for it; ``number`` counts from 1 in the order of age."""

    number: int
    article: Reference
    n_articles: int


@dataclass(frozen=True)
class Stand:
    """What the articles of a copy group do with a claim, and the first sentence in which they do."""

    side: str
    word: str
    sentence: Target


@dataclass(frozen=True)
class MatrixRow:
    """A claim group; a cell without stands is silent. ``card`` is its card, ``omits`` the columns without the denial.

    ``omits`` holds the numbers of the columns that carry the claim while others carry its denial too.
    """

    proposition: str
    card: Target | None
    contested: bool
    n_asserting: int
    n_denying: int
    cells: tuple[tuple[Stand, ...], ...]
    omits: frozenset[int]


@dataclass(frozen=True)
class Matrix:
    """Columns by age, rows by weight."""

    anchor: str
    title: str
    columns: tuple[Column, ...]
    rows: Printed[MatrixRow]


def matrix_of(story: Story, corpus: Corpus, addresses: Addresses) -> Matrix | None:
    """The matrix of a story; None where one copy group alone tells it, or where nothing is shared or contested."""
    places = story.copy_group_ids
    members = corpus.one("claim_group_members", "claim_id")
    claims: defaultdict[str, list[Row]] = defaultdict(list)
    for article_id in story.article_ids:
        for claim in corpus.by("claims", "article_id")[article_id]:
            if claim["claim_id"] in members:
                claims[members[claim["claim_id"]]["claim_group_id"]].append(claim)
    groups = corpus.one("claim_groups", "claim_group_id")
    rows = sorted((groups[g] for g in claims if is_telling(groups[g], corpus)), key=weight_of_group)
    if len(places) < 2 or not rows:
        return None
    columns = tuple(
        Column(number, reference_to(corpus.articles_of(place)[0], corpus, addresses), len(corpus.articles_of(place)))
        for number, place in enumerate(places, start=1)
    )
    printed = first(rows, MAX_MATRIX_ROWS)
    return Matrix(
        anchor=anchor("matrix", story.story_id),
        title=story.title,
        columns=columns,
        rows=Printed(
            tuple(_row(row, claims[row["claim_group_id"]], places, corpus, addresses) for row in printed.items),
            printed.left_out,
        ),
    )


def _row(row: Row, claims: list[Row], places: tuple[str, ...], corpus: Corpus, addresses: Addresses) -> MatrixRow:
    members = corpus.one("claim_group_members", "claim_id")
    stands: defaultdict[str, dict[str, Stand]] = defaultdict(dict)
    for claim in sorted(claims, key=lambda c: (not corpus.is_canonical(c["article_id"]), order_of(c, corpus))):
        side = members[claim["claim_id"]]["side"]
        stand = Stand(side, SIDE_WORDS[side], addresses.claim(claim))
        stands[corpus.place(claim["article_id"])].setdefault(side, stand)
    omitting = {
        corpus.place(corpus.one("claims", "claim_id")[claim_id]["article_id"])
        for conflict in corpus.by("conflicts", "claim_group_id")[row["claim_group_id"]]
        if conflict["type"] == "omitted_denial"
        for claim_id in conflict["claim_ids_a"]
    }
    return MatrixRow(
        proposition=headline(row["proposition"]),
        card=addresses.group(row["claim_group_id"]),
        contested=row["contested"],
        n_asserting=row["n_independent_asserting"],
        n_denying=row["n_independent_denying"],
        cells=tuple(tuple(stands[p][side] for side in _SIDES if side in stands[p]) for p in places),
        omits=frozenset(
            number
            for number, place in enumerate(places, start=1)
            if place in omitting and "denies" not in stands[place]
        ),
    )
