"""The figures on top of a page, and the list of stories on the index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.report.addresses import Addresses, Target
from pipeline.report.corpus import Age, Corpus
from pipeline.report.limits import MAX_STORIES, Printed, first
from pipeline.report.stories import Story
from pipeline.report.wording import date_range, date_words

_OUTLETS_SHOWN = 5


@dataclass(frozen=True)
class Overview:
    """Numbers of rows in the tables; ``n_copies`` are articles beyond the first of their copy group."""

    n_articles: int
    n_quarantined: int
    n_copy_groups: int
    n_copies: int
    n_claims: int
    n_claim_groups: int
    n_contested: int
    first_date: str
    last_date: str


@dataclass(frozen=True)
class StoryLine:
    """A story in the list: its page, what is in it, who carries it, when."""

    page: Target
    title: str
    n_articles: int
    n_copies: int
    outlets: str
    n_contested: int
    n_conflicts: int
    published: str


@dataclass(frozen=True)
class LonePage:
    """A page of articles that share nothing with others."""

    page: Target
    name: str
    n_articles: int


def overview(article_ids: Iterable[str], group_ids: Iterable[str] | None, corpus: Corpus) -> Overview:
    """Count some articles; the claim groups at home among them are given, None means all.

    Quarantined inputs are counted once each, whatever the number of reasons.
    """
    ids = list(article_ids)
    rows = corpus.one("articles", "article_id")
    dates = [rows[a]["published_at"] for a in ids if rows[a]["published_at"]]
    groups = corpus.one("claim_groups", "claim_group_id")
    contested = (groups if group_ids is None else group_ids) if groups else ()
    members = corpus.one("claim_group_members", "claim_id")
    claims = [claim["claim_id"] for a in ids for claim in corpus.by("claims", "article_id")[a]]
    n_copy_groups = len({corpus.place(article_id) for article_id in ids})
    return Overview(
        n_articles=len(ids),
        n_quarantined=len({row["source_uri"] for row in corpus.rows("quarantine")}),
        n_copy_groups=n_copy_groups,
        n_copies=len(ids) - n_copy_groups,
        n_claims=len(claims),
        n_claim_groups=len({members[claim_id]["claim_group_id"] for claim_id in claims if claim_id in members}),
        n_contested=sum(bool(groups[group_id]["contested"]) for group_id in contested),
        first_date=date_words(min(dates, default=None)),
        last_date=date_words(max(dates, default=None)),
    )


def story_lines(stories: Iterable[Story], corpus: Corpus, addresses: Addresses) -> Printed[StoryLine]:
    """Stories with most contested claims first, then most conflicts, then most articles that are no copies."""
    lines = [(story, _line(story, corpus, addresses)) for story in stories if not story.is_lone]

    def weight(entry: tuple[Story, StoryLine]) -> tuple[int, int, int, Age]:
        story, line = entry
        return -line.n_contested, -line.n_conflicts, -len(story.copy_group_ids), corpus.age(story.story_id)

    return first([line for _, line in sorted(lines, key=weight)], MAX_STORIES)


def _line(story: Story, corpus: Corpus, addresses: Addresses) -> StoryLine:
    groups = corpus.one("claim_groups", "claim_group_id")
    rows = [corpus.one("articles", "article_id")[a] for a in story.article_ids]
    outlets = list(dict.fromkeys(corpus.outlet(a) for a in story.article_ids if corpus.outlet(a)))
    more = len(outlets) - _OUTLETS_SHOWN
    dates = [row["published_at"] for row in rows if row["published_at"]]
    return StoryLine(
        page=Target(addresses.page_of(story)),
        title=story.title,
        n_articles=len(story.article_ids),
        n_copies=len(story.article_ids) - len(story.copy_group_ids),
        outlets=", ".join(outlets[:_OUTLETS_SHOWN]) + (f" and {more} more" if more > 0 else ""),
        n_contested=sum(groups[g]["contested"] for g in story.group_ids),
        n_conflicts=sum(len(corpus.by("conflicts", "claim_group_id")[g]) for g in story.group_ids),
        published=date_range(dates),
    )


def lone_pages(corpus: Corpus, addresses: Addresses) -> tuple[LonePage, ...]:
    """The pages of lone articles, named by the dates of the first and the last article on each."""
    pages = []
    for path, article_ids in addresses.lone_pages:
        dates = [corpus.one("articles", "article_id")[a]["published_at"] for a in article_ids]
        known = [date for date in dates if date is not None]
        pages.append(LonePage(Target(path), date_range(known) or "Without a date", len(article_ids)))
    return tuple(pages)
