"""The sample class: the verdict that was planted with every author, task by task."""

from grader.verdicts import Verdict

PLANTED = """
      matmul        bifurcation  julia         julia_period  schelling     spectrogram    scalogram     integral      life
ada   ACCEPTED      ACCEPTED     ACCEPTED      ACCEPTED      .             TIME_LIMIT     .             ACCEPTED      .
boris ACCEPTED      ACCEPTED     ACCEPTED      .             ACCEPTED      .              .             .             .
chen  ACCEPTED      ACCEPTED     ACCEPTED      ACCEPTED      ACCEPTED      .              .             .             ACCEPTED
dana  WRONG_ANSWER  .            WRONG_ANSWER  .             WRONG_ANSWER  WRONG_ANSWER   .             WRONG_ANSWER  .
emil  ACCEPTED      ACCEPTED     TIME_LIMIT    ACCEPTED      .             RUNTIME_ERROR  .             .             TIME_LIMIT
fay   ACCEPTED      INVALID      BUILD_ERROR   .             .             ACCEPTED       .             .             .
gita  ACCEPTED      .            ACCEPTED      ACCEPTED      INVALID       .              .             .             .
hugo  ACCEPTED      .            MEMORY_LIMIT  .             WRONG_ANSWER  ACCEPTED       .             .             .
ines  .             .            ACCEPTED      ACCEPTED      .             .              ACCEPTED      .             .
jonas .             ACCEPTED     WRONG_ANSWER  .             .             ACCEPTED       ACCEPTED      .             .
kira  .             ACCEPTED     ACCEPTED      .             ACCEPTED      .              WRONG_ANSWER  .             .
liang ACCEPTED      ACCEPTED     .             .             ACCEPTED      .              ACCEPTED      .             .
"""
"""A dot: nothing was handed in, which is the verdict MISSING. Nor is there a task of MPI where Open MPI is missing."""

WITH_MPI = {"integral", "life"}
"""Tasks of the table whose calls take a second to start: two hand-ins each, and none at all for the others of their kind."""
NOBODYS = {"mpi_bifurcation", "mpi_spectrogram", "shift"}


def planted() -> list[tuple[str, str, Verdict]]:
    """Author, task and verdict, from the table."""
    head, *lines = [line.split() for line in PLANTED.strip().splitlines()]
    return [
        (author, task, Verdict.MISSING if verdict == "." else Verdict(verdict))
        for author, *verdicts in lines
        for task, verdict in zip(head, verdicts, strict=True)
    ]
