"""Which machines count as the same: those with the same facts, whatever they are called."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import machine as machine_module
from grader.machine import (
    Bandwidth,
    Machine,
    Peaks,
    cpu_flags,
    environment_key,
    library_versions,
    own_cache_bytes,
    siblings_first,
    siblings_of,
    this_machine,
    usable_cpus,
    worker_cpus,
)

LAPTOP = Machine(name="laptop", cpu="A CPU @ 3 GHz", cores=8, memory_bytes=16 << 30, system="Linux x86_64", threads=1)


def test_equal_facts_have_equal_fingerprints_whatever_the_name() -> None:
    assert LAPTOP.fingerprint == replace(LAPTOP).fingerprint
    assert LAPTOP.fingerprint == replace(LAPTOP, name="zhores").fingerprint
    assert "laptop" not in LAPTOP.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(LAPTOP, cpu="Another CPU @ 3 GHz"),
        replace(LAPTOP, cores=4),
        replace(LAPTOP, memory_bytes=32 << 30),
        replace(LAPTOP, system="Darwin arm64"),
        replace(LAPTOP, threads=2),
    ],
)
def test_every_fact_that_decides_about_speed_is_in_it(other: Machine) -> None:
    assert other.fingerprint != LAPTOP.fingerprint


def test_what_the_kernel_keeps_for_itself_is_not() -> None:
    assert replace(LAPTOP, memory_bytes=LAPTOP.memory_bytes + (5 << 20)).fingerprint == LAPTOP.fingerprint


def test_workers_get_physical_cores_of_their_own_as_long_as_there_are_any() -> None:
    beside_each_other = {0: (0, 1), 1: (0, 1), 2: (2, 3), 3: (2, 3)}
    far_apart = {cpu: (cpu, (cpu + 4) % 8) for cpu in range(8)}
    assert siblings_first((0, 1, 2, 3), beside_each_other.__getitem__) == (0, 2, 1, 3)
    assert siblings_first(range(8), far_apart.__getitem__) == tuple(range(8))
    assert siblings_first((0, 2, 3), beside_each_other.__getitem__) == (2, 0, 3), "a sibling that is not to be had is none"
    assert siblings_first((5, 6), lambda cpu: (cpu,)) == (5, 6)


@given(st.lists(st.integers(0, 63), unique=True, max_size=20), st.integers(1, 4))
def test_no_core_is_lost_or_doubled(cpus: list[int], width: int) -> None:
    ordered = siblings_first(cpus, lambda cpu: range(cpu - cpu % width, cpu - cpu % width + width))
    assert sorted(ordered) == sorted(cpus)
    physical = [cpu // width for cpu in ordered]
    distinct = len(set(physical))
    assert len(set(physical[len(physical) - distinct :])) == distinct


def test_submissions_run_on_the_last_cores_that_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.machine.usable_cpus", lambda: (0, 1, 2, 3))
    monkeypatch.setattr("grader.machine.siblings_first", lambda cpus: (cpus[0], cpus[2], cpus[1], cpus[3]))
    assert worker_cpus(2) == (1, 3)
    assert worker_cpus(9) == (0, 2, 1, 3), "all, where there are fewer"


def test_this_machines_cores_are_their_own_siblings() -> None:
    for cpu in usable_cpus():
        assert cpu in siblings_of(cpu)


def test_this_machine_is_itself_each_time() -> None:
    here = this_machine("here", threads=1)
    assert here == this_machine("here", threads=1)
    assert here.name == "here"
    assert here.cpu
    assert here.cores == len(usable_cpus()) <= (os.cpu_count() or 1)
    assert here.memory_bytes > 1 << 28


def test_the_flags_of_the_cpu_are_the_kernels_words() -> None:
    assert all(flag == flag.strip().lower() for flag in cpu_flags())


def test_the_versions_of_the_libraries_are_those_that_are_imported() -> None:
    versions = library_versions()
    assert (versions["numpy"], versions["numba"]) == (np.__version__, numba.__version__)


def test_the_environments_key_depends_on_the_variables_and_not_on_their_order() -> None:
    key = environment_key({"A": "1", "B": "2"}, {"limit": 1})
    assert environment_key({"B": "2", "A": "1"}, {"limit": 1}) == key
    assert environment_key({"A": "1", "B": "3"}, {"limit": 1}) != key


def test_results_under_other_limits_have_another_key() -> None:
    assert environment_key({}, {"memory_bytes": 1}) != environment_key({}, {"memory_bytes": 2})


def test_it_depends_on_the_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    key = environment_key({}, {})
    monkeypatch.setattr(machine_module, "library_versions", lambda: {"numpy": "0.1"})
    assert environment_key({}, {}) != key


@pytest.mark.parametrize(
    ("size_bytes", "bytes_per_s"),
    [(0, 9e10), (1 << 10, 9e10), (1 << 14, 9e10), (1 << 20, 5e10), (1 << 23, 5e10), (1 << 27, 2e10), (1 << 40, 2e10)],
)
def test_an_array_is_written_at_the_speed_of_the_nearest_memory_that_is_no_larger(size_bytes: int, bytes_per_s: float) -> None:
    """What is larger is never faster: where it was measured so (here 4 MiB, in a quiet moment), the greater speed counts."""
    speeds = {1 << 14: 9e10, 1 << 18: 4e10, 1 << 22: 5e10, 1 << 27: 2e10}
    peaks = Peaks(1e11, tuple(Bandwidth(size, 0.0, speed, 0.0) for size, speed in speeds.items()))
    assert peaks.write_bytes_per_s(size_bytes) == bytes_per_s


def kernels_cpu(folder: Path, caches: Mapping[str, tuple[str, str, str]]) -> Path:
    """The kernel's folder of a core that has a sibling, with these caches: their type, size, and who shares them."""
    core = folder / f"cpu{usable_cpus()[0]}"
    (core / "topology").mkdir(parents=True)
    (core / "topology" / "thread_siblings_list").write_text("0,4\n", encoding="ascii")
    for name, texts in caches.items():
        (core / "cache" / name).mkdir(parents=True)
        for file, text in zip(("type", "size", "shared_cpu_list"), texts, strict=True):
            (core / "cache" / name / file).write_text(f"{text}\n", encoding="ascii")
    return folder


def test_a_cores_own_cache_is_the_largest_that_no_other_core_shares(tmp_path: Path) -> None:
    caches = {
        "index0": ("Data", "48K", "0,4"),
        "index1": ("Instruction", "4M", "0,4"),
        "index2": ("Unified", "2048K", "0,4"),
        "index3": ("Unified", "32M", "0-7"),
    }
    assert own_cache_bytes(kernels_cpu(tmp_path, caches)) == 2 << 20


def test_where_the_kernel_shows_none_it_is_not_known(tmp_path: Path) -> None:
    assert own_cache_bytes(tmp_path) is None
    assert own_cache_bytes(kernels_cpu(tmp_path / "a", {})) is None
    assert own_cache_bytes(kernels_cpu(tmp_path / "b", {"index0": ("Data", "large", "0")})) is None
