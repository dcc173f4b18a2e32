"""The one place that spreads work over processes: a function mapped over batches, results in order.

Stages hand over plain functions and picklable batches, so a cluster could stand in for the local processes.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

Result = TypeVar("Result")


class Workers:
    """Worker processes that start at the first large piece of work and end with the ``with`` block.

    With one worker, or a single batch, everything runs in the calling process. Results never depend on the number.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[..., Result], batches: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """``function(*batch)`` for each batch, in order.

        ``function`` must be importable by name. Raises `RuntimeError` when a worker process dies.
        """
        work = list(batches)
        if self.count == 1 or len(work) < 2:
            for batch in work:
                yield function(*batch)
            return
        if self._pool is None:
            # A fresh interpreter for each worker: forking a process that runs threads can deadlock.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, mp_context=context)
        try:
            yield from self._pool.map(function, *zip(*work, strict=True))
        except BrokenProcessPool as error:
            raise RuntimeError(
                "a worker process died, most likely for want of memory; set NEWSCLAIMS_WORKERS=1 or lower "
                "NEWSCLAIMS_BATCH_SIZE and run again: what was computed is kept"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
