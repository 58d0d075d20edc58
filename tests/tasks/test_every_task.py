"""What holds for every task of the course: right answers pass, wrong ones do not, and its texts say what is so."""

import contextlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.content.task import Inputs, Mistake, Outputs, task_names
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
    return {mistake.name: mistake for mistake in under_test.task.mistakes}


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


@pytest.mark.parametrize("under_test", TASKS)
def test_the_picture_is_drawn_and_its_axes_are_labelled(under_test: TaskUnderTest) -> None:
    task = under_test.task
    assert task.picture_case is not None
    assert task.picture is not None
    inputs = drawn(task.picture_case)
    figure = Figure(figsize=(7, 5), layout="constrained")
    task.picture(inputs, answer_of(task, under_test.references["tuned"], inputs), figure)
    figure.draw_without_rendering()
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    assert all(axes.get_xlabel() for axes in panels[-1:])
    assert all(axes.get_ylabel() for axes in panels)


@pytest.mark.parametrize("name", NAMES)
def test_listing_a_task_does_not_import_numba(name: str) -> None:
    program = (
        "import sys; from pathlib import Path; from grader.content.task import load_task;"
        f"load_task(Path({str(COURSE)!r}), {name!r}); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=COURSE, check=False).returncode == 0
