"""What is true of the programs before anything is ranked: the size of their pieces, and the work that they count."""

import importlib.util
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from benchmarks.quality.classes import BASE, PIECES, THREADS, Kernel, Program, source_of

_FIRST_SIZE = 1000
_SMALL_SIZE = 8
_STEPS = 3
_CALLS = 20


def size_for(kernel: Kernel, call_s: float) -> int:
    """The size of a piece with which the base program's call takes about `call_s` on this machine.

    It is found with one thread: two at once never run undisturbed on a machine that does something else besides.
    """
    with _process(NUMBA_NUM_THREADS="1", OMP_NUM_THREADS="1") as process:
        return process.submit(_size_for, kernel, call_s * kernel.profile.cores(THREADS)).result()


def pieces_made(kernel: Kernel, programs: Sequence[Program]) -> dict[str, int]:
    """How many pieces a call of each author's program really makes: counted one by one in the interpreter, nothing compiled."""
    with _process(NUMBA_DISABLE_JIT="1") as process:
        counts = process.map(partial(_pieces_made, kernel), programs)
        return {program.author: count for program, count in zip(programs, counts, strict=True)}


def module_of(kernel: Kernel, program: Program, size: int, folder: Path) -> ModuleType:
    """A program with pieces of this size, written into the folder and imported."""
    path = folder / f"{kernel.name}.py"
    path.write_text(source_of(kernel, program, size), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(kernel.name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def _process(**environment: str) -> Iterator[ProcessPoolExecutor]:
    """A fresh process with these variables: Numba reads them once."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            yield process
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _size_for(kernel: Kernel, call_s: float) -> int:
    size = _FIRST_SIZE
    for _ in range(_STEPS):  # what does not grow with the size has ever less to say
        with TemporaryDirectory() as folder:
            function = getattr(module_of(kernel, BASE, size, Path(folder)), kernel.name)
            size = max(_SMALL_SIZE, round(size * call_s / _shortest_call_s(function)))
    return size


def _shortest_call_s(function: Callable[[Any], Any]) -> float:
    numbers = np.random.default_rng(0).uniform(0.1, 1.0, PIECES)
    function(numbers)
    times_s = []
    for _ in range(_CALLS):
        start = time.perf_counter()
        function(numbers)
        times_s.append(time.perf_counter() - start)
    return min(times_s)


def _pieces_made(kernel: Kernel, program: Program) -> int:
    with TemporaryDirectory() as folder:
        module = module_of(kernel, program, _SMALL_SIZE, Path(folder))
        pieces = 0

        def count(frame: FrameType, event: str, _argument: object) -> None:
            nonlocal pieces
            pieces += event == "call" and frame.f_code is piece_code

        piece_code = next(vars(module)[name].__code__ for name in ("piece", "portion") if name in vars(module))
        sys.setprofile(count)
        try:
            getattr(module, kernel.name)(np.linspace(0.1, 1.0, PIECES))
        finally:
            sys.setprofile(None)
    return pieces
