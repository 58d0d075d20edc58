"""Tables of what variables held, from the other side: what cannot be true is left out, whatever stands in them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.execution import profile_driver
from grader.execution.line_looks import (
    COMPILED_COLUMNS,
    MOST_COMPILED,
    MOST_SEEN,
    MOST_TRANSFORMS,
    SEEN_COLUMNS,
    TRANSFORM_COLUMNS,
    Looks,
    Seen,
    Sort,
    read_looks,
)
from grader.execution.profile_driver import ARRAY, traits_of

NAMES = ("x", "y")
ROWS = 10


def read(
    *seen: tuple[int, ...], transforms: tuple[int, ...] = (), compiled: tuple[int, ...] = (), compiling_s: float = 0.0
) -> Looks:
    tables = [np.full(shape, -1, dtype=np.int64) for shape in SHAPES]
    for number, row in enumerate(seen):
        tables[0][number] = row
    if transforms:
        tables[1][0] = transforms
    if compiled:
        tables[2][0] = compiled
    return read_looks(tables[0], tables[1], tables[2], np.array([compiling_s, 0.0]), NAMES, ROWS)


SHAPES = ((MOST_SEEN, SEEN_COLUMNS), (MOST_TRANSFORMS, TRANSFORM_COLUMNS), (MOST_COMPILED, COMPILED_COLUMNS))
MASK = np.ones((4, 5), dtype=bool)


def entry(value: object, row: int = 3, name: int = 1, looks: int = 2, trues: int = 0) -> tuple[int, ...]:
    traits = traits_of(value)
    assert traits is not None
    return (row, name, *traits, looks, trues)


@pytest.mark.parametrize(
    ("value", "sort", "dtype", "shape"),
    [
        (np.zeros((4, 5)), Sort.ARRAY, "float64", (4, 5)),
        (np.zeros((2, 2, 2, 2, 2), dtype=np.int8), Sort.ARRAY, "int8", (2, 2, 2, 2)),
        (np.array([None]), Sort.ARRAY, "O", (1,)),
        (np.zeros(3, dtype=np.clongdouble), Sort.ARRAY, "clongdouble", (3,)),
        (np.float64(1), Sort.NUMPY_NUMBER, "float64", ()),
        (1.5, Sort.NUMBER, "float64", ()),
        (1j, Sort.NUMBER, "complex128", ()),
        (True, Sort.NUMBER, "bool", ()),
        ([1, 2, 3], Sort.SEQUENCE, None, (3,)),
        ("text", Sort.TEXT, None, ()),
        ({}, Sort.MAPPING, None, ()),
    ],
)
def test_what_the_driver_tells_is_understood(value: object, sort: Sort, dtype: str | None, shape: tuple[int, ...]) -> None:
    (found,) = read(entry(value)).seen
    assert (found.row, found.name, found.sort, found.shape) == (3, "y", sort, shape)
    assert found.dtype == (None if dtype is None else np.dtype(dtype))


def test_order_size_and_truths_of_arrays() -> None:
    (found,) = read(entry(np.zeros((4, 5), order="F"))).seen
    assert (found.c_order, found.fortran_order, found.size, found.size_bytes) == (False, True, 20, 160)
    (mask,) = read(entry(MASK, looks=2, trues=10)).seen
    assert mask.true_share == pytest.approx(0.25)


@pytest.mark.parametrize(
    "changed",
    [{0: -2}, {0: ROWS}, {1: 2}, {1: -7}, {2: 99}, {2: -1}, {8: -5}, {8: 1 << 60}, {8: 1 << 40, 9: 1 << 40}, {12: 0}, {6: -3}],
    ids=str,
)
def test_what_cannot_be_true_is_left_out(changed: dict[int, int]) -> None:
    row = list(entry(np.zeros((4, 5))))
    for column, value in changed.items():
        row[column] = value
    assert read(tuple(row)).seen == ()


@pytest.mark.parametrize(("kind", "itemsize"), [(-5, 8), (1 << 40, 8), (ord("f"), 3), (ord("f"), -8), (ord("V"), 4), (0, 0)])
def test_a_dtype_that_does_not_exist_is_none(kind: int, itemsize: int) -> None:
    row = list(entry(np.zeros((4, 5))))
    row[3], row[4] = kind, itemsize
    assert [one.dtype for one in read(tuple(row)).seen] == [None]


def test_more_truths_than_elements_are_all_of_them() -> None:
    assert [one.true_share for one in read(entry(MASK, looks=1, trues=1 << 50)).seen] == [1.0]


def test_tables_of_noise_are_read_without_a_fault() -> None:
    generator = np.random.default_rng(1)
    tables = [generator.integers(-(2**63), 2**63 - 1, shape, dtype=np.int64) for shape in SHAPES]
    found = read_looks(tables[0], tables[1], tables[2], np.array([np.nan, -1.0]), NAMES, ROWS)
    assert found == Looks()


@pytest.mark.parametrize("transform", [(-1, 8, 1), (ROWS, 8, 1), (1, 0, 1), (1, 8, 0)])
def test_transforms_that_cannot_be_are_left_out(transform: tuple[int, ...]) -> None:
    assert read(transforms=transform).transforms == ()


@pytest.mark.parametrize("function", [(-1, 1, 0, 0), (ROWS, 1, 0, 0), (1, 1, 2, 0), (1, -1, -2, 0)])
def test_compiled_functions_that_cannot_be_are_left_out(function: tuple[int, ...]) -> None:
    assert read(compiled=function).compiled == ()


def test_the_driver_and_its_reader_agree_on_what_is_an_array() -> None:
    assert Sort.ARRAY == ARRAY
    assert isinstance(read(entry(np.zeros(2))).seen[0], Seen)


def test_the_driver_looks_at_a_mask_without_a_name_before_and_after_its_line(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    source = "def f(z):\n    z[abs(z) <= 2] *= 4\n    later = 1\n"
    exec(compile(source, str(tmp_path / "a.py"), "exec"), names)  # noqa: S102 -- the lines above
    masks = ("abs(z) <= 2", "abs(later) <= 2", "abs(names) <= 2")
    looks = profile_driver.Looks(profile_driver.Rows(tmp_path, [("a.py", 3)]), masks, {1: (0, 1, 2)})
    tables = looks.run(names["f"], (np.array([1.0, 2.0, 3.0, 4.0]),))
    (mask,) = read_looks(*tables[:3], np.array(tables[3]), masks, 3).seen
    assert (mask.row, mask.name, mask.shape, mask.looks) == (1, "abs(z) <= 2", (4,), 2)
    assert mask.true_share == pytest.approx(2 / 8)
