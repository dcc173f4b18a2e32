"""Refusals: the one error type of ingestion and the quarantine rows made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.tables import QUARANTINE_REASONS

STAGE = "articles"


class RefusedError(Exception):
    """An input that cannot become an article.

    ``reason`` is one of `pipeline.tables.QUARANTINE_REASONS`, ``message`` says what is wrong and what to do about it.
    """

    def __init__(self, reason: str, message: str) -> None:
        if reason not in QUARANTINE_REASONS:
            raise ValueError(f"unknown quarantine reason {reason!r}: use one of {', '.join(QUARANTINE_REASONS)}")
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Refusal:
    """A refused file or record: where it stands, what its bytes hash to (None when unread), and why."""

    source_uri: str
    source_file: str
    content_sha256: str | None
    error: RefusedError

    def as_row(self) -> dict[str, Any]:
        """This refusal as a row of the quarantine table."""
        return {
            "source_uri": self.source_uri,
            "source_file": self.source_file,
            "content_sha256": self.content_sha256,
            "stage": STAGE,
            "reason": self.error.reason,
            "message": self.error.message,
        }
