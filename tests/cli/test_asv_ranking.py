"""`grader rank --from asv`: where the results are looked for, and what is refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.cli.asv_ranking import rank_from
from grader.cli.class_commands import Place
from grader.errors import UsageError
from tests.grading.asv_files import write_results
from tests.grading.course_fixture import Classroom
from tests.grading.test_asv_ranking import TIMES_S, sampled


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    return Classroom(tmp_path)


def test_asvs_own_folder_in_the_course_is_the_first_choice(classroom: Classroom, capsys: pytest.CaptureFixture[str]) -> None:
    write_results(classroom.folder / ".asv" / "results", classroom.session.machine, sampled(TIMES_S))
    place = Place(classroom.folder, None, None)
    rank_from("asv", place, (), None, None, trust_code=False, as_json=True)
    (ranking,) = json.loads(capsys.readouterr().out)["rankings"]
    assert (ranking["task"], ranking["case"], ranking["agreement"]) == ("double", "large", None)
    assert [one["competitor"] for one in ranking["results"] if one["rank"] is not None][-1] == "student/cy"
    assert all(one["first_rank"] <= one["rank"] <= one["last_rank"] for one in ranking["results"] if one["rank"] is not None)
    assert not place.store_file.exists(), "no store is made to compare with"


def test_another_source_is_refused(classroom: Classroom) -> None:
    with pytest.raises(UsageError, match="--from takes asv, and not 'pyperf'"):
        rank_from("pyperf", Place(classroom.folder, None, None), (), None, None, trust_code=False, as_json=False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--results", "x"), "belong to --from asv"),
        (("--commit", "abc"), "belong to --from asv"),
        (("--from", "asv", "--picture", "x.svg"), "--picture draws the store's leaderboard"),
    ],
)
def test_options_that_do_not_go_together_are_named(classroom: Classroom, words: tuple[str, ...], expected: str) -> None:
    ran = CliRunner().invoke(app, ["rank", *words, "--course", str(classroom.folder)])
    assert isinstance(ran.exception, UsageError)
    assert expected in str(ran.exception)
