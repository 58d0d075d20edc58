import numpy as np


def matmul(a, b):
    """One row of the result at a time: a combination of the rows of b."""
    c = np.empty((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        c[i] = (a[i][:, None] * b).sum(axis=0)
    return c


def test():
    a = np.arange(6.0).reshape(2, 3)
    b = np.arange(12.0).reshape(3, 4)
    assert np.allclose(matmul(a, b), a @ b)


if __name__ == "__main__":
    test()
    print("ok")
