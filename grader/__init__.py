"""A speed grader for a High Performance Python course.

This module imports nothing, so that the untrusted side (`grader.worker`) can be loaded without the rest.
"""

__version__ = "0.1.0"
