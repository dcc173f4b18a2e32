"""What can go wrong with the lake, said so that a user can act on it."""

from __future__ import annotations


class LakeError(Exception):
    """The lake cannot do what was asked; the message names the file or table and the remedy."""


class LakeBusyError(LakeError):
    """Another run holds the lake's lock."""
