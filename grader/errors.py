"""The faults that are not a submission's: the user's (`UsageError`) and our own (`GraderError`)."""


class _SaidInOneLine(Exception):  # noqa: N818 -- what the two errors share, and none itself
    """Its text is all that helps."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a traceback's place."""
        from grader.text import harmless  # messages quote names of files, which may hold anything

        return [f"grader: {harmless(str(self))}"]


class UsageError(_SaidInOneLine):
    """The user asked for something that cannot be done; the text says what, where, and what to do (exit code 2)."""


class GraderError(_SaidInOneLine):
    """The grader, the course's own code or the machine failed: never a student's zero (exit code 3)."""
