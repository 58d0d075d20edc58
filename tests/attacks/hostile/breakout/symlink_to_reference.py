"""Hands in a link to the course's own solution.

covers = ["symlink, hard link, device or FIFO as submission"]
task = "matmul"
verdict = "INVALID"
setup = "symlink_to_reference"
"""
