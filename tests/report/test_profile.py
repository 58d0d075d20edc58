"""What `grader profile` shows of a program."""

import json
from dataclasses import replace

import pytest

from grader.advice.program import Advice
from grader.grading.line_facts import Split
from grader.grading.profile_lines import Line, LineProfile
from grader.report.as_json import dump, profile_document
from grader.report.profile import profiled
from tests.report.example import HOSTILE_TEXTS, findings, line_profile, line_times, rendered


def shown(profile: LineProfile, width: int = 160) -> str:
    return rendered(profiled(profile), width)


def row(text: str, source: str) -> list[str]:
    return next(line.split() for line in text.splitlines() if source in line)


def words(text: str) -> str:
    return " ".join(text.split())


def test_each_line_has_its_hits_its_time_its_share_and_its_memory_beside_it() -> None:
    text = shown(line_profile())
    assert "ada · double · case large" in text
    assert row(text, "for one in x:")[:6] == ["2", "1,000", "140", "µs", "28", "%"]
    assert row(text, "y = 2 * one")[:9] == ["3", "1,000", "350", "µs", "70", "%", "+12.3", "MB", "███████"]
    assert "−5 MB" in next(line for line in text.splitlines() if "return y" in line)
    assert row(text, "def double(x):") == ["1", "def", "double(x):"]


def test_the_slowest_line_is_marked_and_named() -> None:
    text = shown(line_profile())
    assert [line.split()[0] for line in text.splitlines() if "▶ " in line and "slowest" not in line] == ["3"]
    assert "slowest: line 3, 70 % of the time: y = 2 * one" in text


def test_what_watching_costs_is_said_and_where_the_time_passes() -> None:
    text = words(shown(line_profile()))
    assert "a call takes 100 ms, and 800 ms while its lines are watched: 8 times as long" in text
    assert "91% in Python itself, 5% in native code (NumPy, what is compiled), 4% where it cannot be told" in text
    assert "where it cannot be told" not in words(shown(line_profile(split=Split(0.0, 1.0))))


def test_the_kernels_peak_stands_beside_the_lines_growth() -> None:
    assert "memory at case small: a call's peak is 16 MB, by the kernel" in words(shown(line_profile()))
    untold = replace(line_profile().memory, peak_bytes=None)
    assert "a call's peak is not told by this machine" in words(shown(line_profile(memory=untold)))


def test_a_compiled_program_has_a_second_column_and_says_what_it_is() -> None:
    compiled = line_profile(
        times=line_times(0.0, 0.0, 0.0, 0.0, 0.0),
        as_python=line_times(0.0, 0.3, 0.6, 0.1, 0.0, case="small", as_python=True),
        compiled_functions=1,
        compile_time_s=1.2,
    )
    text = shown(compiled)
    assert "as Python" in text.splitlines()[2]
    assert row(text, "y = 2 * one")[:3] == ["3", "60", "%"]
    assert "1 compiled function; compiling took 1.2 s, apart from all this" in words(text)
    assert "as Python: the same without the compiler, at case small" in words(text)


def test_a_notebooks_lines_are_named_by_their_cells() -> None:
    lines = tuple(Line("a.ipynb", 2 + number // 4, number, one.text) for number, one in enumerate(line_profile().lines))
    text = shown(line_profile(lines=lines))
    assert "a.ipynb, code cell 2" in text
    assert "slowest: code cell 2, line 2, 70 %" in text


def test_lines_that_never_ran_are_left_out_but_for_those_around() -> None:
    source = line_profile()
    more = tuple(Line("double.py", None, number, f"line {number}") for number in range(6, 50))
    zeros = (0.0,) * len(more)
    long = line_profile(
        lines=(*source.lines, *more),
        times=line_times(*source.times.shares, *zeros),
        memory=replace(source.memory, growths_bytes=(*source.memory.growths_bytes, *zeros)),
    )
    text = shown(long)
    assert "line 6" in text
    assert "line 7" not in text


def test_of_a_file_without_end_the_hottest_lines_are_shown() -> None:
    count = 5000
    shares = tuple(0.9 if number == 2500 else 0.00002 for number in range(count))
    long = line_profile(
        lines=tuple(Line("double.py", None, number, f"statement_{number}") for number in range(count)),
        times=line_times(*shares),
        memory=replace(line_profile().memory, growths_bytes=(0.0,) * count),
        slowest=2500,
    )
    text = shown(long)
    assert "statement_2500" in text
    assert text.count("\n") < 250
    assert "⋮" in text


def test_notes_are_shown() -> None:
    assert "note: it does not run as Python" in shown(line_profile(notes=("it does not run as Python",)))


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_source_is_text_and_nothing_else(text: str) -> None:
    source = line_profile()
    lines = tuple(replace(one, file=text[:300], text=text) for one in source.lines)
    hostile = line_profile(author=text[:300], lines=lines, notes=(text,))
    out = shown(hostile, 100)
    assert out.replace("\n", "").isprintable()
    assert out.count("\n") < 100


def test_advice_stands_below_the_figures() -> None:
    text = words(rendered(profiled(line_profile(), Advice(findings(), "numba")), 160))
    assert (
        "1 · line 3: python-loop, up to 3.3 times as fast measured: it runs 1,000 times, 350 µs each to do: compile it" in text
    )
    assert text.index("a call takes") < text.index("1 · line 3") < text.index("sandbox:")


def test_json_has_the_advice() -> None:
    document = json.loads(dump(profile_document(line_profile(), Advice(findings(), "numba"))))
    assert document["next_reference"] == "numba"
    assert document["findings"][0] == {
        "cause": "python-loop",
        "line": document["slowest"],
        "evidence": "it runs 1,000 times, 350 µs each",
        "next_step": "compile it",
        "gain": 3.3,
    }


def test_json_holds_the_lines_that_ran_and_no_others() -> None:
    document = json.loads(dump(profile_document(line_profile(), Advice((), None))))
    assert [line["line"] for line in document["lines"]] == [2, 3, 4]
    assert document["slowest"] == {"file": "double.py", "cell": None, "line": 3, "text": "        y = 2 * one"}
    assert document["slowdown"] == pytest.approx(8)
    assert document["as_python"] is None
    assert document["lines"][1]["as_python_share"] is None
    assert document["memory"] == {"case": "small", "peak_bytes": 16_000_000}
