"""What one correction says, and the columns and actions of the two files that corrections stand in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from typing import Generic, TypeVar

from pipeline.tables import row_id

ENTITY_FILE, CLAIM_FILE = "entities.csv", "claims.csv"
WHO_AND_WHY = ("author", "reason", "date")


@dataclass(frozen=True)
class EntityOverride:
    """A row of `entities.csv`.

    ``entity`` is an entity id or an exact name. ``value`` is, by action: `merge` the entity that it is, `rename` its
    name, `actor` the entity that it speaks for, or `itself`, or `nobody`, `split` the entity, new or known, that it is
    in ``article`` (an article id or `source_uri`); `reject` has none: what was found is no entity.
    """

    line: int = field(compare=False)
    action: str
    entity: str
    value: str
    article: str
    author: str
    reason: str
    date: str

    @property
    def override_id(self) -> str:
        """Hash of the action and of what it names: author, reason, date and the row's place may change freely."""
        return row_id(ENTITY_FILE, self.action, self.entity, self.value, self.article)

    @property
    def file(self) -> str:
        """The file that the row stands in."""
        return ENTITY_FILE

    @property
    def target(self) -> str:
        """What is corrected."""
        return self.entity

    @property
    def given(self) -> str:
        """What it is corrected to."""
        return self.value


@dataclass(frozen=True)
class ClaimOverride:
    """A row of `claims.csv`.

    ``claim`` is a claim id. `reject` drops it; `join` puts it, with its group, into the group of ``other`` (a claim id
    or a claim group id); `part` takes it out of its group, or apart from the claim ``other`` alone where one is given;
    `stance` sets its stance to ``value``. A `join` may give a claim group id as its ``claim``.
    """

    line: int = field(compare=False)
    action: str
    claim: str
    other: str
    value: str
    author: str
    reason: str
    date: str

    @property
    def override_id(self) -> str:
        """Hash of the action and of what it names: author, reason, date and the row's place may change freely."""
        return row_id(CLAIM_FILE, self.action, self.claim, self.other, self.value)

    @property
    def file(self) -> str:
        """The file that the row stands in."""
        return CLAIM_FILE

    @property
    def target(self) -> str:
        """What is corrected."""
        return self.claim

    @property
    def given(self) -> str:
        """What it is corrected to: the other claim or group, or the stance."""
        return self.other or self.value


Row = TypeVar("Row", bound=EntityOverride | ClaimOverride)


@dataclass(frozen=True)
class Overrides(Generic[Row]):
    """The corrections of one file, in the order of its lines."""

    rows: tuple[Row, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def digest(self) -> str:
        """SHA-256 over all fields of all rows and their lines; comments and blank lines count for their place alone.

        A stage that applies the corrections gives this as an input, so that it runs anew exactly when they change.
        """
        lines = ["\x1f".join((row.override_id, *map(str, astuple(row)))) for row in self.rows]
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()

    def of(self, action: str) -> list[Row]:
        """The rows of one action, by id: the order of the file's lines decides nothing."""
        return sorted((row for row in self.rows if row.action == action), key=lambda row: row.override_id)


@dataclass(frozen=True)
class Shape:
    """A file's columns and, for each action, those that must be filled and those that may be.

    Author and reason must always be filled, the date never. Every other column must be empty, so that a value in the
    wrong column is noticed.
    """

    file: str
    columns: tuple[str, ...]
    needed: Mapping[str, tuple[str, ...]]
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


ENTITY_SHAPE = Shape(
    ENTITY_FILE,
    ("action", "entity", "value", "article", *WHO_AND_WHY),
    {
        "merge": ("entity", "value"),
        "split": ("entity", "value", "article"),
        "rename": ("entity", "value"),
        "actor": ("entity", "value"),
        "reject": ("entity",),
    },
)
CLAIM_SHAPE = Shape(
    CLAIM_FILE,
    ("action", "claim", "other", "value", *WHO_AND_WHY),
    {"reject": ("claim",), "join": ("claim", "other"), "part": ("claim",), "stance": ("claim", "value")},
    {"part": ("other",)},
)
