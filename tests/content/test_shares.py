"""Items shared out among processes: every one is somebody's, and the mistaken way says which are not."""

import numpy as np
import pytest

from grader.content.shares import PROCESSES_TRIED, shares, sharing_mistakes, whole_shares


@pytest.mark.parametrize("processes", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("items", [0, 1, 2, 10, 11, 100])
def test_every_item_is_in_one_share_and_no_share_is_larger_than_another_by_more_than_one(items: int, processes: int) -> None:
    found = shares(items, processes)
    assert np.concatenate([np.arange(items)[share] for share in found]).tolist() == list(range(items))
    sizes = [share.stop - share.start for share in found]
    assert len(sizes) == processes
    assert max(sizes) - min(sizes) <= 1


def test_whole_shares_leave_the_remainder_out() -> None:
    assert whole_shares(11, 3) == [slice(0, 3), slice(3, 6), slice(6, 9)]
    assert whole_shares(2, 3) == [slice(0, 0)] * 3


def test_a_mistake_is_made_for_each_number_of_processes() -> None:
    made = sharing_mistakes("times", "Everybody did all.", lambda processes, x: (processes * x,))
    assert [one.name for one in made] == [f"times, {count} processes" for count in PROCESSES_TRIED]
    assert [one.compute(np.array(10))[0].tolist() for one in made] == [20, 30, 50]
    assert [one.processes for one in made] == list(PROCESSES_TRIED)
