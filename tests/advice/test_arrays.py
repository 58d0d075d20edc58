"""What expressions give: the rules are NumPy's own, and each is checked against NumPy."""

import ast
from collections.abc import Mapping

import numpy as np
import pytest

from grader.advice.arrays import Value, temporaries, value_of
from grader.advice.code import Function
from grader.execution.line_looks import Seen, Sort
from grader.execution.profile_driver import traits_of

VARIABLES: Mapping[str, object] = {
    "x": np.linspace(0.1, 1, 7),
    "y": np.linspace(0.1, 1, 5),
    "z": np.full((5, 7), 1 + 1j),
    "k": np.arange(35).reshape(5, 7),
    "g": np.ones((5, 7), dtype=np.int8),
    "inside": np.full((5, 7), fill_value=True),
    "cube": np.zeros((5, 6, 7)),
    "rows": np.array([0, 4, 2, 2]),
    "columns": np.array([1, 0, 3, 2]),
    "three": np.array([1, 0, 3]),
    "several": [1, 2],
    "i": 3,
    "s": 2.5,
    "c": 1j,
}

FUNCTION = Function("f", ast.parse(""), 0, None, {"np": "numpy", "abs": "abs", "sum": "sum"})


def lookup(name: str) -> Seen | None:
    value = VARIABLES.get(name)
    if isinstance(value, np.ndarray):
        return Seen(0, name, Sort.ARRAY, value.dtype, value.shape, span_bytes=value.nbytes)
    if isinstance(value, list):
        return Seen(0, name, Sort.SEQUENCE, shape=(len(value),))
    return None if value is None else Seen(0, name, Sort.NUMBER, np.dtype(type(value)))


def value(text: str) -> Value | None:
    return value_of(ast.parse(text, mode="eval").body, FUNCTION, lookup)


@pytest.mark.parametrize(
    "text",
    [
        "x + 1",
        "x * s",
        "x * c",
        "g + 1",
        "g / 2",
        "k / g",
        "g == k",
        "x + 1j * y[:, np.newaxis]",
        "x[None, :] - y[:, None]",
        "np.abs(z)",
        "abs(z) ** 2",
        "np.sqrt(k)",
        "np.exp(x)",
        "np.where(inside, z * z + c, z)",
        "np.abs(z) <= 2",
        "-x",
        "z.real",
        "z.T",
        "z[2]",
        "z[:, 1]",
        "z[..., 0]",
        "k[:, :, np.newaxis]",
        "x[k % 7]",
        "z[rows, columns]",
        "z[rows[:, None], columns[None, :]]",
        "cube[:, rows, columns]",
        "cube[rows, :, columns]",
        "cube[rows, 1]",
        "cube[1, :, rows]",
        "cube[..., rows, None, columns]",
        "z.copy()",
        "g.astype(np.int64)",
        "g.astype('complex128')",
        "np.fft.rfft(x)",
        "np.fft.fft(x)",
        "np.fft.rfft(z.real)",
        "np.roll(g, 1, axis=0)",
        "z.sum(axis=0)",
        "z.sum(axis=-1)",
        "np.zeros_like(g)",
        "np.outer(x, y)",
        "z.ravel()",
        "z.real @ x",
    ],
)
def test_dtype_and_shape_are_what_numpy_gives(text: str) -> None:
    expected = eval(text, {"np": np}, dict(VARIABLES))  # noqa: S307 -- the lines above
    found = value(text)
    assert found is not None
    assert (found.is_array, found.dtype, found.shape) == (True, expected.dtype, expected.shape)


@pytest.mark.parametrize(("text", "is_new"), [("x + 1", True), ("z.real", False), ("z[:, 1]", False), ("z[inside]", True)])
def test_views_take_no_memory(text: str, is_new: bool) -> None:
    found = value(text)
    assert found is not None
    assert found.is_new is is_new


def test_a_mask_gives_an_array_of_some_length() -> None:
    found = value("z[inside]")
    assert found is not None
    assert (found.shape, found.size) == ((None,), None)


def test_masks_and_indices_of_one_subscript_pick_together() -> None:
    for text, shape in (("cube[inside[:, 0], rows]", (4, 7)), ("cube[inside[:, 0], :, inside[0]]", (None, 6))):
        found = value(text)
        assert found is not None
        assert (found.shape, found.is_new) == (shape, True)


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "unknown(x)",
        "x.unknown",
        "x[unknown]",
        "lambda: 1",
        "[v for v in x][0]",
        "z[rows, three]",
        "z[several]",
        "z[np.ix_(rows, columns)]",
    ],
)
def test_of_what_nothing_is_known_nothing_is_told(text: str) -> None:
    assert value(text) is None


def test_numbers_are_no_arrays() -> None:
    for text in ("i + 1", "s * c", "abs(c)", "x.shape"):
        found = value(text)
        assert found is not None
        assert not found.is_array


def test_every_array_that_is_made_on_the_way_is_counted() -> None:
    made = list(temporaries(ast.parse("x * (1 - x)", mode="eval").body, FUNCTION, lookup))
    assert [one.size_bytes for one in made] == [56, 56]


def test_the_driver_tells_of_a_view_how_much_memory_it_lies_in() -> None:
    whole = np.zeros((100, 64))
    seen = [traits_of(one) for one in (whole, whole[:, 0], np.lib.stride_tricks.sliding_window_view(whole.ravel(), 32))]
    assert [None if one is None else one[4] for one in seen] == [51200, 99 * 512 + 8, 51200]
