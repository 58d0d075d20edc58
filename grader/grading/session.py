"""All that the stages of one grading share: the course, its tasks, the rules of measuring, the conditions."""

import importlib.metadata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.specifiers import SpecifierSet

from grader.content.course import Course, load_course
from grader.content.release_notes import ReleaseNotes, read_release_notes
from grader.content.submission import AuthorKind, Rejection, Submission, authors, read_submission
from grader.content.task import LoadedTask, load_task, task_names
from grader.errors import UsageError
from grader.execution import mpi
from grader.execution.choose import worker_environment
from grader.execution.landlock_only import NO_NAMESPACES
from grader.machine import Machine, environment_key, this_machine, usable_cpus
from grader.nearest import did_you_mean
from grader.profiles import Profile
from grader.records import CheckResult, Limits, Member
from grader.store import Conditions, Store
from grader.verdicts import Verdict

HandedIn = Submission | Rejection

NAIVE = "naive"
"""The level that states each task's interface and sets its time limits."""
TUNED = "tuned"
"""The level that is as fast as the course knows how to make it; a course may have none."""


@dataclass(frozen=True)
class Session:
    """One course on one machine, ready to grade."""

    course_folder: Path
    submissions_folder: Path
    course: Course
    tasks: Mapping[str, LoadedTask]
    machine: Machine
    environment: str
    release: ReleaseNotes | None = None
    """Of a student's copy; None of the course itself."""
    mpi: str = ""
    """The versions of what MPI tasks are run by; empty where there are no such tasks."""

    def conditions(self, sandbox: str) -> Conditions:
        """What stored results must share with those made now."""
        return Conditions(self.environment, self.machine.fingerprint, sandbox, self.mpi)

    def limits(self, naive_times_s: Mapping[str, float]) -> Limits:
        """The limits of one task, once the naive reference has been timed."""
        limits = self.course.limits
        return Limits(
            first_call_s=limits.first_call_s,
            least_time_s=limits.least_time_s,
            time_over_naive=limits.time_over_naive,
            memory_bytes=int(limits.memory_bytes),
            longest_call_s=self.course.measurement.longest_call_s,
            naive_times_s=naive_times_s,
        )


def environment_of(course: Course, features: str | None = None) -> str:
    """The environment that results are made in, by its digest; on a CPU of these features, or on this one."""
    return environment_key(worker_environment(course.machine, features), _rules(course))


def _rules(course: Course) -> dict[str, float]:
    """What decides a verdict beside the code: results under other limits do not hold any more."""
    return {**course.limits.model_dump(), "longest_call_s": course.measurement.longest_call_s}


def open_session(
    course_folder: Path, submissions_folder: Path | None, only_tasks: Collection[str], on: str | None = None
) -> Session:
    """Load the course and the wanted tasks (all of them where none is named); UsageError for what does not exist.

    `on` names the machine of `course.toml` whose settings hold; the course's own otherwise.
    """
    course = load_course(course_folder)
    if on is not None:
        course = course.on_machine(on)
    known = task_names(course_folder)
    for name in only_tasks:
        if name not in known:
            raise UsageError(f"there is no task {name!r}{did_you_mean(name, known)}")
    _require_libraries(course, only_tasks or known)
    wanted = [name for name in _in_order(course, known) if not only_tasks or name in only_tasks]
    tasks = {name: _on_its_cores(load_task(course_folder, name), course) for name in wanted}
    return Session(
        course_folder=course_folder,
        submissions_folder=submissions_folder or course_folder / "submissions",
        course=course,
        tasks=tasks,
        machine=this_machine(course.about.machine, course.machine.threads),
        environment=environment_of(course),
        release=read_release_notes(course_folder),
        mpi=mpi.versions() if any(map(_is_mpi, tasks.values())) else "",
    )


def _on_its_cores(task: LoadedTask, course: Course) -> LoadedTask:
    """The task with the cores that the course gives it; UsageError where its profile cannot use them."""
    settings = course.tasks.get(task.name)
    if settings is None or settings.threads is None:
        # The machine's own cores are among the conditions of a result: the version is the same on all machines.
        return replace(task.on_cores(_cores_for_processes(task)), version=task.version) if _is_mpi(task) else task
    if _is_mpi(task):
        return task.on_cores(min(_cores_for_processes(task), settings.threads))
    if task.task.profile.cores(settings.threads) < settings.threads:
        raise UsageError(
            f"course.toml gives the task {task.name} {settings.threads} threads, and its profile is"
            f" {task.task.profile.value!r}:"
            f" set profile=Profile.THREADS in tasks/{task.name}/task.py, or take `threads` out of [tasks.{task.name}]"
        )
    return task.on_cores(settings.threads)


def _is_mpi(task: LoadedTask) -> bool:
    return task.task.profile is Profile.MPI


def _cores_for_processes(task: LoadedTask) -> int:
    """As many as the benchmark cases of an MPI task name processes, where this machine has them."""
    return min(max(case.processes for case in task.task.benchmark_cases), len(usable_cpus()))


def cannot_run(task: LoadedTask, sandbox: str = "") -> str | None:
    """Why nobody's code for a task can be run on this machine, in an isolation of this tier; None where it can."""
    if not _is_mpi(task):
        return None
    if NO_NAMESPACES in sandbox:
        return "MPI processes need process ids of their own, and without user namespaces there are none"
    lacking = mpi.missing()
    return None if lacking is None else f"MPI tasks need {lacking}"


def require_runnable(session: Session) -> None:
    """UsageError where this machine cannot run a task of the session."""
    for task in session.tasks.values():
        reason = cannot_run(task)
        if reason is not None:
            raise UsageError(f"{task.name} cannot be run here: {reason}")


def _in_order(course: Course, tasks: Sequence[str]) -> list[str]:
    """The tasks as the course hands them out; behind them those that no assignment names."""
    assigned = [task for assignment in course.assignments for task in assignment.tasks]
    return list(dict.fromkeys((*assigned, *tasks)))


def _require_libraries(course: Course, tasks: Collection[str]) -> None:
    """UsageError where an assignment of these tasks is graded with other versions than those that are installed."""
    for assignment in course.assignments:
        for name, wanted in assignment.libraries.items() if set(tasks) & set(assignment.tasks) else ():
            try:
                found = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                found = ""
            if not found or not SpecifierSet(wanted).contains(found, prereleases=True):
                raise UsageError(
                    f"the assignment {assignment.id!r} is graded with {name} {wanted}, and {found or 'none'} is installed;"
                    f" run: pip install '{name}{wanted}'"
                )


@dataclass(frozen=True)
class HandIns:
    """What stands to be graded in one task: references first, then students, each with the current version of the code."""

    task: LoadedTask
    everyone: tuple[HandedIn, ...]

    def only(self, authors_wanted: Collection[str]) -> "HandIns":
        """The references and these students; everyone where none is named."""
        if not authors_wanted:
            return self
        kept = (one for one in self.everyone if one.kind == "reference" or one.author in authors_wanted)
        return HandIns(self.task, tuple(kept))

    def beside(self, levels: Collection[str]) -> "HandIns":
        """The students, and of the references these levels."""
        return HandIns(self.task, tuple(one for one in self.everyone if one.kind == "student" or one.author in levels))

    @property
    def submissions(self) -> dict[str, Submission]:
        """Those that can be run, by competitor."""
        return {member_of(one).key: one for one in self.everyone if isinstance(one, Submission)}


def read_class(session: Session) -> list[HandIns]:
    """What the references and the students hand in, task by task; nothing is run."""
    return [HandIns(one.task, (*one.everyone, *_students(session, one.task.name))) for one in read_references(session)]


def read_references(session: Session) -> list[HandIns]:
    """The references alone."""
    return [HandIns(task, tuple(_references(session, name))) for name, task in session.tasks.items()]


def read_members(session: Session, task: str, members: Collection[Member]) -> HandIns:
    """What these members hand in for one task, as far as it is still the same; nobody else's is read."""
    folders = {"reference": session.course_folder / "reference", "student": session.submissions_folder}
    kinds: tuple[AuthorKind, ...] = ("reference", "student")
    found = (
        _read(session, folders[kind] / member.author, member.author, kind, task)
        for kind in kinds
        for member in members
        if member.kind == kind
    )
    return HandIns(session.tasks[task], tuple(one for one in found if member_of(one) in members))


def require_authors(session: Session, wanted: Collection[str]) -> None:
    """UsageError for an author who does not exist, with the nearest who does."""
    known = authors(session.submissions_folder)
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no author {name!r} in {session.submissions_folder}{did_you_mean(name, known)}")


def handed_in_by(session: Session, hand_ins: HandIns, author: str) -> HandedIn:
    """What stands in an author's folder now; a student comes before a reference of the same name. UsageError for nobody."""
    of_author = [one for one in hand_ins.everyone if one.author == author]
    if not of_author:
        known = {one.author for one in hand_ins.everyone}
        raise UsageError(
            f"there is no author {author!r} of {hand_ins.task.name} in {session.submissions_folder} or among the references"
            f"{did_you_mean(author, known)}"
        )
    return next((one for one in of_author if one.kind == "student"), of_author[0])


def member_of(handed_in: HandedIn) -> Member:
    """Who it is from, and which version."""
    return Member(handed_in.author, handed_in.kind, handed_in.content_hash)


def known_checks(hand_ins: HandIns, conditions: Conditions, store: Store) -> dict[Member, CheckResult | None]:
    """What the store knows of everyone's current version of the code; None of whoever is not checked yet."""
    members = [member_of(one) for one in hand_ins.everyone]
    found = store.checks(members, hand_ins.task, conditions)
    return {member: found.get(member) for member in members}


def _references(session: Session, task: str) -> list[Submission]:
    """A level may leave a task out, but what is there must be readable."""
    found: list[Submission] = []
    folder = session.course_folder / "reference"
    for level in authors(folder):
        handed_in = _read(session, folder / level, level, "reference", task)
        if isinstance(handed_in, Submission):
            found.append(handed_in)
        elif handed_in.verdict is not Verdict.MISSING:
            raise UsageError(f"the course's own reference/{level} cannot be used for {task}: {handed_in.message}")
    return found


def _students(session: Session, task: str) -> list[HandedIn]:
    folder = session.submissions_folder
    if session.release is not None and not folder.exists():
        return []  # a student's copy has no class
    return [_read(session, folder / author, author, "student", task) for author in authors(folder)]


def _read(session: Session, folder: Path, author: str, kind: AuthorKind, task: str) -> HandedIn:
    return read_submission(
        folder,
        author,
        kind,
        session.tasks[task].interface,
        task_names(session.course_folder),
        source_bytes_limit=int(session.course.limits.source_bytes),
        not_from=(session.course_folder, session.submissions_folder),
    )
