"""Hands in two links that point at each other.

covers = ["symlink, hard link, device or FIFO as submission"]
task = "matmul"
verdict = "INVALID"
setup = "link_loop"
"""
