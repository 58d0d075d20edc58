"""What the text of a submission says about its lines: where the slow one is, and what is Python's time."""

from textwrap import dedent

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.content.reading import SourceFile
from grader.execution.line_profile import line_count
from grader.grading.line_facts import LineFacts, Split, line_facts, slowest_row, split, total_s

CALLER = """\
import numpy as np

def inner(x):
    y = x + 1
    return y * 2

def f(x):
    a = inner(x)
    b = np.sum(a)
    return a + b
"""
"""`inner` takes the rows 3 and 4, and f those from 7 to 9."""


def facts_of(*sources: str) -> LineFacts:
    files = [SourceFile(f"{number}.py", dedent(source).encode()) for number, source in enumerate(sources)]
    return line_facts(files, [line_count(file) for file in files])


def times(**by_row: float) -> NDArray[np.float64]:
    column = np.zeros(40)
    for row, time_s in by_row.items():
        column[int(row.removeprefix("row"))] = time_s
    return column


def test_every_row_belongs_to_the_innermost_function_around_it() -> None:
    facts = facts_of("def outer():\n    x = 1\n    def inner():\n        return x\n    return inner()\n")
    assert {one.name: one.rows for one in facts.functions} == {"outer": (1, 2, 4), "inner": (3,)}


def test_the_rows_of_a_second_file_follow_those_of_the_first() -> None:
    facts = facts_of("def f():\n    return g()\n", "def g():\n    return 1\n")
    assert {one.name: one.rows for one in facts.functions} == {"f": (1,), "g": (3,)}
    assert [one.name for one in facts.called_by(1)] == ["g"]


def test_functions_of_one_name_are_told_apart() -> None:
    facts = facts_of("class A:\n    def run(self):\n        return 1\nclass B:\n    def run(self):\n        return 2\n")
    assert [one.rows for one in facts.functions] == [(2,), (5,)]


def test_a_file_that_is_not_python_says_nothing_about_itself_and_moves_the_others() -> None:
    facts = facts_of("def broken(:\n", "def g():\n    return 1\n")
    assert [(one.name, one.rows) for one in facts.functions] == [("g", (2,))]


def test_the_slowest_line_is_looked_for_inside_what_is_called() -> None:
    facts = facts_of(CALLER)
    assert slowest_row(times(row7=1.0, row8=0.1, row3=0.2, row4=0.7), facts) == 4


def test_but_not_where_what_is_called_is_little_of_its_time() -> None:
    facts = facts_of(CALLER)
    assert slowest_row(times(row7=1.0, row3=0.1, row4=0.3), facts) == 7


def test_two_functions_that_call_each_other_are_each_entered_once() -> None:
    facts = facts_of("def a(n):\n    return b(n)\ndef b(n):\n    return a(n)\n")
    assert slowest_row(times(row1=1.0, row3=0.9), facts) in {1, 3}


def test_where_no_line_ran_none_is_slowest() -> None:
    assert slowest_row(np.zeros(40), facts_of(CALLER)) is None


def test_the_whole_is_the_time_of_the_function_that_calls_all_others() -> None:
    facts = facts_of(CALLER)
    assert total_s(times(row7=1.0, row8=0.5, row9=0.1, row3=0.4, row4=0.5), facts) == pytest.approx(1.6)


def hits(**by_row: int | None) -> list[int | None]:
    column: list[int | None] = [0] * 40
    for row, count in by_row.items():
        column[int(row.removeprefix("row"))] = count
    return column


def test_short_hits_are_python_and_long_ones_are_not() -> None:
    facts = facts_of(CALLER)
    found = split(times(row8=1.0, row9=3.0), hits(row8=10_000_000, row9=10), facts)
    assert found == Split(python=0.25, native=0.75)


def test_what_lies_between_is_not_told() -> None:
    facts = facts_of(CALLER)
    assert split(times(row8=1.0), hits(row8=100_000), facts) == Split(0.0, 0.0)


@pytest.mark.parametrize(
    "line", ["sum(v * v for v in x)", "[v * v for v in x]", "list(map(lambda v: v * v, x))", "sum(x)", "sorted(x)"]
)
def test_a_line_that_goes_round_in_python_is_not_native_though_it_is_long(line: str) -> None:
    facts = facts_of(f"def f(x):\n    return {line}\n")
    assert split(times(row1=1.0), hits(row1=1), facts) == Split(0.0, 0.0)


@pytest.mark.parametrize("line", ["print(x)", "sys.stdout.write(x)", "open('log.txt')"])
@pytest.mark.parametrize("count", [10, 10_000_000])
def test_a_line_that_shows_or_writes_is_neither(line: str, count: int) -> None:
    facts = facts_of(f"def f(x):\n    {line}\n")
    assert split(times(row1=1.0), hits(row1=count), facts) == Split(0.0, 0.0)


def test_hits_that_are_not_known_tell_nothing() -> None:
    facts = facts_of(CALLER)
    assert split(times(row8=1.0), hits(row8=None), facts) == Split(0.0, 0.0)


def test_a_call_is_told_by_the_lines_of_what_it_calls() -> None:
    facts = facts_of(CALLER)
    assert split(times(row7=1.0, row3=1.0), hits(row7=1, row3=10_000_000), facts) == Split(1.0, 0.0)


def test_a_call_of_a_function_without_lines_is_compiled_code() -> None:
    facts = facts_of(CALLER)
    assert split(times(row7=1.0), hits(row7=10_000_000), facts) == Split(0.0, 1.0)


def test_a_line_that_calls_both_is_compiled_code_for_the_rest_of_its_time() -> None:
    facts = facts_of("def seen(x):\n    return x\ndef compiled(x):\n    return x\ndef f(x):\n    return compiled(seen(x))\n")
    assert split(times(row5=1.0, row1=0.25), hits(row5=1, row1=1_000_000), facts) == Split(0.25, 0.75)


def test_without_any_line_all_of_it_is_compiled() -> None:
    assert split(np.zeros(40), hits(), facts_of(CALLER)) == Split(0.0, 1.0)


def test_a_line_that_calls_a_library_too_does_not_only_call_its_own() -> None:
    facts = facts_of("""\
        def g(x):
            return x
        def f(x):
            g(x)
            g(np.fft.fft(x))
            return x
    """)
    assert [facts.only_calls_own(row) for row in (3, 4)] == [True, False]


def test_loops_on_one_line_are_known() -> None:
    facts = facts_of(
        "def f(x):\n    for v in x: v + 1\n    for v in x:\n        v + 1\n    while x: x.pop()\n    [v for v in x]\n"
    )
    assert facts.one_line_loops == {1, 4, 5}


@pytest.mark.parametrize(
    ("line", "masks"),
    [
        ("z[abs(z) <= 2] = z[abs(z) <= 2] ** 2 + c", {"abs(z) <= 2"}),
        ("z = np.where(np.abs(z) <= 2, z * z + c, z)", {"np.abs(z) <= 2"}),
        ("n[(z.real > 0) & ~(z.imag > 0)] += 1", {"(z.real > 0) & ~(z.imag > 0)"}),
        ("rows, columns = np.nonzero(np.abs(z) <= 2)", {"np.abs(z) <= 2"}),
        ("z[inside] = z[:, 1]", set()),
        ("z[pop() > 0] = z[(y := 1) > 0]", set()),
    ],
)
def test_a_mask_without_a_name_is_known_by_its_text_where_it_may_be_asked_again(line: str, masks: set[str]) -> None:
    assert facts_of(line).masks == ({0: masks} if masks else {})
    assert facts_of(line).looked_for[0] >= masks
