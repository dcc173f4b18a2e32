"""Machine code: what a kernel computes, when it is compiled anew, and where it is kept."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from numba.core.errors import TypingError

from pipeline.dedup import compiled
from pipeline.dedup.compiled import Kernel

U32 = npt.NDArray[np.uint32]
F64 = npt.NDArray[np.float64]


def double(value: int) -> int:
    return 2 * value


def add_scaled(numbers: U32, factors: F64, times: int, scale: float) -> int:
    total = 0
    for i in range(len(numbers)):
        numbers[i] += np.uint32(double(times))
        total += int(numbers[i] * factors[i] * scale)
    return total


def copy_on(numbers: U32) -> None:
    numbers[:] = np.zeros(len(numbers), np.uint32)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_a_kernel_does_what_its_function_does() -> None:
    numbers, factors = np.array([[1, 2], [3, 4]], np.uint32), np.array([1.0, 0.5, 2.0, 0.0])
    expected = numbers.copy().ravel()
    total = add_scaled(expected, factors, 3, 10.0)
    assert Kernel(add_scaled)(numbers, factors, 3, 10.0) == total
    assert numbers.ravel().tolist() == expected.tolist()
    assert Kernel(add_scaled)(np.zeros(0, np.uint32), np.zeros(0), 0, 0.0) == 0


def test_code_is_compiled_once_and_read_thereafter(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    arguments = np.array([1], np.uint32), np.ones(1), 1, 1.0
    symbol = f"{__name__}.add_scaled"
    assert not compiled.was_compiled(symbol)
    assert Kernel(add_scaled)(*arguments) == 3
    (kept,) = folder.iterdir()
    assert kept.name.startswith(symbol)
    assert compiled.was_compiled(symbol)
    monkeypatch.setattr(compiled, "_emit", None)
    assert Kernel(add_scaled)(*arguments) == 5


def test_code_of_earlier_sources_goes_and_that_of_other_machines_stays(folder: Path) -> None:
    kernel = Kernel(add_scaled)
    symbol, environment, _ = kernel._file_name.rsplit("-", 2)
    earlier, elsewhere = f"{symbol}-{environment}-0123.kernel", f"{symbol}-fedcba-0123.kernel"
    for name in (earlier, elsewhere):
        (folder / name).touch()
    kernel(np.array([1], np.uint32), np.ones(1), 1, 1.0)
    assert sorted(path.name for path in folder.iterdir()) == sorted([elsewhere, kernel._file_name])


def test_a_damaged_file_is_not_loaded(folder: Path) -> None:
    arguments = np.array([1], np.uint32), np.ones(1), 1, 1.0
    Kernel(add_scaled)(*arguments)
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:100], whole[:-1] + b"x"):
        kept.write_bytes(damaged)
        assert Kernel(add_scaled)(np.array([1], np.uint32), np.ones(1), 1, 1.0) == 3
        assert kept.read_bytes() == whole


def test_a_folder_that_cannot_be_written_costs_only_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert Kernel(add_scaled)(np.array([1], np.uint32), np.ones(1), 1, 1.0) == 3


def test_another_function_has_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {Kernel(function)._file_name for function in (add_scaled, double)}
    monkeypatch.setattr(compiled, "_environment", lambda: "another")
    names.add(Kernel(add_scaled)._file_name)
    assert len(names) == 3


def test_wrong_arguments_never_reach_the_machine_code() -> None:
    kernel = Kernel(add_scaled)
    with pytest.raises(TypeError, match=r"add_scaled takes uint32 end to end, not int64"):
        kernel(np.array([1]), np.ones(1), 1, 1.0)
    with pytest.raises(TypeError, match=r"add_scaled takes uint32 end to end, not uint32 \(8,\)"):
        kernel(np.zeros(8, np.uint32)[::2], np.ones(4), 1, 1.0)
    with pytest.raises(ValueError, match="argument"):
        kernel(np.zeros(8, np.uint32), np.ones(8), 1)


def test_a_kernel_that_allocates_is_refused() -> None:
    with pytest.raises(TypingError, match="copy_on"):
        Kernel(copy_on)(np.zeros(2, np.uint32))


def test_threads_may_call_a_kernel_that_is_not_loaded_yet() -> None:
    kernel, found = Kernel(add_scaled), []

    def call() -> None:
        found.append(kernel(np.array([1], np.uint32), np.ones(1), 1, 1.0))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [3] * 4


def test_compiled_code_is_used_without_the_compiler(folder: Path) -> None:
    program = (
        "import sys\n"
        "import pyarrow as pa\n"
        "from pipeline.dedup import word_kernels\n"
        "assert word_kernels.read_words(pa.array(['Port, shut'])).text(0) == b'port shut'\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    runs = [subprocess.run([sys.executable, "-c", program], check=False).returncode for _ in range(2)]
    assert runs == [1, 0]
