"""Claim groups as cards: the proposition, both sides with what their counts rest on, and what does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target
from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.counting import Side, count_sides
from pipeline.report.limits import (
    MAX_BRIEF_ACTORS,
    MAX_CARDS,
    MAX_CONFLICTS_PER_GROUP,
    MAX_LINKS_PER_LINE,
    Printed,
    first,
)
from pipeline.report.lines import Reference, Report, reference_to, report_of
from pipeline.report.stories import Story
from pipeline.report.wording import CONFLICT_TYPES, counted, date_words, headline


@dataclass(frozen=True)
class Words:
    """A piece of an explanation; ``article`` where it stands for one."""

    text: str
    article: Reference | None = None


@dataclass(frozen=True)
class Conflict:
    """Something in a group that does not fit together, with the claims of both sides."""

    title: str
    strength: str
    explanation: tuple[Words, ...]
    side_a: Printed[Report]
    side_b: Printed[Report]


@dataclass(frozen=True)
class Group:
    """One claim group. ``share_asserting`` is a percentage for the bar, None where one side is empty."""

    anchor: str
    proposition: str
    contested: bool
    counts: tuple[str, ...]
    share_asserting: float | None
    sides: tuple[Side, ...]
    conflicts: Printed[Conflict]
    drift: Target | None


@dataclass(frozen=True)
class Actor:
    """A counted source by name; ``state_media_of`` is the state that runs it, or empty."""

    name: str
    state_media_of: str


@dataclass(frozen=True)
class Brief:
    """A contested claim in short, for the index: who stands on either side; ``card`` is where it is shown whole."""

    card: Target | None
    proposition: str
    n_asserting: int
    n_denying: int
    asserting: Printed[Actor]
    denying: Printed[Actor]
    counts: tuple[str, ...]
    share_asserting: float | None
    story: str


def cards(story: Story, drifts: Iterable[Target], corpus: Corpus, addresses: Addresses) -> Printed[Group]:
    """The telling claim groups that are at home in a story, by weight. ``drifts`` are the compared quotations."""
    rows = corpus.one("claim_groups", "claim_group_id")
    targets = {target.id: target for target in drifts}
    printed = first(story.group_ids, MAX_CARDS)
    return Printed(tuple(_group(rows[g], targets, corpus, addresses) for g in printed.items), printed.left_out)


def _group(row: Row, drifts: dict[str, Target], corpus: Corpus, addresses: Addresses) -> Group:
    group_id = row["claim_group_id"]
    conflicts = sorted(
        corpus.by("conflicts", "claim_group_id")[group_id],
        key=lambda c: (c["strength"] != "hard", c["type"], c["conflict_id"]),
    )
    printed = first(conflicts, MAX_CONFLICTS_PER_GROUP)
    return Group(
        anchor=anchor("group", group_id),
        proposition=headline(row["proposition"]),
        contested=row["contested"],
        counts=_counts(row),
        share_asserting=_share(row),
        sides=count_sides(row, corpus, addresses),
        conflicts=Printed(tuple(read_conflict(c, corpus, addresses) for c in printed.items), printed.left_out),
        drift=drifts.get(anchor("drift", group_id)),
    )


def brief(row: Row, story: Story, corpus: Corpus, addresses: Addresses) -> Brief:
    """A claim group in short."""
    return Brief(
        card=addresses.group(row["claim_group_id"]),
        proposition=headline(row["proposition"]),
        n_asserting=row["n_independent_asserting"],
        n_denying=row["n_independent_denying"],
        asserting=_actors(row["asserting_actor_ids"], corpus),
        denying=_actors(row["denying_actor_ids"], corpus),
        counts=_counts(row),
        share_asserting=_share(row),
        story=story.title,
    )


def _actors(actor_ids: Sequence[str], corpus: Corpus) -> Printed[Actor]:
    actors = [Actor(corpus.entity_name(actor_id), corpus.state_media_of(actor_id)) for actor_id in actor_ids]
    return first(sorted(actors, key=lambda a: (a.name.casefold(), a.name, a.state_media_of)), MAX_BRIEF_ACTORS)


def _share(row: Row) -> float | None:
    asserting, denying = row["n_independent_asserting"], row["n_independent_denying"]
    return round(100 * asserting / (asserting + denying), 1) if asserting and denying else None


def _counts(row: Row) -> tuple[str, ...]:
    counts = [counted(row["n_claims"], "claim"), counted(row["n_articles"], "article")]
    if row["n_copy_groups"] != row["n_articles"]:
        counts.append(f"{counted(row['n_copy_groups'], 'article')} without copies")
    counts.append(counted(row["n_origins"], "origin"))
    if row["first_published_at"]:
        counts.append(f"first on {date_words(row['first_published_at'])}")
    return tuple(counts)


def read_conflict(row: Row, corpus: Corpus, addresses: Addresses) -> Conflict:
    """A row of `conflicts`, with articles named by outlet or headline."""
    claims = corpus.one("claims", "claim_id")
    articles = {claims[claim_id]["article_id"] for claim_id in (*row["claim_ids_a"], *row["claim_ids_b"])}
    return Conflict(
        title=CONFLICT_TYPES[row["type"]],
        strength=row["strength"],
        explanation=name_articles(row["explanation"], articles, corpus, addresses),
        side_a=_reports(row["claim_ids_a"], corpus, addresses),
        side_b=_reports(row["claim_ids_b"], corpus, addresses),
    )


def name_articles(
    explanation: str, article_ids: Iterable[str], corpus: Corpus, addresses: Addresses
) -> tuple[Words, ...]:
    """An explanation in which file names of the articles concerned have become references to them."""
    by_file = {corpus.one("articles", "article_id")[a]["source_uri"]: a for a in article_ids}
    if not by_file:
        return (Words(explanation),)
    longest_first = sorted(by_file, key=lambda file: (-len(file), file))
    names = re.compile(rf"(?<![\w/.-])({'|'.join(map(re.escape, longest_first))})(?![\w/-])")
    pieces = names.split(explanation)
    return tuple(
        Words(piece, reference_to(by_file[piece], corpus, addresses)) if number % 2 else Words(piece)
        for number, piece in enumerate(pieces)
        if piece
    )


def _reports(claim_ids: Sequence[str], corpus: Corpus, addresses: Addresses) -> Printed[Report]:
    """Where claims stand, earliest first, each article once (with the first of its claims in text order)."""
    claims = corpus.one("claims", "claim_id")
    rows = sorted((claims[claim_id] for claim_id in claim_ids), key=lambda c: (corpus.age(c["article_id"]), *_place(c)))
    firsts: dict[str, Row] = {}
    for row in rows:
        firsts.setdefault(row["article_id"], row)
    return first([report_of(row, corpus, addresses) for row in firsts.values()], MAX_LINKS_PER_LINE)


def _place(claim: Row) -> tuple[int, str]:
    return min((piece["start"] for piece in claim["content"]), default=0), claim["claim_id"]
