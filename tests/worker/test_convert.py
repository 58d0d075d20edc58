"""What a submission may return: anything whose values all survive; for everything else, a sentence that says what to return."""

from array import array
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from grader.worker.convert import UnfitResultError, store


class Lazy:
    """Becomes an array when NumPy asks for one."""

    def __array__(self, dtype: str | None = None, copy: bool | None = None) -> NDArray[Any]:
        del copy
        return np.array([1.0, 2.0], dtype)


class OnTheGpu:
    """An array that lies where the host cannot read it."""

    __cuda_array_interface__: dict[str, Any] = {}  # noqa: RUF012 -- as the libraries have it


class Unsigned(np.ndarray[Any, Any]):
    """A subclass with an opinion of its own on what equals what."""

    def __eq__(self, other: object) -> NDArray[Any]:  # type: ignore[override]  # elementwise, as NumPy's own
        del other
        return np.ones(self.shape, bool)

    __hash__ = None


def stored(result: object, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """The one output after `result` was returned."""
    output = np.full(shape, 77, dtype)
    store(result, (output,))
    return output


def refusal(result: object, dtype: str, shape: tuple[int, ...]) -> str:
    output = np.full(shape, 77, dtype)
    with pytest.raises(UnfitResultError) as raised:
        store(result, (output,))
    assert (output == 77).all(), "nothing is written of what is refused"
    return str(raised.value)


# What is taken

TAKEN = {
    "a list": ([1, 2], "float64", [1.0, 2.0]),
    "a tuple": ((1, 2), "int32", [1, 2]),
    "a list of lists": ([[1, 2], [3, 4]], "int8", [[1, 2], [3, 4]]),
    "a Python number": (3.5, "float64", 3.5),
    "a NumPy scalar": (np.int16(3), "float64", 3.0),
    "Fortran order": (np.asfortranarray([[1, 2], [3, 4]]), "int64", [[1, 2], [3, 4]]),
    "a strided view": (np.arange(6)[::2], "int64", [0, 2, 4]),
    "another byte order": (np.array([1, 256], ">i4"), "int32", [1, 256]),
    "float64 counts": (np.array([1.0, 255.0, -0.0]), "int32", [1, 255, 0]),
    "int64 counts": (np.array([1, 2**31 - 1]), "int32", [1, 2**31 - 1]),
    "float64 that float32 holds": (np.array([0.5, 2.0**100]), "float32", [0.5, 2.0**100]),
    "bool": (np.array([True, False]), "int32", [1, 0]),
    "complex without an imaginary part": (np.array([1 + 0j, 2 - 0j]), "float64", [1.0, 2.0]),
    "complex counts": (np.array([1 + 0j, 2 + 0j]), "int32", [1, 2]),
    "real for complex": ([1.0, 2.0], "complex128", [1 + 0j, 2 + 0j]),
    "unsigned for signed": (np.array([200], np.uint8), "int16", [200]),
    "half precision": (np.array([0.5], np.float16), "float64", [0.5]),
    "a matrix": (np.ones((2, 2)).view(np.matrix), "float64", [[1.0, 1.0], [1.0, 1.0]]),
    "a masked array": (np.ma.array([1.0, 2.0]), "float64", [1.0, 2.0]),
    "an object that becomes an array": (Lazy(), "float64", [1.0, 2.0]),
    "a memoryview": (memoryview(array("d", [1.0, 2.0])), "float64", [1.0, 2.0]),
    "a range": (range(3), "int32", [0, 1, 2]),
    "a list of no rows": ([], "float64", []),
}


@pytest.mark.parametrize(("result", "dtype", "expected"), TAKEN.values(), ids=TAKEN)
def test_is_taken(result: object, dtype: str, expected: object) -> None:
    output = stored(result, dtype, np.asarray(expected).shape)
    assert output.dtype == dtype
    assert output.tolist() == expected


def test_not_a_number_and_infinity_pass_through_inexact_types() -> None:
    values = np.array([np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(stored(values, "float32", (3,)), values.astype("float32"))
    np.testing.assert_array_equal(stored(values.astype("complex128"), "float64", (3,)), values)


def test_empty_outputs_of_every_shape_can_be_filled() -> None:
    for shape in ((0,), (0, 3), (3, 0)):
        assert stored(np.empty(shape, np.complex128), "int8", shape).shape == shape


# What is refused, and the words for it

REFUSED = {
    "nothing": (None, "float64", (2,), "the result is None where a float64 array of shape (2,) is due"),
    "too few values": ([1.0], "float64", (2,), "the result has shape (1,); return shape (2,)"),
    "a scalar for an array": (1.0, "float64", (2,), "the result has shape (); return shape (2,)"),
    "a tuple around the array": ((np.ones(2),), "float64", (2,), "the result has shape (1, 2); return shape (2,)"),
    "transposed": (np.ones((3, 2)), "float64", (2, 3), "has shape (3, 2); return shape (2, 3) (yours looks transposed)"),
    "ragged": ([[1.0], [1.0, 2.0]], "float64", (2, 2), "cannot be made into a float64 array of shape (2, 2)"),
    "texts": (["a", "b"], "float64", (2,), "holds <U1 values where numbers are due"),
    "objects": ([object(), None], "float64", (2,), "holds object values where numbers are due"),
    "huge integers": ([10**30, 1], "int64", (2,), "holds object values where numbers are due"),
    "dates": (np.array(["2026-01-01"], "datetime64[D]"), "int64", (1,), "holds datetime64[D] values where numbers are due"),
    "a generator": ((i for i in range(2)), "int64", (2,), "holds object values where numbers are due"),
    "a dictionary": ({1: 2}, "int64", (1,), "holds object values where numbers are due"),
    "fractions": (
        [[1.0, 2.5]], "int32", (1, 2), "has dtype float64, and 2.5 at [0, 1] does not fit int32; return int32 values",
    ),
    "not a number for an integer": ([1.0, np.nan], "int32", (2,), "nan at [1] does not fit int32"),
    "infinity for an integer": ([np.inf], "int64", (1,), "inf at [0] does not fit int64"),
    "too large for int8": (np.array([127, 128]), "int8", (2,), "128 at [1] does not fit int8"),
    "too large for int32": ([2.0**31], "int32", (1,), "2147483648.0 at [0] does not fit int32"),
    "too large for int64": ([2.0**63], "int64", (1,), "does not fit int64"),
    "negative for unsigned": ([-1], "uint8", (1,), "-1 at [0] does not fit uint8"),
    "too fine for float32": ([0.1], "float32", (1,), "0.1 at [0] does not fit float32"),
    "too large for float32": ([1e300], "float32", (1,), "1e+300 at [0] does not fit float32"),
    "really complex": ([0j, 1 + 2j], "float64", (2,), "is complex, with a nonzero imaginary part at [1]; return real values"),
    "on the GPU": (OnTheGpu(), "float64", (2,), "is an array on the GPU: bring it back with `.get()`"),
}  # fmt: skip


@pytest.mark.parametrize(("result", "dtype", "shape", "words"), REFUSED.values(), ids=REFUSED)
def test_is_refused(result: object, dtype: str, shape: tuple[int, ...], words: str) -> None:
    assert words in refusal(result, dtype, shape)


def test_a_subclass_cannot_say_that_values_survive() -> None:
    assert "does not fit" in refusal(np.array([0.5]).view(Unsigned), "int32", (1,))


NUMBERS = npst.arrays(st.sampled_from(["float64", "float32", "int64", "uint64", "int16", "complex128"]), st.integers(0, 6))


@given(NUMBERS, st.sampled_from(["float64", "float32", "int32", "int8", "uint8", "int64"]))
@example(np.array([2**54 - 1]), "float32")
def test_every_value_survives_or_nothing_is_stored(result: NDArray[Any], dtype: str) -> None:
    output = np.full(result.shape, 77, dtype)
    try:
        store(result, (output,))
    except UnfitResultError:
        assert (output == 77).all()
    else:
        for got, returned in zip(output.tolist(), result.tolist(), strict=True):
            same = got == returned or (got != got and returned != returned)  # noqa: PLR0124 -- NaN is not itself
            assert same or (dtype == "float64" and result.dtype.kind in "iu" and got == float(returned))


@given(npst.arrays("float64", npst.array_shapes(max_dims=3, max_side=4), elements=st.integers(-(2**31), 2**31 - 1)))
def test_counts_in_float64_are_counts(counts: NDArray[Any]) -> None:
    np.testing.assert_array_equal(stored(counts, "int32", counts.shape), counts)


# Several outputs


@pytest.mark.parametrize("pack", [tuple, list])
def test_several_outputs_come_as_a_tuple_or_a_list(pack: type[Any]) -> None:
    outputs = (np.zeros(2), np.zeros((), "int32"))
    store(pack([[1, 2], 3.0]), outputs)
    assert [output.tolist() for output in outputs] == [[1.0, 2.0], 3]


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (np.zeros((2, 2)), "return a tuple of 2 arrays; a value of type ndarray came"),
        ((np.zeros(2),), "return a tuple of 2 arrays; a tuple of 1 came"),
        ([0, 0, 0], "return a tuple of 2 arrays; a list of 3 came"),
        (None, "return a tuple of 2 arrays; a value of type NoneType came"),
        ((np.zeros(2), None), "result 2 of 2 is None"),
        ((np.zeros(3), np.zeros(2)), "result 1 of 2 has shape (3,); return shape (2,)"),
    ],
)
def test_what_is_wrong_with_one_of_several_is_said_of_it(result: object, words: str) -> None:
    with pytest.raises(UnfitResultError) as raised:
        store(result, (np.zeros(2), np.zeros(2)))
    assert words in str(raised.value)
