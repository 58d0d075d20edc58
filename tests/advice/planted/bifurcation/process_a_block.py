"""The bifurcation map: each block of 64 values of r has a process of its own."""
from multiprocessing import Pipe, Process

import numpy as np

BLOCK = 64


def bifurcation(r, x0, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    started = []
    for first in range(0, len(r), BLOCK):
        block = slice(first, first + BLOCK)
        receiving, sending = Pipe(duplex=False)
        worker = Process(target=send_orbits, args=(sending, r[block], x0[block], n_transient, n_keep))
        worker.start()
        started.append((block, worker, receiving))
    for block, worker, receiving in started:
        kept[:, block] = receiving.recv()
        worker.join()
    return kept


def send_orbits(sending, r, x, n_transient, n_keep):
    sending.send(orbits(r, x, n_transient, n_keep))


def orbits(r, x, n_transient, n_keep):
    kept = np.empty((n_keep, len(r)))
    for n in range(n_transient + n_keep):
        x = r * x * (1 - x)
        if n >= n_transient:
            kept[n - n_transient] = x
    return kept
