"""A machine's peaks as a table: a column for one core, and one for a worker's whole budget where that is more."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.machine import Bandwidth, Machine, Peaks
from grader.text import harmless_line
from grader.units import memory_text, rate_text


def peaks_table(machine: Machine, peaks: Peaks) -> RenderableType:
    """Arithmetic by the width of vectors, then bytes by how much memory they lie in."""
    measured = [peaks] if peaks.together is None else [peaks, peaks.together]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for cores in ("one core", f"{machine.threads} cores together")[: len(measured)]:
        table.add_column(cores, justify="right")
    for row in (*_arithmetic(measured), *_memory(measured)):
        table.add_row(*row)
    lines = [Text(f"{machine.name}: {harmless_line(machine.cpu)}", style="dim")]
    if peaks.beside:
        beside = harmless_line(peaks.beside)
        lines.append(Text(f"measured beside {beside}, and so perhaps too low: the next grading measures again", style="yellow"))
    return Group(table, *lines)


def vector_text(bits: int) -> str:
    """`one number at a time`, `vectors of 4 (256 bits)`."""
    return "one number at a time" if bits == 64 else f"vectors of {bits // 64} ({bits} bits)"  # noqa: PLR2004 -- of a float64


def _arithmetic(measured: Sequence[Peaks]) -> Iterator[list[str]]:
    for vectors in zip(*(peaks.vectors for peaks in measured), strict=True):
        yield [
            f"operations, {vector_text(vectors[0].bits)}",
            *(rate_text(vector.flop_per_s, "operations") for vector in vectors),
        ]
    yield ["operations, the most", *(rate_text(peaks.flop_per_s, "operations") for peaks in measured)]


def _memory(measured: Sequence[Peaks]) -> Iterator[list[str]]:
    for memories in zip(*(peaks.bandwidths for peaks in measured), strict=True):
        for what in ("read", "write", "copy"):
            yield [f"{memories[0].level}: {what}", *(_moved(memory, what) for memory in memories)]


def _moved(memory: Bandwidth, what: str) -> str:
    speed = {"read": memory.read_bytes_per_s, "write": memory.write_bytes_per_s, "copy": memory.copy_bytes_per_s}[what]
    return f"{memory_text(round(speed))}/s in {memory_text(memory.size_bytes)}"
