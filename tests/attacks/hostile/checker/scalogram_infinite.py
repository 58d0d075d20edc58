"""Returns infinity and NaN: their difference to anything is not larger than a tolerance, for a check that asks so.

covers = ["NaN where NaN would match"]
task = "scalogram"
verdict = "WRONG_ANSWER"
"""

import numpy as np


def scalogram(signal, scales):
    power = np.full((len(scales), len(signal)), np.nan)
    power[:, ::2] = np.inf
    power[:, 1::4] = -np.inf
    return power
