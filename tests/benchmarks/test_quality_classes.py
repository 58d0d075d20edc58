"""The classes are what they say: the programs give equal answers, and do as much more work as their names promise."""

import ast
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.classes import BASE, KERNELS, PIECES, PROGRAMS, Kernel, Program, Text, source_of
from benchmarks.quality.course import write_course, write_rules
from benchmarks.quality.true_work import module_of, pieces_made, size_for
from grader.grading.session import open_session, read_class

SINGLE = [kernel for kernel in KERNELS if kernel.name in {"pure_python", "compute", "memory", "sorting", "allocation"}]
REWORDED = next(program for program in PROGRAMS if program.text is Text.REWORDED)


def answer(kernel: Kernel, program: Program, folder: Path) -> object:
    function = getattr(module_of(kernel, program, 16, folder), kernel.name)
    return function(np.linspace(0.1, 1.0, PIECES)).tolist()


@pytest.mark.parametrize("kernel", SINGLE, ids=lambda kernel: kernel.name)
def test_programs_of_every_amount_of_work_give_the_same_answer(kernel: Kernel, tmp_path: Path) -> None:
    right = answer(kernel, BASE, tmp_path)
    assert all(answer(kernel, program, tmp_path) == right for program in PROGRAMS)


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_a_call_makes_as_many_pieces_more_as_the_program_says(kernel: Kernel) -> None:
    made = pieces_made(kernel, PROGRAMS)
    assert made == {program.author: PIECES * (100 + program.percent) // 100 for program in PROGRAMS}


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_the_reworded_program_has_other_names_and_the_same_operations(kernel: Kernel) -> None:
    base, reworded = source_of(kernel, BASE, 16), source_of(kernel, REWORDED, 16)
    assert "import string" in reworded
    assert "piece(" not in reworded
    assert _operations(base) == _operations(reworded)


def _operations(source: str) -> list[str]:
    """The kinds of the nodes of all functions that are called, names and texts left aside."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name != "never_called"]
    return [type(node).__name__ for function in functions for node in ast.walk(function)]


def test_copies_are_identical_to_the_letter() -> None:
    texts = [source_of(KERNELS[0], program, 16) for program in PROGRAMS if program.percent == 2]
    assert len(texts) == 2
    assert len(set(texts)) == 1


def test_larger_calls_get_larger_pieces() -> None:
    assert size_for(KERNELS[0], 0.01) > size_for(KERNELS[0], 0.001)


def test_the_course_is_one_that_the_grader_reads(tmp_path: Path) -> None:
    write_course(tmp_path, SINGLE, PROGRAMS, dict.fromkeys((kernel.name for kernel in SINGLE), 16))
    write_rules(tmp_path, 7, PROGRAMS)
    session = open_session(tmp_path, None, ())
    assert session.course.measurement.min_runs == session.course.measurement.max_runs == 7
    for hand_ins in read_class(session):
        assert set(hand_ins.submissions) == {"reference/naive", *(f"student/{program.author}" for program in PROGRAMS)}
