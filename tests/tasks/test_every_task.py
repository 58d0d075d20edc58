"""What holds for every task of the course: right answers pass, wrong ones do not, and its texts say what is so."""

import contextlib
import inspect
import itertools
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from benchmarks.honest_calls import simulate
from grader.content.python_text import arguments_text
from grader.content.task import Answered, ArraySpec, Inputs, Mistake, Outputs, Picture, task_names
from grader.grading.pictures import PictureAnswers
from grader.grading.shrinking import Budget, smallest
from grader.profiles import Profile
from grader.report import pictures
from grader.report.theme import DARK, LIGHT
from tests.tasks.task_under_test import (
    COURSE,
    LEVELS,
    TaskUnderTest,
    Variant,
    answer_of,
    drawn,
    has_variants,
    module_at,
    own_copy,
    rejected_somewhere,
    task_under_test,
    verdict_of,
)

NAMES = [name for name in task_names(COURSE) if has_variants(name)]
HONEST_CALLS = 120
TASKS = [pytest.param(task_under_test(name), id=name) for name in NAMES]


def each(variants: Callable[[TaskUnderTest], dict[str, Any]]) -> pytest.MarkDecorator:
    """Every task with each of its variants."""
    pairs = [
        pytest.param(under_test, variant, id=f"{under_test.name}: {label}")
        for under_test in map(task_under_test, NAMES)
        for label, variant in variants(under_test).items()
    ]
    return pytest.mark.parametrize(("under_test", "variant"), pairs)


def mistakes(under_test: TaskUnderTest) -> dict[str, Mistake]:
    return under_test.own_mistakes


def made(mistake: Mistake, inputs: Inputs) -> Outputs | None:
    """What the mistake gives, or None where it cannot be made on inputs of this shape."""
    try:
        return mistake.compute(*own_copy(inputs))
    except (ValueError, IndexError, ZeroDivisionError):
        return None


def as_submission(mistake: Mistake) -> Variant:
    """A mistake that answers as a submission does: one array by itself, several as a tuple."""

    def compute(*inputs: object) -> object:
        outputs = mistake.compute(*inputs)
        return outputs[0] if len(outputs) == 1 else outputs

    return compute


def test_every_task_has_its_variants() -> None:
    assert list(task_names(COURSE)) == NAMES


# Operations


@pytest.mark.parametrize("under_test", TASKS)
def test_the_usual_algorithm_takes_no_fewer_operations_than_any_program_needs(under_test: TaskUnderTest) -> None:
    """Or somebody could be suspected of being faster than the machine, and be shown as far from its limit."""
    task = under_test.task
    if task.usual_operations is None or task.least_operations is None:
        return
    for case in task.benchmark_cases[:3]:
        inputs = drawn(case)
        expected = task.expect(inputs)
        assert task.usual_operations(inputs, expected) >= task.least_operations * task.work(inputs, expected), case.name


# Right and wrong


@each(lambda under_test: dict(under_test.honest))
def test_every_honest_variant_passes_every_check_case(under_test: TaskUnderTest, variant: Variant) -> None:
    for case in under_test.task.check_cases:
        assert verdict_of(under_test.task, variant, drawn(case)) is None, case.name


@pytest.mark.parametrize("name", NAMES)
def test_honest_calls_are_never_refused_and_stay_far_from_their_tolerance(name: str) -> None:
    """A small part of `python -m benchmarks.honest_calls`."""
    result = simulate(name, HONEST_CALLS, seed=1, sizes=1)
    assert result.failures == ()
    assert result.calls == HONEST_CALLS
    if result.greatest_tolerance_used is not None:
        assert result.greatest_tolerance_used < 0.8


@each(lambda under_test: dict(under_test.references))
def test_every_reference_passes_the_smallest_benchmark_cases(under_test: TaskUnderTest, variant: Variant) -> None:
    for case in under_test.task.benchmark_cases[:2]:
        assert verdict_of(under_test.task, variant, drawn(case)) is None, case.name


@each(lambda under_test: dict(under_test.references))
def test_no_reference_has_to_be_looked_at_by_a_person(under_test: TaskUnderTest, variant: Variant) -> None:
    if under_test.task.review is not None:
        inputs = drawn(under_test.task.benchmark_cases[0])
        answer = answer_of(under_test.task, variant, inputs)
        assert under_test.task.review(inputs, answer, under_test.task.expect(inputs)) is None


@each(lambda under_test: dict(under_test.wrong))
def test_every_wrong_variant_fails_some_check_case(under_test: TaskUnderTest, variant: Variant) -> None:
    assert rejected_somewhere(under_test.task, variant)


@each(mistakes)
def test_every_named_mistake_fails_some_check_case(under_test: TaskUnderTest, variant: Mistake) -> None:
    task = under_test.task
    assert any(
        verdict_of(task, as_submission(variant), inputs) is not None
        for inputs in map(drawn, task.check_cases)
        if made(variant, inputs) is not None
    )


@each(mistakes)
def test_every_named_mistake_gives_outputs_of_the_declared_form(under_test: TaskUnderTest, variant: Mistake) -> None:
    for case in under_test.task.check_cases:
        inputs = drawn(case)
        answer = made(variant, inputs)
        if answer is not None:
            forms = tuple((str(array.dtype), array.shape) for array in answer)
            assert forms == tuple((spec.dtype, spec.shape) for spec in under_test.task.outputs(inputs)), case.name


@pytest.mark.parametrize("under_test", TASKS)
def test_enough_ways_are_tried(under_test: TaskUnderTest) -> None:
    assert len(under_test.honest) - len(under_test.references) >= 6
    assert len(under_test.wrong) >= 10
    assert len(under_test.task.mistakes) >= 10
    if under_test.task.profile is Profile.MPI:
        assert {"naive", "numpy"} <= set(under_test.references)
        assert (COURSE / "reference" / "mpi" / f"{under_test.name}.py").is_file()
    else:
        assert set(under_test.references) == set(LEVELS)


# The cases


@pytest.mark.parametrize("under_test", TASKS)
def test_equal_generators_give_equal_inputs_and_others_do_not(under_test: TaskUnderTest) -> None:
    for case in (*under_test.task.check_cases, *under_test.task.benchmark_cases[:3]):
        assert repr(drawn(case, 1)) == repr(drawn(case, 1)), case.name
    for case in under_test.task.benchmark_cases[:3]:
        assert repr(drawn(case, 1)) != repr(drawn(case, 2)), case.name


@pytest.mark.parametrize("under_test", TASKS)
def test_inputs_are_contiguous_arrays_and_plain_numbers(under_test: TaskUnderTest) -> None:
    for case in (*under_test.task.check_cases, *under_test.task.benchmark_cases[:3]):
        for value in drawn(case):
            if isinstance(value, np.ndarray):
                assert value.flags.c_contiguous, case.name
            else:
                assert type(value) in (int, float, complex), case.name


@pytest.mark.parametrize("under_test", TASKS)
def test_the_trusted_side_leaves_the_inputs_as_they_are(under_test: TaskUnderTest) -> None:
    for case in under_test.task.check_cases:
        inputs = drawn(case)
        verdict_of(under_test.task, under_test.references["numpy"], inputs)
        for mistake in under_test.task.mistakes:
            with contextlib.suppress(ValueError, IndexError, ZeroDivisionError):
                mistake.compute(*inputs)
        for before, after in zip(drawn(case), inputs, strict=True):
            np.testing.assert_array_equal(before, after, err_msg=case.name)


@pytest.mark.parametrize("under_test", TASKS)
def test_the_first_cases_are_public_and_some_are_secret(under_test: TaskUnderTest) -> None:
    cases = under_test.task.check_cases
    assert all(case.public for case in cases[:2])
    assert any(not case.public for case in cases)
    assert all(case.about for case in cases)


@pytest.mark.parametrize("under_test", TASKS)
def test_case_names_are_different(under_test: TaskUnderTest) -> None:
    names = [case.name for case in (*under_test.task.check_cases, *under_test.task.benchmark_cases)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("under_test", TASKS)
def test_benchmark_cases_grow_and_fresh_inputs_do_not_change_their_work(under_test: TaskUnderTest) -> None:
    task = under_test.task
    works = []
    for case in task.benchmark_cases[:3]:
        first, second = (task.work(inputs, task.expect(inputs)) for inputs in (drawn(case, 1), drawn(case, 2)))
        assert first == pytest.approx(second, rel=0.03), case.name  # those of one case differ by 1 % at most, mostly by nothing
        works.append(first)
    assert works == sorted(works)


@pytest.mark.parametrize("under_test", TASKS)
@pytest.mark.parametrize("garbage", [0.0, np.nan, np.inf, 1e300])
def test_garbage_is_wrong_and_never_an_error(under_test: TaskUnderTest, garbage: float) -> None:
    task = under_test.task
    inputs = drawn(task.benchmark_cases[0])
    filled = []
    for spec in task.outputs(inputs):
        extreme = np.iinfo(spec.dtype).min if np.dtype(spec.dtype).kind in "iu" and garbage else garbage
        filled.append(np.full(spec.shape, extreme, spec.dtype))
    with np.errstate(all="ignore"):
        assert task.check(inputs, tuple(filled), task.expect(inputs)) is not None


# What is shown of a wrong answer


def offered(under_test: TaskUnderTest) -> Iterator[tuple[str, Inputs, list[Inputs]]]:
    """Of each public check case, its inputs and what is offered as smaller."""
    shrink = under_test.task.shrink
    assert shrink is not None
    for case in under_test.task.check_cases:
        if case.public:
            yield case.name, drawn(case), list(itertools.islice(shrink(drawn(case)), 40))


def size_of(inputs: Inputs) -> int:
    """How many numbers, and how large those are that count something."""
    return sum(
        value.size if isinstance(value, np.ndarray) else value for value in inputs if not isinstance(value, complex | float)
    )


@pytest.mark.parametrize("under_test", TASKS)
def test_what_is_offered_as_smaller_is_so_or_rounder_and_as_valid(under_test: TaskUnderTest) -> None:
    for name, inputs, smaller in offered(under_test):
        for one in smaller:
            assert repr(one) != repr(inputs), name
            assert size_of(one) <= size_of(inputs), name
            assert [type(value) for value in one] == [type(value) for value in inputs], name
            for value, before in zip(one, inputs, strict=True):
                if isinstance(value, np.ndarray) and isinstance(before, np.ndarray):
                    assert value.flags.c_contiguous
                    assert (value.dtype, value.ndim) == (before.dtype, before.ndim)
            assert verdict_of(under_test.task, under_test.references["numpy"], one) is None, name


@pytest.mark.parametrize("under_test", TASKS)
def test_the_solution_is_right_and_of_the_declared_form(under_test: TaskUnderTest) -> None:
    task = under_test.task
    if task.solution is None:
        assert under_test.name in {"bifurcation", "mpi_bifurcation", "schelling"}, "of all others there is one right answer"
        return
    for case in task.check_cases:
        inputs = drawn(case)
        right = task.solution(inputs, task.expect(inputs))
        assert task.check(inputs, right, task.expect(inputs)) is None, case.name
        assert [(str(array.dtype), array.shape) for array in right] == [(s.dtype, s.shape) for s in task.outputs(inputs)]


@each(lambda under_test: dict(itertools.islice(mistakes(under_test).items(), 6)))
def test_a_mistake_is_shown_on_inputs_that_can_be_read(under_test: TaskUnderTest, variant: Mistake) -> None:
    """Of the inputs of the first public case that it fails, as in a check, but for the processes."""
    task = under_test.task
    assert task.shrink is not None

    def fails(inputs: Inputs) -> Inputs | None:
        if made(variant, inputs) is None:
            return None
        return None if verdict_of(task, as_submission(variant), inputs) is None else inputs

    first = next((inputs for case in task.check_cases if case.public and (inputs := fails(drawn(case))) is not None), None)
    if first is not None:
        found = smallest(first, task.shrink, fails, Budget(seconds=60)) or first
        assert arguments_text(found) is not None


# What a student reads


@pytest.mark.parametrize("under_test", TASKS)
def test_the_example_of_the_statement_is_right(under_test: TaskUnderTest) -> None:
    statement = (under_test.loaded.folder / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(import numpy.*?)```.*?```text\n(.*?)```", statement, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {under_test.name: under_test.references["naive"]}
    exec(example[1], names)  # noqa: S102 - the statement's code is the course's own
    assert str(list(names.values())[-1]) == example[2].strip()


@pytest.mark.parametrize("under_test", TASKS)
def test_the_statement_names_every_parameter_and_every_size(under_test: TaskUnderTest) -> None:
    statement = (under_test.loaded.folder / "README.md").read_text(encoding="utf-8")
    for parameter in under_test.loaded.interface.parameters:
        assert f"`{parameter.name}`" in statement
    assert under_test.loaded.interface.docstring


@pytest.mark.parametrize("under_test", TASKS)
def test_the_example_of_the_starter_is_right(under_test: TaskUnderTest) -> None:
    source = (under_test.loaded.folder / "starter.py").read_text(encoding="utf-8")
    main = source.partition('if __name__ == "__main__":')[2]
    exec(inspect.cleandoc(main), {under_test.name: under_test.references["naive"], "np": np})  # noqa: S102 - the same


@pytest.mark.parametrize("under_test", TASKS)
def test_the_starter_has_the_signature_of_the_task_and_says_that_it_is_empty(under_test: TaskUnderTest) -> None:
    starter = getattr(module_at(under_test.loaded.folder / "starter.py"), under_test.name)
    parameters = tuple(parameter.name for parameter in under_test.loaded.interface.parameters)
    assert tuple(inspect.signature(starter).parameters) == parameters
    with pytest.raises(NotImplementedError, match=rf"write {under_test.name}\(\) here"):
        starter(*drawn(under_test.task.check_cases[0]))


PICTURES = [
    pytest.param(under_test, picture, id=f"{under_test.name}: {picture.name}")
    for under_test in map(task_under_test, NAMES)
    for picture in under_test.task.pictures
]


def answers_to(under_test: TaskUnderTest, picture: Picture) -> tuple[Answered, ...]:
    inputs = [drawn(case) for case in picture.cases]
    return tuple((one, answer_of(under_test.task, under_test.fastest, one)) for one in inputs)


@pytest.mark.parametrize("under_test", TASKS)
def test_every_task_has_pictures_whose_names_and_cases_are_told_apart(under_test: TaskUnderTest) -> None:
    every = under_test.task.pictures
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", picture.name) for picture in every)
    assert len({picture.name for picture in every}) == len(every) >= 1
    drawn_by_name: dict[str, Inputs] = {}
    for case in (case for picture in every for case in picture.cases):
        np.testing.assert_equal(drawn_by_name.setdefault(case.name, drawn(case)), drawn(case))


@pytest.mark.parametrize(("under_test", "picture"), PICTURES)
def test_a_picture_is_drawn_on_both_papers_small_enough_for_a_page(under_test: TaskUnderTest, picture: Picture) -> None:
    found = pictures.drawn([PictureAnswers(picture, answers_to(under_test, picture), None)])
    assert found.left_out == {}
    (one,) = found.pictures
    assert one.files["light"] != one.files["dark"]
    assert one.format == ("gif" if picture.frames > 1 else "png")


@pytest.mark.parametrize(("under_test", "picture"), PICTURES)
def test_the_axes_of_a_picture_are_labelled(under_test: TaskUnderTest, picture: Picture) -> None:
    figure = pictures.figure_of(picture, answers_to(under_test, picture), LIGHT)
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>" and len(axes.get_xticks())]
    assert figure.get_supxlabel() or all(axes.get_xlabel() for axes in panels[-1:])
    assert figure.get_supylabel() or all(axes.get_ylabel() for axes in panels)


@pytest.mark.parametrize(("under_test", "picture"), PICTURES)
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_picture_can_be_drawn_of_any_answer(under_test: TaskUnderTest, picture: Picture, value: float) -> None:
    def filled(spec: ArraySpec) -> np.ndarray[Any, Any]:
        dtype = np.dtype(spec.dtype)
        return np.full(spec.shape, value if dtype.kind == "f" else np.nan_to_num(value, nan=7).clip(-3, 100), dtype)

    inputs = [drawn(case) for case in picture.cases]
    answers = [(one, tuple(map(filled, under_test.task.outputs(one)))) for one in inputs]
    pictures.figure_of(picture, answers, DARK).draw_without_rendering()


@pytest.mark.parametrize("name", NAMES)
def test_listing_a_task_does_not_import_numba(name: str) -> None:
    program = (
        "import sys; from pathlib import Path; from grader.content.task import load_task;"
        f"load_task(Path({str(COURSE)!r}), {name!r}); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=COURSE, check=False).returncode == 0
