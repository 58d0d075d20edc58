"""Gives the grader as much as it takes for compiled functions, which it keeps in its own memory for the next run.

covers = ["heap, mmap, memfd and tmpfs bombs"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR"]
"""

import os

import grader.worker.numba_cache as cache

block = os.urandom(1 << 20)
cache.pack = lambda _folder: block * 63


def matmul(a, b):
    return a @ b
