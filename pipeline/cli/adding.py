"""How a group of commands registers itself."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Protocol


class AddCommand(Protocol):
    """Add a command with its function and one sentence on it; returns its parser for further arguments."""

    def __call__(self, name: str, function: Callable[..., int], description: str) -> argparse.ArgumentParser:
        """Add it."""
