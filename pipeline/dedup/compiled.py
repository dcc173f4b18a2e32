"""How this package's loops become machine code: compiled by numba once per machine, then loaded without it.

A `Kernel` is a function over flat arrays and numbers. Its first call ever compiles it and keeps the object code in a
file; later processes give that file to LLVM, which takes milliseconds where importing and readying numba takes half a
second. The file's name tells the sources, the versions and the processor apart, so none is ever used for another. It
lies beside the code, or in a folder of this user below the system's temporary one where that cannot be written
(``NUMBA_CACHE_DIR`` overrides both).
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib
import os
import sys
import tempfile
import threading
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from pipeline.compiled import private_folder

_ENDING = ".kernel"
_DIGEST_BYTES = 32
_RETURNED = ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_void_p)  # numba's places for result and exception
_NUMBERS: dict[Any, Any] = {int: ctypes.c_int64, float: ctypes.c_double}
_LOCK = threading.RLock()


class Kernel:
    """``function`` as machine code, which runs beside other threads.

    Its parameters are annotated as arrays of one type of number (of any shape: the function sees them flat), ``int``
    (64 bits) or ``float``; it returns an integer or nothing. It may call functions of its own kind by their names. It
    allocates nothing: scratch memory is an argument.
    """

    def __init__(self, function: Callable[..., int | None]) -> None:
        self.function = function
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _types(self) -> list[Any]:
        """For each parameter the type of an array's numbers, or `int`, or `float`."""
        hints = typing.get_type_hints(self.function)
        hints.pop("return", None)
        return [hint if hint in (int, float) else np.dtype(_innermost(hint)) for hint in hints.values()]

    @property
    def _returns(self) -> bool:
        return typing.get_type_hints(self.function)["return"] is int

    @functools.cached_property
    def _parts(self) -> list[FunctionType]:
        """The function and all of this package that it calls."""
        found: dict[str, FunctionType] = {}
        waiting = [typing.cast(FunctionType, self.function)]
        while waiting:
            part = waiting.pop()
            found[f"{part.__module__}.{part.__name__}"] = part
            named = (part.__globals__.get(name) for name in part.__code__.co_names)
            ours = (value for value in named if isinstance(value, FunctionType))
            waiting += [value for value in ours if f"{value.__module__}.{value.__name__}" not in found]
        return list(found.values())

    @functools.cached_property
    def _call(self) -> Callable[..., int]:
        with _LOCK:  # numba and LLVM's set-up are not made for threads
            engine = _load(self._read() or self._compile())
        flat: list[Any] = []
        for type_ in self._types:
            flat += [ctypes.c_void_p, ctypes.c_int64] if _is_array(type_) else [_NUMBERS[type_]]
        call: Any = ctypes.CFUNCTYPE(ctypes.c_int32, *_RETURNED, *flat)(engine.get_function_address(self._symbol))
        call.engine = engine  # which owns the code
        return typing.cast(Callable[..., int], call)

    @property
    def _symbol(self) -> str:
        return f"{self.function.__module__}.{self.function.__name__}"

    def __call__(self, *values: Any) -> int:
        """The result, zero where the function returns nothing.

        Raises `TypeError` for an array of other numbers than the function takes, or with gaps.
        """
        flat: list[Any] = []
        for value, type_ in zip(values, self._types, strict=True):
            if not _is_array(type_):
                flat.append(type_(value))
                continue
            if value.dtype != type_ or not value.flags.c_contiguous:
                raise TypeError(f"{self._symbol} takes {type_} end to end, not {value.dtype} {value.strides}")
            flat += [value.__array_interface__["data"][0], value.size]
        result, failure = ctypes.c_int64(), ctypes.c_void_p()
        if self._call(ctypes.byref(result), ctypes.byref(failure), *flat):
            raise RuntimeError(f"{self._symbol} failed on arguments of sizes {[np.size(value) for value in values]}")
        return result.value

    @functools.cached_property
    def _file_name(self) -> str:
        files = [*(part.__code__.co_filename for part in self._parts), __file__]
        code = b"".join(Path(file).read_bytes() for file in files)
        return f"{self._symbol}-{_environment()}-{hashlib.blake2b(code, digest_size=12).hexdigest()}{_ENDING}"

    def _read(self) -> bytes | None:
        """The object code kept from an earlier call."""
        for folder in cache_folders():
            path = folder / self._file_name
            if path.is_file():
                kept = path.read_bytes()
                digest, code = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
                if hashlib.sha256(code).digest() == digest:
                    return code
        return None

    def _compile(self) -> bytes:
        code = _emit(self._symbol, self._native_form())
        for folder in cache_folders():
            try:
                _keep(folder / self._file_name, hashlib.sha256(code).digest() + code)
                for path in folder.glob(f"{self._symbol}-{_environment()}-*{_ENDING}"):
                    if path.name != self._file_name:  # from sources that are no more
                        path.unlink(missing_ok=True)
            except OSError:
                continue
            break
        return code

    def _native_form(self) -> tuple[str, str]:
        """LLVM's assembly language for this kernel, and the name it has there.

        The form is numba's for functions of pointers and numbers: places for result and exception, then the arguments;
        zero is returned unless an exception is left.
        """
        numba, register = _import("numba"), _import("numba.extending").register_jitable
        for part in self._parts:
            register(error_model="numpy", _nrt=False)(part)  # without numba's allocator
        signature: list[Any] = []
        names, arguments = [], []
        for number, type_ in enumerate(self._types):
            names.append(f"a{number}")
            if _is_array(type_):
                signature += [numba.types.CPointer(numba.from_dtype(type_)), numba.int64]
                names.append(f"n{number}")
                arguments.append(f"carray(a{number}, (n{number},))")
            else:
                signature.append(numba.int64 if type_ is int else numba.float64)
                arguments.append(f"a{number}")
        call = f"function({', '.join(arguments)})"
        returns = f"    return {call}\n" if self._returns else f"    {call}\n    return 0\n"
        source = f"def face({', '.join(names)}):\n{returns}"
        scope = {"function": self.function, "carray": numba.carray}
        exec(source, scope)  # numba has no functions of a varying number of arguments
        options = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        face = numba.njit(numba.int64(*signature), **options)(scope["face"])
        (compiled,) = face.overloads.values()
        return face.inspect_llvm(face.signatures[0]), compiled.fndesc.llvm_func_name


def _import(name: str) -> Any:
    """A module that takes long to import, and that most runs do without."""
    return importlib.import_module(name)


def _innermost(hint: Any) -> Any:
    """The type of an annotated array's numbers: `NDArray` is an alias of `ndarray`, from Python 3.12 on unresolved."""
    while arguments := typing.get_args(hint):
        hint = arguments[-1]
    return hint


def _is_array(type_: Any) -> bool:
    return isinstance(type_, np.dtype)


def cache_folders() -> Iterator[Path]:
    """Where object code is looked for, and kept: in the first that can be written."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        yield Path(chosen)
        return
    yield Path(__file__).parent / "__pycache__"
    yield Path(private_folder())


def was_compiled(symbol: str) -> bool:
    """Whether object code of the kernel ``symbol`` (module and name) was kept: perhaps for other sources or processors,
    for to tell would mean to load LLVM.
    """
    return any(next(folder.glob(f"{symbol}-*{_ENDING}"), None) for folder in cache_folders())


def _keep(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all, whoever else writes it now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.stem, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


@functools.cache
def _llvm() -> Any:
    binding = _import("llvmlite.binding")
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding


@functools.cache
def _environment() -> str:
    """A word for everything beside the sources that decides machine code: versions and the processor."""
    binding = _llvm()
    versions = sys.version_info[:2], sys.modules["llvmlite"].__version__
    processor = binding.get_process_triple(), binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    return hashlib.blake2b(repr((versions, processor)).encode(), digest_size=6).hexdigest()


def _machine() -> Any:
    """LLVM's idea of this machine, a new one each time: an engine owns the one it was made with."""
    binding = _llvm()
    return binding.Target.from_default_triple().create_target_machine(
        opt=3, cpu=binding.get_host_cpu_name(), features=binding.get_host_cpu_features().flatten(), jit=True
    )


def _emit(symbol: str, native: tuple[str, str]) -> bytes:
    """Object code in which one function can be called from outside, by the name ``symbol``.

    Raises `TypeError` where it calls what LLVM cannot provide: numba's own allocator, or Python.
    """
    binding, (assembly, name) = _llvm(), native
    module = binding.parse_assembly(assembly)
    for function in module.functions:
        if function.name == name:
            function.name = symbol
        elif not function.is_declaration:
            function.linkage = "internal"
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    passes = binding.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    machine = _machine()
    passes.run(module, binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(speed_level=3)))
    foreign = [f.name for f in module.functions if f.is_declaration and not f.name.startswith(("llvm.", "mem"))]
    if foreign:
        raise TypeError(f"{symbol} calls {', '.join(foreign)}: a kernel may neither allocate nor call Python")
    code: bytes = machine.emit_object(module)
    return code


def _load(code: bytes) -> Any:
    """An engine that knows the addresses of the functions in ``code``. Each has its own, so that names never clash."""
    binding = _llvm()
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _machine())
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine
