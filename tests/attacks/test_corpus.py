"""The corpus of attacks: its headers, what it covers, and that its runner sees a win. `make attacks` runs all of it."""

import base64
import socket
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.session import Session
from grader.verdicts import Verdict
from tests.attacks import bench, host
from tests.attacks.bench import CopiedCourse
from tests.attacks.canaries import PLACES, Canaries, planted
from tests.attacks.catalogue import Phrase, covering, load_catalogue, unknown_words
from tests.attacks.corpus import CATEGORIES, COURSE, CorpusError, category_of, load_corpus
from tests.attacks.host import Host, Watch, adopting_orphans, catching, changes
from tests.attacks.outcomes import Outcome, as_json, head, last_line, lines_of, wins
from tests.attacks.run import chosen, run_corpus
from tests.end_to_end.small_course import peaks_here

ENTRIES = load_corpus()
PHRASES = load_catalogue()

CORRECT = next(entry for entry in ENTRIES if entry.name == "controls/correct")
ATTACK = replace(CORRECT, name="forging/scripted", kind="hostile", covers=("words",))
HELD = Outcome(ATTACK, Verdict.ACCEPTED, "correct")

HOST = Host(
    processes={7: "zygote (7)"},
    sockets=frozenset(),
    files={"/course/course.toml": "100644 10 1 abc"},
    marks=frozenset(),
    shared_memory=frozenset(),
    settings={"kernel/core_pattern": "core"},
    descriptors=9,
    resident_bytes=1 << 28,
)


# What is in it


def test_it_holds_at_least_eighty_attacks_and_thirty_honest_files() -> None:
    kinds = Counter(entry.kind for entry in ENTRIES)
    assert kinds["hostile"] >= 80
    assert kinds["legitimate"] >= 30


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_attacks(category: str) -> None:
    assert sum(category_of(entry) == category for entry in ENTRIES) >= 10


def test_both_controls_are_there() -> None:
    verdicts = {entry.name: entry.verdicts for entry in ENTRIES if entry.kind == "control"}
    assert verdicts["controls/correct"] == (Verdict.ACCEPTED,)
    assert verdicts["controls/wrong"] == (Verdict.WRONG_ANSWER,)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.id)
def test_every_phrase_of_the_catalogue_is_covered_or_says_why_not(phrase: Phrase) -> None:
    files = covering(phrase, ENTRIES)
    assert files or phrase.open or phrase.tested_by
    assert not (files and phrase.open), f"{files} cover it: it is not open"
    assert phrase.tested_by is None or (COURSE / phrase.tested_by).exists()


def test_files_cover_words_of_the_catalogue_alone() -> None:
    assert unknown_words(ENTRIES, PHRASES) == []


def test_no_two_phrases_have_one_id() -> None:
    assert [name for name, count in Counter(phrase.id for phrase in PHRASES).items() if count > 1] == []


def test_no_file_has_the_name_of_another() -> None:
    assert [name for name, count in Counter(entry.name.split("/")[1] for entry in ENTRIES).items() if count > 1] == []


# Headers


def _corpus_of(folder: Path, header: str, kind: str = "hostile/time") -> Path:
    path = folder / kind / "one.py"
    path.parent.mkdir(parents=True)
    path.write_text(f'"""One sentence.\n\n{header}\n"""\n\n\ndef matmul(a, b):\n    return a @ b\n', encoding="utf-8")
    return folder


GOOD = 'covers = ["x"]\ntask = "matmul"\nverdict = "ACCEPTED"\nhonest = "numpy"'


def test_a_good_header_is_read(tmp_path: Path) -> None:
    (entry,) = load_corpus(_corpus_of(tmp_path, GOOD))
    assert (entry.name, entry.kind, entry.summary) == ("time/one", "hostile", "One sentence.")
    assert (entry.task, entry.verdicts, entry.honest) == ("matmul", (Verdict.ACCEPTED,), "numpy")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (GOOD.replace("task", "tsak"), "tsak: unknown key (did you mean 'task'?)"),
        (GOOD.replace("matmul", "matmull"), "task: there is no task 'matmull' (did you mean 'matmul'?)"),
        (GOOD.replace('"ACCEPTED"', '"ACEPTED"'), "verdict: 'ACEPTED' is none that a submission can get"),
        (GOOD.replace('"ACCEPTED"', '"GRADER_ERROR"'), "verdict: 'GRADER_ERROR' is none that a submission can get"),
        (GOOD.replace('"ACCEPTED"', "[]"), "verdict: must hold at least one"),
        (GOOD.replace('honest = "numpy"', ""), "honest: is missing"),
        (GOOD.replace("numpy", "nobody"), "honest: there is neither controls/nobody.py nor reference/nobody/matmul.py"),
        (GOOD.replace("ACCEPTED", "WRONG_ANSWER"), "honest: only what is ACCEPTED is timed"),
        (GOOD.replace('covers = ["x"]', ""), "covers: is missing"),
        (f'{GOOD}\nsetup = "fifoo"', "setup: there is no function 'fifoo' in setups.py (did you mean 'fifo'?)"),
        ("task = matmul", "the header is not TOML"),
        (f"{GOOD}\nflagged = 1", "flagged: must be true or false, not 1"),
    ],
)
def test_a_wrong_header_is_named_with_its_file_and_key(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(CorpusError) as caught:
        load_corpus(_corpus_of(tmp_path, header))
    assert str(caught.value).startswith("hostile/time/one.py: ")
    assert said in str(caught.value)


def test_a_file_without_a_header_is_an_error(tmp_path: Path) -> None:
    _corpus_of(tmp_path, GOOD)
    (tmp_path / "hostile/time/one.py").write_text("def matmul(a, b): ...\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="opens with no header"):
        load_corpus(tmp_path)


def test_honest_code_cannot_be_called_wrong(tmp_path: Path) -> None:
    header = GOOD.replace("ACCEPTED", "WRONG_ANSWER").replace('honest = "numpy"', "")
    with pytest.raises(CorpusError, match="legitimate code is ACCEPTED"):
        load_corpus(_corpus_of(tmp_path, header, kind="legitimate"))


def test_files_are_chosen_by_name_and_by_category() -> None:
    assert [entry.name for entry in chosen(ENTRIES, ["correct", "controls/wrong"])] == ["controls/correct", "controls/wrong"]
    assert {category_of(entry) for entry in chosen(ENTRIES, ["forging"])} == {"forging"}
    with pytest.raises(CorpusError, match=r"no file or category 'forgin' \(did you mean 'forging'\?\)"):
        chosen(ENTRIES, ["forgin"])


# What a win is


def test_an_attack_that_gets_what_it_deserves_wins_nothing() -> None:
    assert wins(HELD) == ()


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (replace(HELD, verdict=Verdict.WRONG_ANSWER, message="Wrong"), "WRONG_ANSWER instead of ACCEPTED: Wrong"),
        (replace(HELD, verdict=None, fault="GraderError: no worker"), "the grader failed: GraderError: no worker"),
        (replace(HELD, time_over_honest=0.89), "0.89 of the honest work's time"),
        (replace(HELD, leaked=("reference", "tmp")), "leaked: reference, tmp"),
        (replace(HELD, host=("file left: /tmp/attack-mark",)), "file left: /tmp/attack-mark"),
        (replace(HELD, following=("the wrong control after it: ACCEPTED",)), "the wrong control after it: ACCEPTED"),
        (replace(HELD, entry=replace(ATTACK, message="threads")), "the message does not say 'threads': correct"),
        (replace(HELD, entry=replace(ATTACK, reviewed=True)), "nobody is asked to review it"),
        (replace(HELD, entry=replace(ATTACK, flagged=True)), "nothing is flagged"),
        (
            replace(HELD, entry=replace(ATTACK, kind="legitimate"), suspicions=("used CPU time",)),
            "flagged, though it is honest: used CPU time",
        ),
    ],
)
def test_everything_else_is_a_win_and_says_what(outcome: Outcome, said: str) -> None:
    assert wins(outcome) == (said,)


@pytest.mark.parametrize(
    "outcome",
    [
        replace(HELD, time_over_honest=0.9),
        replace(HELD, suspicions=("used CPU time",)),
        replace(HELD, entry=replace(ATTACK, reviewed=True), review="look"),
        replace(HELD, entry=replace(ATTACK, verdicts=(Verdict.TIME_LIMIT, Verdict.ACCEPTED))),
    ],
)
def test_what_is_within_bounds_is_no_win(outcome: Outcome) -> None:
    assert wins(outcome) == ()


def test_the_table_shows_each_win_under_its_row_and_counts_them() -> None:
    won = replace(HELD, leaked=("tmp",), host=("process left: x",), following=("later",), time_over_honest=0.5)
    row, *reasons = lines_of(won, 16)
    assert row.split() == ["forging/scripted", "ACCEPTED", "0.50", "LEAKED", "CHANGED", "AFFECTED", "0.0", "s", "WON"]
    assert [reason.strip() for reason in reasons] == list(wins(won))
    assert len(lines_of(HELD, 16)) == 1
    assert head(16).split()[:2] == ["file", "verdict"]
    honest = replace(HELD, entry=CORRECT, verdict=Verdict.TIME_LIMIT)
    assert last_line([won, HELD, honest]).startswith("2 attacks, 1 of them won; 1 honest files, 1 of them graded wrongly")


def test_programs_get_the_same_as_json() -> None:
    (fields,) = as_json([replace(HELD, leaked=("tmp",))])
    assert (fields["file"], fields["verdict"], fields["won"]) == ("forging/scripted", "ACCEPTED", ("leaked: tmp",))


# What is seen of the host


def test_an_unchanged_host_is_no_change() -> None:
    assert changes(HOST, replace(HOST, resident_bytes=HOST.resident_bytes + (1 << 20))) == ()


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(HOST, processes={**HOST.processes, 8: "sleep (8)"}), "process left: sleep (8)"),
        (replace(HOST, processes={}), "process gone: zygote (7)"),
        (replace(HOST, sockets=frozenset({"unix @attack-mark"})), "socket left: unix @attack-mark"),
        (replace(HOST, marks=frozenset({"/run/attack-mark"})), "file left: /run/attack-mark"),
        (replace(HOST, files={}), "file changed: /course/course.toml"),
        (replace(HOST, shared_memory=frozenset({"shm 1 2"})), "shared memory left: shm 1 2"),
        (replace(HOST, settings={"kernel/core_pattern": "|evil"}), "setting changed: kernel/core_pattern"),
        (replace(HOST, descriptors=10), "the grader's open descriptors: 9 → 10"),
        (replace(HOST, resident_bytes=HOST.resident_bytes + (300 << 20)), "the grader grew by 300 MiB"),
    ],
)
def test_every_change_is_said(after: Host, said: str) -> None:
    assert changes(HOST, after) == (said,)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_what_is_sent_out_is_caught(kind: socket.SocketKind) -> None:
    with catching() as catcher:
        with socket.socket(socket.AF_INET, kind) as attack:
            attack.connect(("127.0.0.1", catcher.port))
            attack.send(b"a secret")
        assert b"a secret" in catcher.caught()
        assert catcher.caught() == []


def test_what_a_process_leaves_behind_is_seen_and_ended() -> None:
    with adopting_orphans():
        watch = Watch(())
        before = watch.look()
        subprocess.run(["/bin/sh", "-c", "setsid sleep 30 >/dev/null 2>&1 &"], check=True)
        after = watch.look()
        assert [what.split(" (")[0] for what in changes(before, after) if "process" in what] == ["process left: sleep"]
        watch.clean(before, after)
        assert watch.settled(before).processes == before.processes


# Canaries

CANARIES = Canaries.fresh()
SECRET = CANARIES.value("results").encode()


@pytest.mark.parametrize(
    "disguised",
    [
        lambda secret: secret,
        lambda secret: secret[::-1],
        lambda secret: secret.hex().encode(),
        base64.b64encode,
        lambda secret: base64.b64encode(b"x" + secret),
        lambda secret: base64.urlsafe_b64encode(b"xx" + secret),
        lambda secret: secret.decode().encode("utf-16-le"),
    ],
    ids=["plain", "reversed", "hex", "base64", "base64 shifted by one", "base64 shifted by two", "UTF-16"],
)
def test_a_canary_is_seen_in_every_simple_disguise(disguised: Callable[[bytes], bytes]) -> None:
    assert CANARIES.leaks_in(b"before " + disguised(SECRET) + b" after")


def test_a_leak_says_where_it_was_taken_from() -> None:
    assert CANARIES.leaks_in(SECRET) == {"results"}
    assert CANARIES.leaks_in(SECRET[::-1]) == {"somewhere"}


def test_looking_for_canaries_is_no_leak() -> None:
    assert CANARIES.leaks_in(b"CANARY-results reference") == frozenset()
    assert CANARIES.leaks_in(Canaries.fresh().value("results").encode()) == frozenset()


@pytest.mark.parametrize("dtype", ["int32", "float64", "uint8"])
def test_a_canary_is_seen_in_an_answer_of_character_codes(dtype: str) -> None:
    answer = np.zeros((4, 40), dtype)
    answer.flat[: len(SECRET)] = list(SECRET)
    assert "results" in CANARIES.leaks_in_outputs((answer,))
    assert CANARIES.leaks_in_outputs((np.zeros((4, 40), dtype),)) == frozenset()


def test_canaries_are_planted_everywhere_and_taken_away_again(tmp_path: Path) -> None:
    course = CopiedCourse(tmp_path / "course")
    with planted(CANARIES, course.folder, tmp_path / "home") as in_memory:
        outside = [*Path("/tmp").glob(".attack-canary-*"), *Path.home().glob(".attack-canary-*")]  # noqa: S108 -- where they are planted
        texts = [path.read_bytes() for path in [*tmp_path.rglob("*"), *outside] if path.is_file()]
        found = {place for text in [*texts, in_memory] for place in CANARIES.leaks_in(text)}
        assert found >= set(PLACES) - {"environment", "shm"}
    assert not any(CANARIES.leaks_in(path.read_bytes()) for path in Path("/tmp").glob(".attack-canary-*"))  # noqa: S108 -- the same


# The runner against a backend that isolates nothing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small cases, short rounds, a machine that is known, and little patience with what is left behind."""
    monkeypatch.setattr(bench, "measure_peaks", peaks_here)
    monkeypatch.setattr(bench, "LONGEST_CALL_S", 1e-5)
    monkeypatch.setattr(bench, "SECONDS_PER_RUN", (0.02, 0.02))
    monkeypatch.setattr(host, "PATIENCE_S", 0.2)


def _unprotected(session: Session) -> Backend:
    """Plain processes, with NumPy alone: they start in a fraction of the time."""
    machine = session.course.machine.model_copy(update={"preload": ("numpy",)})
    return choose_backend(machine, session.course.limits, trust_code=True)


LEAVES_A_MARK = b"""
import os, pathlib, sys

path = pathlib.Path("/tmp/attack-mark-of-the-test")
path.write_text("x")
print(*[one.read_text() for one in pathlib.Path("/tmp").glob(".attack-canary-*")])

def matmul(a, b):
    return a @ b
"""
KILLS_THE_ZYGOTE = b"""
import os, signal

parent = int(open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1])

def matmul(a, b):
    os.kill(parent, signal.SIGKILL)
    return a @ b
"""


@pytest.mark.usefixtures("quick")
def test_the_runner_sees_what_attacks_win_where_nothing_is_isolated() -> None:
    leaving = replace(ATTACK, name="breakout/leaving", source=LEAVES_A_MARK)
    killing = replace(ATTACK, name="breakout/killing", source=KILLS_THE_ZYGOTE)
    forking = next(entry for entry in ENTRIES if entry.name == "denial/fork_bomb")
    wanted = [leaving, forking, killing, CORRECT]
    seen: list[Outcome] = []
    left, forked, killed, honest = run_corpus([*ENTRIES, *wanted], wanted, seen.append, _unprotected)
    assert seen == [left, forked, killed, honest]

    assert left.verdict is Verdict.ACCEPTED
    assert "tmp" in left.leaked
    assert "file left: /tmp/attack-mark-of-the-test" in left.host
    assert any(what.startswith("attack-won: forked") for what in forked.host)
    assert any(what.startswith("process gone: ") for what in killed.host)
    assert killed.following
    assert all(wins(outcome) for outcome in (left, forked, killed))

    assert wins(honest) == ()
    assert not Path("/tmp/attack-mark-of-the-test").exists()  # noqa: S108 -- cleaned up behind it


@pytest.mark.usefixtures("quick")
def test_a_runner_that_times_sees_who_does_less_than_the_honest_work() -> None:
    lazy = replace(ATTACK, name="time/lazy", source=CORRECT.source, honest="naive")
    (outcome,) = run_corpus([*ENTRIES, lazy], [lazy], lambda _: None, _unprotected)
    assert outcome.time_over_honest is not None
    assert outcome.time_over_honest < 0.9
    assert any("of the honest work's time" in what for what in wins(outcome))
