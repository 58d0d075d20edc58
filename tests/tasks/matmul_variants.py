"""Right and wrong ways to multiply matrices, to try the checker of `matmul` on."""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
Product: TypeAlias = Callable[[Matrix, Matrix], Matrix]


def one_dot_product_per_entry(a: Matrix, b: Matrix) -> Matrix:
    c = np.empty((a.shape[0], b.shape[1]))
    for i, j in np.ndindex(c.shape):
        c[i, j] = np.dot(a[i], b[:, j])
    return c


def rows_of_b_added_up(a: Matrix, b: Matrix) -> Matrix:
    c = np.zeros((a.shape[0], b.shape[1]))
    for p in range(a.shape[1]):
        c += np.outer(a[:, p], b[p])
    return c


def terms_in_reverse(a: Matrix, b: Matrix) -> Matrix:
    return rows_of_b_added_up(a[:, ::-1], b[::-1])


def terms_by_size(a: Matrix, b: Matrix) -> Matrix:
    terms = a[:, :, np.newaxis] * b
    order = np.argsort(np.abs(terms), axis=1)
    return np.asarray(np.take_along_axis(terms, order, axis=1).sum(axis=1))


def pairwise_blocks(a: Matrix, b: Matrix) -> Matrix:
    half = a.shape[1] // 2
    if half == 0:
        return rows_of_b_added_up(a, b)
    return pairwise_blocks(a[:, :half], b[:half]) + pairwise_blocks(a[:, half:], b[half:])


def correctly_rounded_sums(a: Matrix, b: Matrix) -> Matrix:
    c = np.empty((a.shape[0], b.shape[1]))
    for i, j in np.ndindex(c.shape):
        c[i, j] = math.fsum(a[i] * b[:, j])
    return c


def long_double(a: Matrix, b: Matrix) -> Matrix:
    return np.asarray(a.astype(np.longdouble) @ b.astype(np.longdouble), dtype=np.float64)


def fortran_order(a: Matrix, b: Matrix) -> Matrix:
    return np.asfortranarray(a @ b)


def einsum(a: Matrix, b: Matrix) -> Matrix:
    return np.asarray(np.einsum("ip,pj->ij", a, b))


def strassen(a: Matrix, b: Matrix) -> Matrix:
    """Seven products of halves instead of eight, down to 8; odd sizes are filled up with zeros."""
    (n, k), m = a.shape, b.shape[1]
    if min(n, k, m) <= 8:
        return np.asarray(a @ b)
    a = np.pad(a, ((0, n % 2), (0, k % 2)))
    b = np.pad(b, ((0, k % 2), (0, m % 2)))
    (a11, a12), (a21, a22) = (np.hsplit(half, 2) for half in np.vsplit(a, 2))
    (b11, b12), (b21, b22) = (np.hsplit(half, 2) for half in np.vsplit(b, 2))
    m1, m2 = strassen(a11 + a22, b11 + b22), strassen(a21 + a22, b11)
    m3, m4 = strassen(a11, b12 - b22), strassen(a22, b21 - b11)
    m5, m6, m7 = strassen(a11 + a12, b22), strassen(a21 - a11, b11 + b12), strassen(a12 - a22, b21 + b22)
    return np.block([[m1 + m4 - m5 + m7, m3 + m5], [m2 + m4, m1 - m2 + m3 + m6]])[:n, :m]


@njit(fastmath=True)
def numba_fastmath(a: Matrix, b: Matrix) -> Matrix:
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for p in range(a.shape[1]):
                c[i, j] += a[i, p] * b[p, j]
    return c


def overwriting_its_inputs(a: Matrix, b: Matrix) -> Matrix:
    c = a @ b
    a[:] = b[:] = 0
    return np.asarray(c)


HONEST: dict[str, Product] = {
    function.__name__: function
    for function in (
        one_dot_product_per_entry,
        rows_of_b_added_up,
        terms_in_reverse,
        terms_by_size,
        pairwise_blocks,
        correctly_rounded_sums,
        long_double,
        fortran_order,
        einsum,
        strassen,
        numba_fastmath,
        overwriting_its_inputs,
    )
}


def half_precision(a: Matrix, b: Matrix) -> Matrix:
    return np.asarray(a.astype(np.float16) @ b.astype(np.float16), dtype=np.float64)


def one_factor_in_single_precision(a: Matrix, b: Matrix) -> Matrix:
    return np.asarray(a.astype(np.float32).astype(np.float64) @ b)


def rounded_to_ten_decimals(a: Matrix, b: Matrix) -> Matrix:
    return np.round(a @ b, 10)


def left_as_it_was(a: Matrix, b: Matrix) -> Matrix:
    return np.full((a.shape[0], b.shape[1]), np.nan)


def last_entry_not_written(a: Matrix, b: Matrix) -> Matrix:
    c = np.array(a @ b)
    c[-1:, -1:] = np.nan
    return c


def infinite_in_one_place(a: Matrix, b: Matrix) -> Matrix:
    c = np.array(a @ b)
    c[:1, :1] = np.inf
    return c


def two_columns_swapped(a: Matrix, b: Matrix) -> Matrix:
    return np.array(a @ b)[:, ::-1]


def every_other_term(a: Matrix, b: Matrix) -> Matrix:
    return np.asarray(2 * (a[:, ::2] @ b[::2]))


def wrong_sign_in_large_products_only(a: Matrix, b: Matrix) -> Matrix:
    c = np.array(a @ b)
    return -c if c.size > 5000 else c


def one_entry_off_in_the_twelfth_digit(a: Matrix, b: Matrix) -> Matrix:
    c = np.array(a @ b)
    c[-1:, :1] *= 1 + 1e-12
    return c


WRONG: dict[str, Product] = {
    function.__name__: function
    for function in (
        half_precision,
        one_factor_in_single_precision,
        rounded_to_ten_decimals,
        left_as_it_was,
        last_entry_not_written,
        infinite_in_one_place,
        two_columns_swapped,
        every_other_term,
        wrong_sign_in_large_products_only,
        one_entry_off_in_the_twelfth_digit,
    )
}
