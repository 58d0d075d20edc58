"""What is run for a line profile, and at which case: scripted programs with known times and lines."""

from collections.abc import Callable

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import Inputs
from grader.errors import UsageError
from grader.execution.interface import Failure, FailureKind
from grader.execution.line_profile import DRIVER, MEMORY, TIME
from grader.grading.profile_lines import LineProfile, profile_lines
from grader.grading.progress import Silent
from grader.grading.session import read_class
from grader.testing import Script
from tests.grading.course_fixture import NUMPY_PACE_S, Classroom, failing, of, paced

SOURCE = """\
def double(x):
    for one in x:
        pass
    return 2 * x
"""
LOOP, PASS, RETURN = 1, 2, 3
GROWTH_BYTES = 800.0


def size(inputs: Inputs) -> int:
    _, x = inputs
    assert isinstance(x, np.ndarray)
    return x.size


def script(pace_s: float, watched: float = 5.0, compiles: bytes = b"", failures: dict[int, Failure] | None = None) -> Script:
    """A program that takes `pace_s` for each number, and `watched` times as long while its lines are watched."""

    def seen(kind: int, x: np.ndarray) -> tuple[object, ...]:
        hits, times_s, growths_bytes = np.zeros((3, SOURCE.count("\n")))
        if kind == TIME:
            hits[[LOOP, PASS, RETURN]] = len(x) + 1, len(x), 1
            times_s[[LOOP, PASS, RETURN]] = np.array([0.6, 0.3, 0.1]) * pace_s * len(x)
        elif kind == MEMORY:
            growths_bytes[RETURN] = GROWTH_BYTES
        return hits.astype(np.int64), times_s, growths_bytes

    def call_s(inputs: Inputs, number: int) -> float:
        compiling_s = 1.5 if number == 0 else 0.0
        return compiling_s + pace_s * size(inputs) * (watched if inputs[0] == TIME else 1.0)

    return Script(seen, call_s, compiles=compiles, failures=failures or {})


@pytest.fixture
def profile_of(classroom: Classroom) -> Callable[..., LineProfile]:
    def profile(behaviour: Script, *, too_slow: bool = False) -> LineProfile:
        classroom.hand_in("ada", SOURCE)
        classroom.backend.scripts["ada"] = behaviour
        (hand_ins,) = read_class(classroom.session)
        ada = hand_ins.submissions["student/ada"]
        return profile_lines(classroom.session, ada, classroom.backend, Silent(), too_slow=too_slow)

    return profile


@pytest.mark.parametrize(
    ("pace_s", "case"), [(1e-6, "large"), (1e-4, "medium"), (2e-3, "small"), (0.1, "seven"), (1.0, "one"), (2.0, "one")]
)
def test_it_is_profiled_at_the_largest_case_that_it_does_in_time(
    profile_of: Callable[[Script], LineProfile], pace_s: float, case: str
) -> None:
    assert profile_of(script(pace_s)).times.case == case


@pytest.mark.parametrize(("pace_s", "case"), [(0.1, "seven"), (0.2, "three"), (0.9, "one"), (2.0, "one")])
def test_one_that_is_known_to_be_too_slow_is_profiled_at_a_check_case_that_it_does_in_a_moment(
    profile_of: Callable[..., LineProfile], pace_s: float, case: str
) -> None:
    profile = profile_of(script(pace_s), too_slow=True)
    assert profile.times.case == case
    assert profile.compile_time_s == pytest.approx(1.5)
    assert profile.slowest == LOOP


def test_what_the_program_has_to_work_with_is_told_and_what_its_call_needs(profile_of: Callable[..., LineProfile]) -> None:
    profile = profile_of(script(1e-6))
    assert profile.hardware.cores == 1
    assert profile.hardware.all_cores >= 1
    assert profile.needs is not None
    assert (profile.needs.work, profile.needs.operations) == (10_000, None)
    assert (profile.needs.input_bytes, profile.needs.output_bytes) == (80_000, 80_000)


def test_shares_are_of_all_lines_and_the_slowest_is_named(profile_of: Callable[[Script], LineProfile]) -> None:
    profile = profile_of(script(1e-6))
    assert [profile.times.shares[row] for row in (LOOP, PASS, RETURN)] == pytest.approx([0.6, 0.3, 0.1])
    assert profile.slowest == LOOP
    assert (profile.lines[LOOP].place, profile.lines[LOOP].text) == ("line 2", "    for one in x:")


def test_the_cost_of_watching_and_of_compiling_are_told_apart(profile_of: Callable[[Script], LineProfile]) -> None:
    profile = profile_of(script(1e-6, watched=5.0))
    assert profile.times.slowdown == pytest.approx(5.0)
    assert profile.times.call_s == pytest.approx(0.01)
    assert profile.compile_time_s == pytest.approx(1.5)


def test_memory_is_watched_where_few_lines_run(profile_of: Callable[[Script], LineProfile]) -> None:
    profile = profile_of(script(1e-6))
    assert profile.memory.case == "large", "20,000 lines are few"
    assert profile.memory.growths_bytes[RETURN] == GROWTH_BYTES
    assert profile.memory.peak_bytes == 3 * 8 * len(profile.lines), "what the script's outputs take"


def test_else_at_a_check_case(profile_of: Callable[[Script], LineProfile], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grading.profile_lines._MOST_TRACED", 10)
    assert profile_of(script(1e-6)).memory.case == "three"


def test_what_is_compiled_is_run_as_python_on_a_small_case(profile_of: Callable[[Script], LineProfile]) -> None:
    profile = profile_of(script(1e-6, compiles=b"machine code"))
    assert profile.compiled_functions == 1
    assert profile.as_python is not None
    assert (profile.as_python.case, profile.as_python.as_python) == ("small", True)


def test_python_that_would_take_long_is_run_on_a_check_case(profile_of: Callable[[Script], LineProfile]) -> None:
    profile = profile_of(script(0.02, compiles=b"machine code"))
    assert profile.as_python is not None
    assert profile.as_python.case == "seven"


def test_what_nothing_is_compiled_of_is_run_once(profile_of: Callable[[Script], LineProfile]) -> None:
    assert profile_of(script(1e-6)).as_python is None


def test_hits_of_loops_on_one_line_are_not_shown_where_they_are_wrong(
    profile_of: Callable[[Script], LineProfile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.profile_lines._HITS_OF_LOOPS_COUNT", False)
    monkeypatch.setitem(globals(), "SOURCE", SOURCE.replace("x:\n        pass", "x: pass\n"))
    profile = profile_of(script(1e-6))
    assert profile.times.hits[LOOP] is None
    assert profile.times.hits[RETURN] == 1


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (
            script(1e-6, failures=dict(failing(0, FailureKind.EXCEPTION, "KeyError: 1"))),
            "it fails on case 'small':\nKeyError: 1",
        ),
        (script(10.0), "it fails on case 'one':\nno answer within 10 s"),
        (
            Script(lambda *_: None, import_failure=Failure(FailureKind.IMPORT, "no numba", "numba")),
            "cannot be imported:\nno numba",
        ),
    ],
)
def test_what_cannot_be_profiled_is_said_with_the_reason(
    profile_of: Callable[[Script], LineProfile], behaviour: Script, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        profile_of(behaviour)


def is_watched(sent: Submission) -> bool:
    """Whether what watches the lines of a program was sent with it."""
    return any(file.content == DRIVER.read_bytes() for file in sent.files)


def test_no_worker_that_checks_or_measures_a_class_is_ever_sent_what_watches_lines(
    classroom: Classroom, profile_of: Callable[[Script], LineProfile]
) -> None:
    profile_of(script(1e-6))
    sent = classroom.backend.sent
    assert sent
    assert all(map(is_watched, sent))
    sent.clear()
    for author in ("ada", "bob"):
        classroom.submit(author, paced(NUMPY_PACE_S))
    report = classroom.grade()
    assert {of(report, author).runs for author in ("ada", "bob")} == {3}
    assert {one.author for one in sent} >= {"ada", "bob", "naive", "numpy", "numba"}
    assert not any(map(is_watched, sent))
