"""The trapezoidal rule as it is written down: a loop over the intervals, in plain Python, the same in every process.

Slow because every operation looks up what it is applied to and makes a new number object. More processes do not help: each of
them does all of it.
"""

from math import cos


def integral(a: float, b: float, omega: float, n: int) -> "float64":
    """Integrate f(x) = x cos(omega x²) from a to b by the trapezoidal rule with n intervals of equal length h = (b − a) / n.

    Args:
        a: where the first interval starts.
        b: where the last one ends; it may be less than a.
        omega: how fast the cosine turns.
        n: the number of intervals, ≥ 1.

    Returns:
        h (f(x₀)/2 + f(x₁) + … + f(xₙ₋₁) + f(xₙ)/2), with xⱼ = a + j h: one number, on rank 0.
    """
    h = (b - a) / n
    total = (a * cos(omega * a * a) + b * cos(omega * b * b)) / 2
    for j in range(1, n):
        x = a + j * h
        total += x * cos(omega * x * x)
    return h * total
