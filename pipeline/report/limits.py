"""How much of everything is printed, so that the report of a large corpus stays pages that a browser opens at once.

What is left out is always said in the report, with the number of items and the table that holds all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

# What goes on one page.
MAX_ARTICLES_ON_ONE_PAGE = 40  # a corpus of no more is one page
MAX_COPY_GROUPS_PER_STORY = 30
MAX_COPY_GROUPS_ALL_BONDED = 30  # a claim that more carry bonds those next to each other in time
MAX_LONE_ARTICLES_PER_PAGE = 40
MAX_LONE_CHARACTERS_PER_PAGE = 160_000
MAX_FULL_CHARACTERS = 200_000  # code points of article text printed in full on one page

# On a page with articles.
MAX_CARDS = 40  # claim groups with a card
MAX_OPEN_CARDS = 8  # the contested groups after these are printed folded
MAX_LINES_PER_ACTOR = 10  # further statements of a counted source
MAX_LINES_PER_SIDE = 12  # statements that add no source
MAX_CONFLICTS_PER_GROUP = 20
MAX_LINKS_PER_LINE = 10  # further reports of one statement, or claims on one side of a conflict
MAX_MATRIX_ROWS = 40
MAX_DRIFTS = 30  # claim groups whose quotations are compared
MAX_VARIANTS_PER_GROUP = 8
MAX_SOURCES = 30
MAX_LINES_PER_SOURCE = 10
MAX_CHILDREN = 40  # articles under one origin, or copies of one article, in the tree
MAX_SHARING_PAIRS = 12  # pairs of articles that share passages
MAX_PASSAGES_PER_PAIR = 3
MAX_EVENTS = 80  # articles in the timeline
MAX_ENTITIES = 60
MAX_CHART_BINS = 45
MIN_ARTICLES_IN_CHART = 12  # fewer are better read as a list
MAX_CHART_ROWS = 6  # contested claims in a chart
MAX_CONTENT_CHARACTERS = 500  # of a statement; its link leads to the whole

# On the index of a report of several pages.
MAX_BRIEFS = 20  # contested claims with both sides
MAX_BRIEF_ACTORS = 6
MAX_OTHER_CONFLICTS = 12
MAX_STORIES = 400
MAX_ORIGINS = 60
MAX_QUARANTINE_ROWS = 200


@dataclass(frozen=True)
class Printed(Generic[T]):
    """The items of a list that are printed, and how many more the tables hold."""

    items: tuple[T, ...]
    left_out: int

    @property
    def total(self) -> int:
        """Items in the tables, printed or not."""
        return len(self.items) + self.left_out


def first(items: Sequence[T], limit: int) -> Printed[T]:
    """The first ``limit`` of ``items``, with the number that follows them."""
    return Printed(tuple(items[:limit]), max(0, len(items) - limit))
