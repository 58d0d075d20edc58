"""Hands in a FIFO: whoever reads it waits forever.

covers = ["symlink, hard link, device or FIFO as submission"]
task = "matmul"
verdict = "INVALID"
setup = "fifo"
"""
