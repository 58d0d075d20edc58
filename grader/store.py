"""The store: one SQLite file that keeps every check and every raw sample; statistics are derived from it.

What is derived may be kept beside it (`board`), until anything that it was derived from changes: nothing else rests on it.

There is one writer, the parent. Each check and each run is one transaction: after a kill at any moment, what was finished is
there and nothing else is. Results are keyed by content (submission, task version, environment, machine), so what has not
changed is not graded again.
"""

import errno
import hashlib
import json
import logging
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.content.task import LoadedTask
from grader.errors import GraderError, UsageError
from grader.machine import Bandwidth, Machine, Peaks, VectorPeak, environment_with
from grader.noise import Disturbance
from grader.profiles import Profile
from grader.records import Acceptance, Block, CheckResult, Decision, Member, RunRecord, Turn
from grader.text import harmless_line
from grader.verdicts import Verdict

_log = logging.getLogger(__name__)
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP})
"""What a file system answers that was mounted without locks, as parallel ones often are."""

SCHEMA_VERSION = 4
_ORIGIN_CHARACTERS = 16

_SCHEMA = """
CREATE TABLE machines (
    id TEXT PRIMARY KEY,
    facts TEXT NOT NULL
);
CREATE TABLE peaks (
    machine TEXT NOT NULL, environment TEXT NOT NULL, peaks TEXT NOT NULL,
    PRIMARY KEY (machine, environment)
);
CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    author TEXT NOT NULL, kind TEXT NOT NULL, task TEXT NOT NULL,
    content_hash TEXT NOT NULL, task_version TEXT NOT NULL, environment TEXT NOT NULL, machine TEXT NOT NULL,
    sandbox TEXT NOT NULL, seed TEXT NOT NULL, checked_at TEXT NOT NULL DEFAULT (datetime('now')),
    superseded INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL
);
CREATE UNIQUE INDEX current_check ON checks (author, kind, task, content_hash, task_version, environment, machine, sandbox)
    WHERE superseded = 0;
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    task TEXT NOT NULL, case_name TEXT NOT NULL, task_version TEXT NOT NULL, environment TEXT NOT NULL, machine TEXT NOT NULL,
    sandbox TEXT NOT NULL,
    complete INTEGER NOT NULL DEFAULT 0, superseded INTEGER NOT NULL DEFAULT 0,
    block TEXT NOT NULL
);
CREATE TABLE runs (
    block INTEGER NOT NULL REFERENCES blocks (id),
    number INTEGER NOT NULL,
    seed TEXT NOT NULL, started_at TEXT NOT NULL, wall_time_s REAL NOT NULL, inside_s REAL NOT NULL,
    problems TEXT NOT NULL, reviews TEXT NOT NULL, disturbance TEXT, set_aside INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (block, number)
);
CREATE TABLE turns (
    block INTEGER NOT NULL, run INTEGER NOT NULL, round INTEGER NOT NULL, competitor TEXT NOT NULL,
    warm_time_s REAL NOT NULL, timed_s TEXT NOT NULL, cpu_time_s REAL NOT NULL,
    threads INTEGER NOT NULL, idle_cpu_s REAL NOT NULL, waited_s REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (block, run, round, competitor),
    FOREIGN KEY (block, run) REFERENCES runs (block, number)
);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    author TEXT NOT NULL, assignment TEXT NOT NULL, criterion TEXT NOT NULL, points REAL,
    note TEXT NOT NULL, who TEXT NOT NULL, decided_at TEXT NOT NULL
);
CREATE TABLE acceptances (
    id INTEGER PRIMARY KEY,
    author TEXT NOT NULL, task TEXT NOT NULL, content_hash TEXT NOT NULL,
    note TEXT NOT NULL, who TEXT NOT NULL, accepted_at TEXT NOT NULL
);
"""

_COUNTED_CHANGES = {
    "check_added": ("INSERT ON checks", "NEW.task"),
    "check_changed": ("UPDATE ON checks", "NEW.task"),
    "block_added": ("INSERT ON blocks", "NEW.task"),
    "block_changed": ("UPDATE OF block, superseded ON blocks", "NEW.task"),
    "run_added": ("INSERT ON runs", "(SELECT task FROM blocks WHERE id = NEW.block)"),
    "acceptance_added": ("INSERT ON acceptances", "NEW.task"),
}
"""Of each trigger, what it waits for, and the task that has changed then."""

_BOARDS = (
    "CREATE INDEX checks_of_task ON checks (task, task_version, environment, machine, sandbox) WHERE superseded = 0",
    "CREATE INDEX blocks_of_task ON blocks (task)",
    "CREATE TABLE changes (task TEXT PRIMARY KEY, number INTEGER NOT NULL)",
    "CREATE TABLE boards (key TEXT PRIMARY KEY, task TEXT NOT NULL, number INTEGER NOT NULL, board TEXT NOT NULL)",
    *(
        f"CREATE TRIGGER {name} AFTER {event} BEGIN INSERT INTO changes (task, number) VALUES ({task}, 1)"  # noqa: S608 -- constants
        " ON CONFLICT (task) DO UPDATE SET number = number + 1; END"
        for name, (event, task) in _COUNTED_CHANGES.items()
    ),
    "CREATE TRIGGER peaks_changed AFTER INSERT ON peaks BEGIN UPDATE changes SET number = number + 1; END",
)
"""The database itself counts what changes of a task, so that no way of writing can forget it: a board is good for one count."""

_MIGRATIONS = {
    3: (
        "ALTER TABLE runs ADD COLUMN disturbance TEXT",
        "ALTER TABLE runs ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE turns ADD COLUMN waited_s REAL NOT NULL DEFAULT 0",
        *_BOARDS,
    ),
}
"""What makes a store of one version one of the next."""


@dataclass(frozen=True)
class Conditions:
    """What results must share to be used together, beside the content: the environment and the machine they were made on."""

    environment: str
    machine: str
    sandbox: str
    mpi: str = ""
    """The versions of what MPI tasks are run by. It belongs to the environment of these alone: the store has it there."""

    def of(self, task: LoadedTask) -> "Conditions":
        """Those of one task's results; the same again where they are that already."""
        uses_mpi = bool(self.mpi) and task.task.profile is Profile.MPI
        environment = environment_with(self.environment, self.mpi) if uses_mpi else self.environment
        return Conditions(environment, self.machine, self.sandbox)

    @property
    def key(self) -> tuple[str, str, str]:
        """Environment, machine and sandbox, as the store keeps them."""
        return self.environment, self.machine, self.sandbox


@dataclass(frozen=True)
class StoredBlock:
    """A block with the runs that are finished."""

    id: int
    block: Block
    complete: bool
    superseded: bool
    runs: tuple[RunRecord, ...]

    @property
    def counting(self) -> tuple[RunRecord, ...]:
        """The runs that figures come from: all but those that were set aside."""
        return tuple(record for record in self.runs if not record.set_aside)


@dataclass(frozen=True)
class StoredCheck:
    """A check with all that it belongs to: which version of the code, of the task, under which conditions, on which inputs."""

    member: Member
    task_version: str
    conditions: Conditions
    seed: int
    checked_at: str
    result: CheckResult


@dataclass(frozen=True)
class PastCheck:
    """One check that was ever made, whether or not it still counts."""

    number: int
    """Greater than that of every check before it."""
    task: str
    member: Member
    conditions: Conditions
    checked_at: str
    result: CheckResult


@dataclass(frozen=True)
class PastRun:
    """One run that was ever made, whether or not its block still counts."""

    number: int
    """Greater than that of every run before it."""
    block_id: int
    number_in_block: int
    conditions: Conditions
    started_at: str
    wall_time_s: float


class Store:
    """An open store; use it as a context manager."""

    def __init__(self, path: Path, *, in_memory: bool = False) -> None:
        """Open or create. UsageError where the file cannot be written or is no store; the text names the remedy.

        With `in_memory` it begins empty and ends with this object: for a job that hands its results on. `path` is then the
        store's that they go to.
        """
        self.path = path
        try:
            if not in_memory:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(":memory:" if in_memory else path, timeout=30.0, isolation_level=None)
            with ExitStack() as undo:
                undo.callback(self._connection.close)
                self._create_or_verify()
                undo.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"the store {path} cannot be used: {error}; name another with --store FILE") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No other grading into this store meanwhile: each would be the other's noise. UsageError where one is at work.

        Where the file system knows no locks it goes on without one, and says so once.
        """
        import fcntl

        lock = self.path.with_name(self.path.name + ".lock")
        with lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"another grading into {self.path} is at work; wait for it, or name another --store") from None
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise GraderError(f"{lock} cannot be locked: {error.strerror}; name another --store") from error
                _warn_that_nothing_is_locked(self.path.parent)
            yield

    # --- checks ------------------------------------------------------------------------------------------------------------

    def add_check(self, member: Member, task: LoadedTask, conditions: Conditions, seed: int, result: CheckResult) -> None:
        """Keep one check; an older one of the same content and conditions is superseded."""
        key = _check_key(member, task, conditions)
        with self._transaction() as connection:
            connection.execute(f"UPDATE checks SET superseded = 1 WHERE superseded = 0 AND {_CHECK_KEY}", key)  # noqa: S608 -- constants
            connection.execute(
                "INSERT INTO checks"
                " (author, kind, task, content_hash, task_version, environment, machine, sandbox, seed, result)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*key, hex(seed), json.dumps(asdict(result))),
            )

    def replace_check(self, member: Member, task: LoadedTask, conditions: Conditions, result: CheckResult) -> None:
        """Change what the current check says, on the same inputs: its seed stays."""
        with self._transaction() as connection:
            connection.execute(
                f"UPDATE checks SET result = ? WHERE superseded = 0 AND {_CHECK_KEY}",  # noqa: S608 -- constants
                (json.dumps(asdict(result)), *_check_key(member, task, conditions)),
            )

    def check(self, member: Member, task: LoadedTask, conditions: Conditions) -> CheckResult | None:
        """The current check of this very content under these conditions."""
        rows = self._read(
            f"SELECT result FROM checks WHERE superseded = 0 AND {_CHECK_KEY}",  # noqa: S608 -- constants
            _check_key(member, task, conditions),
        )
        return _check_result(json.loads(rows[0][0])) if rows else None

    def checks(self, members: Collection[Member], task: LoadedTask, conditions: Conditions) -> dict[Member, CheckResult]:
        """The current checks of these contents, where there are any."""
        rows = self._read(
            "SELECT author, kind, content_hash, result FROM checks WHERE superseded = 0"
            " AND task = ? AND task_version = ? AND environment = ? AND machine = ? AND sandbox = ?",
            _task_key(task, conditions),
        )
        wanted = frozenset(members)
        found = ((Member(author, kind, content_hash), result) for author, kind, content_hash, result in rows)
        return {member: _check_result(json.loads(result)) for member, result in found if member in wanted}

    def check_seed(self, member: Member, task: LoadedTask, conditions: Conditions) -> tuple[int, str] | None:
        """The seed of the current check's inputs, and when it was made (UTC)."""
        rows = self._read(
            f"SELECT seed, checked_at FROM checks WHERE superseded = 0 AND {_CHECK_KEY}",  # noqa: S608 -- constants
            _check_key(member, task, conditions),
        )
        return (int(rows[0][0], 16), rows[0][1]) if rows else None

    def checks_of(self, author: str, kind: str, task: str) -> tuple[StoredCheck, ...]:
        """An author's current checks in a task, of every version of the code and under all conditions, oldest first."""
        return self._checks_where("kind = ? AND task = ? AND author = ?", (kind, task, author))

    def checks_in(self, task: str, kind: str) -> tuple[StoredCheck, ...]:
        """The same of all authors of a kind."""
        return self._checks_where("kind = ? AND task = ?", (kind, task))

    def _checks_where(self, condition: str, parameters: tuple[str, ...]) -> tuple[StoredCheck, ...]:
        rows = self._read(
            "SELECT author, kind, content_hash, task_version, environment, machine, sandbox, seed, checked_at, result"  # noqa: S608 -- constants
            f" FROM checks WHERE superseded = 0 AND {condition} ORDER BY id",
            parameters,
        )
        return tuple(
            StoredCheck(
                member=Member(author, kind, content_hash),
                task_version=task_version,
                conditions=Conditions(environment, machine, sandbox),
                seed=int(seed, 16),
                checked_at=_utc(checked_at),
                result=_check_result(json.loads(result)),
            )
            for author, kind, content_hash, task_version, environment, machine, sandbox, seed, checked_at, result in rows
        )

    def forget(self, members: Sequence[Member], task: str) -> None:
        """Supersede what is known of these competitors in this task: the history keeps it, and they are graded again.

        They leave their blocks, in which the others stay; without its baseline, a block is worth nothing to anybody.
        """
        with self._transaction() as connection:
            for member in members:
                connection.execute(
                    "UPDATE checks SET superseded = 1 WHERE task = ? AND author = ? AND kind = ?",
                    (task, member.author, member.kind),
                )
            forgotten = {member.key for member in members}
            for block_id, text in connection.execute(
                "SELECT id, block FROM blocks WHERE task = ? AND superseded = 0", (task,)
            ).fetchall():
                block = _block(json.loads(text))
                kept = tuple(member for member in block.members if member.key not in forgotten)
                if not kept or block.baseline.key in forgotten:
                    connection.execute("UPDATE blocks SET superseded = 1 WHERE id = ?", (block_id,))
                elif kept != block.members:
                    left = tuple(member for member in block.members if member.key in forgotten)
                    changed = json.dumps(asdict(replace(block, members=kept, left=block.left + left)))
                    connection.execute("UPDATE blocks SET block = ? WHERE id = ?", (changed, block_id))

    # --- measurements ------------------------------------------------------------------------------------------------------

    def add_block(self, block: Block, task: LoadedTask, conditions: Conditions) -> int:
        """Open a block; its runs are added one by one."""
        with self._transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO blocks (task, case_name, task_version, environment, machine, sandbox, block)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(block.task, block.case, task.version, *conditions.of(task).key),
                    json.dumps(asdict(block)),
                ),
            )
        if cursor.lastrowid is None:
            raise GraderError(f"the store {self.path} gave no number to a new block")
        return cursor.lastrowid

    def add_run(self, block_id: int, record: RunRecord) -> None:
        """Keep one finished run with its raw samples, all or nothing."""
        with self._transaction() as connection:
            (number,) = connection.execute("SELECT count(*) FROM runs WHERE block = ?", (block_id,)).fetchone()
            connection.execute(
                "INSERT INTO runs"
                " (block, number, seed, started_at, wall_time_s, inside_s, problems, reviews, disturbance, set_aside)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    block_id,
                    number,
                    hex(record.seed),
                    record.started_at,
                    record.wall_time_s,
                    record.inside_s,
                    json.dumps(dict(record.problems)),
                    json.dumps(dict(record.reviews)),
                    None if record.disturbance is None else json.dumps(asdict(record.disturbance)),
                    record.set_aside,
                ),
            )
            connection.executemany(
                "INSERT INTO turns"
                " (block, run, round, competitor, warm_time_s, timed_s, cpu_time_s, threads, idle_cpu_s, waited_s)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(block_id, number, *_turn_row(turn)) for turn in record.turns],
            )

    def complete_block(self, block_id: int) -> None:
        """No more runs are wanted for this block."""
        with self._transaction() as connection:
            connection.execute("UPDATE blocks SET complete = 1 WHERE id = ?", (block_id,))

    def blocks(self, task: LoadedTask, conditions: Conditions) -> tuple[StoredBlock, ...]:
        """All current blocks of a task under these conditions, oldest first."""
        return tuple(one for one in self.all_blocks(task, conditions) if not one.superseded)

    def all_blocks(self, task: LoadedTask, conditions: Conditions) -> tuple[StoredBlock, ...]:
        """With those that were superseded when everybody in them was graded again."""
        return self.blocks_of_version(task.name, task.version, conditions.of(task))

    def blocks_of_version(self, task: str, version: str, conditions: Conditions) -> tuple[StoredBlock, ...]:
        """The same of any version of a task."""
        rows = self._read(
            "SELECT id, complete, superseded, block FROM blocks WHERE task = ? AND task_version = ? AND environment = ?"
            " AND machine = ? AND sandbox = ? ORDER BY id",
            (task, version, *conditions.key),
        )
        return tuple(self._stored_block(*row) for row in rows)

    def block(self, block_id: int) -> StoredBlock:
        """One block, with its runs so far; GraderError where there is none of this number."""
        found = self.find_block(block_id)
        if found is None:
            raise GraderError(f"the store {self.path} has no block {block_id}")
        return found

    def find_block(self, block_id: int) -> StoredBlock | None:
        """One block, with its runs so far; None where there is none of this number."""
        rows = self._read("SELECT id, complete, superseded, block FROM blocks WHERE id = ?", (block_id,))
        return self._stored_block(*rows[0]) if rows else None

    def _stored_block(self, block_id: int, complete: int, superseded: int, text: str) -> StoredBlock:
        return StoredBlock(block_id, _block(json.loads(text)), bool(complete), bool(superseded), self._runs(block_id))

    def _runs(self, block_id: int) -> tuple[RunRecord, ...]:
        turns: dict[int, list[Turn]] = {}
        for run, *row in self._read(
            "SELECT run, competitor, round, warm_time_s, timed_s, cpu_time_s, threads, idle_cpu_s, waited_s"
            " FROM turns WHERE block = ? ORDER BY rowid",
            (block_id,),
        ):
            competitor, number, warm_time_s, timed_s, *rest = row
            turns.setdefault(run, []).append(Turn(competitor, number, warm_time_s, tuple(json.loads(timed_s)), *rest))
        rows = self._read(
            "SELECT number, seed, problems, reviews, started_at, wall_time_s, inside_s, disturbance, set_aside"
            " FROM runs WHERE block = ? ORDER BY number",
            (block_id,),
        )
        return tuple(
            RunRecord(
                seed=int(seed, 16),
                turns=tuple(turns.get(number, ())),
                problems={key: (Verdict(verdict), message) for key, (verdict, message) in json.loads(problems).items()},
                started_at=started_at,
                wall_time_s=wall_time_s,
                inside_s=inside_s,
                reviews=json.loads(reviews),
                disturbance=None if disturbance is None else Disturbance(**json.loads(disturbance)),
                set_aside=bool(set_aside),
            )
            for number, seed, problems, reviews, started_at, wall_time_s, inside_s, disturbance, set_aside in rows
        )

    # --- what was ever done ------------------------------------------------------------------------------------------------

    def origin(self) -> str:
        """What tells this store from any other: a digest of its first check; empty before that one."""
        rows = self._read("SELECT seed, checked_at FROM checks ORDER BY id LIMIT 1", ())
        return hashlib.sha256("".join(rows[0]).encode()).hexdigest()[:_ORIGIN_CHARACTERS] if rows else ""

    def past_checks(self, after: int) -> tuple[PastCheck, ...]:
        """Every check behind the one of this number, those that were superseded since among them, oldest first."""
        rows = self._read(
            "SELECT id, task, author, kind, content_hash, environment, machine, sandbox, checked_at, result FROM checks"
            " WHERE id > ? ORDER BY id",
            (after,),
        )
        return tuple(
            PastCheck(number, task, Member(*key[:3]), Conditions(*key[3:]), _utc(checked_at), _check_result(json.loads(result)))
            for number, task, *key, checked_at, result in rows
        )

    def past_runs(self, after: int) -> tuple[PastRun, ...]:
        """Every run behind the one of this number, of blocks that count and of those that do not, oldest first."""
        rows = self._read(
            "SELECT runs.rowid, runs.block, number, environment, machine, sandbox, started_at, wall_time_s"
            " FROM runs JOIN blocks ON blocks.id = runs.block WHERE runs.rowid > ? ORDER BY runs.rowid",
            (after,),
        )
        return tuple(
            PastRun(number, block_id, in_block, Conditions(*conditions), started_at, wall_time_s)
            for number, block_id, in_block, *conditions, started_at, wall_time_s in rows
        )

    def first_block_like(self, block_id: int) -> StoredBlock:
        """The first block with runs of this one's case and baseline under its conditions: this one, or an older."""
        rows = self._read(
            "SELECT min(other.id) FROM blocks AS this JOIN blocks AS other ON"
            " (other.task, other.case_name, other.task_version) = (this.task, this.case_name, this.task_version)"
            " AND (other.environment, other.machine, other.sandbox) = (this.environment, this.machine, this.sandbox)"
            " AND json_extract(other.block, '$.baseline') = json_extract(this.block, '$.baseline')"
            " WHERE this.id = ? AND EXISTS (SELECT 1 FROM runs WHERE runs.block = other.id AND runs.set_aside = 0)",
            (block_id,),
        )
        return self.block(block_id if rows[0][0] is None else rows[0][0])

    # --- what is derived ---------------------------------------------------------------------------------------------------

    def changes(self, task: LoadedTask) -> int:
        """How often anything changed that the standings in a task follow from."""
        rows = self._read("SELECT number FROM changes WHERE task = ?", (task.name,))
        return int(rows[0][0]) if rows else 0

    def state(self) -> tuple[tuple[str, int], ...]:
        """Another one whenever results have changed, or what people decide; what is derived from them does not count."""
        changes = self._read("SELECT task, number FROM changes ORDER BY task", ())
        decisions = self._read("SELECT 'decisions', count(*) FROM decisions", ())
        return (*changes, *decisions)

    def board(self, key: str, changes: int) -> str | None:
        """What was kept under a key, where nothing has changed since."""
        rows = self._read("SELECT board FROM boards WHERE key = ? AND number = ?", (key, changes))
        return str(rows[0][0]) if rows else None

    def keep_board(self, key: str, task: LoadedTask, changes: int, board: str) -> None:
        """Keep what was derived after so many changes, instead of what was derived of this task after fewer."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM boards WHERE task = ? AND number < ?", (task.name, changes))
            connection.execute(
                "INSERT OR REPLACE INTO boards (key, task, number, board) VALUES (?, ?, ?, ?)", (key, task.name, changes, board)
            )

    # --- what people decide -----------------------------------------------------------------------------------------------

    def add_decision(self, decision: Decision) -> None:
        """Keep it beside the earlier ones of the same criterion: who decided what, when and why is never lost."""
        self._insert("decisions", asdict(decision))

    def decisions(self) -> tuple[Decision, ...]:
        """All, the oldest first."""
        return tuple(Decision(*row) for row in self._read(f"{_select(Decision)} FROM decisions ORDER BY id", ()))

    def add_acceptance(self, acceptance: Acceptance) -> None:
        """Keep that a person has looked at one version of a submission."""
        self._insert("acceptances", asdict(acceptance))

    def acceptances(self) -> tuple[Acceptance, ...]:
        """All, the oldest first."""
        return tuple(Acceptance(*row) for row in self._read(f"{_select(Acceptance)} FROM acceptances ORDER BY id", ()))

    def last_sandbox(self, *, unlike: str) -> str:
        """The isolation tier of the latest check that was not made in the tier `unlike`; empty where there is none."""
        rows = self._read("SELECT sandbox FROM checks WHERE sandbox != ? ORDER BY id DESC LIMIT 1", (unlike,))
        return next((str(sandbox) for (sandbox,) in rows), "")

    def asked_for_review(self, member: Member, task: str) -> bool:
        """Whether a check or a run of this version found something that only a person can decide, wherever it was graded."""
        checks = self._read(
            "SELECT result FROM checks WHERE superseded = 0 AND author = ? AND kind = ? AND task = ? AND content_hash = ?",
            (member.author, member.kind, task, member.content_hash),
        )
        runs = self._read(
            "SELECT runs.reviews, blocks.block FROM runs JOIN blocks ON blocks.id = runs.block WHERE blocks.task = ?", (task,)
        )
        return any(json.loads(result)["review"] for (result,) in checks) or any(
            member.key in json.loads(reviews) and member in _block(json.loads(block)).members for reviews, block in runs
        )

    # --- machines ----------------------------------------------------------------------------------------------------------

    def add_machine(self, machine: Machine) -> None:
        """Remember what a machine's fingerprint stands for."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO machines (id, facts) VALUES (?, ?)", (machine.fingerprint, json.dumps(asdict(machine)))
            )

    def machine(self, fingerprint: str) -> Machine | None:
        """What a fingerprint stands for; None where the store has never seen it."""
        rows = self._read("SELECT facts FROM machines WHERE id = ?", (fingerprint,))
        return Machine(**json.loads(rows[0][0])) if rows else None

    def add_peaks(self, conditions: Conditions, peaks: Peaks) -> None:
        """Keep what a machine can do; the environment decides which instructions there are."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO peaks (machine, environment, peaks) VALUES (?, ?, ?)",
                (conditions.machine, conditions.environment, json.dumps(asdict(peaks))),
            )

    def peaks(self, conditions: Conditions) -> Peaks | None:
        """What this machine can do in this environment; None where nobody has measured it."""
        rows = self._read(
            "SELECT peaks FROM peaks WHERE machine = ? AND environment = ?", (conditions.machine, conditions.environment)
        )
        kept = json.loads(rows[0][0]) if rows else {}
        return (
            _peaks(kept) if kept.keys() >= {field.name for field in fields(Peaks)} else None
        )  # an earlier version measured less

    # --- the file ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a full disk or a locked file is our fault, and says so."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise GraderError(
                    f"the store {self.path} cannot be written: {error}; what was finished before is kept"
                ) from error
            raise

    def _insert(self, table: str, row: dict[str, object]) -> None:
        names, places = ", ".join(row), ", ".join("?" for _ in row)
        with self._transaction() as connection:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608 -- constants

    def _read(self, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        """All rows; a file that has been damaged is our fault, and says so."""
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise GraderError(f"the store {self.path} cannot be read: {error}; restore it, or name another") from error

    def _create_or_verify(self) -> None:
        """Make the tables of a new store; a file of anything else is refused and left as it is."""
        if self._version() == 0:
            self._connection.execute("BEGIN IMMEDIATE")  # somebody else may be creating it, too
            if self._version() == 0:
                for statement in (*_SCHEMA.split(";"), *_BOARDS):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._connection.execute("COMMIT")
        self._migrate()
        with suppress(sqlite3.OperationalError):  # refused while somebody else opens it; faster, but no condition
            self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def _migrate(self) -> None:
        """Bring a store of an older version to this one, step by step, all or nothing."""
        if self._version() == SCHEMA_VERSION:
            return
        with self._transaction() as connection:
            for version in range(self._version(), SCHEMA_VERSION):  # none, where somebody else has done it meanwhile
                for statement in _MIGRATIONS[version]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _version(self) -> int:
        """The schema's version, 0 for a new file."""
        ((tables,),) = self._connection.execute("SELECT count(*) FROM sqlite_master")  # first: it may be created in between
        ((version,),) = self._connection.execute("PRAGMA user_version")
        if version != SCHEMA_VERSION and version not in _MIGRATIONS and (version or tables):
            raise UsageError(
                f"{self.path} is not a store of this version of the grader (found {version}, need {SCHEMA_VERSION});"
                " name another with --store FILE"
            )
        return int(version)


@cache
def _warn_that_nothing_is_locked(folder: Path) -> None:
    _log.warning(
        "grader: the file system of %s knows no locks: see to it yourself that nobody else grades into it meanwhile",
        harmless_line(str(folder)),
    )


_CHECK_KEY = (
    "author = ? AND kind = ? AND task = ? AND content_hash = ?"
    " AND task_version = ? AND environment = ? AND machine = ? AND sandbox = ?"
)


def _check_key(member: Member, task: LoadedTask, conditions: Conditions) -> tuple[str, ...]:
    return (member.author, member.kind, task.name, member.content_hash, task.version, *conditions.of(task).key)


def _task_key(task: LoadedTask, conditions: Conditions) -> tuple[str, ...]:
    return (task.name, task.version, *conditions.of(task).key)


def _select(record: type[Decision | Acceptance]) -> str:
    """The columns that a record's fields are kept in, in their order."""
    return f"SELECT {', '.join(field.name for field in fields(record))}"


def _turn_row(turn: Turn) -> tuple[object, ...]:
    timed_s = json.dumps(turn.timed_s)
    own = (turn.round, turn.competitor, turn.warm_time_s, timed_s, turn.cpu_time_s)
    return (*own, turn.threads, turn.idle_cpu_s, turn.waited_s)


def _utc(written: str) -> str:
    """What SQLite writes as the time, in UTC."""
    return f"{written.replace(' ', 'T')}+00:00"


def _check_result(kept: dict[str, Any]) -> CheckResult:
    calls_s = {case: tuple(times_s) for case, times_s in kept.get("case_calls_s", {}).items()}
    changed = {"verdict": Verdict(kept["verdict"]), "notes": tuple(kept["notes"]), "case_calls_s": calls_s}
    return CheckResult(**{**kept, **changed})


def _peaks(kept: dict[str, Any]) -> Peaks:
    return Peaks(
        flop_per_s=kept["flop_per_s"],
        bandwidths=tuple(Bandwidth(**bandwidth) for bandwidth in kept["bandwidths"]),
        vectors=tuple(VectorPeak(**vector) for vector in kept["vectors"]),
        together=None if kept["together"] is None else _peaks(kept["together"]),
        beside=kept["beside"],
    )


def _block(kept: dict[str, Any]) -> Block:
    return Block(
        task=kept["task"],
        case=kept["case"],
        baseline=Member(**kept["baseline"]),
        members=tuple(Member(**member) for member in kept["members"]),
        calls_s=kept["calls_s"],
        left=tuple(Member(**member) for member in kept["left"]),
    )
