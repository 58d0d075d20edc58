"""Rules about memory that is taken for nothing."""

import pytest

from grader.advice.finding import Cause
from grader.advice.memory import append_then_array, growing_in_loop, large_temporaries, needless_copy
from grader.execution.line_looks import Sort
from grader.grading.profile_lines import Hardware
from tests.advice.programs import Holds, array, facts

GROWING = """
import numpy as np

def f(x):
    out = np.empty((0, 100))
    for row in x:
        out = np.vstack([out, row])
    return out
"""


@pytest.mark.parametrize(
    "text",
    [
        "out = np.vstack([out, row])",
        "out = np.append(out, [row], axis=0)",
        "out = np.concatenate((out, row[None]))",
        "out = np.r_[out, row]",
        "out = out + [row]",
    ],
)
def test_what_is_copied_to_get_longer_is_found(text: str) -> None:
    grown = [array("float64", 0, 100), array("float64", 900, 100)]
    found = growing_in_loop(facts(GROWING.replace("out = np.vstack([out, row])", text), {text: (0.5, 1000)}, {"out": grown}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.GROWING_IN_LOOP, 7)
    assert "from 0×100 to 900×100" in found.evidence


@pytest.mark.parametrize("text", ["out = np.vstack([row, row])", "out = out + row", "out[0] = np.append(row, row)"])
def test_what_does_not_grow_is_not(text: str) -> None:
    assert growing_in_loop(facts(GROWING.replace("out = np.vstack([out, row])", text), {text: (0.5, 1000)})) is None


def test_and_not_what_takes_little_of_the_time() -> None:
    assert growing_in_loop(facts(GROWING, {"np.vstack": (0.05, 1000)})) is None


LISTED = """
import numpy as np

def f(x):
    values = []
    for v in x:
        values.extend(v.tolist())
    return np.array(values)
"""


def test_a_list_that_becomes_an_array_is_found_with_both_of_its_lines() -> None:
    found = append_then_array(
        facts(LISTED, {"values.extend": (0.3, 1000), "np.array": (0.5, 1)}, {"values": Holds(Sort.SEQUENCE, shape=(10_000,))})
    )
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.APPEND_THEN_ARRAY, 8)
    assert found.gain == pytest.approx(5)
    assert "10,000 values" in found.evidence


def test_a_list_that_is_not_filled_in_a_loop_is_not() -> None:
    source = "import numpy as np\n\ndef f(x):\n    values = x.tolist()\n    return np.array(values)\n"
    assert append_then_array(facts(source, {"np.array": (0.9, 1)}, {"values": Holds(Sort.SEQUENCE, shape=(9,))})) is None


RAISED = """
import numpy as np

def f(a, b):
    products = a[:, :, None] * b[None, :, :]
    return products.sum(axis=1)
"""


def test_an_intermediate_array_many_times_as_large_is_found_where_it_takes_most() -> None:
    square = array("float64", 256, 256)
    variables = {"a": square, "b": square, "products": array("float64", 256, 256, 256)}
    found = large_temporaries(facts(RAISED, {"products =": (0.6, 1), "return": (0.4, 1)}, variables))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.LARGE_TEMPORARIES, 5)
    assert "134 MB" in found.evidence


def test_a_small_one_is_not() -> None:
    square = array("float64", 16, 16)
    assert large_temporaries(facts(RAISED, {"products =": (0.6, 1)}, {"a": square, "b": square})) is None


def test_what_fits_the_cache_of_this_machine_is_not_large() -> None:
    source = "def f(a):\n    return a[:, None] * a\n"
    variables = {"a": array("float64", 500)}
    measured = {"return": (1.0, 1)}
    small, large = (Hardware(2, 4, cache_bytes=size) for size in (1 << 20, 1 << 21))
    found = large_temporaries(facts(source, measured, variables, hardware=small))
    assert found is not None, "two million bytes"
    assert "takes 2 MB, and the cache of a core holds 1.05 MB" in found.evidence
    assert large_temporaries(facts(source, measured, variables, hardware=large)) is None
    assert large_temporaries(facts(source, measured, variables)) is None, "where nobody knows, it is three"


def test_nor_one_that_is_as_large_as_what_it_is_made_of() -> None:
    source = "def f(z, c):\n    return z * z + c\n"
    assert large_temporaries(facts(source, {"z * z": (1.0, 1)}, {"z": array("complex128", 1000, 1000)})) is None


def test_a_view_counts_by_the_memory_that_it_lies_in() -> None:
    source = "def f(frames, window):\n    return frames * window\n"
    view = array("float64", 4000, 1024, span_bytes=8_000_000)
    variables = {"frames": view, "window": array("float64", 1024)}
    assert large_temporaries(facts(source, {"return": (1.0, 1)}, variables)) is not None


COPIED = """
import numpy as np

def f(signal, starts):
    total = 0.0
    for start in starts:
        samples = signal.copy()
        total += samples[start]
    return total
"""


@pytest.mark.parametrize("copy", ["signal.copy()", "np.array(signal)", "np.copy(signal)", "signal.astype(float)"])
def test_a_copy_that_is_only_read_is_found(copy: str) -> None:
    source = COPIED.replace("signal.copy()", copy)
    found = needless_copy(facts(source, {"samples =": (0.9, 1000)}, {"signal": array("float64", 1_000_000)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.NEEDLESS_COPY, 7)
    assert "8 MB" in found.evidence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total += samples[start]", "samples[start] = 0"),
        ("total += samples[start]", "signal[start] = samples[0]"),
        ("total += samples[start]", "samples += 1"),
        ("total += samples[start]", "change(samples)"),
        ("total += samples[start]", "samples.sort()"),
        ("signal.copy()", "signal.astype(complex)"),
        ("signal.copy()", "signal[start:]"),
    ],
)
def test_a_copy_that_is_wanted_is_not(old: str, new: str) -> None:
    source = COPIED.replace(old, new)
    assert needless_copy(facts(source, {"samples =": (0.9, 1000)}, {"signal": array("float64", 1_000_000)})) is None


def test_elements_that_two_arrays_of_indices_pick_are_no_large_array() -> None:
    source = """
import numpy as np

def f(counts, rows, columns):
    for k in range(100):
        counts[rows, columns] += 1
    return counts
"""
    held = {"counts": array("int32", 256, 256), "rows": array("int64", 58_981), "columns": array("int64", 58_981)}
    assert large_temporaries(facts(source, {"counts[rows, columns] += 1": (0.5, 100)}, held)) is None
