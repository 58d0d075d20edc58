"""A machine's peaks on a terminal."""

from dataclasses import replace

from grader.machine import Bandwidth, Peaks, VectorPeak
from grader.report.peaks import peaks_table
from tests.report.example import HOSTILE, MACHINE, rendered

ONE = Peaks(1.2e11, (Bandwidth(16_000, 4e11, 2e11, 3e11, "L1"),), (VectorPeak(64, 1.5e10), VectorPeak(512, 1.2e11)))


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if name in line)


def test_each_width_of_vectors_and_each_level_of_memory_has_its_row() -> None:
    text = rendered(peaks_table(MACHINE, ONE))
    assert "15 G operations/s" in row(text, "one number at a time")
    assert "120 G operations/s" in row(text, "vectors of 8 (512 bits)")
    assert "200 GB/s in 16 kB" in row(text, "L1: write")
    assert "cores together" not in text


def test_a_budget_of_several_cores_has_a_column_of_its_own() -> None:
    together = replace(ONE, flop_per_s=4.5e11, vectors=tuple(replace(one, flop_per_s=3e11) for one in ONE.vectors))
    text = rendered(peaks_table(replace(MACHINE, threads=4), replace(ONE, together=together)))
    assert "4 cores together" in text
    assert row(text, "operations, the most").split()[-4:] == ["operations/s", "450", "G", "operations/s"]


def test_what_was_measured_beside_others_is_said_to_be_perhaps_too_low() -> None:
    assert "measured beside make, and so perhaps too low" in rendered(peaks_table(MACHINE, replace(ONE, beside="make")))
    assert "perhaps" not in rendered(peaks_table(MACHINE, ONE))


def test_hostile_names_of_a_processor_and_a_program_are_text() -> None:
    peaks = replace(ONE, beside=HOSTILE)
    assert rendered(peaks_table(replace(MACHINE, cpu=HOSTILE), peaks)).replace("\n", "").isprintable()
