"""The memory of the side that submits: a class is graded by jobs to its end, none of which is done in this process."""

from benchmarks.slurm_memory import line, submitted

STAGES = 3
"""The naive reference, the others, the students."""


def test_a_class_is_graded_by_jobs_of_their_own_and_the_most_memory_is_told() -> None:
    one = submitted(3, tasks=1)
    assert (one.students, one.hand_ins) == (3, 7)
    assert one.jobs > STAGES, "and its blocks; one job looked at the node"
    assert 0 < one.read_mb <= one.peak_mb
    assert f"{one.jobs:4} jobs: {one.peak_mb:4.0f} MB at most" in line(one)
