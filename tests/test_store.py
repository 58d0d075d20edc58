"""The store: what was kept comes back as it was, all or nothing, and nobody else's faults lose it."""

import errno
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Interface, LoadedTask, Task
from grader.errors import GraderError, UsageError
from grader.machine import Bandwidth, Machine, Peaks, VectorPeak
from grader.noise import Disturbance
from grader.records import Acceptance, Block, CheckResult, Decision, Member, RunRecord, Turn
from grader.store import SCHEMA_VERSION, Conditions, Store
from grader.verdicts import Verdict

CONDITIONS = Conditions("environment", "machine", "sandbox")
ADA = Member("ada", "student", "content of ada")
BOB = Member("bob", "student", "content of bob")
NUMBA = Member("numba", "reference", "content of numba")
BLOCK = Block("double", "large", NUMBA, (ADA, BOB, NUMBA), {"student/ada": 0.1, "student/bob": 0.2, "reference/numba": 0.3})
RIGHT = CheckResult(Verdict.ACCEPTED, "correct", case="large", case_calls_s={"large": (0.1, 0.11)})
DECISION = Decision("ada", "doubling", "report", 1.5, "fine", "tess", "2026-10-05T10:00:00+00:00")
SEED = 1 << 100


def loaded(version: str = "1") -> LoadedTask:
    task = Task(
        title="Double",
        work_unit="numbers",
        outputs=lambda _inputs: (),
        expect=lambda _inputs: None,
        check=lambda _inputs, _outputs, _expected: None,
        work=lambda _inputs, _expected: 1.0,
        check_cases=(),
        benchmark_cases=(),
    )
    return LoadedTask("double", Path("double"), Interface("double", (), "", ""), version, task)


TASK = loaded()


def run(competitor: str = "student/ada", rounds: int = 2, problems: dict[str, tuple[Verdict, str]] | None = None) -> RunRecord:
    turns = tuple(Turn(competitor, number, 0.2, (0.1, 0.11), 0.21, 1, 0.0) for number in range(rounds))
    return RunRecord(SEED, turns, problems or {}, "2026-10-05T10:00:00+00:00", 1.5, 1.25)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results" / "results.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as store:
        yield store


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has, superseded or not."""
    counts = {}
    for table in ("checks", "blocks", "runs", "turns"):
        ((counts[table],),) = store._connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 -- constants
    return counts


# What comes back

names = st.text("abcdefgh-_ é", min_size=1, max_size=8)
texts = st.text(st.characters(), max_size=40)
"""With control characters, lone surrogates, and whatever else a submission may print."""
seconds = st.floats(0, 1e6)
counts = st.integers(0, 2**40)
members = st.builds(Member, names, st.sampled_from(["student", "reference"]), names)
checks = st.builds(
    CheckResult,
    verdict=st.sampled_from(Verdict),
    message=texts,
    failing_case=st.none() | names,
    mistake=st.none() | texts,
    case=st.none() | names,
    case_work=st.dictionaries(names, seconds),
    case_operations=st.dictionaries(names, seconds),
    case_input_bytes=st.dictionaries(names, counts),
    case_output_bytes=st.dictionaries(names, counts),
    case_times_s=st.dictionaries(names, seconds),
    import_time_s=st.none() | seconds,
    compile_time_s=st.none() | seconds,
    case_memory_bytes=st.dictionaries(names, st.none() | counts),
    threads=st.none() | counts,
    compiled_functions=st.none() | counts,
    picture_answered=st.booleans(),
    review=st.none() | texts,
    notes=st.lists(texts).map(tuple),
    printed=texts,
)
blocks = st.builds(
    Block,
    task=st.just("double"),
    case=names,
    baseline=members,
    members=st.lists(members, min_size=1, max_size=4).map(tuple),
    calls_s=st.dictionaries(names, seconds),
    left=st.lists(members, max_size=2).map(tuple),
)
turns = st.builds(
    Turn,
    competitor=names,
    round=st.integers(0, 50),
    warm_time_s=seconds,
    timed_s=st.lists(seconds, min_size=1, max_size=4).map(tuple),
    cpu_time_s=seconds,
    threads=st.integers(0, 99),
    idle_cpu_s=seconds,
    waited_s=seconds,
)
runs = st.builds(
    RunRecord,
    seed=st.integers(0, 2**128 - 1),
    turns=st.lists(turns, max_size=6, unique_by=lambda turn: (turn.round, turn.competitor)).map(tuple),
    problems=st.dictionaries(names, st.tuples(st.sampled_from(Verdict), texts)),
    started_at=st.just("2026-10-05T10:00:00+00:00"),
    wall_time_s=seconds,
    inside_s=seconds,
    reviews=st.dictionaries(names, texts),
    disturbance=st.none() | st.builds(Disturbance, seconds, seconds, counts, names),
    set_aside=st.booleans(),
)
notes = st.text(st.characters(codec="utf-8"), max_size=40)
decisions = st.lists(st.builds(Decision, names, names, names, st.none() | seconds, notes, notes, notes), max_size=6)
acceptances = st.lists(st.builds(Acceptance, names, names, names, notes, notes, notes), max_size=6)


@settings(max_examples=30, deadline=None)
@given(members, checks, blocks, st.lists(runs, max_size=3))
def test_all_that_was_kept_comes_back_as_it_was(
    member: Member, result: CheckResult, block: Block, records: list[RunRecord]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.sqlite"
        with Store(path) as store:
            store.add_check(member, TASK, CONDITIONS, SEED, result)
            number = store.add_block(block, TASK, CONDITIONS)
            for record in records:
                store.add_run(number, record)
        with Store(path) as store:
            assert store.check(member, TASK, CONDITIONS) == result
            (kept,) = store.blocks(TASK, CONDITIONS)
            assert (kept.id, kept.block, kept.complete, kept.runs) == (number, block, False, tuple(records))


@settings(max_examples=30, deadline=None)
@given(decisions, acceptances)
def test_what_people_decided_comes_back_all_of_it_the_oldest_first(decided: list[Decision], accepted: list[Acceptance]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.sqlite"
        with Store(path) as store:
            for decision in decided:
                store.add_decision(decision)
            for acceptance in accepted:
                store.add_acceptance(acceptance)
        with Store(path) as store:
            assert store.decisions() == tuple(decided)
            assert store.acceptances() == tuple(accepted)


def test_a_block_is_open_until_it_is_complete(store: Store) -> None:
    first, second = (store.add_block(BLOCK, TASK, CONDITIONS) for _ in range(2))
    store.complete_block(second)
    assert [(block.id, block.complete) for block in store.blocks(TASK, CONDITIONS)] == [(first, False), (second, True)]


def test_runs_belong_to_their_own_block(store: Store) -> None:
    first, second = (store.add_block(BLOCK, TASK, CONDITIONS) for _ in range(2))
    store.add_run(second, run("student/bob"))
    store.add_run(first, run("student/ada"))
    store.add_run(second, run("student/bob", rounds=5))
    one, other = store.blocks(TASK, CONDITIONS)
    assert one.runs == (run("student/ada"),)
    assert other.runs == (run("student/bob"), run("student/bob", rounds=5))


def test_the_secret_seeds_are_kept(store: Store) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    store.add_run(store.add_block(BLOCK, TASK, CONDITIONS), run())
    check_seed = store.check_seed(ADA, TASK, CONDITIONS)
    assert check_seed is not None
    assert check_seed[0] == SEED
    assert store.blocks(TASK, CONDITIONS)[0].runs[0].seed == SEED


def test_the_seed_is_that_of_the_current_check(store: Store) -> None:
    assert store.check_seed(ADA, TASK, CONDITIONS) is None
    for seed in (SEED, SEED + 1):
        store.add_check(ADA, TASK, CONDITIONS, seed, RIGHT)
    found = store.check_seed(ADA, TASK, CONDITIONS)
    assert found is not None
    assert found[0] == SEED + 1
    assert store.check_seed(BOB, TASK, CONDITIONS) is None
    store.forget([ADA], "double")
    assert store.check_seed(ADA, TASK, CONDITIONS) is None


def test_what_a_fingerprint_stands_for_is_remembered(store: Store) -> None:
    machine = Machine("laptop", "a CPU", 2, 1 << 34, "Linux x86_64", 1)
    for name in ("laptop", "renamed"):
        store.add_machine(replace(machine, name=name))
    assert store.machine(machine.fingerprint) == replace(machine, name="renamed")
    assert store.machine("never seen") is None


# What belongs together


@pytest.mark.parametrize(
    ("task", "conditions"),
    [
        (loaded("2"), CONDITIONS),
        (TASK, replace(CONDITIONS, environment="other")),
        (TASK, replace(CONDITIONS, machine="other")),
        (TASK, replace(CONDITIONS, sandbox="none")),
    ],
    ids=["task", "environment", "machine", "sandbox"],
)
def test_results_of_other_conditions_stand_beside_each_other(store: Store, task: LoadedTask, conditions: Conditions) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    store.add_block(BLOCK, TASK, CONDITIONS)
    assert store.check(ADA, task, conditions) is None
    assert store.blocks(task, conditions) == ()

    there = replace(RIGHT, message="correct there, too")
    store.add_check(ADA, task, conditions, SEED, there)
    store.replace_check(ADA, task, conditions, replace(there, case="small"))
    assert store.check(ADA, TASK, CONDITIONS) == RIGHT
    assert store.check(ADA, task, conditions) == replace(there, case="small")


@pytest.mark.parametrize("member", [BOB, replace(ADA, content_hash="another version"), replace(ADA, kind="reference")])
def test_a_check_is_of_one_version_of_one_author(store: Store, member: Member) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    assert store.check(member, TASK, CONDITIONS) is None


def test_a_new_check_supersedes_the_one_before_and_the_history_keeps_it(store: Store) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    again = replace(RIGHT, case="small")
    store.add_check(ADA, TASK, CONDITIONS, SEED, again)
    assert store.check(ADA, TASK, CONDITIONS) == again
    assert rows(store)["checks"] == 2


def test_changing_what_a_check_says_keeps_its_seed(store: Store) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    store.replace_check(ADA, TASK, CONDITIONS, replace(RIGHT, case="small"))
    found = store.check(ADA, TASK, CONDITIONS)
    assert found is not None
    assert found.case == "small"
    assert store._connection.execute("SELECT seed FROM checks").fetchall() == [(hex(SEED),)]


# Forgetting


def test_what_is_forgotten_is_graded_again_and_the_history_keeps_it(store: Store) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    store.add_run(store.add_block(replace(BLOCK, members=(ADA,)), TASK, CONDITIONS), run())
    before = rows(store)
    store.forget([ADA], "double")
    assert store.check(ADA, TASK, CONDITIONS) is None
    assert store.blocks(TASK, CONDITIONS) == ()
    assert rows(store) == before
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    assert store.check(ADA, TASK, CONDITIONS) == RIGHT


def test_forgetting_one_leaves_the_others_in_their_block(store: Store) -> None:
    for member in (ADA, BOB):
        store.add_check(member, TASK, CONDITIONS, SEED, RIGHT)
    store.add_run(store.add_block(BLOCK, TASK, CONDITIONS), run())
    store.forget([ADA], "double")
    assert store.check(BOB, TASK, CONDITIONS) == RIGHT
    (block,) = store.blocks(TASK, CONDITIONS)
    assert block.block.members == (BOB, NUMBA)
    assert block.runs == (run(),)


def test_whoever_left_a_block_is_remembered_with_the_version_that_was_measured(store: Store) -> None:
    store.add_run(store.add_block(BLOCK, TASK, CONDITIONS), run())
    store.forget([replace(ADA, content_hash="newer content")], "double")
    store.forget([BOB], "double")
    (block,) = store.blocks(TASK, CONDITIONS)
    assert (block.block.members, block.block.left) == ((NUMBA,), (ADA, BOB))


def test_what_nobody_is_left_in_is_still_there_for_whoever_asks_for_all(store: Store) -> None:
    alone = store.add_block(replace(BLOCK, members=(ADA,)), TASK, CONDITIONS)
    store.add_run(alone, run())
    together = store.add_block(BLOCK, TASK, CONDITIONS)
    store.forget([ADA], "double")
    assert [block.id for block in store.blocks(TASK, CONDITIONS)] == [together]
    first, second = store.all_blocks(TASK, CONDITIONS)
    assert (first.id, first.superseded, first.block.members, first.runs) == (alone, True, (ADA,), (run(),))
    assert (second.id, second.superseded, second.block.left) == (together, False, (ADA,))
    assert store.all_blocks(loaded("2"), CONDITIONS) == ()
    assert store.all_blocks(TASK, replace(CONDITIONS, machine="other")) == ()


def test_forgetting_what_was_graded_forgets_nothing_that_a_person_decided(store: Store) -> None:
    acceptance = Acceptance("ada", "double", ADA.content_hash, "fine", "tess", "2026-10-05T10:00:00+00:00")
    store.add_decision(DECISION)
    store.add_acceptance(acceptance)
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    store.forget([ADA, NUMBA], "double")
    assert (store.decisions(), store.acceptances()) == ((DECISION,), (acceptance,))


def test_a_machines_peaks_are_kept_for_it_and_its_environment(store: Store) -> None:
    bandwidths = (Bandwidth(1 << 14, 4e11, 2e11, 4e11, "L1"), Bandwidth(1 << 27, 4e10, 3e10, 4e10))
    one = Peaks(1e11, bandwidths, (VectorPeak(64, 1e10), VectorPeak(512, 1e11)))
    peaks = replace(one, together=replace(one, flop_per_s=2e11))
    store.add_peaks(CONDITIONS, peaks)
    assert store.peaks(CONDITIONS) == peaks
    assert store.peaks(replace(CONDITIONS, sandbox="none")) == peaks  # isolation decides nothing about them
    assert store.peaks(replace(CONDITIONS, machine="other")) is None
    assert store.peaks(replace(CONDITIONS, environment="other")) is None
    store.add_peaks(CONDITIONS, replace(peaks, flop_per_s=2e11))
    assert store.peaks(CONDITIONS) == replace(peaks, flop_per_s=2e11)


def test_peaks_of_a_version_that_measured_less_are_not_known(store: Store) -> None:
    store.add_peaks(CONDITIONS, Peaks(1e11, ()))
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE peaks SET peaks = json_remove(peaks, '$.vectors')")
    assert store.peaks(CONDITIONS) is None


def test_a_later_decision_stands_beside_the_earlier_ones(store: Store) -> None:
    history = tuple(
        Decision("ada", "doubling", "report", points, "fine", "tess", "2026-10-05T10:00:00+00:00")
        for points in (1.0, 1.0, None)
    )
    for decision in history:
        store.add_decision(decision)
    assert store.decisions() == history


def test_a_decision_that_cannot_be_written_says_so(store: Store) -> None:
    store._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(GraderError, match=r"the store .* cannot be written"):
        store.add_decision(DECISION)


@pytest.mark.parametrize(
    "change",
    [
        lambda store, _: store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT),
        lambda store, _: store.replace_check(ADA, TASK, CONDITIONS, replace(RIGHT, case="small")),
        lambda store, _: store.add_block(BLOCK, TASK, CONDITIONS),
        lambda store, block: store.add_run(block, run()),
        lambda store, _: store.forget([ADA], "double"),
        lambda store, _: store.forget([NUMBA], "double"),
        lambda store, _: store.add_acceptance(Acceptance("ada", "double", "content of ada", "fine", "tess", "2026-10-05")),
        lambda store, _: store.add_peaks(CONDITIONS, Peaks(1e9, ())),
    ],
    ids=["check", "changed check", "block", "run", "forgotten member", "forgotten baseline", "acceptance", "peaks"],
)
def test_a_board_is_forgotten_once_anything_changes_that_it_follows_from(
    store: Store, change: Callable[[Store, int], object]
) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    block = store.add_block(BLOCK, TASK, CONDITIONS)
    store.keep_board("key", TASK, store.changes(TASK), "board")
    assert store.board("key", store.changes(TASK)) == "board"
    change(store, block)
    assert store.board("key", store.changes(TASK)) is None


def test_what_changes_in_another_task_leaves_a_board_as_it_is(store: Store) -> None:
    store.keep_board("key", TASK, store.changes(TASK), "board")
    store.add_check(ADA, replace(TASK, name="triple"), CONDITIONS, SEED, RIGHT)
    assert store.board("key", store.changes(TASK)) == "board"


def test_its_state_is_another_one_after_each_change_and_decision_and_the_same_after_what_is_derived(store: Store) -> None:
    states = {store.state()}
    changes: tuple[Callable[[], object], ...] = (
        lambda: store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT),
        lambda: store.add_check(ADA, replace(TASK, name="triple"), CONDITIONS, SEED, RIGHT),
        lambda: store.add_block(BLOCK, TASK, CONDITIONS),
        lambda: store.add_decision(DECISION),
    )
    for number, change in enumerate(changes, 2):
        change()
        states.add(store.state())
        assert len(states) == number
        store.keep_board(f"key {number}", TASK, store.changes(TASK), "board")
        assert store.state() in states


def test_an_outdated_board_takes_no_room(store: Store) -> None:
    for number in range(5):
        store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
        store.keep_board(f"key {number}", TASK, store.changes(TASK), "board")
    assert store._connection.execute("SELECT count(*) FROM boards").fetchall() == [(1,)]


def test_without_its_baseline_a_block_is_worth_nothing(store: Store) -> None:
    store.add_block(BLOCK, TASK, CONDITIONS)
    store.forget([NUMBA], "double")
    assert store.blocks(TASK, CONDITIONS) == ()


def test_forgetting_is_about_one_task_and_one_kind(store: Store) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    store.add_block(BLOCK, TASK, CONDITIONS)
    store.forget([ADA, NUMBA], "triple")
    store.forget([replace(ADA, kind="reference"), replace(NUMBA, kind="student")], "double")
    assert store.check(ADA, TASK, CONDITIONS) == RIGHT
    assert [block.block for block in store.blocks(TASK, CONDITIONS)] == [BLOCK]


# All or nothing


def test_a_run_that_cannot_be_kept_whole_is_not_kept_at_all(store: Store) -> None:
    number = store.add_block(BLOCK, TASK, CONDITIONS)
    store.add_run(number, run())
    twice = replace(run(), turns=run().turns * 2)
    with pytest.raises(GraderError, match=r"cannot be written: .*; what was finished before is kept"):
        store.add_run(number, twice)
    assert rows(store) == {"checks": 0, "blocks": 1, "runs": 1, "turns": 2}
    store.add_run(number, run(rounds=3))
    assert store.blocks(TASK, CONDITIONS)[0].runs == (run(), run(rounds=3))


def test_a_run_of_no_block_is_refused(store: Store) -> None:
    with pytest.raises(GraderError, match="cannot be written"):
        store.add_run(99, run())


def test_an_interruption_in_the_middle_leaves_nothing_behind(store: Store) -> None:
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)

    def interrupted() -> None:
        with store._transaction() as connection:
            connection.execute("DELETE FROM checks")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.check(ADA, TASK, CONDITIONS) == RIGHT


def test_a_full_disk_says_so_and_loses_nothing_that_was_finished(store: Store) -> None:
    number = store.add_block(BLOCK, TASK, CONDITIONS)
    store.add_run(number, run())
    ((pages,),) = store._connection.execute("PRAGMA page_count")
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(GraderError, match=r"the store .* cannot be written: database or disk is full"):
        store.add_run(number, run(rounds=2_000))
    assert store.blocks(TASK, CONDITIONS)[0].runs == (run(),)
    store._connection.execute(f"PRAGMA max_page_count = {10 * pages + 1_000}")
    store.add_run(number, run(rounds=2_000))
    assert store.blocks(TASK, CONDITIONS)[0].runs == (run(), run(rounds=2_000))


# The file


def test_two_may_have_it_open(path: Path) -> None:
    with Store(path) as one, Store(path) as other:
        one.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
        other.add_check(BOB, TASK, CONDITIONS, SEED, RIGHT)
        assert other.check(ADA, TASK, CONDITIONS) == one.check(BOB, TASK, CONDITIONS) == RIGHT


def test_several_may_create_it_at_once(tmp_path: Path) -> None:
    together = Barrier(6)

    def open_it(path: Path) -> None:
        together.wait()
        with Store(path):
            pass

    with ThreadPoolExecutor(6) as threads:
        for attempt in range(5):
            list(threads.map(open_it, [tmp_path / f"{attempt}.sqlite"] * 6))


def test_a_store_that_somebody_else_holds_is_the_graders_fault_and_says_so(store: Store) -> None:
    store._connection.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(GraderError, match="cannot be written: database is locked"):
        store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    other.execute("ROLLBACK")
    other.close()
    store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)


@pytest.mark.parametrize("name", ["a file/results.sqlite", "a folder"])
def test_a_place_that_cannot_be_written_is_refused_with_the_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a folder").mkdir()
    with pytest.raises(UsageError, match=r"the store .* cannot be used: .*; name another with --store FILE"):
        Store(tmp_path / name)


@pytest.mark.parametrize("content", [b"not a database", b"author,points\nada,3\n" * 100])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "marks.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="file is not a database; name another with --store FILE"):
        Store(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "statement",
    [f"PRAGMA user_version = {SCHEMA_VERSION + 1}", "PRAGMA user_version = 2", "CREATE TABLE recipes (name TEXT)"],
    ids=["newer", "much older", "foreign"],
)
def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"is not a store of this version of the grader .*; name another with --store FILE"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_the_version_before_this_is_brought_up_to_date_with_all_that_is_in_it(path: Path) -> None:
    with Store(path) as store:
        store.add_run(store.add_block(BLOCK, TASK, CONDITIONS), run())
    with sqlite3.connect(path) as connection:  # what that version did not have
        for table, column in (("runs", "disturbance"), ("runs", "set_aside"), ("turns", "waited_s")):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        for name in (
            "check_added",
            "check_changed",
            "block_added",
            "block_changed",
            "run_added",
            "acceptance_added",
            "peaks_changed",
        ):
            connection.execute(f"DROP TRIGGER {name}")
        connection.executescript("DROP TABLE changes; DROP TABLE boards; DROP INDEX checks_of_task; DROP INDEX blocks_of_task")
        connection.execute("PRAGMA user_version = 3")
    connection.close()
    for _ in range(2):
        with Store(path) as store:
            assert store.blocks(TASK, CONDITIONS)[0].runs[0] == run()
    with Store(path) as store:
        store.add_run(1, replace(run(), disturbance=Disturbance(0.5, busiest="make"), set_aside=True))
        assert [record.set_aside for record in store.blocks(TASK, CONDITIONS)[0].runs] == [False, True]


def flock_answers(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def flock(*_: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)


def test_one_grading_at_a_time(path: Path) -> None:
    with Store(path) as first, Store(path) as second:
        with first.exclusive(), pytest.raises(UsageError, match="another grading into"), second.exclusive():
            pytest.fail("there is one at work")
        with second.exclusive():
            pass


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_the_file_system_knows_no_locks_it_says_so_once_and_goes_on(
    path: Path, code: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    flock_answers(monkeypatch, code)
    with Store(path) as store:
        for _ in range(2):
            with store.exclusive():
                store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
    (said,) = caplog.messages
    assert said.startswith(f"grader: the file system of {path.parent} knows no locks")


def test_a_lock_that_cannot_be_had_for_another_reason_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flock_answers(monkeypatch, errno.EIO)
    with (
        Store(path) as store,
        pytest.raises(GraderError, match=r"\.lock cannot be locked: Input/output error"),
        store.exclusive(),
    ):
        pytest.fail("it is not locked")


def test_a_damaged_store_is_not_taken_for_an_empty_one(path: Path) -> None:
    with Store(path) as store:
        store.add_check(ADA, TASK, CONDITIONS, SEED, RIGHT)
        pages = [page for (page,) in store._connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")]
    content = bytearray(path.read_bytes())
    for page in pages:
        content[4096 * (page - 1) : 4096 * page] = b"\xff" * 4096
    path.write_bytes(content)
    with Store(path) as store, pytest.raises(GraderError, match=r"the store .* cannot be read: "):
        store.check(ADA, TASK, CONDITIONS)
