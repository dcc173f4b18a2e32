"""When compiled code pays: it takes time to load, and much more the first time on a machine, when it is compiled."""

from __future__ import annotations

import functools

from pipeline.dedup.compiled import was_compiled

BYTES_TO_LOAD = 1 << 18  # text that is hashed without compiled code in the time it takes to load: a hundred articles
BYTES_TO_COMPILE = 32 << 20  # the same for compiling it
_KERNEL = "pipeline.dedup.kernels.hash_articles"  # the one that takes longest to compile


class Effort:
    """The work this process has had so far. It decides how results are computed, never what they are."""

    def __init__(self, enough: int | None = None) -> None:
        """``enough`` is the text, in bytes, from which compiled code is used; by default it depends on the machine."""
        self.given = enough
        self.bytes_so_far = 0

    @functools.cached_property
    def enough(self) -> int:
        """Bytes of text from which compiled code is used."""
        return self.given if self.given is not None else BYTES_TO_LOAD if was_compiled(_KERNEL) else BYTES_TO_COMPILE

    def pays_for_kernel(self, n_bytes: int) -> bool:
        """Whether, with ``n_bytes`` more of text to hash, the compiled kernel should be loaded and used."""
        self.bytes_so_far += n_bytes
        return self.bytes_so_far >= self.enough


EFFORT = Effort()
