"""Spectrogram, with the frames shared out among MPI processes.

Try the example with `mpiexec -n 3 python mpi_spectrogram.py`; `grader check mpi_spectrogram.py` tries many more, with other
numbers of processes, and says how fast it is.
"""

import numpy as np
from numpy.typing import NDArray

# The processes and their number: `from mpi4py import MPI` here, then `comm = MPI.COMM_WORLD`, `comm.rank` and `comm.size`.
# Every process calls the function with the same arguments; what rank 0 returns is the answer.


def mpi_spectrogram(signal: NDArray[np.float64], window: NDArray[np.float64], hop: int) -> NDArray[np.float64] | None:
    """Compute power[k] = |rfft(signal[k·hop : k·hop + w] · window)|² for all frames k that lie within the signal.

    Args:
        signal: the samples; shape (n,).
        window: the weights of the samples of a frame; shape (w,).
        hop: the samples from the start of one frame to the start of the next, ≥ 1.

    Returns:
        power of shape (n_frames, w // 2 + 1), with n_frames = 1 + (n − w) // hop, and none where n < w, on rank 0; what other
        ranks return does not matter.
    """
    raise NotImplementedError("write mpi_spectrogram() here")


if __name__ == "__main__":
    answer = mpi_spectrogram(np.array([1.0, 0.0, -1.0, 0.0, 2.0, 2.0, 2.0, 2.0, 1.0]), np.array([1.0, 2.0, 2.0, 1.0]), 2)
    if answer is not None:  # rank 0 has it
        np.testing.assert_allclose(answer, [[1, 9, 1], [25, 29, 1], [144, 8, 0]])
