"""How loops over bytes and hashes become machine code: compiled once per machine, kept in a cache that can be trusted.

Compiling the first loop loads numba. The cache lies beside the code, or in the user's cache folder, or, where neither
can be written, in a folder of this user below the system's temporary one (``NUMBA_CACHE_DIR`` overrides all three).
The cache notices a change in the file of a function, not in those of the functions it calls: keep loops that call each
other in one file.
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def compile_loop(function: Callable[..., Any]) -> Any:
    """``function`` as machine code, cached wherever this machine lets it; it runs beside other threads."""
    import numba  # noqa: PLC0415 - whoever wants `private_folder` alone does without it

    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # numba found no folder it may write into
        # An attribute that numba reads from the environment on import, so that type checkers cannot know it.
        numba.config.CACHE_DIR = private_folder()  # type: ignore[attr-defined]
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


@functools.lru_cache(maxsize=1)
def private_folder() -> str:
    """A folder of this user alone below the system's temporary one: cached code must not come from anybody else."""
    user = getattr(os, "getuid", lambda: 0)()
    folder = Path(tempfile.gettempdir()) / f"newsclaims-numba-{user}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022:
            return str(folder)
    return tempfile.mkdtemp(prefix="newsclaims-numba-")
