"""Ways to share the bifurcation map out: honest ones, which a checker must accept, and wrong ones, which it must reject."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares
from tests.tasks.bifurcation_variants import Reals, Variant, compiled_rows, in_place, plain, scaled

Columns: TypeAlias = NDArray[np.intp]
Cut: TypeAlias = Callable[[int], list[Columns]]
Fix: TypeAlias = Callable[[Reals], Reals]


def _blocks(processes: int) -> Cut:
    return lambda k: [np.arange(k)[share] for share in shares(k, processes)]


def _dealt(processes: int) -> Cut:
    return lambda k: [np.arange(rank, k, processes) for rank in range(processes)]


def _rest_to_the_first(processes: int) -> Cut:
    """`k // P` each, and what is left over for rank 0."""

    def cut(k: int) -> list[Columns]:
        each = k // processes
        rest = k - each * processes
        return [np.arange(rest + each), *(rest + np.arange(rank * each, (rank + 1) * each) for rank in range(1, processes))]

    return cut


def _shared(cut: Cut, follow: Variant = plain) -> Variant:
    """What comes out when each process follows the columns of its part."""

    def mpi_bifurcation(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
        kept = np.zeros((n_keep, len(r)))
        for columns in cut(len(r)):
            if len(columns):
                kept[:, columns] = follow(r[columns], x0[columns], n_transient, n_keep)
        return kept

    return mpi_bifurcation


HONEST: dict[str, Variant] = {
    "three blocks": _shared(_blocks(3)),
    "seven blocks": _shared(_blocks(7)),
    "dealt to four": _shared(_dealt(4)),
    "rest to the first of five": _shared(_rest_to_the_first(5)),
    "two blocks in place": _shared(_blocks(2), in_place),
    "three blocks, scaled": _shared(_blocks(3), scaled),
    "two blocks, compiled": _shared(_blocks(2), compiled_rows),
}


# Wrong, beyond the mistakes that the task names


def _changed(change: Fix) -> Variant:
    """The right values, changed."""
    return lambda r, x0, n_transient, n_keep: change(plain(r, x0, n_transient, n_keep))


def _second_part(change: Callable[[Reals, Reals, int, int], tuple[Reals, Reals, int, int]]) -> Variant:
    """Two processes, of which the second one works with other arguments."""

    def mpi_bifurcation(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
        first, second = shares(len(r), 2)
        parts = (
            plain(r[first], x0[first], n_transient, n_keep),
            plain(*change(r[second], x0[second], n_transient, n_keep)),
        )
        return np.concatenate(parts, axis=1)

    return mpi_bifurcation


def _nothing_from_others(kept: Reals) -> Reals:
    """The memory for what was to be received is as it was."""
    kept[:, kept.shape[1] // 2 :] = np.nan
    return kept


def _first_part_twice(kept: Reals) -> Reals:
    half = kept.shape[1] // 2
    kept[:, half : 2 * half] = kept[:, :half]
    return kept


WRONG: dict[str, Variant] = {
    "nothing from others": _changed(_nothing_from_others),
    "first part twice": _changed(_first_part_twice),
    "first column of the second part lost": _shared(lambda k: [np.arange(k // 2), np.arange(k // 2 + 1, k)]),
    "last column lost": _shared(lambda k: [np.arange(max(k - 1, 0))]),
    "parts swapped": _changed(lambda kept: np.roll(kept, kept.shape[1] // 2, axis=1)),
    "rows in reverse": _changed(lambda kept: kept[::-1].copy()),
    "sent in single precision": _changed(lambda kept: kept.astype(np.float32).astype(np.float64)),
    "second starts like the first": _second_part(lambda r, x0, t, n: (r, np.full_like(x0, 0.5), t, n)),
    "second has no transient": _second_part(lambda r, x0, _, n: (r, x0, 0, n)),
    "second has half a transient": _second_part(lambda r, x0, t, n: (r, x0, t // 2, n)),
    "second has r backwards": _second_part(lambda r, x0, t, n: (r[::-1], x0, t, n)),
    "mean of two": _changed(lambda kept: (kept + np.roll(kept, 1, axis=1)) / 2),
}
