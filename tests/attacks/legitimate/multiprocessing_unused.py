"""Imports what it had tried before: processes, subprocesses, sockets, an event loop; uses none of it.

task = "matmul"
verdict = "ACCEPTED"
"""

import asyncio
import multiprocessing
import os
import shutil
import socket
import subprocess
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np

LOCK = threading.Lock()
UNUSED = asyncio, multiprocessing, shutil, socket, subprocess, ProcessPoolExecutor, ThreadPoolExecutor


def matmul(a, b):
    with LOCK:
        return np.ascontiguousarray((b.T @ a.T).T)


def in_parallel(a, b):
    """Slower than hoped, and left for the report."""
    with multiprocessing.Pool(os.cpu_count()) as pool:
        return np.vstack(pool.starmap(matmul, [(row[None], b) for row in a]))
