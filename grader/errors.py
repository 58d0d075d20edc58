"""The faults that are not a submission's: the user's (`UsageError`) and our own (`GraderError`)."""


class UsageError(Exception):
    """The user asked for something that cannot be done; the text says what, where, and what to do (exit code 2)."""


class GraderError(Exception):
    """The grader, the course's own code or the machine failed: never a student's zero (exit code 3)."""
