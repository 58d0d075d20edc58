"""Shifted pictures in plain Python: a loop over the shifts, and inside over all pixels, the same in every process.

Slow because each pixel of each shift computes a remainder and goes through two lists. More processes do not help: each of them
does all of it.
"""

import numpy as np


def shift(picture: "uint8[h,w]", amounts: "int64[k]", axis: int) -> "int32[h,w]":
    """Shift the picture cyclically by each of k amounts, and add the shifted pictures.

    A pixel that leaves at one edge comes in again at the opposite one.

    Args:
        picture: brightness of the pixels.
        amounts: by how many rows or columns; negative ones go up or to the left, large ones round the picture several times.
        axis: 0 shifts rows down, 1 shifts columns to the right.

    Returns:
        total, with total[i, j] the sum over a in amounts of picture[(i − a) mod h, j], or of picture[i, (j − a) mod w] for axis
        1, on rank 0.
    """
    height, width = picture.shape
    pixels = picture.tolist()
    total = [[0] * width for _ in range(height)]
    for amount in amounts.tolist():
        for i in range(height):
            for j in range(width):
                total[i][j] += pixels[(i - amount) % height][j] if axis == 0 else pixels[i][(j - amount) % width]
    return np.array(total, dtype=np.int32).reshape(height, width)
