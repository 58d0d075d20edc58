"""Each of pytest's processes has cores of its own, and all of them where a test is about several."""

import os

import pytest

from tests import cores


@pytest.mark.parametrize(
    ("every", "count", "parts"),
    [
        ((0, 1), 1, [(0, 1)]),
        ((0, 1), 2, [(0,), (1,)]),
        ((2, 3, 5, 7, 8), 2, [(2, 3), (5, 7)]),
        ((4,), 2, [(4,), (4,)]),
    ],
)
def test_cores_are_shared_out_in_equal_parts_as_far_as_there_are_enough(
    every: tuple[int, ...], count: int, parts: list[tuple[int, ...]]
) -> None:
    assert [cores.own(every, number, count) for number in range(count)] == parts


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="nothing is bound to cores here")
def test_a_process_keeps_to_its_own_and_has_all_for_a_while() -> None:
    assert os.sched_getaffinity(0) == set(cores.OWN)
    with cores.every_core():
        assert os.sched_getaffinity(0) == set(cores.EVERY)
    assert os.sched_getaffinity(0) == set(cores.OWN)
