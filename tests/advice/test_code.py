"""How a submission's text is read: statements with their lines, loops and functions, and what names stand for."""

import ast
from textwrap import dedent

import pytest

from grader.advice.code import Program, Statement, names_changed, read_program
from grader.content.reading import SourceFile


def read(*sources: str) -> Program:
    files = [SourceFile(f"{number}.py", dedent(source).encode()) for number, source in enumerate(sources)]
    return read_program(files, [dedent(source).count("\n") + (not source.endswith("\n")) for source in sources])


def on(program: Program, row: int) -> Statement:
    return next(one for one in program.statements if row in one.rows)


def called(program: Program) -> list[str]:
    return [name for one in program.statements for name, _ in one.calls()]


def test_each_statement_has_its_lines_and_none_of_those_inside_it() -> None:
    program = read("def f(x):\n    for v in (\n        x\n    ):\n        y = (v +\n             1)\n    return y\n")
    assert [one.rows for one in program.statements] == [(1, 2), (4, 5), (6,)]


def test_a_statement_knows_the_loops_and_the_function_around_it() -> None:
    program = read(
        "def f(x):\n    while x:\n        for v in x:\n            def g():\n                return 1\n            x = g()\n"
    )
    inner, last = on(program, 4), on(program, 5)
    assert (inner.function.name, inner.loops) == ("g", ())
    assert (last.function.name, [type(loop) for loop in last.loops]) == ("f", [ast.While, ast.For])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import numpy as np\nnp.fft.rfft(1)\n", "numpy.fft.rfft"),
        ("from numpy.fft import rfft as r\nr(1)\n", "numpy.fft.rfft"),
        ("from numpy import *\nsum(1)\n", "numpy.sum"),
        ("sum(1)\n", "sum"),
        ("def sum(x):\n    return x\nsum(1)\n", ""),
        ("def f(sum):\n    sum(1)\n", ""),
        ("def f():\n    import numpy as np\n    np.sum(1)\n", "numpy.sum"),
        ("x = 1\nx.copy()\n", ".copy"),
    ],
)
def test_names_are_told_by_what_they_stand_for_where_they_are_used(source: str, name: str) -> None:
    assert called(read(source)) == [name]


@pytest.mark.parametrize(
    "source",
    [
        "from numba import njit\n@njit\ndef f(x):\n    return x\n",
        "import numba as nb\n@nb.jit(nopython=True)\ndef f(x):\n    return x\n",
        "from numba import njit\ndef f(x):\n    return x\nfast = njit(f)\n",
        "from numba import njit\ndef f(x):\n    return x\nfast = njit(cache=True)(f)\n",
    ],
)
def test_what_numba_compiles_is_known(source: str) -> None:
    program = read(source)
    assert [one.name for one in program.functions if one.is_compiled] == ["f"]


def test_a_compiled_function_under_another_name_is_known_by_that_name() -> None:
    assert "fast" in read("from numba import njit\ndef f(x):\n    return x\nfast = njit(f)\n").compiled_names


def test_what_stands_under_the_main_guard_does_not_count() -> None:
    assert read('x = 1\nif __name__ == "__main__":\n    y = 2\n').statements[-1].targets == {"x"}


def test_the_rows_of_a_second_file_follow_and_one_that_is_not_python_says_nothing() -> None:
    program = read("def broken(:\n", "y = 1\n")
    assert [one.rows for one in program.statements] == [(1,)]


def test_a_thousand_branches_are_no_matter() -> None:
    branches = "".join(f"elif x == {number}:\n    y = {number}\n" for number in range(1000))
    assert len(read(f"x = 1\nif x == -1:\n    y = 0\n{branches}").statements) > 2000


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x = y + 1", {"x"}),
        ("x[i] = y", {"x"}),
        ("x[i].a += y", {"x"}),
        ("x.append(y)", {"x"}),
        ("z = x.copy()", {"z"}),
        ("x, (y, *z) = w", {"x", "y", "z"}),
    ],
)
def test_what_a_statement_may_change(source: str, changed: set[str]) -> None:
    assert names_changed(ast.parse(source)) == changed
