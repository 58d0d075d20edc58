"""Hands in a device that never ends.

covers = ["symlink, hard link, device or FIFO as submission"]
task = "matmul"
verdict = "INVALID"
setup = "device"
"""
