import numpy as np


def schelling(grid, r, n_rounds, seed):
    rng = np.random.RandomState(seed)
    wanted = int(np.ceil(8*r - 1e-9))
    history = []
    print('map', grid.shape, 'r =', r, 'wanted neighbours:', wanted)

    for k in range(n_rounds):
        neighbours = np.zeros_like(grid)
        for shift in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]:
            neighbours += (np.roll(grid, shift, axis=(0, 1)) == grid)
        unhappy = (neighbours < wanted) & (grid != 0)
        history.append(unhappy.sum())
        print('round', k, ':', history[-1], 'households are dissatisfied,',
              'first kind', (unhappy & (grid == 1)).sum(), 'second kind', (unhappy & (grid == 2)).sum())

        places = np.flatnonzero(unhappy | (grid == 0))
        grid.flat[places] = grid.flat[rng.permutation(places)]

    print('finished:', history)
    return grid, np.array(history, dtype='int64')
