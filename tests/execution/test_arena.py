"""The shared memory of a call: sealed, poisoned, aligned, and filled bit for bit."""

import fcntl
import mmap
import os
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.content.task import ArraySpec, Inputs, Value
from grader.errors import GraderError
from grader.execution.arena import Arena, poison, signature_of

DTYPES = st.sampled_from(["int8", "uint16", "int32", "int64", "float32", "float64", "complex128"])
SHAPES = st.lists(st.integers(0, 15), max_size=3).map(tuple)
SPECS = st.lists(st.builds(ArraySpec, DTYPES, SHAPES), max_size=5)


def other_side(arena: Arena, entry: dict[str, Any]) -> NDArray[Any]:
    """An array as the worker sees it: through a mapping of its own, by what the layout says."""
    memory = mmap.mmap(arena.descriptor, arena.layout["size"])
    return np.ndarray(entry["shape"], entry["dtype"], memory, entry["offset"])


# The file


@pytest.fixture
def arena() -> Arena:
    return Arena((np.zeros(1000),), (ArraySpec("float64", (1000,)),))


@pytest.mark.parametrize("change", [-1, 1])
def test_a_worker_can_neither_cut_the_file_under_its_parent_nor_let_it_grow(arena: Arena, change: int) -> None:
    with pytest.raises(PermissionError):
        os.ftruncate(arena.descriptor, arena.layout["size"] + change)
    reopened = os.open(f"/proc/self/fd/{arena.descriptor}", os.O_RDWR)
    with pytest.raises(PermissionError):
        os.ftruncate(reopened, arena.layout["size"] + change)
    os.close(reopened)


def test_nor_can_it_seal_the_file_against_the_parents_writing(arena: Arena) -> None:
    with pytest.raises(PermissionError):
        fcntl.fcntl(arena.descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)


def test_both_sides_write(arena: Arena) -> None:
    theirs = other_side(arena, arena.layout["outputs"][0])
    theirs[:] = 3.0
    (mine,) = arena.copy_outputs()
    assert (mine == 3.0).all()


def test_a_copy_of_the_outputs_does_not_change_any_more(arena: Arena) -> None:
    arena.reveal((np.zeros(1000),))
    (copied,) = arena.copy_outputs()
    other_side(arena, arena.layout["outputs"][0])[:] = 3.0
    assert np.isnan(copied).all()


def test_closing_gives_the_descriptor_back(arena: Arena) -> None:
    arena.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(arena.descriptor)


def pages_bytes(arena: Arena) -> int:
    return 512 * os.fstat(arena.descriptor).st_blocks


def test_released_it_takes_no_memory_until_the_next_call_which_finds_nothing_of_an_earlier_one() -> None:
    numbers, spec = np.arange(200_000.0), ArraySpec("float64", (200_000,))
    arena = Arena((numbers,), (spec,))
    theirs = other_side(arena, arena.layout["outputs"][0])
    arena.reveal((numbers,))
    theirs[:] = 3.0
    assert pages_bytes(arena) >= 2 * numbers.nbytes
    arena.release()
    assert pages_bytes(arena) == 0
    arena.reveal((numbers,))
    assert np.isnan(theirs).all()
    np.testing.assert_array_equal(other_side(arena, arena.layout["inputs"][0]), numbers)
    theirs[:] = 4.0
    (copied,) = arena.copy_outputs()
    assert (copied == 4.0).all()


def test_of_little_memory_nothing_is_given_back(arena: Arena) -> None:
    arena.reveal((np.ones(1000),))
    before = pages_bytes(arena)
    arena.release()
    assert pages_bytes(arena) == before > 0


# The layout


@given(SPECS, SPECS)
def test_arrays_lie_on_cache_lines_on_pages_of_their_own_and_inside_the_file(
    inputs: list[ArraySpec], outputs: list[ArraySpec]
) -> None:
    arena = Arena(tuple(np.zeros(spec.shape, spec.dtype) for spec in inputs), outputs)
    entries = [*arena.layout["inputs"], *arena.layout["outputs"]]
    assert [(entry["dtype"], entry["shape"]) for entry in entries] == [
        (np.dtype(spec.dtype).str, spec.shape) for spec in (*inputs, *outputs)
    ]
    first_free_page = 0
    for entry in entries:
        length = int(np.prod(entry["shape"])) * np.dtype(entry["dtype"]).itemsize
        assert entry["offset"] % 64 == 0
        assert entry["offset"] // 4096 >= first_free_page
        first_free_page = -(-(entry["offset"] + length) // 4096)
    assert first_free_page * 4096 <= arena.layout["size"] == os.fstat(arena.descriptor).st_size
    arena.close()


@given(SPECS, st.randoms(use_true_random=False))
def test_inputs_of_every_dtype_and_shape_arrive_bit_for_bit(specs: list[ArraySpec], random: Random) -> None:
    inputs: Inputs = tuple(
        np.frombuffer(random.randbytes(int(np.prod(spec.shape)) * np.dtype(spec.dtype).itemsize), spec.dtype).reshape(
            spec.shape
        )
        for spec in specs
    )
    arena = Arena(inputs, ())
    arena.reveal(inputs)
    for entry, value in zip(arena.layout["inputs"], inputs, strict=True):
        assert other_side(arena, entry).tobytes() == np.asarray(value).tobytes()
    arena.close()


def test_an_array_in_another_order_arrives_in_c_order() -> None:
    drawn = np.arange(12.0).reshape(3, 4).T[::2]
    arena = Arena((drawn,), ())
    arena.reveal((drawn,))
    np.testing.assert_array_equal(other_side(arena, arena.layout["inputs"][0]), drawn)


@pytest.mark.parametrize("value", [True, -(2**63), 0.1, 1 - 2j])
def test_a_scalar_keeps_its_value_and_its_kind(value: complex) -> None:
    arena = Arena((value,), ())
    arena.reveal((value,))
    entry = arena.layout["inputs"][0]
    assert entry["kind"] == type(value).__name__
    assert other_side(arena, entry)[0] == value


@pytest.mark.parametrize("value", ["text", [1.0], np.float64(1.0), None])
def test_an_input_that_no_contract_knows_is_the_courses_fault(value: Value) -> None:
    with pytest.raises(GraderError, match=f"a task's input is a {type(value).__name__}; inputs are NumPy arrays, int"):
        Arena((value,), ())


def test_calls_share_an_arena_where_kinds_dtypes_and_shapes_are_equal() -> None:
    outputs = (ArraySpec("float64", (2,)),)
    same = signature_of((np.zeros(3), 1), outputs)
    assert signature_of((np.ones(3), 7), outputs) == same
    others: list[Inputs] = [(np.zeros(4), 1), (np.zeros(3, np.float32), 1), (np.zeros(3), 1.0), (np.zeros((3, 1)), 1)]
    assert same not in [signature_of(inputs, outputs) for inputs in others]
    assert signature_of((np.zeros(3), 1), (ArraySpec("float32", (2,)),)) != same


# The poison


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
def test_the_poison_of_an_inexact_type_is_not_a_number(dtype: str) -> None:
    assert np.isnan(np.full(1, poison(np.dtype(dtype)), dtype)).all()


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64"])
def test_the_poison_of_a_signed_integer_is_the_smallest(dtype: str) -> None:
    assert poison(np.dtype(dtype)) == np.iinfo(dtype).min


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
def test_the_poison_of_an_unsigned_integer_is_the_largest(dtype: str) -> None:
    assert poison(np.dtype(dtype)) == np.iinfo(dtype).max


@pytest.mark.parametrize("dtype", ["bool", "U3", "datetime64[s]"])
def test_an_output_that_has_no_impossible_value_is_the_courses_fault(dtype: str) -> None:
    with pytest.raises(GraderError, match=r"a task's output cannot have dtype .*; declare an integer or a floating-point type"):
        poison(np.dtype(dtype))


@given(SPECS)
def test_every_value_of_every_output_is_poisoned_anew_before_each_call(specs: list[ArraySpec]) -> None:
    arena = Arena((), specs)
    for entry in arena.layout["outputs"]:
        other_side(arena, entry)[...] = 1
    arena.reveal(())
    for output in arena.copy_outputs():
        assert np.array_equal(output, np.full_like(output, poison(output.dtype)), equal_nan=output.dtype.kind in "fc")
    arena.close()
