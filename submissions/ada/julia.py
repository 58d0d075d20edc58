import numpy as np


def iterations(z, c, max_iter):
    """How many times z -> z^2 + c before |z| gets larger than 2."""
    for k in range(max_iter):
        if abs(z) > 2:
            return k
        z = z * z + c
    return max_iter


def julia(x, y, c, max_iter):
    xs = [float(v) for v in x]
    ys = [float(v) for v in y]
    counts = np.zeros((len(ys), len(xs)), dtype=np.int32)
    for i, im in enumerate(ys):
        for j, re in enumerate(xs):
            counts[i, j] = iterations(complex(re, im), c, max_iter)
    return counts


if __name__ == "__main__":
    import matplotlib.pyplot as plt

    x = np.linspace(-1.5, 1.5, 300)
    y = np.linspace(-1, 1, 200)
    phi = (1 + 5 ** 0.5) / 2
    plt.imshow(julia(x, y, complex(1 - phi, 0), 100), origin="lower", extent=(-1.5, 1.5, -1, 1))
    plt.xlabel("Re z0")
    plt.ylabel("Im z0")
    plt.colorbar()
    plt.show()
