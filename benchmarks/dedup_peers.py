"""The contestants of `benchmarks/dedup.py`: their environments, and a run of each as a process of its own, measured.

Nothing but the standard library is imported here: on Linux a process starts with the peak memory of the one that
started it, so the one that measures must stay small.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"
_PAUSE = 0.02  # seconds between two looks at a running contestant
# Libraries that start a thread for each core of the machine, not for each core they may use.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Contestant:
    """A line of the table: the module below `benchmarks.peers` to run, and how."""

    name: str
    module: str
    verify: bool = True  # candidates are checked by their exact Jaccard
    contained: bool = False  # articles inside longer ones are looked for too
    cores: int = 1
    sample: int | None = None  # run on so many articles alone, because it is slow
    cold: bool = False  # without compiled code from an earlier run
    python: tuple[int, int] = (3, 11)  # the oldest Python it installs on


CONTESTANTS = (
    Contestant("newsclaims", "newsclaims"),
    Contestant("newsclaims, two cores", "newsclaims", cores=2),
    Contestant("newsclaims, first use", "newsclaims", cold=True),
    Contestant("newsclaims, contained", "newsclaims", contained=True),
    Contestant("newsclaims, stages", "newsclaims_stages", contained=True),
    Contestant("daft", "daft"),
    Contestant("daft, unchecked", "daft", verify=False),
    Contestant("rensa", "rensa"),
    Contestant("rensa, unchecked", "rensa", verify=False),
    Contestant("gaoya", "gaoya"),
    Contestant("gaoya, unchecked", "gaoya", verify=False),
    Contestant("datasketch", "datasketch"),
    Contestant("datasketch, unchecked", "datasketch", verify=False),
    Contestant("datasketch, plain loop", "datasketch_plain"),
    Contestant("datatrove", "datatrove"),
    Contestant("text-dedup", "text_dedup", python=(3, 12)),
)


@dataclass(frozen=True)
class Cost:
    """What a run took, with all processes it started: seconds and MiB."""

    cpu_seconds: float
    wall_seconds: float
    peak_memory: float


class ContestantError(Exception):
    """A contestant that could not be installed or did not finish; the message says why."""


def prepare_environment(contestant: Contestant, folder: Path, newer: str | None) -> Path:
    """The Python of the contestant's environment below ``folder``, which is made from its pinned requirements if need
    be (by the Python ``newer`` where this one is too old for them); for newsclaims this Python. Raises
    `ContestantError`.
    """
    if contestant.module.startswith("newsclaims"):
        return Path(sys.executable)
    requirements = PEERS / f"{contestant.module.removesuffix('_plain')}.txt"
    place = folder / requirements.stem
    python, ready = place / "bin" / "python", place / "installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if ready.exists() and ready.read_text() == wanted:
        return python
    print(f"installing {requirements.name} into {place}", flush=True)
    if not python.exists():
        _call([_find_python(contestant.python, newer), "-m", "venv", str(place)])
    _call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)])
    ready.write_text(wanted)
    return python


def _find_python(oldest: tuple[int, int], newer: str | None) -> str:
    """This Python, or the given one, or one on the PATH, from the version ``oldest`` on."""
    if sys.version_info[:2] >= oldest:
        return sys.executable
    test = f"import sys; sys.exit(sys.version_info < {oldest})"
    for name in (newer, *(f"python{oldest[0]}.{oldest[1] + i}" for i in range(3))):
        found = shutil.which(name) if name else None
        if found and subprocess.run([found, "-c", test], capture_output=True, check=False).returncode == 0:
            return found
    raise ContestantError(f"needs Python {oldest[0]}.{oldest[1]} or later: name one with --newer-python")


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContestantError(f"{' '.join(command[1:4])}: {_last_line(done.stderr)}")


def run_contestant(contestant: Contestant, python: Path, articles: Path, results: Path, patience: float) -> Cost:
    """Run it on ``articles``; its groups, log and scratch files go into the folder ``results``.

    Raises `ContestantError` if it fails, or takes more than ``patience`` seconds.
    """
    shutil.rmtree(results, ignore_errors=True)
    work = results / "work"
    work.mkdir(parents=True)
    command = [str(python), "-m", f"benchmarks.peers.{contestant.module}", "--articles", str(articles)]
    command += ["--groups", str(results / "groups.parquet"), "--work", str(work), "--cores", str(contestant.cores)]
    command += ["--verify"] * contestant.verify + ["--contained"] * contestant.contained
    command += ["--limit", str(contestant.sample)] if contestant.sample else []
    environment = os.environ | dict.fromkeys(_THREADS, str(contestant.cores))
    environment |= {"PYTHONHASHSEED": "0", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    with tempfile.TemporaryDirectory() as empty, (results / "log").open("w") as log:
        if contestant.cold:
            environment["NUMBA_CACHE_DIR"] = empty
        process = subprocess.Popen(
            [*_pinned(contestant.cores), *command], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        cost, status = _watch(process.pid, patience)
    process.returncode = status  # has been waited for
    shutil.rmtree(work)
    if cost.wall_seconds > patience:
        raise ContestantError(f"took more than {patience:g} s")
    if status:
        raise ContestantError(f"status {status}, {_last_line((results / 'log').read_text())}")
    return cost


def _pinned(cores: int) -> list[str]:
    """The command that keeps what follows on so many cores, where there is one."""
    if not shutil.which("taskset"):
        return []
    allowed = sorted(os.sched_getaffinity(0))
    return ["taskset", "--cpu-list", ",".join(map(str, allowed[:cores]))]


def _watch(process: int, patience: float) -> tuple[Cost, int]:
    """Wait for a process; its cost and exit status (negative if it was stopped)."""
    started, together = time.perf_counter(), 0.0
    while True:
        ended, status, usage = os.wait4(process, os.WNOHANG)
        wall = time.perf_counter() - started
        if ended:
            cost = Cost(usage.ru_utime + usage.ru_stime, wall, max(usage.ru_maxrss / 1024, together))
            return cost, os.waitstatus_to_exitcode(status)
        if wall > patience:
            for descendant in reversed(_family(process)):
                os.kill(descendant, 9)
        family = _family(process)
        if len(family) > 1:  # the kernel's figure is the largest process's alone
            together = max(together, sum(map(_proportional_memory, family)))
        time.sleep(_PAUSE)


def _family(process: int) -> list[int]:
    """A process and its descendants."""
    try:
        children = " ".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")).split()
    except OSError:
        return [process]
    return [process, *(descendant for child in children for descendant in _family(int(child)))]


def _proportional_memory(process: int) -> float:
    """MiB in memory, pages shared by k processes counted for a k-th."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _last_line(output: str) -> str:
    return next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
