"""The commands that `grader check` tells: they run when they are copied, from the folder that the student is in."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.content.course_folder import COURSE_VARIABLE, HERE, find_course
from grader.grading.check_class import failing_case_path, with_again
from grader.grading.class_report import Report
from grader.grading.session import HandedIn, member_of
from grader.grading.standings import Result
from grader.text import command


@dataclass(frozen=True)
class OwnCommands:
    """What is needed to name one's own files again."""

    files: Mapping[str, Path]
    """By author, as they were named."""
    course: Path
    task: str | None
    """Where it was named."""

    @property
    def profile(self) -> dict[str, str]:
        """Where the time goes, by author."""
        return {author: self._on(author, "grader profile") for author in self.files}

    @property
    def everything(self) -> dict[str, str]:
        """All that was found, by author."""
        return {author: self._on(author, "grader check", "--json") for author in self.files}

    def with_failing_cases(self, report: Report, mine: Mapping[str, HandedIn], store_file: Path) -> Report:
        """The report, in which the files' messages say how to run the case alone that failed."""

        def told(result: Result) -> Result:
            if result.kind != "student" or result.author not in mine:
                return result
            case = failing_case_path(store_file, member_of(mine[result.author]), result.task)
            return replace(result, message=with_again(result.message, self._on(result.author, "grader check", _case(case))))

        return replace(report, results=tuple(map(told, report.results)))

    def _on(self, author: str, words: str, option: str = "") -> str:
        course = "" if self.course == self._found_course else f"--course {shlex.quote(str(self.course))}"
        task = "" if self.task is None else f"--task {shlex.quote(self.task)}"
        return command(words, str(self.files[author]), options=" ".join(filter(None, (option, task, course))))

    @property
    def _found_course(self) -> Path:
        """The one that is meant where none is named."""
        return find_course(Path(os.environ.get(COURSE_VARIABLE) or HERE))


def _case(path: Path) -> str:
    return f"--case {shlex.quote(str(path))}"
