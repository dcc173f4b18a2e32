"""How much of each section is printed, so that the report of a large corpus stays one file a browser can open.

What is left out is always said in the report, with the number of items and the table that holds all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_CONTESTED_GROUPS = 200
MAX_OPEN_CONTESTED_GROUPS = 12  # the contested groups after these are printed folded
MAX_OTHER_GROUPS = 200
MAX_LINES_PER_SIDE = 30  # statements under "asserted" or "denied" of one claim group
MAX_CONFLICTS_PER_GROUP = 20
MAX_VARIANTS_PER_GROUP = 10
MAX_LINKS_PER_LINE = 12  # further reports of one statement, or claims on one side of a conflict
MAX_SOURCES = 150
MAX_LINES_PER_SOURCE = 40
MAX_COPY_GROUPS = 200
MAX_MEMBERS_PER_COPY_GROUP = 30
MAX_CONTAINED_PAIRS = 100
MAX_SHARING_PAIRS = 60  # pairs of articles that share passages
MAX_PASSAGES_PER_PAIR = 6
MAX_ORIGINS = 100
MAX_ARTICLES_PER_ORIGIN = 30
MAX_QUARANTINE_ROWS = 200
MAX_FULL_ARTICLES = 500  # beyond these, only the passages that carry a printed claim are shown
MAX_FULL_CHARACTERS = 4_000_000  # code points of article text printed in full, all articles together


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
