"""Every page of the report as one view each: the index, the stories, the lone articles; or all of it on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipeline.report.addresses import INDEX, Addresses, Target
from pipeline.report.anchors import anchor
from pipeline.report.articles import Articles, printed_articles
from pipeline.report.copies import Copies, Origin, copies_and_origins, origins_of_corpus
from pipeline.report.corpus import Corpus
from pipeline.report.entities import Entity, entities_of
from pipeline.report.groups import Brief, Conflict, Group, brief, cards, read_conflict
from pipeline.report.limits import MAX_BRIEFS, MAX_OTHER_CONFLICTS, Printed, first
from pipeline.report.matrix import Matrix, matrix_of
from pipeline.report.overview import LonePage, Overview, StoryLine, lone_pages, overview, story_lines
from pipeline.report.quarantine import Quarantine, refused_inputs
from pipeline.report.quotations import Drift, drifts_of
from pipeline.report.sources import Sources, claims_by_source
from pipeline.report.stories import Story, find_stories, weight_of_group
from pipeline.report.timeline import Chart, Timeline, articles_over_time, timeline_of


@dataclass(frozen=True)
class Telling:
    """What the articles of one page tell together: the sections of a story's page."""

    contested: Printed[Group]
    others: Printed[Group]
    matrices: tuple[Matrix, ...]
    drifts: Printed[Drift]
    copies: Copies
    timeline: Timeline
    sources: Sources


@dataclass(frozen=True)
class Contents:
    """What the index of a report of several pages leads to."""

    briefs: Printed[Brief]
    conflicts: Printed[tuple[Conflict, Target | None]]
    stories: Printed[StoryLine]
    lone: tuple[LonePage, ...]
    chart: Chart | None
    origins: Printed[Origin]


@dataclass(frozen=True)
class Page:
    """What the templates print. A section that a page does not have is None.

    ``kind`` is `whole` (everything on one page), `index`, `story` or `lone`; ``path`` is below the report's folder.
    """

    path: str
    kind: str
    title: str
    overview: Overview
    telling: Telling | None = None
    contents: Contents | None = None
    entities: Printed[Entity] | None = None
    quarantine: Quarantine | None = None
    articles: Articles | None = None


def build_pages(tables: Mapping[str, pa.Table]) -> Iterator[Page]:
    """The pages of the report over the published tables (by name); independent of the order of their rows."""
    corpus = Corpus(tables)
    stories = find_stories(corpus)
    addresses = Addresses(corpus, stories)
    if addresses.is_one_page:
        yield _whole(stories, corpus, addresses)
        return
    yield _index(stories, corpus, addresses)
    for story in stories:
        if not story.is_lone:
            yield _story(story, corpus, addresses)
    for path, article_ids in addresses.lone_pages:
        yield _lone(path, article_ids, corpus, addresses)


def _whole(stories: Sequence[Story], corpus: Corpus, addresses: Addresses) -> Page:
    article_ids = sorted((a for story in stories for a in story.article_ids), key=corpus.age)
    telling = _telling(stories, corpus, addresses)
    return Page(
        path=INDEX,
        kind="whole",
        title="Who claims what",
        overview=overview(article_ids, None, corpus),
        telling=telling,
        entities=entities_of(article_ids, corpus),
        quarantine=refused_inputs(corpus),
        articles=printed_articles(article_ids, corpus, addresses, _tree_anchors(telling)),
    )


def _story(story: Story, corpus: Corpus, addresses: Addresses) -> Page:
    telling = _telling((story,), corpus, addresses)
    return Page(
        path=addresses.page_of(story),
        kind="story",
        title=story.title,
        overview=overview(story.article_ids, story.group_ids, corpus),
        telling=telling,
        entities=entities_of(story.article_ids, corpus),
        articles=printed_articles(story.article_ids, corpus, addresses, _tree_anchors(telling)),
    )


def _lone(path: str, article_ids: Sequence[str], corpus: Corpus, addresses: Addresses) -> Page:
    return Page(
        path=path,
        kind="lone",
        title="Articles outside the stories",
        overview=overview(article_ids, (), corpus),
        articles=printed_articles(article_ids, corpus, addresses, ()),
    )


def _index(stories: Sequence[Story], corpus: Corpus, addresses: Addresses) -> Page:
    article_ids = [row["article_id"] for row in corpus.rows("articles")]
    groups = corpus.one("claim_groups", "claim_group_id")
    home = {group_id: story for story in stories for group_id in story.group_ids}
    ordered = sorted(home, key=lambda group_id: weight_of_group(groups[group_id]))
    contested = first([g for g in ordered if groups[g]["contested"]], MAX_BRIEFS)
    hard = sorted(
        (c for c in corpus.rows("conflicts") if c["strength"] == "hard" and c["type"] != "accusation_vs_denial"),
        key=lambda c: (weight_of_group(groups[c["claim_group_id"]]), c["type"], c["conflict_id"]),
    )
    conflicts = first(hard, MAX_OTHER_CONFLICTS)
    briefs = tuple(brief(groups[g], home[g], corpus, addresses) for g in contested.items)
    contents = Contents(
        briefs=Printed(briefs, contested.left_out),
        conflicts=Printed(
            tuple((read_conflict(c, corpus, addresses), addresses.group(c["claim_group_id"])) for c in conflicts.items),
            conflicts.left_out,
        ),
        stories=story_lines(stories, corpus, addresses),
        lone=lone_pages(corpus, addresses),
        chart=articles_over_time(article_ids, corpus),
        origins=origins_of_corpus(corpus),
    )
    return Page(
        path=INDEX,
        kind="index",
        title="Who claims what",
        overview=overview(article_ids, None, corpus),
        contents=contents,
        entities=entities_of(article_ids, corpus),
        quarantine=refused_inputs(corpus),
    )


def _telling(stories: Sequence[Story], corpus: Corpus, addresses: Addresses) -> Telling:
    drifts = [drifts_of(story, corpus, addresses) for story in stories]
    groups = [
        cards(story, [Target(addresses.page_of(story), drift.anchor) for drift in mine.items], corpus, addresses)
        for story, mine in zip(stories, drifts, strict=True)
    ]
    weights = corpus.one("claim_groups", "claim_group_id")
    order = sorted((g for story in stories for g in story.group_ids), key=lambda g: weight_of_group(weights[g]))
    shown = {group.anchor: group for printed in groups for group in printed.items}
    ordered = [shown[a] for g in order if (a := anchor("group", g)) in shown]
    left_out = sum(printed.left_out for printed in groups)
    contested = tuple(group for group in ordered if group.contested)
    n_contested = sum(bool(weights[g]["contested"]) for g in order)
    article_ids = [a for story in stories for a in story.article_ids]
    matrices = (matrix_of(story, corpus, addresses) for story in stories)
    return Telling(
        contested=Printed(contested, n_contested - len(contested)),
        others=Printed(
            tuple(group for group in ordered if not group.contested), left_out - (n_contested - len(contested))
        ),
        matrices=tuple(matrix for matrix in matrices if matrix is not None),
        drifts=Printed(tuple(d for ds in drifts for d in ds.items), sum(ds.left_out for ds in drifts)),
        copies=copies_and_origins([p for story in stories for p in story.copy_group_ids], corpus, addresses),
        timeline=timeline_of(stories, corpus, addresses),
        sources=claims_by_source(article_ids, corpus, addresses),
    )


def _tree_anchors(telling: Telling) -> frozenset[str]:
    """Copy groups of two and more that stand in the tree."""
    return frozenset(
        branch.anchor for root in telling.copies.roots for branch in root.branches.items if branch.n_articles > 1
    )
