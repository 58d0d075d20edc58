"""One run of one block: who takes how many turns in which rounds, on which inputs, and what a failure costs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.course import Measurement
from grader.content.submission import Submission
from grader.content.task import Inputs, LoadedTask
from grader.errors import GraderError
from grader.execution.interface import Failure, FailureKind
from grader.grading.measure import (
    Competitor,
    choose_baseline,
    measure_run,
    plan_blocks,
    rounds_of,
    timed_calls_per_turn,
    turns_per_run,
)
from grader.profiles import Profile
from grader.records import CONTROL, Block, Limits, Member, RunRecord, Turn
from grader.testing import Script, ScriptedBackend
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    FOLLOWED_TASK,
    FURTHER_LENGTH,
    REVIEWED_TASK,
    Classroom,
    doubled,
    failing,
    invented,
    length,
    nearly_doubled,
    paced,
    wrong_from,
)

MEASUREMENT = Measurement(
    calls_per_run=48,
    seconds_per_run=0.5,
    min_turns_per_run=1,
    turn_s=1,
    max_timed_calls_per_turn=3,
    slow_ratio=20,
)
SEVERAL_CALLS = MEASUREMENT.model_copy(update={"turn_s": 0.008, "max_timed_calls_per_turn": 6})
LIMITS = Limits(first_call_s=15, least_time_s=1, time_over_naive=10, memory_bytes=1 << 30, longest_call_s=0.25)
SEED = 7
BASE = Member("base", "reference", "base's content")

measurements = st.builds(
    Measurement,
    calls_per_run=st.integers(1, 200),
    seconds_per_run=st.floats(0.01, 10),
    min_turns_per_run=st.integers(1, 9),
    turn_s=st.floats(0.001, 0.1),
    max_timed_calls_per_turn=st.integers(1, 9),
    slow_ratio=st.floats(1.5, 100),
)
times = st.floats(1e-6, 10)


# Turns


@settings(deadline=None)
@given(times, times, measurements)
def test_a_competitor_gets_its_least_turns_and_never_more_calls_than_its_most(
    call_s: float, fastest_s: float, measurement: Measurement
) -> None:
    turns = turns_per_run(call_s, fastest_s, measurement)
    assert turns >= measurement.min_turns_per_run
    assert (
        turns == measurement.min_turns_per_run
        or turns * (timed_calls_per_turn(fastest_s, measurement) + 1) <= measurement.calls_per_run
    )


@settings(deadline=None)
@given(times, measurements)
def test_beyond_its_least_turns_a_competitor_stays_within_its_seconds(call_s: float, measurement: Measurement) -> None:
    turns = turns_per_run(call_s, call_s, measurement)
    turn_s = (timed_calls_per_turn(call_s, measurement) + 1) * call_s
    assert turns == measurement.min_turns_per_run or turns * turn_s <= measurement.seconds_per_run * (1 + 1e-9)


@pytest.mark.parametrize(("call_s", "timed"), [(1e-9, 6), (0.0005, 6), (0.002, 4), (0.0021, 4), (0.005, 2), (0.008, 1), (1, 1)])
def test_the_shorter_the_calls_the_more_of_a_turn_are_timed(call_s: float, timed: int) -> None:
    assert timed_calls_per_turn(call_s, SEVERAL_CALLS) == timed


@pytest.mark.parametrize("profile", [Profile.THREADS, Profile.PROCESSES])
def test_on_several_cores_the_smallest_of_several_calls_counts(profile: Profile) -> None:
    assert timed_calls_per_turn(1, SEVERAL_CALLS, profile) == 4
    assert timed_calls_per_turn(1, MEASUREMENT.model_copy(update={"max_timed_calls_per_turn": 2}), profile) == 2
    assert timed_calls_per_turn(1, SEVERAL_CALLS) == timed_calls_per_turn(1, SEVERAL_CALLS, Profile.SINGLE) == 1


@pytest.mark.parametrize(("call_s", "turns"), [(0.001, 12), (0.0125, 10), (0.1, 1), (0.2, 1)])
def test_fast_code_is_bounded_by_calls_and_slow_code_by_seconds(call_s: float, turns: int) -> None:
    assert turns_per_run(call_s, call_s, MEASUREMENT) == turns


def test_whoever_is_far_slower_than_the_fastest_takes_the_least_part() -> None:
    assert turns_per_run(0.0199, 0.001, MEASUREMENT) == 6
    assert turns_per_run(0.0201, 0.001, MEASUREMENT) == 1
    assert turns_per_run(0.0201, 0.001, MEASUREMENT.model_copy(update={"min_turns_per_run": 3})) == 3


# Rounds

turn_counts = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 12), min_size=1)


@settings(deadline=None)
@given(turn_counts, st.integers(1, 12), st.integers(0, 2**32))
def test_the_baseline_and_its_control_are_in_every_round_and_the_others_in_their_number_of_them(
    turns: Mapping[str, int], baseline_turns: int, seed: int
) -> None:
    turns = {**turns, "base": baseline_turns, CONTROL: baseline_turns}
    rounds = rounds_of(turns, "base", np.random.default_rng(seed))
    assert len(rounds) == baseline_turns
    counts = Counter(name for one in rounds for name in one)
    others = {name: min(count, len(rounds)) for name, count in turns.items()}
    assert counts == {**others, "base": len(rounds), CONTROL: len(rounds)}
    assert all(len(set(one)) == len(one) for one in rounds)


def test_the_order_within_rounds_is_random_and_the_seed_decides_it() -> None:
    turns = {"base": 50, CONTROL: 50, "a": 50, "b": 20}
    rounds = rounds_of(turns, "base", np.random.default_rng(SEED))
    assert rounds == rounds_of(turns, "base", np.random.default_rng(SEED))
    assert rounds != rounds_of(turns, "base", np.random.default_rng(SEED + 1))
    assert {one[0] for one in rounds} == {"base", CONTROL, "a", "b"}
    taken = [number for number, one in enumerate(rounds) if "b" in one]
    assert taken != list(range(20))


# The baseline


@pytest.mark.parametrize(
    ("times_s", "named", "expected"),
    [
        ({"naive": 0.9, "numpy": 0.05, "numba": 0.007}, None, "numba"),
        ({"naive": 0.9, "numpy": 0.05, "numba": 0.007}, "numpy", "numpy"),
        ({"naive": 0.9, "numpy": 0.05, "numba": 0.001}, None, "numpy"),
        ({"naive": 0.9, "numpy": 0.05, "numba": 0.001}, "numba", "numpy"),
        ({"naive": 0.9, "numpy": 0.05}, "numba", "numpy"),
        ({"naive": 0.004, "numpy": 0.001}, None, "naive"),
        ({"naive": 0.9, "numpy": 0.05, "numba": 0.4}, "numba", "numpy"),
        ({"naive": 0.9, "numpy": 0.3}, None, "numpy"),
        ({}, "numba", None),
    ],
    ids=[
        *("fastest", "named", "too fast", "named too fast", "named absent", "all too fast"),
        *("named too slow", "all too slow", "nobody"),
    ],
)
def test_the_baseline_is_the_named_reference_or_the_fastest_whose_calls_are_neither_too_short_nor_too_long(
    times_s: Mapping[str, float], named: str | None, expected: str | None
) -> None:
    assert choose_baseline(times_s, named, 0.005, 0.25) == expected


# Blocks


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 20))
def test_blocks_share_everyone_out_evenly_and_each_has_the_baselines_time(count: int, block_size: int) -> None:
    members = students(count)
    calls_s = {member.key: 0.01 for member in [*members, BASE]}
    blocks = plan_blocks("double", "large", BASE, members, calls_s, block_size)
    assert {member for block in blocks for member in block.members} == set(members)
    sizes = [len(block.members) for block in blocks]
    assert sum(sizes) == count + (len(blocks) - 1 if block_size > 1 else 0)  # nobody twice but where two blocks meet
    assert max(sizes) <= block_size
    assert max(sizes) - min(sizes) <= 1
    assert all(block.calls_s.keys() == {member.key for member in (*block.members, BASE)} for block in blocks)


@given(st.permutations(range(40)), st.integers(2, 20))
def test_any_two_who_are_neighbours_in_call_time_share_a_block(order: list[int], block_size: int) -> None:
    members = students(len(order))
    calls_s = {member.key: 0.01 * 1.01**place for member, place in zip(members, order, strict=True)} | {BASE.key: 0.01}
    blocks = plan_blocks("double", "large", BASE, members, calls_s, block_size)
    ranked = sorted(members, key=lambda member: calls_s[member.key])
    assert all(any({*pair} <= {*block.members} for block in blocks) for pair in pairwise(ranked))
    for block in blocks:
        places = sorted(ranked.index(member) for member in block.members)
        assert places == list(range(places[0], places[-1] + 1))


def students(count: int) -> list[Member]:
    return [Member(f"s{number:02}", "student", "") for number in range(count)]


def test_the_baseline_is_no_member_twice() -> None:
    (block,) = plan_blocks("double", "large", BASE, [BASE], {BASE.key: 0.01}, 16)
    assert (block.baseline, block.members) == (BASE, (BASE,))


# A run


@pytest.fixture
def task(classroom: Classroom) -> LoadedTask:
    return classroom.task


class Room:
    """Runs of `base`, its control and the scripted others at `small`, and what each was called with."""

    def __init__(self, task: LoadedTask, scripts: Mapping[str, Script], measurement: Measurement = MEASUREMENT) -> None:
        self.seen: list[tuple[str, Inputs]] = []
        self._task = task
        self._measurement = measurement
        scripts = {"base": paced(1e-4), **scripts}
        self.backend = ScriptedBackend({name: self._noting(name, script) for name, script in scripts.items()})
        members = tuple(Member(name, "student", f"{name}'s content") for name in scripts if name not in ("base", CONTROL))
        self._block = Block("double", "small", BASE, members, {one.key: 0.01 for one in (BASE, *members)})

    def run(self, seed: int = SEED, limits: Limits = LIMITS, compiled: dict[str, bytes] | None = None) -> RunRecord:
        competitors = [
            *(Competitor(member.key, _submission(member.author, member)) for member in (BASE, *self._block.members)),
            Competitor(CONTROL, _submission(CONTROL, BASE)),
        ]
        with self.backend.generation() as generation:
            return measure_run(
                generation,
                self._task,
                self._block,
                competitors,
                seed=seed,
                measurement=self._measurement,
                limits=limits,
                compiled={} if compiled is None else compiled,
            )

    def _noting(self, name: str, script: Script) -> Script:
        def call_s(inputs: Inputs, number: int) -> float:
            self.seen.append((name, inputs))
            return script.call_s(inputs, number)

        return replace(script, call_s=call_s)


def _submission(author: str, member: Member) -> Submission:
    folder = Path(member.author)
    return Submission(author, "student", "double", folder, (), "double.py", "double", (), member.content_hash)


def turns_of(record: RunRecord, competitor: str) -> list[Turn]:
    return [turn for turn in record.turns if turn.competitor == competitor]


def test_a_turn_is_a_warm_call_and_the_timed_ones(task: LoadedTask) -> None:
    script = Script(doubled, lambda _inputs, number: 0.001 * (number + 1), threads=2, cores=1.5, idle_cpu_s=0.25)
    turn = turns_of(Room(task, {"ada": script}).run(), "student/ada")[1]
    assert turn.warm_time_s == pytest.approx(0.005)
    assert turn.timed_s == pytest.approx((0.006, 0.007, 0.008))
    assert turn.cpu_time_s == pytest.approx(1.5 * 0.021)
    assert turn.idle_cpu_s == pytest.approx(1.0)  # before the warm call, too
    assert turn.threads == 2


def test_inputs_are_the_same_for_everyone_in_a_round_and_fresh_in_every_call(task: LoadedTask) -> None:
    room = Room(task, {"ada": paced(1e-4), "bob": paced(1e-4)})
    room.run()
    calls: dict[str, list[bytes]] = {}
    for name, (x,) in room.seen:
        assert isinstance(x, np.ndarray)
        calls.setdefault(name, []).append(x.tobytes())
    assert len(calls["base"]) == 2 * 48  # itself and its control, round by round
    assert calls["ada"] == calls["bob"]
    assert set(calls["base"]) == set(calls["ada"])
    assert len(set(calls["ada"])) == len(calls["ada"]) == 48


def test_at_any_time_one_worker_holds_the_memory_of_a_call(task: LoadedTask) -> None:
    room = Room(task, {"ada": paced(1e-4), "bob": paced(1e-4)})
    room.run()
    assert room.backend.most_holding == 1


def test_and_beside_it_one_witness(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    room = Room(classroom.task, {"ada": paced(1e-4), "bob": paced(1e-4)})
    room.run()
    assert room.backend.most_holding == 2


def test_every_run_has_inputs_of_its_own_and_the_seed_decides_them(task: LoadedTask) -> None:
    room = Room(task, {"ada": paced(1e-4)})
    seen: list[list[float]] = []
    for seed in (1, 2, 1):
        room.seen.clear()
        room.run(seed)
        seen.append([float(np.asarray(x)[0]) for _, (x,) in room.seen])
    assert seen[0] == seen[2]
    assert set(seen[0]).isdisjoint(seen[1])


def test_a_run_keeps_the_seed_that_its_inputs_were_drawn_with(task: LoadedTask) -> None:
    assert Room(task, {}).run(seed=1 << 100).seed == 1 << 100


def test_a_run_says_how_much_of_it_was_spent_in_submissions(task: LoadedTask) -> None:
    record = Room(task, {}, MEASUREMENT.model_copy(update={"calls_per_run": 4})).run()
    assert record.inside_s == pytest.approx(2 * (0.001 + 4 * 0.01))  # an import and a turn, of the baseline and its control
    assert record.wall_time_s > 0


@pytest.mark.parametrize("call", [0, 1, 3, 4, 5, 30])
def test_a_wrong_answer_puts_its_author_out_and_the_others_go_on(task: LoadedTask, call: int) -> None:
    room = Room(task, {"ada": paced(1e-4), "bob": paced(1e-4, compute=wrong_from(call))})
    record = room.run()
    assert record.problems.keys() == {"student/bob"}
    verdict, message = record.problems["student/bob"]
    assert verdict is Verdict.WRONG_ANSWER
    assert message.startswith("Wrong on case 'small'")
    assert turns_of(record, "student/bob") == []
    assert [len(turns_of(record, key)) for key in ("student/ada", BASE.key, CONTROL)] == [12, 12, 12]
    assert room.backend.calls_of["bob"] == call + 1


def test_every_answer_of_a_run_is_checked(task: LoadedTask) -> None:
    last = 47
    assert "student/bob" in Room(task, {"bob": paced(1e-4, compute=wrong_from(last))}).run().problems
    assert Room(task, {"bob": paced(1e-4, compute=wrong_from(last + 1))}).run().problems == {}


# Further calls, and what a person looks at


def test_of_each_turn_one_timed_call_is_followed_up_and_nobody_knows_which(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    room = Room(classroom.task, {"ada": paced(1e-4)})
    assert room.run().problems == {}
    lengths = [length(inputs) for name, inputs in room.seen if name == "ada"]
    turns = [lengths[start : start + 6] for start in range(0, len(lengths), 6)]
    places = [turn.index(FURTHER_LENGTH) for turn in turns]
    assert len(turns) == 12
    assert all(turn[place : place + 2] == [FURTHER_LENGTH] * 2 for turn, place in zip(turns, places, strict=True))
    assert all(turn.count(100) == 4 for turn in turns)
    assert set(places) == {2, 3, 4}, "after a timed call, never after the warm one, and not always after the same"


def test_of_turns_with_one_timed_call_every_third_or_so_is_followed_up(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    room = Room(
        classroom.task,
        {"ada": paced(1e-4)},
        MEASUREMENT.model_copy(update={"calls_per_run": 120, "max_timed_calls_per_turn": 1}),
    )
    room.run()
    followed_up = sum(name == "ada" and length(inputs) == FURTHER_LENGTH for name, inputs in room.seen) / 2
    assert 5 <= followed_up <= 40  # of 60; each bound is missed once in 10⁵ seeds, and the seed is fixed


def test_further_calls_are_not_timed(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    script = Script(doubled, lambda inputs, _number: 0.5 if length(inputs) == FURTHER_LENGTH else 0.01)
    record = Room(classroom.task, {"ada": script}).run()
    turns = turns_of(record, "student/ada")
    assert len(turns) == 12
    assert {seconds for turn in turns for seconds in (turn.warm_time_s, *turn.timed_s)} == {0.01}


def test_whoever_invents_while_being_measured_is_out_within_a_turn(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    record = Room(classroom.task, {"ada": paced(1e-4), "bob": paced(1e-4, compute=invented())}).run()
    assert record.problems.keys() == {"student/bob"}
    verdict, message = record.problems["student/bob"]
    assert verdict is Verdict.WRONG_ANSWER
    assert message.startswith("Wrong on case 'small': every call has another factor")
    assert turns_of(record, "student/bob") == []
    assert len(turns_of(record, "student/ada")) == 12


def test_what_a_person_has_to_look_at_is_kept_beside_the_times(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    record = Room(classroom.task, {"ada": paced(1e-4), "bob": paced(1e-4, compute=nearly_doubled)}).run()
    assert record.reviews == {"student/bob": "on case 'small': 100 numbers are nearly doubled"}
    assert record.problems == {}
    assert len(turns_of(record, "student/bob")) == 12


def test_a_crash_puts_its_author_out_with_its_verdict(task: LoadedTask) -> None:
    record = Room(task, {"bob": paced(1e-4, failures=failing(5, FailureKind.SIGNAL))}).run()
    assert record.problems["student/bob"][0] is Verdict.RUNTIME_ERROR


def test_an_import_that_fails_now_puts_its_author_out(task: LoadedTask) -> None:
    room = Room(task, {"bob": paced(1e-4, import_failure=Failure(FailureKind.IMPORT, "gone"))})
    assert room.run().problems["student/bob"][0] is Verdict.BUILD_ERROR
    assert room.backend.calls_of["bob"] == 0


def test_only_what_may_compile_may_take_as_long_as_a_first_call(task: LoadedTask) -> None:
    def slow_in(*calls: int) -> Script:
        return Script(doubled, lambda inputs, number: 5.0 if number in calls else 1e-4 * length(inputs))

    limits = replace(LIMITS, naive_times_s={"small": 0.01})
    assert Room(task, {"bob": slow_in(0, 4)}).run(limits=limits).problems == {}
    assert Room(task, {"bob": slow_in(5)}).run(limits=limits).problems["student/bob"][0] is Verdict.TIME_LIMIT


def test_what_a_submission_compiled_is_given_to_its_own_next_worker_alone(task: LoadedTask) -> None:
    room = Room(task, {"ada": paced(1e-4, compiles=b"ada's"), "bob": paced(1e-4, compiles=b"bob's")})
    compiled = {"ada's content": b"ada's, from her check"}
    room.run(compiled=compiled)
    assert dict(room.backend.given) == {"base": b"", CONTROL: b"", "ada": b"ada's, from her check", "bob": b""}
    room.run(compiled=compiled)
    assert dict(room.backend.given)["bob"] == b"bob's"


def test_a_baseline_that_fails_is_named_like_any_other(task: LoadedTask) -> None:
    record = Room(task, {"base": paced(1e-4, failures=failing(6, FailureKind.EXCEPTION)), CONTROL: paced(1e-4)}).run()
    assert record.problems.keys() == {BASE.key}


def test_workers_are_ended_whatever_happens(task: LoadedTask) -> None:
    room = Room(task, {"ada": paced(1e-4), "bob": paced(1e-4)})
    room.backend.faults.append("bob")
    with pytest.raises(GraderError, match="no worker for bob"):
        room.run()
    room.run()
    assert [worker.alive for worker in room.backend.workers] == [False] * (2 + 4)
