"""The grader ranks real programs of known order in the real sandbox: what it must not do twice, it does not."""

from dataclasses import replace

import pytest

from benchmarks.quality import plots, report
from benchmarks.quality.classes import Kernel
from benchmarks.quality.defects import defects
from benchmarks.quality.effort import QUICK
from benchmarks.quality.load import QUIET
from benchmarks.quality.quality import Quality, benchmark

EFFORT = replace(QUICK, kernels=QUICK.kernels[:2], quiet_runs=8, most_runs=4)


@pytest.fixture(scope="module")
def quality(tmp_path_factory: pytest.TempPathFactory) -> Quality:
    return benchmark(EFFORT, tmp_path_factory.mktemp("quality"), lambda _: None)


@pytest.mark.parametrize("kernel", EFFORT.kernels, ids=lambda kernel: kernel.name)
def test_no_two_gradings_split_equals_or_miss_ten_percent(quality: Quality, kernel: Kernel) -> None:
    gradings = quality.outcomes[QUIET][kernel.name]
    assert len(gradings) >= 2
    assert defects(gradings, EFFORT.programs) == []


def test_all_programs_together_come_in_the_order_of_their_work(quality: Quality) -> None:
    for measured in quality.measured.values():
        assert measured["more-10"] > max(measured["base"], measured["copy"], measured["reworded"])


def test_the_report_shows_every_kernel_and_the_picture_is_drawn(quality: Quality) -> None:
    page = report.markdown(quality)
    assert "$" not in page
    assert all(f"| {kernel.title} |" in page for kernel in EFFORT.kernels)
    assert plots.svg(quality).startswith(b"<?xml")
