"""Programs with made-up profiles: what each line took, and what its variables held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import dedent
from typing import TypeAlias

import numpy as np

from grader.advice.advise import advise
from grader.advice.facts import Facts, gather
from grader.advice.finding import Finding
from grader.content.reading import SourceFile
from grader.execution.line_looks import CompiledFunction, Looks, Seen, Sort, Transform
from grader.execution.line_profile import line_count
from grader.grading.check import CaseFacts
from grader.grading.line_facts import Split
from grader.grading.profile_lines import Hardware, Line, LineMemory, LineProfile, LineTimes

CALL_S = 1.0
"""Of the call that nobody watched."""

ONE_CORE, TWO_CORES = Hardware(1, 4), Hardware(2, 4)
"""What a task may use of a machine with four; of its caches nothing is known."""

Measured: TypeAlias = Mapping[str, tuple[float, int]]
"""By a piece of a line: its share of the time and how often it ran."""


@dataclass(frozen=True)
class Holds:
    """What a variable held on every line that names it."""

    sort: Sort
    dtype: str | None = None
    shape: tuple[int, ...] = ()
    order: str = "C"
    span_bytes: int | None = None
    true_share: float | None = None
    looks: int = 10

    def seen(self, row: int, name: str) -> Seen:
        """On one line."""
        dtype = None if self.dtype is None else np.dtype(self.dtype)
        size_bytes = int(np.prod(self.shape)) * (dtype.itemsize if dtype is not None else 0)
        span_bytes = size_bytes if self.span_bytes is None else self.span_bytes
        one_dimensional = len(self.shape) < 2
        return Seen(
            row,
            name,
            self.sort,
            dtype,
            self.shape,
            self.order == "C" or one_dimensional,
            self.order == "F" or one_dimensional,
            span_bytes,
            self.looks,
            self.true_share,
        )


Variables: TypeAlias = Mapping[str, Holds | Sequence[Holds]]
"""What each variable held; several ways, where there is a sequence."""


def array(dtype: str, *shape: int, order: str = "C", span_bytes: int | None = None, true_share: float | None = None) -> Holds:
    """An array of NumPy's."""
    return Holds(Sort.ARRAY, dtype, shape, order, span_bytes, true_share)


def number(dtype: str = "float64") -> Holds:
    """A number of Python's own."""
    return Holds(Sort.NUMBER, dtype)


@dataclass(frozen=True)
class Beside:
    """What a profile tells beside lines and variables."""

    compiling_s: float = 0.0
    """In the call that was looked at."""
    converting_s: float = 0.0
    """Of its answer."""
    cores_at_work: float = 1.0
    """In the call that nobody watched."""
    threads: int = 1
    """At its end."""
    native: float = 0.0
    """The share of the time in native code."""
    hardware: Hardware = TWO_CORES
    needs: CaseFacts | None = None
    """Of a call, whoever makes it."""


def program(
    source: str,
    measured: Measured,
    variables: Variables | None = None,
    *,
    as_python: Measured | None = None,
    compiled: Mapping[str, tuple[int, int, bool]] | None = None,
    transforms: Mapping[str, int] | None = None,
    **beside: object,
) -> tuple[LineProfile, list[SourceFile]]:
    """A profile of these lines, as if they had been measured; what is left of the time is that of the last line of all others.

    Args:
        source: the program; its function is `f`.
        measured: as the program ran.
        variables: what they held; several ways, where there is a sequence.
        as_python: without the compiler.
        compiled: by a piece of the line where a function begins: signatures, those in object mode, whether it is new.
        transforms: by a piece of a line, the length of what it transforms.
        beside: the fields of `Beside`.
    """
    ran = Beside(**beside)  # type: ignore[arg-type]  # its fields
    file = SourceFile("f.py", dedent(source).encode())
    texts = dedent(source).split("\n")[: line_count(file)]
    held = [
        (name, one) for name, ways in (variables or {}).items() for one in ([ways] if isinstance(ways, Holds) else list(ways))
    ]
    looks = Looks(
        seen=tuple(one.seen(row, name) for row, text in enumerate(texts) for name, one in held if name in text),
        transforms=tuple(Transform(row_of(texts, piece), length, 10) for piece, length in (transforms or {}).items()),
        compiled=tuple(CompiledFunction(row_of(texts, piece), *facts) for piece, facts in (compiled or {}).items()),
        compiling_s=ran.compiling_s,
        converting_s=ran.converting_s,
        call_s=CALL_S,
    )
    times = replace(_times(texts, measured), looks=looks, cores_at_work=ran.cores_at_work, threads=ran.threads)
    profile = LineProfile(
        author="ada",
        task="f",
        sandbox="none",
        lines=tuple(Line("f.py", None, number, text) for number, text in enumerate(texts, 1)),
        times=times,
        as_python=None if as_python is None else replace(_times(texts, as_python), as_python=True, looks=looks),
        memory=LineMemory("large", None, (0.0,) * len(texts)),
        slowest=None,
        split=Split(0.0, ran.native),
        compile_time_s=0.0,
        compiled_functions=len(compiled or {}),
        notes=(),
        hardware=ran.hardware,
        needs=ran.needs,
    )
    return profile, [file]


def facts(source: str, measured: Measured, variables: Variables | None = None, **more: object) -> Facts:
    """What the rules look at."""
    return gather(*program(source, measured, variables, **more))  # type: ignore[arg-type]  # what `program` takes


def advice(source: str, measured: Measured, variables: Variables | None = None, **more: object) -> tuple[Finding, ...]:
    """What all rules together say."""
    return advise(*program(source, measured, variables, **more))  # type: ignore[arg-type]  # what `program` takes


def row_of(texts: Sequence[str], piece: str) -> int:
    """The line with this piece."""
    return next(row for row, text in enumerate(texts) if piece in text)


def _times(texts: Sequence[str], measured: Measured) -> LineTimes:
    shares, hits = [0.0] * len(texts), [0] * len(texts)
    for piece, (share, count) in measured.items():
        row = row_of(texts, piece)
        shares[row], hits[row] = share, count
    own = range(row_of(texts, "def f("), len(texts)) if measured else range(0)
    unmeasured = [row for row in own if texts[row].strip() and not shares[row]]
    if unmeasured:
        shares[unmeasured[-1]] = max(0.0, 1.0 - sum(shares[row] for row in own))
    times_s = tuple(share * CALL_S for share in shares)
    return LineTimes("large", False, CALL_S, CALL_S, tuple(hits), times_s, tuple(shares))  # noqa: FBT003 -- as it ran
