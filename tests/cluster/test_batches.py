"""The folder of the jobs: what is submitted is written down first, and nothing in it steers a shell."""

import subprocess
from pathlib import Path

import pytest

from grader.cluster.batches import Batch, Batches, SoFar, so_far
from grader.cluster.elements import Element, Node, Outcome, Probe
from grader.content.course import Machine
from grader.errors import GraderError
from tests.test_machine import LAPTOP

CLUSTER = Machine(scheduler="slurm")


def new(batches: Batches, machine: Machine = CLUSTER, elements: int = 2) -> Batch:
    element = Element(Probe(), "course", "submissions", "store", "zhores", trust_code=False, conditions=None)
    return batches.new(machine, [element] * elements)


@pytest.fixture
def batches(tmp_path: Path) -> Batches:
    return Batches(tmp_path / "results.sqlite")


def test_a_batch_is_there_before_slurm_knows_of_it_and_with_its_id_afterwards(batches: Batches) -> None:
    batch = new(batches)
    assert [one.about.job_id for one in batches] == [None]
    batch.with_job("12")
    (found,) = batches
    assert (found.about.job_id, found.name, found.open_indices()) == ("12", batch.name, [0, 1])


def test_batches_come_oldest_first_and_what_is_damaged_is_passed_over(batches: Batches) -> None:
    first, second, third = (new(batches) for _ in range(3))
    (second.folder / "batch.json").write_text("{", encoding="ascii")
    assert [batch.name for batch in batches] == [first.name, third.name]


def test_an_element_that_is_dealt_with_is_open_no_more(batches: Batches) -> None:
    batch = new(batches)
    kept = so_far(batch.folder, 0)
    kept.write(Outcome(None))
    batch.close(0)
    assert kept.read() is None
    assert (batch.open_indices(), batch.element(0)) == ([1], None)
    batch.remove()
    assert list(batches) == []


def test_what_is_finished_is_the_latest_and_where_it_is_damaged_or_cannot_be_kept_it_is_none(tmp_path: Path) -> None:
    kept = SoFar(tmp_path / "0.finished.json")
    kept.write(Outcome(None))
    kept.write(Outcome(None, restarts=1))
    assert kept.read() == Outcome(None, restarts=1)
    kept.path.write_text('{"node": 5}', encoding="ascii")
    assert kept.read() is None
    nowhere = SoFar(tmp_path / "no folder" / "0.finished.json")
    nowhere.write(Outcome(None))
    assert nowhere.read() is None


def test_a_folder_that_cannot_be_written_is_our_fault_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "results.sqlite.jobs").write_text("a file", encoding="ascii")
    with pytest.raises(GraderError, match="cannot be written"):
        new(Batches(tmp_path / "results.sqlite"))


def test_the_script_is_a_shells_and_words_of_the_course_are_words(batches: Batches) -> None:
    machine = Machine.model_validate(
        {"scheduler": "slurm", "modules": ["python/3.11;rm", "$(x)"], "scratch": "/scratch dir", "exclusive": False, "cpus": 4}
    )
    script = new(batches, machine).script
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/bash -l\nmodule load 'python/3.11;rm' '$(x)' || exit 1\n")
    assert "mktemp -d -p '/scratch dir' grader.XXXXXX" in text
    assert "srun --exact --cpu-bind=cores --ntasks=1 --cpus-per-task=4 --export=ALL" in text
    assert subprocess.run(["/bin/bash", "-n", script], check=False).returncode == 0
    assert "srun" not in new(batches).script.read_text(encoding="utf-8"), "who has the node alone has all of its cores"


def test_what_a_node_is_is_remembered_by_machine_and_trust(batches: Batches) -> None:
    node = Node("n1", LAPTOP, "+avx2", "full")
    batches.keep_node(node, trust_code=False)
    assert batches.node(LAPTOP.name, trust_code=False) == node
    assert batches.node(LAPTOP.name, trust_code=True) is None
    assert batches.node("another/../machine", trust_code=False) is None
    batches.forget_node(LAPTOP.name, trust_code=False)
    assert batches.node(LAPTOP.name, trust_code=False) is None
