"""A replay on a terminal and as JSON: then beside now, what changed stands out, and what follows is said."""

import json
import math
from dataclasses import replace

import pytest

from grader.grading.rank import Standing
from grader.grading.replay import Account, Noise, Replay, ReplayedRound, ReplayedRun, Sample, SpeedupChange
from grader.report.as_json import dump, replay_document
from grader.report.replay import replayed
from grader.store import Conditions
from grader.verdicts import Verdict
from tests.report.example import HOSTILE, MACHINE, rendered

WIDTHS = [80, 140]
QUIET = Noise(control_ratio=1.001, control_scatter=0.004, scatter=0.005)
DISTURBED = Noise(control_ratio=1.25, control_scatter=None, scatter=None)
ACCOUNT = Account(
    made_at="2026-10-05T10:00:00+00:00",
    content_hash="0123456789abcdef" * 4,
    baseline_hash="fedcba9876543210" * 4,
    conditions=Conditions("environment1", MACHINE.fingerprint, "reduced (no cgroup)"),
    machine=MACHINE,
    verdict=Verdict.ACCEPTED,
    message="correct",
    standing=Standing("student/ada", math.log(0.5), math.log(0.49), math.log(0.51), 1, 3, erratic=False),
)
NOW = replace(ACCOUNT, made_at="2026-10-12T10:00:00+00:00")
RUN = ReplayedRun(
    0,
    QUIET,
    DISTURBED,
    (
        ReplayedRound(0, Sample(0.010, 0.020), Sample(0.011, 0.020)),
        ReplayedRound(1, Sample(0.012, 0.020), Sample(0.013, 0.020)),
        ReplayedRound(2, Sample(0.030, 0.020), None),
    ),
)


def of(then: Account = ACCOUNT, now: Account = NOW, **facts: object) -> Replay:
    fields = {
        "author": "ada",
        "kind": "student",
        "task": "double",
        "case": "large",
        "baseline": "numba",
        "runs": (RUN,),
        "speedup_change": SpeedupChange(0.002, 0.02),
        "notes": (),
    }
    return Replay(then=then, now=now, **{**fields, **facts})  # type: ignore[arg-type]  # a Replay's


def wrong(message: str) -> Account:
    return replace(ACCOUNT, verdict=Verdict.WRONG_ANSWER, message=message, standing=None, baseline_hash=None)


def row(text: str, name: str) -> list[str]:
    """The cells of the first line that begins so."""
    line = next(line for line in text.splitlines() if line.strip().startswith(name))
    return line.strip().removeprefix(name).split()


def flat(text: str) -> str:
    """On one line, so that words are found wherever a narrow terminal breaks them."""
    return " ".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_unchanged_is_said_to_be_the_same(width: int) -> None:
    text = rendered(replayed(of()), width)
    assert "ada · double" in text
    for name in ("code", "machine", "environment", "sandbox", "baseline numba", "verdict"):
        assert "the same" in " ".join(row(text, name)), name
    assert all(len(line) <= width for line in text.splitlines())
    assert "…" not in text


def test_the_table_has_then_and_now() -> None:
    text = rendered(replayed(of()))
    assert row(text, "made at") == ["2026-10-05T10:00:00+00:00", "2026-10-12T10:00:00+00:00"]
    assert row(text, "code")[0] == "0123456789ab"
    assert row(text, "speedup")[:2] == ["2", "×"]
    assert "laptop: a CPU, 1 of 2 cores" in text


def test_the_turns_are_summed_up_and_what_is_missing_is_not_counted() -> None:
    text = rendered(replayed(of()))
    assert row(text, "time, then") == ["3", "10", "ms", "12", "ms", "30", "ms"]
    assert row(text, "time, now") == ["2", "11", "ms", "12", "ms", "13", "ms"]
    assert row(text, "over the baseline's in the same round, then") == ["3", "0.5", "0.6", "1.5"]
    assert row(text, "over the baseline's in the same round, now") == ["2", "0.55", "0.6", "0.65"]


def test_where_all_turns_failed_there_is_a_dash() -> None:
    failed = replace(RUN, rounds=tuple(replace(one, now=None) for one in RUN.rounds))
    assert row(rendered(replayed(of(runs=(failed,)))), "time, now") == ["0", "–", "–", "–"]


def test_the_noise_of_each_run_is_shown_in_percent() -> None:
    text = rendered(replayed(of(runs=(RUN, replace(RUN, number=1, now=QUIET)))))
    assert row(text, "1 ") == ["+0.10", "%", "+25.00", "%", "0.40", "%", "–", "0.50", "%", "–"]
    assert row(text, "2 ") == ["+0.10", "%", "+0.10", "%", "0.40", "%", "0.40", "%", "0.50", "%", "0.50", "%"]


# What follows


@pytest.mark.parametrize(
    ("replay", "words"),
    [
        (of(), "The verdict came out again"),
        (of(), "The speedups agree: they differ by 0.2 %, and noise explains up to 2 %"),
        (of(speedup_change=SpeedupChange(-0.1, 0.02)), "The speedups changed: they differ by 11 %"),
        (of(speedup_change=SpeedupChange(0.1, 0.9)), "they differ by 11 %, and noise explains up to a factor of 2.5"),
        (of(speedup_change=None), "no interval"),
        (of(now=wrong("Wrong on case 'one'"), runs=(), speedup_change=None), "The verdict came out differently"),
        (of(now=replace(NOW, content_hash="f" * 64), speedup_change=None), "The code has changed"),
        (of(now=replace(NOW, baseline_hash="f" * 64), speedup_change=None), "under different conditions"),
        (of(notes=("1 of 3 runs were replayed: the budget was spent",)), "1 of 3 runs were replayed"),
        (of(), "no result has changed. To grade again: grader grade ada --task double --fresh"),
        (of(kind="reference"), "To grade again: grader grade --task double --fresh"),
    ],
)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_conclusion_says_what_can_be_concluded(replay: Replay, words: str, width: int) -> None:
    assert words in flat(rendered(replayed(replay), width))


def test_of_changed_code_nothing_is_said_about_the_old_result() -> None:
    text = rendered(replayed(of(now=replace(NOW, content_hash="f" * 64), speedup_change=None)))
    assert "came out" not in text
    assert "ffffffffffff" in row(text, "code")
    assert "The speedups" not in text


def test_another_machine_is_shown_beside_that_of_then() -> None:
    elsewhere = replace(MACHINE, name="cluster", cpu="another CPU")
    conditions = replace(ACCOUNT.conditions, machine=elsewhere.fingerprint)
    text = flat(rendered(replayed(of(now=replace(NOW, machine=elsewhere, conditions=conditions), speedup_change=None))))
    assert "laptop: a CPU" in text
    assert "cluster: another CPU" in text
    unknown = replace(ACCOUNT, machine=None)
    assert f"unknown ({MACHINE.fingerprint})" in flat(rendered(replayed(of(then=unknown))))


def test_a_wrong_answer_has_its_message_once_where_it_is_the_same() -> None:
    then = wrong("Wrong on case 'one': expected <2>\nagain on this case: grader check FILE --case results/cases/ada/double.npz")
    now = wrong("Wrong on case 'one': expected <2>")
    same = of(then, now, case=None, baseline=None, runs=(), speedup_change=None)
    text = rendered(replayed(same))
    assert text.count("Wrong on case 'one'") == 1
    assert "--case results/cases/ada/double.npz" in text
    assert "turns" not in text
    assert "speedup" not in text.lower()
    other = rendered(replayed(replace(same, now=wrong("Wrong on case 'seven'"))))
    assert "Wrong on case 'one'" in other
    assert "Wrong on case 'seven'" in other


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_is_shown_as_text(width: int) -> None:
    hostile = of(wrong(HOSTILE), wrong(HOSTILE + "!"), author="[bold]ada[/bold]", notes=(HOSTILE,))
    text = rendered(replayed(hostile), width)
    assert text.replace("\n", "").isprintable()
    assert "[bold]ada[/bold]" in text
    assert "[boldred]x[/boldred]" in "".join(text.split())


# JSON


def test_the_document_has_every_turn_of_then_and_now() -> None:
    document = json.loads(dump(replay_document(of())))
    assert document["schema"] == 1
    (run,) = document["runs"]
    assert run["rounds"][0]["then"] == {"turn_s": 0.01, "baseline_s": 0.02, "ratio": 0.5}
    assert [one["now"] is None for one in run["rounds"]] == [False, False, True]
    assert run["then"] == {"control_ratio": 1.001, "control_scatter": 0.004, "scatter": 0.005}
    assert (document["same_code"], document["same_conditions"], document["same_verdict"]) == (True, True, True)
    assert document["then"]["machine"]["cpu"] == "a CPU"
    assert document["then"]["fingerprint"] == MACHINE.fingerprint
    assert document["then"]["speedup"] == pytest.approx(2)
    assert document["speedup_change"] == {"difference": 0.002, "allowed": 0.02, "beyond_noise": False}


def test_what_is_absent_is_null() -> None:
    endless = replace(NOW, standing=replace(ACCOUNT.standing or pytest.fail("there is one"), low=-math.inf, high=math.inf))
    document = json.loads(dump(replay_document(of(wrong("no"), endless, speedup_change=None))))
    assert (document["then"]["speedup"], document["then"]["baseline_hash"]) == (None, None)
    assert (document["now"]["speedup_low"], document["now"]["speedup_high"]) == (0.0, None)
    assert document["speedup_change"] is None


def test_the_seeds_stay_secret() -> None:
    assert "seed" not in dump(replay_document(of()))


def test_a_message_that_quotes_the_graders_own_line_hides_no_difference() -> None:
    quoted = "ValueError: x\nagain on this case: mine"
    then, now = (wrong(f"{quoted} {end}\nagain on this case: grader check FILE --case {end}.npz") for end in ("a", "b"))
    assert not of(then=then, now=now).same_message
    same = wrong(f"{quoted} a\nagain on this case: grader check FILE --case elsewhere.npz")
    assert of(then=then, now=same).same_message
