import numpy as np


def logistic_map(r, x):
    return r * x * (1 - x)


def evolution(r, x0=0.5, steps=100):
    """The first values of one orbit, for the plot of x over n."""
    x = np.empty(steps)
    x[0] = x0
    for i in range(1, steps):
        x[i] = logistic_map(r, x[i - 1])
    return x


# TODO: the map itself, last m values for each r
