"""What a block takes beside its runs, and what Slurm adds to that."""

from benchmarks.slurm import Graded, summary


def test_what_a_block_takes_beside_its_runs_is_shared_by_the_blocks() -> None:
    assert Graded(wall_time_s=20.0, runs_s=12.0, blocks=4).beside_runs_s == 2.0


def test_what_slurm_adds_is_grading_by_grading_with_its_spread() -> None:
    here = [Graded(10.0, 8.0, 4), Graded(12.0, 8.0, 4), Graded(14.0, 8.0, 4)]
    cluster = [Graded(18.0, 8.0, 4), Graded(28.0, 8.0, 4), Graded(26.0, 8.0, 4)]
    *_, added = summary(here, cluster).splitlines()
    assert added == "added by Slurm        3.00 s a block (2.00 to 4.00)"
