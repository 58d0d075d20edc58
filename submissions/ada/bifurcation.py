"""Lab 1: the logistic map x -> r x (1 - x)."""
import numpy as np


def update(rates, states):
    """One step of the map for every r."""
    return [r * x * (1 - x) for r, x in zip(rates, states)]


def bifurcation(r, x0, n_transient, n_keep):
    rates = r.tolist()
    states = x0.tolist()

    # let the orbits settle first
    for _ in range(n_transient):
        states = update(rates, states)

    kept = []
    for _ in range(n_keep):
        states = update(rates, states)
        kept.append(states)
    return np.array(kept).reshape(n_keep, len(rates))


if __name__ == "__main__":
    import matplotlib.pyplot as plt

    r = np.linspace(2.5, 4, 600)
    x = bifurcation(r, np.full(600, 0.5), 300, 100)
    for row in x:
        plt.plot(r, row, ",k")
    plt.xlabel("r")
    plt.ylabel("x")
    plt.title("Bifurcation map")
    plt.show()
