"""When compiled code pays: it takes time to load, and much more the first time on a machine, when it is compiled."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

BYTES_TO_LOAD = 2 << 20  # text that is hashed without compiled code in the time it takes to load: a thousand articles
BYTES_TO_COMPILE = 32 << 20  # the same for compiling it


class Effort:
    """The work this process has had so far. It decides how results are computed, never what they are."""

    def __init__(self, enough: int | None = None) -> None:
        """``enough`` is the text, in bytes, from which compiled code is used; by default it depends on the machine."""
        self.given = enough
        self.bytes_so_far = 0

    @functools.cached_property
    def enough(self) -> int:
        """Bytes of text from which compiled code is used."""
        return self.given if self.given is not None else BYTES_TO_LOAD if was_compiled() else BYTES_TO_COMPILE

    def pays_for_kernel(self, n_bytes: int) -> bool:
        """Whether, with ``n_bytes`` more of text to hash, the compiled kernel should be loaded and used."""
        self.bytes_so_far += n_bytes
        return self.bytes_so_far >= self.enough


def was_compiled() -> bool:
    """Whether numba's cache, beside the code or in ``NUMBA_CACHE_DIR``, holds the kernels for this Python."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(chosen) if chosen else Path(__file__).parent / "__pycache__"
    pattern = f"*kernels.*.py{sys.version_info.major}{sys.version_info.minor}*.nbi"
    return next(folder.rglob(pattern), None) is not None


EFFORT = Effort()
