"""Rules about work that is done more than once."""

import pytest

from grader.advice.finding import Cause
from grader.advice.repeated import masked_everything, repeated_work, started_again, started_again_by_call, twice_the_same
from tests.advice.programs import Holds, array, facts

INSIDE = """
import numpy as np

def f(signal, scales):
    out = np.empty((len(scales), len(signal)))
    for row, s in enumerate(scales):
        spectrum = np.fft.rfft(signal)
        out[row] = np.abs(spectrum) * s
    return out
"""
SIGNAL = {"signal": array("float64", 100_000), "spectrum": array("complex128", 50_001)}


def test_what_does_not_change_with_the_loop_is_found() -> None:
    found = repeated_work(facts(INSIDE, {"np.fft": (0.4, 64), "out[row]": (0.6, 64)}, SIGNAL))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.REPEATED_WORK, 7)
    assert "`np.fft.rfft(signal)`" in found.evidence
    assert "line 6" in found.evidence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("np.fft.rfft(signal)", "np.fft.rfft(signal * s)"),
        ("np.fft.rfft(signal)", "np.fft.rfft(signal[row:])"),
        ("np.abs(spectrum) * s", "signal.sort()"),
        ("out[row] = np.abs(spectrum) * s", "signal[row] = 0"),
        ("np.fft.rfft(signal)", "np.random.permutation(signal)"),
        ("np.fft.rfft(signal)", "np.zeros_like(signal)"),
        ("np.fft.rfft(signal)", "signal.copy()"),
    ],
)
def test_what_does_or_may_change_is_not(old: str, new: str) -> None:
    source = INSIDE.replace(old, new)
    measured = {"spectrum =": (0.9, 64)}
    assert repeated_work(facts(source, measured, SIGNAL)) is None


def test_nor_what_is_little_of_its_line() -> None:
    source = INSIDE.replace("np.fft.rfft(signal)", "np.fft.rfft(signal * np.exp(signal * s)) + len(signal)")
    assert repeated_work(facts(source, {"spectrum =": (0.9, 64)}, SIGNAL)) is None


def test_an_own_function_that_gives_the_same_is_found() -> None:
    source = """
def g(x):
    return (x * x).sum()

def f(x, n):
    total = 0.0
    for i in range(n):
        total += g(x) * i
    return total
"""
    measured = {"total +=": (1.0, 100), "return (x": (0.9, 100)}
    found = repeated_work(facts(source, measured, {"x": array("float64", 100_000)}))
    assert found is not None
    assert "`g(x)`" in found.evidence


TWICE = """
import numpy as np

def g(grid):
    return np.roll(grid, 1) == grid

def f(grid, n):
    for number in range(n):
        count = np.count_nonzero(g(grid))
        market = g(grid) | (grid == 0)
        grid[market] = count
    return grid
"""


def test_the_same_worked_out_twice_is_found_at_the_second_time() -> None:
    measured = {"count =": (0.4, 10), "market =": (0.5, 10), "np.roll": (0.8, 20)}
    found = twice_the_same(facts(TWICE, measured, {"grid": array("int8", 256, 256)}))
    assert found is not None
    assert found.line.line == 10
    assert "line 9" in found.evidence


def test_but_not_where_something_has_changed_in_between() -> None:
    source = TWICE.replace("        market", "        grid[0] = count\n        market")
    measured = {"count =": (0.4, 10), "market =": (0.5, 10), "np.roll": (0.8, 20)}
    assert twice_the_same(facts(source, measured, {"grid": array("int8", 256, 256)})) is None


def test_it_is_found_over_a_condition_that_changes_nothing_and_not_from_within_one() -> None:
    measured = {"market =": (0.5, 10), "np.roll": (0.8, 20)}
    grid = {"grid": array("int8", 256, 256)}
    source = TWICE.replace("count = np.count_nonzero(g(grid))", "if not g(grid).any():\n            break\n        count = 1")
    assert twice_the_same(facts(source, measured, grid)) is not None
    source = TWICE.replace(
        "count = np.count_nonzero(g(grid))", "count = 1\n        if number:\n            count = g(grid).sum()"
    )
    assert twice_the_same(facts(source, measured, grid)) is None


AGAIN = """
import numpy as np

def f(r, x0, n):
    out = np.empty((n, len(r)))
    for row in range(n):
        x = x0
        for _ in range(row + 1):
            x = r * x * (1 - x)
        out[row] = x
    return out
"""


def test_an_orbit_that_is_followed_from_its_start_again_is_found() -> None:
    found = started_again(facts(AGAIN, {"x = r": (0.9, 5000)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.REPEATED_WORK, 9)


@pytest.mark.parametrize(("old", "new"), [("range(row + 1)", "range(7)"), ("        x = x0\n", ""), ("x = r * x", "y = r * x")])
def test_one_that_goes_on_is_not(old: str, new: str) -> None:
    assert started_again(facts(AGAIN.replace(old, new), {" = r * x": (0.9, 5000)})) is None


CALLED = """
def state(r, x, n):
    for _ in range(n):
        x = r * x * (1 - x)
    return x

def f(r, x0, n):
    total = 0.0
    for row in range(n):
        total += state(r, x0, row + 1)
    return total
"""
IN_CALLS = {"total +=": (0.9, 100), "x = r": (0.8, 5000)}


def test_an_orbit_that_a_call_starts_again_is_found_where_it_is_called() -> None:
    found = started_again_by_call(facts(CALLED, IN_CALLS))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.REPEATED_WORK, 10)


@pytest.mark.parametrize(
    ("old", "new"), [("state(r, x0, row + 1)", "state(r, 1 / row, row + 1)"), ("state(r, x0, row + 1)", "state(row, x0, 7)")]
)
def test_and_one_that_a_call_goes_on_with_is_not(old: str, new: str) -> None:
    assert started_again_by_call(facts(CALLED.replace(old, new), IN_CALLS)) is None


def test_nor_a_function_that_goes_along_one_row_for_each_round() -> None:
    source = """
def smooth(row, k):
    for j in range(len(row)):
        row[j] *= k

def f(rows, k):
    for i in range(len(rows)):
        smooth(rows[i], k)
    return rows
"""
    assert started_again_by_call(facts(source, {"smooth(rows": (0.9, 100), "row[j]": (0.8, 5000)})) is None


MASKED = """
import numpy as np

def f(z, c, most):
    counts = np.zeros(z.shape, dtype=np.int32)
    for _ in range(most):
        inside = np.abs(z) <= 2
        z[inside] = z[inside] ** 2 + c
        counts[inside] += 1
    return counts
"""


def masked(source: str, true_share: float = 0.2) -> object:
    variables = {"z": array("complex128", 500, 500), "inside": array("bool", 500, 500, true_share=true_share)}
    return masked_everything(facts(source, {"inside = ": (0.5, 100), "z[inside] =": (0.3, 100)}, variables))


@pytest.mark.parametrize("step", ["z[inside] = z[inside] ** 2 + c", "z = np.where(inside, z * z + c, z)", "z = z * z + c"])
def test_a_mask_of_which_little_is_true_is_found(step: str) -> None:
    source = MASKED.replace("z[inside] = z[inside] ** 2 + c", step)
    variables = {"z": array("complex128", 500, 500), "inside": array("bool", 500, 500, true_share=0.2)}
    found = masked_everything(facts(source, {"inside = ": (0.5, 100), step: (0.3, 100)}, variables))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.MASKED_EVERYTHING, 7)
    assert "20% is true on average" in found.evidence


@pytest.mark.parametrize(
    "step", ["z[abs(z) <= 2] = z[abs(z) <= 2] ** 2 + c; n[abs(z) <= 2] += 1", "z = np.where(abs(z) <= 2, z * z + c, z)"]
)
def test_and_one_that_has_no_name(step: str) -> None:
    source = MASKED.replace("z[inside] = z[inside] ** 2 + c", step)
    variables = {"z": array("complex128", 500, 500), "abs(z) <= 2": array("bool", 500, 500, true_share=0.2)}
    found = masked_everything(facts(source, {step: (0.8, 100)}, variables))
    assert found is not None
    assert "of `abs(z) <= 2` 20% is true on average" in found.evidence


@pytest.mark.parametrize(
    ("targets", "finder", "index"),
    [
        ("rows, columns", "np.where", "rows, columns"),
        ("rows, columns", "np.nonzero", "rows, columns"),
        ("where", "np.nonzero", "where"),
        ("(where,)", "np.where", "where"),
    ],
)
def test_and_one_that_is_turned_into_indices(targets: str, finder: str, index: str) -> None:
    source = (
        MASKED.replace("inside = np.abs(z) <= 2", f"{targets} = {finder}(np.abs(z) <= 2)")
        .replace("[inside]", f"[{index}]")
        .replace("+= 1", "+= 1  # counted")
    )
    variables = {"z": array("complex128", 500, 500), "np.abs(z) <= 2": array("bool", 500, 500, true_share=0.2)}
    measured = {"np.abs(z)": (0.5, 100), "** 2": (0.3, 100), "# counted": (0.2, 100)}
    found = masked_everything(facts(source, measured, {**variables, "counts": array("int32", 500, 500)}))
    assert found is not None
    assert found.line.line == 7
    assert found.gain == pytest.approx(1 / (1 - 0.5 * 0.8)), "only the mask is gone through as a whole"


def test_a_mask_that_is_mostly_true_is_not() -> None:
    assert masked(MASKED, true_share=0.8) is None


def test_nor_one_whose_array_gets_shorter() -> None:
    source = MASKED.replace("z[inside] = z[inside] ** 2 + c", "z = z[inside]")
    shrinking = [array("bool", size, true_share=0.3) for size in (250_000, 75_000)]
    variables: dict[str, Holds | list[Holds]] = {"z": array("complex128", 250_000), "inside": shrinking}
    assert masked_everything(facts(source, {"inside = ": (0.5, 100)}, variables)) is None


@pytest.mark.parametrize("neighbours", ["like = np.roll(grid, 1) == grid", "grid[0] = grid[-2]; like = grid[1:] == grid[:-1]"])
def test_nor_one_that_depends_on_the_neighbours(neighbours: str) -> None:
    source = """
import numpy as np

def f(grid, rng, n):
    for _ in range(n):
        NEIGHBOURS
        market = like | (grid == 0)
        grid[market] = rng.permutation(grid[market])
    return grid
""".replace("NEIGHBOURS", neighbours)
    variables = {"grid": array("int8", 500, 500), "market": array("bool", 500, 500, true_share=0.2)}
    assert masked_everything(facts(source, {"market =": (0.9, 100)}, variables)) is None
