"""Snapshots of the machine, and what lies between two of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.noise import Disturbance, Program, Snapshot, between, loads, snapshot


def at(at_s: float, *, stolen_s: float = 0.0, throttled: int = 0, **cpu_times_s: float) -> Snapshot:
    """A machine of four cores with workers on two of them; programs by name, their pids in that order."""
    programs = {pid: Program(name, 3, cpu_s) for pid, (name, cpu_s) in enumerate(cpu_times_s.items(), start=100)}
    return Snapshot(at_s, (2, 3), 4, stolen_s, throttled, programs)


def test_nothing_happened_on_a_quiet_machine() -> None:
    assert between(at(0.0, make=7.0), at(10.0, make=7.0)) == Disturbance()


def test_programs_that_fit_on_the_other_cores_take_nothing_of_the_workers() -> None:
    found = between(at(0.0, make=0.0, gcc=0.0), at(10.0, make=10.0, gcc=9.0))
    assert (found.others, found.busiest) == (0.0, "make")


def test_more_programs_than_the_other_cores_hold_take_their_share_of_the_workers_cores() -> None:
    found = between(at(0.0, make=1.0, gcc=0.0, cc=0.0), at(10.0, make=11.0, gcc=10.0, cc=5.0))
    assert found.others == pytest.approx(0.25)  # half a core of two


def test_what_other_virtual_machines_took_is_a_share_of_the_workers_cores() -> None:
    assert between(at(0.0, stolen_s=3.0), at(10.0, stolen_s=5.0)).stolen == pytest.approx(0.1)


def test_slowing_down_for_heat_is_counted() -> None:
    assert between(at(0.0, throttled=4), at(1.0, throttled=7)).throttled == 3


def test_the_busiest_program_comes_first_and_is_named_with_its_core() -> None:
    first, second = loads(at(0.0, make=1.0, gcc=2.0), at(0.5, make=1.1, gcc=2.4))
    assert str(first) == "gcc (pid 101) keeps core 3 busy: 80 %"
    assert second.name == "make"


def test_nobody_takes_more_of_the_cores_than_all_of_their_time() -> None:
    found = between(at(0.0, bash=0.0, make=0.0), at(0.2, bash=60.0, make=60.0, stolen_s=9.0))
    assert (found.others, found.stolen) == (1.0, 1.0)
    (load,) = loads(at(0.0, numpy=0.0), at(1.0, numpy=1.61))
    assert str(load) == "numpy (pid 100) keeps core 3 busy: 100 %"


def test_a_program_that_started_meanwhile_has_used_all_of_its_time_since() -> None:
    (load,) = loads(at(0.0), at(1.0, make=0.5))
    assert load.share == pytest.approx(0.5)


def test_a_child_that_ran_long_before_it_ended_makes_its_parent_no_busier_than_the_machine() -> None:
    (load,) = loads(at(0.0, bash=1.0), at(0.2, bash=60.0))
    assert load.share == 4


def test_a_process_that_got_the_number_of_one_that_ended_is_another_one() -> None:
    before = Snapshot(0.0, (1,), 2, programs={7: Program("old", 1, 50.0, started=1)})
    after = Snapshot(1.0, (1,), 2, programs={7: Program("new", 1, 0.25, started=2)})
    assert [load.share for load in loads(before, after)] == [0.25]


def test_a_process_that_renames_itself_is_still_the_same() -> None:
    before = Snapshot(0.0, (1,), 2, programs={7: Program("kworker/1", 1, 50.0, started=1)})
    after = Snapshot(1.0, (1,), 2, programs={7: Program("kworker/1+flush", 1, 50.1, started=1)})
    assert [load.share for load in loads(before, after)] == [pytest.approx(0.1)]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stat_line(pid: int, name: str, parent: int, *, ticks: int, core: int) -> str:
    """`/proc/PID/stat`, with a quarter of the time in each of the four fields."""
    fields = ["0"] * 49
    fields[0:2] = ["S", str(parent)]
    fields[11:15] = [str(ticks // 4)] * 4
    fields[36] = str(core)
    return f"{pid} ({name}) {' '.join(fields)}"


def test_the_kernels_files_are_read_whatever_a_process_is_called(tmp_path: Path) -> None:
    ticks_per_s = os.sysconf("SC_CLK_TCK")
    write(tmp_path / "stat", "cpu  1 1 1 1 1 1 1 99 0 0\ncpu0 0 0 0 0 0 0 0 5 0 0\ncpu1 0 0 0 0 0 0 0 60 0 0\nintr 7\n")
    write(tmp_path / "70" / "stat", stat_line(70, "a) S 1 (b", 1, ticks=4 * ticks_per_s, core=1))
    write(tmp_path / str(os.getpid()) / "stat", stat_line(os.getpid(), "grader", 1, ticks=40, core=0))
    write(tmp_path / "80" / "stat", stat_line(80, "worker", os.getpid(), ticks=40, core=1))
    write(tmp_path / "90" / "stat", "what is no such line")
    write(tmp_path / "cpu" / "cpu1" / "thermal_throttle" / "core_throttle_count", "12\n")
    found = snapshot((1,), tmp_path, tmp_path / "cpu")
    assert (found.stolen_s, found.throttled) == (60 / ticks_per_s, 12)
    assert found.programs == {70: Program("a) S 1 (b", 1, 4.0)}  # neither we nor what we have started


def test_a_real_program_is_seen_and_our_own_children_are_not() -> None:
    code = "import time\nend = time.perf_counter() + 0.4\nwhile time.perf_counter() < end: pass"
    before = snapshot((0,))
    stranger = subprocess.run(  # a shell that does not wait leaves its child to init
        ["/bin/sh", "-c", '"$0" -c "$1" >/dev/null 2>&1 & echo $!', sys.executable, code],
        capture_output=True,
        text=True,
        check=True,
    )
    own = subprocess.Popen([sys.executable, "-c", code])
    time.sleep(0.3)
    pids = {load.pid for load in loads(before, snapshot((0,)))}
    own.wait()
    assert int(stranger.stdout) in pids
    assert own.pid not in pids
