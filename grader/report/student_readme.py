"""The README of a student's copy: how to install and use it, what is in it, and what is not."""

from collections.abc import Iterable, Sequence

from grader.content.course import Course
from grader.content.release_notes import Estimate
from grader.content.student_copy import Solution, by_task
from grader.grading.reference_speeds import estimate_text

_README = """\
# {title}, {term}: the student's copy

The course's speed grader with its tasks, to check your own work before you hand it in. It needs Linux, macOS or WSL, and
Python {requires_python}; or a notebook on Colab.

```sh
pip install {archive}
```

Here stands the file, or its address; in a notebook, write `%pip`. Then, in a notebook:

```python
import grader

grader.check({example})  # the function of a cell: is it right, and how fast is it?
```

A cell that begins with `%%submission {example}` is checked as it is run, and written to `{example}.py`, the file to hand in;
with `%%profile_lines {example}` it shows which of its lines take the time. `import grader` brings both.

Or in a terminal:

```sh
grader tasks                    # every task, and where its statement is
grader new {example} mine         # puts mine/{example}.py into place
grader check mine/{example}.py    # right? how fast beside each reference? how many points?
grader profile mine/{example}.py  # which line to fix
```

## The tasks

{tasks}

The grading tries further cases, which nobody is shown beforehand. Speed is graded on the course's machine ({machine}); here it
is measured on yours, beside the references on yours.

## The references

{references}
"""


def student_readme(
    course: Course,
    requires_python: str,
    tasks: Sequence[tuple[str, str, str, str]],
    given: Sequence[Solution],
    estimates: Sequence[Estimate],
    archive: str = "ARCHIVE",
) -> str:
    """Markdown, with the tasks as `tasks_table` gives them; `archive` is the file, or its address, that pip takes."""
    left_out = [f"- {one.task} · {estimate_text(one)}" for one in estimates]
    references = [f"- {task}: {', '.join(levels)}" for task, levels in by_task(given).items()]
    return _README.format(
        title=course.about.title,
        term=course.about.term,
        machine=course.about.machine,
        requires_python=requires_python,
        archive=archive,
        example=tasks[0][0] if tasks else "TASK",
        tasks=_table(("task", "assignment", "due", "public cases"), tasks),
        references="\n".join([*references, *(["", "Not in this copy:", "", *left_out] if left_out else [])]),
    )


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heading, ["---"] * len(heading), *rows))
