"""Hands in a folder that is a link to a reference's.

covers = ["symlink, hard link, device or FIFO as submission"]
task = "matmul"
verdict = "INVALID"
setup = "symlinked_folder"
"""
