"""A task's board: everyone's results, kept in the store until anything that they follow from changes.

The key is a digest of all that a board depends on and the store does not count itself: who hands in which code, the task, the
conditions, the rules of measuring, and the grader's own rules. So nobody is shown a board of other code or other rules.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.grading.counted import Bound
from grader.grading.growth import Growth, GrowthPoint
from grader.grading.roofline import Bottleneck, Limit
from grader.grading.session import HandIns, Session, member_of
from grader.grading.standings import Confidence, Result, TaskStandings
from grader.store import Conditions, Store
from grader.verdicts import Verdict

_NAMES = tuple(field.name for field in fields(Result))


@dataclass(frozen=True)
class Board:
    """What is known of one task."""

    results: tuple[Result, ...]
    """In the order of the ranks."""
    ungraded: tuple[str, ...]
    """Whose current code has no verdict yet."""
    confidence: tuple[Confidence, ...]
    """Of every case at which students are ranked."""


def board_of(
    session: Session, hand_ins: HandIns, faults: Mapping[tuple[str, str], str], conditions: Conditions, store: Store
) -> Board:
    """The board of a task as it is now; from the store, where nothing has changed since it was made."""
    task = hand_ins.task
    if any(name == task.name for name, _ in faults):
        return _made(session, hand_ins, faults, conditions, store)  # the grader's own faults are not kept
    key, changes = _key(session, hand_ins, conditions), store.changes(task)  # before anything is read that may change meanwhile
    kept = store.board(key, changes)
    if kept is not None:
        return _read(kept)
    board = _made(session, hand_ins, faults, conditions, store)
    with suppress(GraderError):  # a store that may only be read is shown all the same
        store.keep_board(key, task, changes, _written(board))
    return board


def _made(
    session: Session, hand_ins: HandIns, faults: Mapping[tuple[str, str], str], conditions: Conditions, store: Store
) -> Board:
    standings = TaskStandings(session, hand_ins, faults, conditions, store)
    return Board(tuple(standings.results()), tuple(standings.ungraded()), tuple(standings.confidence()))


def _key(session: Session, hand_ins: HandIns, conditions: Conditions) -> str:
    members = [(one.author, one.kind, one.content_hash) for one in map(member_of, hand_ins.everyone)]
    parts = (
        *(_rules(), hand_ins.task.name, hand_ins.task.version, session.machine.threads),
        *conditions.of(hand_ins.task).key,
        *(session.course.measurement.model_dump(mode="json"), members),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _rules() -> str:
    """A digest of the code that makes boards: another version of the grader makes its own."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _written(board: Board) -> str:
    rows = [[getattr(result, name) for name in _NAMES] for result in board.results]
    kept = {"results": rows, "ungraded": board.ungraded, "confidence": board.confidence}
    return json.dumps(kept, default=asdict)


def _read(text: str) -> Board:
    kept = json.loads(text)
    return Board(
        results=tuple(Result(*map(_field, _NAMES, row)) for row in kept["results"]),
        ungraded=tuple(kept["ungraded"]),
        confidence=tuple(Confidence(**one) for one in kept["confidence"]),
    )


def _field(name: str, value: Any) -> Any:  # noqa: ANN401 -- whatever a field of a result holds
    """What JSON has no form for."""
    if value is not None and name in _FORMS:
        return _FORMS[name](value)
    return tuple(value) if isinstance(value, list) else value


def _growth(kept: Mapping[str, Any]) -> Growth:
    return Growth(**{**kept, "points": tuple(GrowthPoint(**point) for point in kept["points"])})


_FORMS: Mapping[str, Callable[[Any], object]] = {
    "verdict": Verdict,
    "bound": lambda kept: Bound(**kept),
    "limit": lambda kept: Limit(**{**kept, "by": Bottleneck(kept["by"])}),
    "growths": lambda kept: tuple(map(_growth, kept)),
}
"""By the field of a result, from what JSON gives back to what it was."""
