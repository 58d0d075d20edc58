"""A ranking of asv's samples: the grader's statistics, and how far they agree with the grader's own ranking."""

import re
from collections.abc import Mapping

import numpy as np
import pytest

from grader.errors import UsageError
from grader.grading.asv_ranking import AsvRanking, Place, agreement, benchmark_of, rank_asv, rank_rounds
from grader.grading.asv_results import read_asv_files
from grader.grading.rank import Ranking, Standing
from grader.report.as_json import asv_document, dump
from grader.report.asv_ranking import asv_rankings
from tests.grading.asv_files import COMMIT, REPEAT, Samples, write_results
from tests.grading.course_fixture import Classroom, paced
from tests.history.past import Repository
from tests.report.example import rendered

ROUNDS = 12
REFERENCES = ("reference/naive", "reference/numba", "reference/numpy")


def sampled(times_s: Mapping[str, float], *, scatter: float = 0.002, seed: int = 0) -> dict[str, Mapping[str, Samples]]:
    """Samples at one case, of a machine whose rounds differ by 20 %, and whose processes by `scatter`."""
    generator = np.random.default_rng(seed)
    of_round = generator.lognormal(sigma=0.2, size=(ROUNDS, 1))
    return {
        author: {
            "large": tuple(
                float(one) for one in (time_s * of_round * generator.lognormal(sigma=scatter, size=(ROUNDS, REPEAT))).ravel()
            )
        }
        for author, time_s in times_s.items()
    }


TIMES_S = dict.fromkeys(REFERENCES, 0.02) | {"student/ada": 0.010, "student/bo": 0.010, "student/cy": 0.0105}


def ranked(
    room: Classroom, authors: Mapping[str, Mapping[str, Samples]], *, keep_samples: bool = True, commit: str = COMMIT
) -> tuple[AsvRanking, ...]:
    """What the command makes of these samples, beside the room's store."""
    session = room.session
    folder = room.folder / "asv"
    write_results(folder, session.machine, authors, keep_samples=keep_samples, commit=commit)
    files = read_asv_files(folder, session.machine, None, [benchmark_of("double")])
    with room.store() as store:
        return rank_asv(session, files, store, session.conditions(room.backend.sandbox))


def ranks(one: AsvRanking) -> dict[str, int | None]:
    return {standing.competitor: standing.rank for standing in one.ranking.standings}


def test_equals_tie_and_five_percent_are_found_though_rounds_differ_by_far_more(classroom: Classroom) -> None:
    (one,) = ranked(classroom, sampled(TIMES_S))
    assert ranks(one) == dict.fromkeys(REFERENCES, None) | {"student/ada": 1, "student/bo": 1, "student/cy": 3}
    assert (one.rounds, one.baseline[:10]) == (ROUNDS, "reference/")
    assert one.difference < 0.01


def test_a_round_is_worth_its_fastest_call(classroom: Classroom) -> None:
    calls = [0.01, 0.02, 0.03] * ROUNDS
    ranking = rank_rounds(
        {"reference/numba": [0.02] * ROUNDS, "student/ada": [0.01] * ROUNDS},
        "reference/numba",
        classroom.session.course.measurement,
    )
    (one,) = ranked(classroom, sampled(TIMES_S) | {"student/ada": {"large": calls}})
    assert one.times_s["student/ada"] == 0.01
    assert ranking.standings[0].speedup == pytest.approx(2)


def test_who_failed_is_named_and_the_others_are_ranked(classroom: Classroom) -> None:
    authors = sampled(TIMES_S) | {"student/di": {"large": None}, "student/ed": {"large": ()}}
    authors["student/flo"] = {"large": authors["student/ada"]["large"][: 3 * REPEAT]}  # type: ignore[index]  # it has samples
    (one,) = ranked(classroom, authors)
    assert one.absent["student/di"] == "failed"
    assert one.absent["student/ed"] == "not handed in, not done in time, or not asked for"
    assert one.absent["student/flo"] == "it has 3 rounds, and the others 12"
    assert ranks(one)["student/ada"] == 1


def test_without_samples_it_is_said_how_they_are_kept(classroom: Classroom) -> None:
    with pytest.raises(UsageError, match="--record-samples"):
        ranked(classroom, sampled(TIMES_S), keep_samples=False)


def test_of_a_quick_run_it_is_said_that_there_are_no_rounds(classroom: Classroom) -> None:
    with pytest.raises(UsageError, match="without --quick"):
        ranked(classroom, {author: {"large": (time_s,)} for author, time_s in TIMES_S.items()})


def test_beside_a_store_the_agreement_is_told(classroom: Classroom) -> None:
    for author, pace_s in (("ada", 1.00e-6), ("bo", 1.10e-6), ("cy", 1.05e-6)):
        classroom.submit(author, paced(pace_s))
    classroom.grade()
    (one,) = ranked(classroom, sampled(TIMES_S))
    assert one.agreement is not None
    assert one.agreement.students == 3
    assert [({pair.first, pair.second}, pair.is_reversed) for pair in one.agreement.otherwise] == [
        ({"student/bo", "student/cy"}, True),
        ({"student/ada", "student/bo"}, False),
    ]
    text = rendered(asv_rankings([one]))
    assert re.search(
        r"bo and cy: reversed, asv ranks them 1 and 3 \(1\.0\d+ ×\), the grader 3 and 2 \(0\.9\d+ ×, at large\)", text
    ), text
    assert '"tau_b"' in dump(asv_document([one]))


def test_of_whose_code_asv_timed_another_version_is_left_out_of_the_agreement(classroom: Classroom) -> None:
    for author in ("ada", "bo", "cy"):
        classroom.submit(author, paced(1e-6))
    commit = Repository(classroom.folder, "submissions").commit()
    classroom.submit("bo", paced(1.1e-6), "# since then")
    classroom.submit("di", paced(1e-6))
    classroom.grade()
    (one,) = ranked(classroom, sampled({**TIMES_S, "student/di": 0.01}), commit=commit)
    assert (one.other_code, one.code_unknown) == (("student/bo", "student/di"), "")
    assert one.agreement is not None
    assert one.agreement.students == 2
    assert {*ranks(one)} >= {"student/bo", "student/di"}, "asv's own ranking is of what it timed"
    assert "left out of that: bo, di: the code at asv's commit" in rendered(asv_rankings([one]))
    assert '"other_code": [' in dump(asv_document([one]))


def test_where_the_commit_is_in_no_repository_here_it_is_said_that_the_code_may_be_another(classroom: Classroom) -> None:
    for author in ("ada", "bo", "cy"):
        classroom.submit(author, paced(1e-6))
    classroom.grade()
    for commit in (COMMIT, "HEAD:submissions"):
        (one,) = ranked(classroom, sampled(TIMES_S), commit=commit)
        assert one.agreement is not None
        assert one.code_unknown
        assert "whether asv timed the code of now is not known: " in rendered(asv_rankings([one]))


def test_without_a_store_there_is_nothing_to_compare_with(classroom: Classroom) -> None:
    (one,) = ranked(classroom, sampled(TIMES_S))
    assert one.agreement is None
    assert "has not ranked two of these students" in rendered(asv_rankings([one]))


def ranking(**student_ranks: int) -> Ranking:
    standings = [
        Standing(name, float(rank), rank - 0.1, rank + 0.1, rank, 3, erratic=False) for name, rank in student_ranks.items()
    ]
    return Ranking(tuple(standings), 0.01, control_split=False, contested=())


def places(**student_ranks: int) -> dict[str, Place]:
    return {name: Place(rank, 1e6 / rank, "large") for name, rank in student_ranks.items()}


@pytest.mark.parametrize(
    ("other", "tau_b"),
    [({"a": 1, "b": 2, "c": 3}, 1.0), ({"a": 3, "b": 2, "c": 1}, -1.0), ({"a": 1, "b": 1, "c": 1}, None)],
)
def test_kendalls_tau_is_1_where_all_agrees_and_unknown_where_all_tie(other: dict[str, int], tau_b: float | None) -> None:
    found = agreement(ranking(a=1, b=2, c=3), places(**other))
    assert found is not None
    assert found.tau_b == tau_b


def test_of_one_common_student_there_is_no_agreement() -> None:
    assert agreement(ranking(a=1, b=2), places(a=1, c=2)) is None
