"""Submissions line by line in real workers: what each line costs is found, whatever the code is like."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import Value
from grader.execution import line_profile
from grader.execution.generation import ZygoteGeneration
from grader.execution.interface import Failure, FailureKind
from grader.execution.line_looks import Looks, Seen, Sort
from grader.execution.line_profile import (
    DRIVER,
    MEMORY,
    PLAIN,
    TIME,
    LineTable,
    import_with_driver,
    line_count,
    looked_at,
    watched_call,
    with_driver,
)
from grader.execution.process import WorkerProcess
from tests.execution.workers import LONG_S

MIXED = """\
import functools

class Twice:
    def __call__(self, v):
        return v + v

def scaled(factor):
    def scale(v):
        return factor * v
    return scale

@functools.lru_cache
def cached(v):
    return v + 1

three_times = scaled(3.0)

def f(n):
    twice = Twice()
    four_times = scaled(4.0)
    total = 0.0
    for i in range(n):
        total += twice(i)
        total += three_times(i)
        total += four_times(i)
        total += cached(i)
    squares = [i * i for i in range(n)]
    return total + sum(squares)
"""

GROWS = """\
import numpy as np

def kept(n):
    block = np.ones(n)
    return block

def f(n):
    first = kept(n)
    second = np.ones(2 * n)
    third = (second + 1.0).sum()
    return first[0] + third
"""


@contextmanager
def imported(generation: ZygoteGeneration, submission: Submission, *, as_python: bool = False) -> Iterator[WorkerProcess]:
    worker = generation.start(with_driver(submission, as_python=as_python))
    try:
        failure = import_with_driver(worker, LONG_S)
        assert failure is None, failure
        yield worker
    finally:
        worker.close()


def table(
    generation: ZygoteGeneration, submission: Submission, kind: int, *inputs: Value, as_python: bool = False
) -> LineTable:
    with imported(generation, submission, as_python=as_python) as worker:
        watched = watched_call(worker, submission, kind, inputs, LONG_S)
    assert watched.table is not None, watched.call.failure
    return watched.table


def line(source: str, text: str) -> int:
    """The row of the line with this text."""
    return next(number for number, one in enumerate(source.splitlines()) if text in one)


def test_methods_closures_and_decorated_functions_are_counted_line_by_line(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    found = table(generation, submission_of(MIXED), TIME, 100)
    expected = {
        "return v + v": 100,
        "return factor * v": 200,
        "return v + 1": 100,
        "total += twice(i)": 100,
        "twice = Twice()": 1,
        "return total": 1,
        "class Twice": 0,
    }
    assert {text: found.hits[line(MIXED, text)] for text in expected} == expected
    assert found.times_s[line(MIXED, "total += twice(i)")] > 0
    assert not found.growths_bytes.any()


def test_every_call_is_counted_anew(generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> None:
    submission = submission_of(MIXED)
    with imported(generation, submission) as worker:
        tables = [watched_call(worker, submission, TIME, (count,), LONG_S).table for count in (10, 30)]
    assert [one.hits[line(MIXED, "return v + v")] for one in tables if one is not None] == [10, 30]


def test_a_call_that_is_not_watched_has_no_lines_and_the_kernels_peak(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    submission = submission_of(GROWS)
    with imported(generation, submission) as worker:
        watched = watched_call(worker, submission, PLAIN, (4_000_000,), LONG_S)
    assert watched.table is not None
    assert not watched.table.hits.any()
    assert watched.call.peak_memory_bytes is None or watched.call.peak_memory_bytes > 100e6


@pytest.mark.skipif(sys.platform != "linux", reason="how much comes back to the system at once differs")
def test_growth_counts_for_the_line_that_keeps_the_memory(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    found = table(generation, submission_of(GROWS), MEMORY, 4_000_000)
    growths = {text: float(found.growths_bytes[line(GROWS, text)]) for text in ("np.ones(n)", "kept(n)", "2 * n", ".sum()")}
    assert growths["np.ones(n)"] == pytest.approx(32e6, rel=0.1)
    assert growths["2 * n"] == pytest.approx(64e6, rel=0.1)
    assert abs(growths[".sum()"]) < 5e6, "what it takes it frees"


def test_the_lines_of_all_files_are_told_in_their_order(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    helper = "def g(x):\n    return x + 1\n"
    submission = submission_of("from helper import g\n\ndef f(n):\n    return g(n)\n", helpers={"helper.py": helper})
    assert [file.path for file in submission.files] == ["f.py", "helper.py"]
    hits = table(generation, submission, TIME, 1).hits
    assert np.flatnonzero(hits).tolist() == [3, line_count(submission.files[0]) + 1]


@pytest.mark.parametrize("file", ["my-f (1).py", "numba.py", "work/f.py", "1f.py", "class.py"])
def test_a_files_name_does_not_matter(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission], file: str
) -> None:
    assert table(generation, submission_of("def f(n):\n    return n\n", file=file), TIME, 1).hits.tolist() == [0, 1]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_line_ends(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission], ends: str
) -> None:
    assert table(generation, submission_of(f"def f(n):{ends}    return n{ends}"), TIME, 1).hits.tolist() == [0, 1]


def test_what_a_function_raises_is_told_without_the_graders_own_frames(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    submission = submission_of("def f(n):\n    return 1 / n\n")
    for kind in (PLAIN, TIME, MEMORY):
        with imported(generation, submission) as worker:
            failure = watched_call(worker, submission, kind, (0,), LONG_S).call.failure
        assert failure == Failure(
            FailureKind.EXCEPTION, "f.py, line 2, in f\n    return 1 / n\nZeroDivisionError: division by zero"
        )


HOSTILE = """
    import sys

    def f(n):
        frame = sys._getframe()
        while frame is not None:
            for name, value in list(frame.f_locals.items()):
                if hasattr(value, "fill") and getattr(value, "dtype", None) == "float64":
                    value.fill(float("nan"))
            frame = frame.f_back
        return n
"""


def test_figures_that_are_no_numbers_are_taken_for_nothing(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    found = table(generation, submission_of(dedent(HOSTILE)), PLAIN, 1)
    assert np.isfinite(found.times_s).all()
    assert np.isfinite(found.growths_bytes).all()


def test_an_import_that_fails_is_told_without_them_too(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    worker = generation.start(with_driver(submission_of("import nowhere\n\ndef f(n):\n    return n\n"), as_python=False))
    failure = import_with_driver(worker, LONG_S)
    worker.close()
    assert failure is not None
    assert failure.message.startswith("f.py, line 1")
    assert failure.module == "nowhere"


def test_a_function_that_ends_the_process_is_a_failure_like_any_other(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    submission = submission_of("import os\n\ndef f(n):\n    os._exit(0)\n")
    with imported(generation, submission) as worker:
        watched = watched_call(worker, submission, TIME, (1,), LONG_S)
    assert watched.table is None
    assert watched.call.failure is not None
    assert watched.call.failure.kind is FailureKind.EXIT


HELD = """\
import numpy as np
import scipy.fft

def f(x, n):
    z = x + 1j * x[:, np.newaxis]
    inside = np.abs(z) <= 2
    columns = z.T
    out = []
    for i in range(n):
        out = out + [i]
    y = np.fft.rfft(x) + scipy.fft.fft(x)[: len(x) // 2 + 1]
    return y
"""


def test_what_variables_hold_is_told_before_and_after_each_line(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    submission = submission_of(HELD)
    names = {row: frozenset(text.replace("(", " ").split()) for row, text in enumerate(HELD.splitlines())}
    worker = generation.start(with_driver(submission, as_python=False, names=names))
    assert import_with_driver(worker, LONG_S) is None
    call, looks = looked_at(worker, names, line_count(submission.files[0]), (np.linspace(-2, 2, 40), 500), LONG_S)
    worker.close()
    assert call.failure is None

    def seen(name: str, text: str) -> list[Seen]:
        return [one for one in looks.seen if (one.name, one.row) == (name, line(HELD, text))]

    (z,) = seen("z", "z = x")
    assert (z.sort, z.dtype, z.shape, z.c_order) == (Sort.ARRAY, np.dtype(complex), (40, 40), True)
    (inside,) = seen("inside", "inside =")
    assert inside.true_share is not None
    assert 0.5 < inside.true_share < 1
    (columns,) = seen("columns", "columns =")
    assert (columns.c_order, columns.fortran_order) == (False, True)
    assert {one.shape for one in seen("out", "out = out")} >= {(0,), (100,)}
    assert sum(one.looks for one in seen("i", "out = out") or seen("out", "out = out")) <= 300, "later ones are not looked at"
    assert {(one.row, one.length) for one in looks.transforms} == {(line(HELD, "y = np"), 40)}


NESTED = """\
from numba import njit, jit

@jit(forceobj=True)
def g(x):
    return x

def f(n):
    @njit
    def h(x):
        return x + 1
    return g(h(n))
"""


def test_what_is_compiled_in_the_call_and_in_which_mode_is_told(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    submission = submission_of(NESTED)
    worker = generation.start(with_driver(submission, as_python=False))
    assert import_with_driver(worker, LONG_S) is None
    rows = line_count(submission.files[0])
    _, looks = [looked_at(worker, {}, rows, (1,), LONG_S)[1] for _ in range(2)]
    worker.close()
    assert {(one.row, one.in_object_mode) for one in looks.compiled} >= {(2, 1), (7, 0)}
    assert [one.row for one in looks.compiled if one.is_new] == [7]
    assert looks.compiling_s > 0.01


def test_a_function_that_fails_while_it_is_looked_at_tells_nothing(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    submission = submission_of("def f(n):\n    return 1 / n\n")
    worker = generation.start(with_driver(submission, as_python=False))
    assert import_with_driver(worker, LONG_S) is None
    call, looks = looked_at(worker, {}, 2, (0,), LONG_S)
    worker.close()
    assert looks == Looks()
    assert call.failure is not None
    assert "profile_driver" not in call.failure.message


COMPILED = """\
from numba import njit

@njit
def total(n):
    s = 0.0
    for i in range(n):
        s += i
    return s

def f(n):
    return total(n)
"""


def test_compiled_functions_have_lines_only_without_the_compiler(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    rows = [line(COMPILED, text) for text in ("s += i", "return total(n)")]
    assert table(generation, submission_of(COMPILED), TIME, 50).hits[rows].tolist() == [0, 1]
    assert table(generation, submission_of(COMPILED), TIME, 50, as_python=True).hits[rows].tolist() == [50, 1]


def test_the_driver_and_what_is_asked_of_it_agree() -> None:
    """It is read as text, so nothing else would say it."""
    asked = b"PLAIN, TIME, MEMORY, LOOK = range(4)"
    assert asked in DRIVER.read_bytes()
    assert asked in Path(line_profile.__file__).read_bytes()
