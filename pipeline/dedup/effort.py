"""When compiled code pays: loading it takes as long as hashing a thousand articles without it."""

from __future__ import annotations

KERNEL_MIN_BYTES = 2 << 20


class Effort:
    """The work this process has had so far. It decides how results are computed, never what they are."""

    def __init__(self, enough: int = KERNEL_MIN_BYTES) -> None:
        self.enough = enough
        self.bytes_so_far = 0

    def pays_for_kernel(self, n_bytes: int) -> bool:
        """Whether, with ``n_bytes`` more of text to hash, the compiled kernel should be loaded and used."""
        self.bytes_so_far += n_bytes
        return self.bytes_so_far >= self.enough


EFFORT = Effort()
