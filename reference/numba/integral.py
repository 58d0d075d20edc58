"""The trapezoidal rule in Numba: the plain loop, compiled, the same in every process.

Fast because nothing is looked up and nothing but the sum is kept. What remains is the cosine.
"""

from math import cos

from numba import njit


@njit
def integral(a, b, omega, n):
    """Integrate f(x) = x cos(omega x²) from a to b by the trapezoidal rule with n intervals."""
    h = (b - a) / n
    total = (a * cos(omega * a * a) + b * cos(omega * b * b)) / 2
    for j in range(1, n):
        x = a + j * h
        total += x * cos(omega * x * x)
    return h * total
