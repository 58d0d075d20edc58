import numpy as np


def schelling(grid, r, n_rounds, seed):
    rng = np.random.default_rng(seed)
    need = np.ceil(8 * r - 1e-9)
    G = np.array(grid, dtype=float)
    D = np.zeros(n_rounds, dtype=np.int64)

    for t in range(n_rounds):
        same = np.zeros_like(G)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if dx or dy:
                    same += np.roll(G, (dy, dx), (0, 1)) == G
        unhappy = (G > 0) & (same < need)
        D[t] = unhappy.sum()

        market = unhappy | (G == 0)
        G[market] = rng.permutation(G[market])

    return G, D
