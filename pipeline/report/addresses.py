"""Where everything stands: on which page of the report, and at which element of it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.anchors import anchor
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import (
    MAX_ARTICLES_ON_ONE_PAGE,
    MAX_CARDS,
    MAX_FULL_CHARACTERS,
    MAX_LONE_ARTICLES_PER_PAGE,
    MAX_LONE_CHARACTERS_PER_PAGE,
)
from pipeline.report.stories import Story, is_telling

INDEX = "index.html"


@dataclass(frozen=True)
class Target:
    """An element of a page, as a path below the report's folder and an element id (empty: the page itself)."""

    page: str
    id: str = ""

    def seen_from(self, page: str) -> str:
        """The link to it from ``page``: a fragment, or a relative address."""
        fragment = f"#{self.id}" if self.id else ""
        if self.page == page:
            return fragment or "#top"
        return posixpath.relpath(self.page, posixpath.dirname(page) or ".") + fragment


class Addresses:
    """The pages of a report and what stands on each.

    A small corpus is one page. A greater one has an index, a page for each story, and pages of the lone articles by
    month. Every article is printed on one page.
    """

    def __init__(self, corpus: Corpus, stories: Sequence[Story]) -> None:
        """Lay out ``stories`` over pages; ``self.lone_pages`` are (path, article ids) of the lone articles' pages."""
        self._corpus = corpus
        lengths = corpus.n_characters()
        self.is_one_page = len(lengths) <= MAX_ARTICLES_ON_ONE_PAGE and sum(lengths.values()) <= MAX_FULL_CHARACTERS
        self.lone_pages = () if self.is_one_page else _lone_pages(corpus, stories, lengths)
        self._page_of_article = {article_id: path for path, ids in self.lone_pages for article_id in ids}
        self._page_of_group: dict[str, str] = {}
        self._in_full = {a for a in self._page_of_article if lengths[a] <= MAX_FULL_CHARACTERS}
        for story in stories:
            path = self.page_of(story)
            self._page_of_group |= dict.fromkeys(story.group_ids[:MAX_CARDS], path)
            if not story.is_lone or self.is_one_page:
                self._page_of_article |= dict.fromkeys(story.article_ids, path)
                self._in_full |= _in_full(corpus, story, lengths)

    def page_of(self, story: Story) -> str:
        """The path of a story's page; a story keeps it as long as its earliest article stays the earliest."""
        return INDEX if self.is_one_page else f"stories/{anchor('story', story.story_id)}.html"

    def is_in_full(self, article_id: str) -> bool:
        """Whether all passages of an article are printed, not only those that others refer to."""
        return article_id in self._in_full

    def article(self, article_id: str) -> Target:
        """Where an article is printed."""
        return Target(self._page_of_article[article_id], anchor("article", article_id))

    def group(self, group_id: str) -> Target | None:
        """The card of a claim group, None where it has none."""
        page = self._page_of_group.get(group_id)
        return Target(page, anchor("group", group_id)) if page else None

    def claim(self, claim: Row) -> Target:
        """The marked sentence of a claim, or its article where that sentence is not printed."""
        article = self.article(claim["article_id"])
        return Target(article.page, anchor("claim", claim["claim_id"])) if self.is_marked(claim) else article

    def is_marked(self, claim: Row) -> bool:
        """Whether the sentence of a claim is printed: its article is in full, or its group has more to it."""
        if claim["article_id"] in self._in_full:
            return True
        member = self._corpus.one("claim_group_members", "claim_id").get(claim["claim_id"])
        group = self._corpus.one("claim_groups", "claim_group_id").get(member["claim_group_id"]) if member else None
        return group is not None and (group["n_claims"] > 1 or is_telling(group, self._corpus))

    def credit(self, origin: Row) -> Target:
        """The words that credit an origin, or the article where no words do."""
        article = self.article(origin["article_id"])
        return article if origin["start"] is None else Target(article.page, credit_anchor(origin))


def credit_anchor(row: Row) -> str:
    """Element id of the words that credit an origin; rows with the same span share it."""
    return anchor("credit", f"{row['article_id']}-{row['start']}-{row['end']}")


def _in_full(corpus: Corpus, story: Story, lengths: dict[str, int]) -> set[str]:
    """The articles of a story that its page has room for: those that stand for their copies first, then by age."""
    chosen: set[str] = set()
    characters = 0
    for article_id in sorted(story.article_ids, key=lambda a: (not corpus.is_canonical(a), corpus.age(a))):
        if characters + lengths[article_id] <= MAX_FULL_CHARACTERS:
            chosen.add(article_id)
            characters += lengths[article_id]
    return chosen


def _lone_pages(
    corpus: Corpus, stories: Sequence[Story], lengths: dict[str, int]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Pages of the articles without a story, by month, so that a new one moves no article of another month."""
    by_month: dict[str, list[list[str]]] = {}
    for story in stories:  # by age already
        if not story.is_lone:
            continue
        article_id = story.story_id
        published = corpus.one("articles", "article_id")[article_id]["published_at"]
        pages = by_month.setdefault(f"{published:%Y-%m}" if published else "undated", [[]])
        characters = sum(lengths[other] for other in pages[-1])
        full = len(pages[-1]) == MAX_LONE_ARTICLES_PER_PAGE
        if pages[-1] and (full or characters + lengths[article_id] > MAX_LONE_CHARACTERS_PER_PAGE):
            pages.append([])
        pages[-1].append(article_id)
    return tuple(
        (f"articles/{month}{f'-{number}' if number > 1 else ''}.html", tuple(ids))
        for month, pages in by_month.items()
        for number, ids in enumerate(pages, start=1)
    )
