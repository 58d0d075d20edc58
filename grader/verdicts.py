"""What can be said of a submission."""

from enum import StrEnum


class Verdict(StrEnum):
    """The verdict on one submission (author × task)."""

    ACCEPTED = "ACCEPTED"
    WRONG_ANSWER = "WRONG_ANSWER"
    TIME_LIMIT = "TIME_LIMIT"
    MEMORY_LIMIT = "MEMORY_LIMIT"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    BUILD_ERROR = "BUILD_ERROR"
    INVALID = "INVALID"  # does not fit the task's interface
    MISSING = "MISSING"
    GRADER_ERROR = "GRADER_ERROR"  # ours: retried and reported, never a zero
