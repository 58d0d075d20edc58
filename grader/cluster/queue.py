"""What is in Slurm's hands: elements are submitted in arrays, watched, and given back once each with what became of them."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

from grader.cluster.batches import Batch, Batches, result_file, so_far
from grader.cluster.elements import Element, Outcome
from grader.cluster.slurm import FullError, Job, NoAnswerError, Phase, Slurm, log_tail, request, seconds_of, with_log
from grader.content.course import Machine
from grader.errors import GraderError, UsageError
from grader.text import harmless_line


@dataclass(frozen=True)
class Pace:
    """How often the folder and Slurm are looked at; the pauses grow while nothing happens."""

    look_s: float = 0.5
    longest_look_s: float = 5.0
    ask_s: float = 5.0
    """Between two questions to the controller, which answers everybody on the cluster."""
    longest_ask_s: float = 30.0
    grace_s: float = 5.0
    """For which a job has ended before its result is given up: a shared file system shows new files late."""


@dataclass(eq=False)
class Entry:
    """One open element."""

    batch: Batch
    index: int
    element: Element
    job: Job = field(default_factory=lambda: Job(Phase.WAITING))
    ended_at_s: float | None = None
    """When it was first seen to have ended without a result."""

    @property
    def finished(self) -> Outcome | None:
        """What of it is finished, though it has brought no result; None where that is nothing."""
        return so_far(self.batch.folder, self.index).read()


@dataclass(frozen=True)
class Ended:
    """An element that is in Slurm's hands no more."""

    entry: Entry
    outcome: Outcome | None
    """None where it has brought nothing that can be read."""
    said: str = ""
    """The end of its log, or what is wrong with its result."""


@dataclass(frozen=True)
class Refused:
    """An element that asked for more than the machine's usual time, and did not get it."""

    element: Element
    why: str


class Queue:
    """The elements of one machine of the course."""

    def __init__(
        self,
        batches: Batches,
        slurm: Slurm,
        machine: tuple[str, Machine],
        *,
        trust_code: bool,
        pace: Pace = Pace(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._batches = batches
        self._slurm = slurm
        self._name, self._machine = machine
        self._trust_code = trust_code
        self._pace, self._clock, self._sleep = pace, clock, sleep
        self._look_s, self._ask_s = pace.look_s, pace.ask_s
        self._asked_at_s = clock()
        self._most_elements: int | None = None
        self._later: list[Element] = []
        """What Slurm does not take now."""
        self._refused: list[Refused] = []
        self.entries: list[Entry] = []
        """The open elements, oldest first."""
        self.silent: str | None = None
        """Why nothing is known of the jobs now."""

    # --- beginning ---------------------------------------------------------------------------------------------------------

    def resume(self, is_wanted: Callable[[Element], bool]) -> list[Entry]:
        """Take up what an earlier grading has left, which runs, waits, or has brought a result; the rest is forgotten.

        As long as Slurm does not answer nothing is forgotten. What is not wanted now waits for whoever wants it.

        Returns:
            Those that have ended without a result, of which something is finished all the same: to be closed by the caller.
        """
        ended = []
        for batch in self._batches:
            if (batch.about.machine, batch.about.trust_code) == (self._name, self._trust_code):
                self._take_up(batch, is_wanted)
        with suppress(NoAnswerError):
            jobs = self._slurm.jobs() if self.entries else {}
            for entry in list(self.entries):
                job = jobs.get((entry.batch.about.job_id or "", entry.index), Job(Phase.LOST))
                if job.phase.is_active or result_file(entry.batch.folder, entry.index).exists():
                    continue
                if entry.finished is not None:
                    ended.append(entry)
                else:
                    self.close(entry)
        return ended

    def _take_up(self, batch: Batch, is_wanted: Callable[[Element], bool]) -> None:
        if batch.about.job_id is None:  # killed between writing it down and hearing from Slurm
            with suppress(NoAnswerError):
                job_id = self._slurm.find(batch.name)
                batch = batch if job_id is None else batch.with_job(job_id)
        indices = batch.open_indices()
        if not indices:  # killed before the folder was removed
            batch.remove()
        for index in indices:
            try:
                element = batch.element(index)
            except GraderError:  # of another version of the grader: it is asked for again
                element = None
            if element is None:
                batch.close(index)
            elif is_wanted(element):
                self.entries.append(Entry(batch, index, element))

    # --- submitting --------------------------------------------------------------------------------------------------------

    def submit(self, elements: Sequence[Element]) -> None:
        """Hand elements to Slurm, in as many arrays as it takes; what it does not take now is handed on later.

        More time than is usual may be refused: `take_refused` gives those back.

        Raises:
            UsageError: Slurm refuses what the jobs ask for.
            GraderError: the folder cannot be written.
        """
        if self._most_elements is None:
            self._most_elements = self._slurm.most_elements()
        waiting, self._later = [*self._later, *elements], []
        for _, group in groupby(waiting, key=lambda element: (element.time_s, element.not_on)):
            alike = list(group)
            size = min(self._most_elements, len(alike))
            while alike and size:
                try:
                    self._submit(alike[:size])
                    alike = alike[size:]
                except FullError as error:  # as many as still fit
                    self.silent = f"Slurm takes no more jobs now: {error}"
                    size //= 2
                except UsageError as error:
                    self._refuse(alike, error)
                    alike = []
            self._later += alike

    def _refuse(self, elements: Sequence[Element], error: UsageError) -> None:
        """Elements with the usual time are the user's to mend, and the error goes on; others are for `take_refused`."""
        if not self._has_more_time(elements[0]):
            raise error
        self._refused += [Refused(element, str(error)) for element in elements]

    def _has_more_time(self, element: Element) -> bool:
        return element.time_s > seconds_of(self._machine.time)

    def take_refused(self) -> list[Refused]:
        """What Slurm did not give more time; each once."""
        refused, self._refused = self._refused, []
        return refused

    def _submit(self, elements: Sequence[Element]) -> None:
        batch = self._batches.new(self._machine, elements)
        try:
            batch = self._sent(batch, elements[0])
        except NoAnswerError as error:  # whether it was taken is asked later, by its name
            self.silent = str(error)
        except BaseException as error:
            if isinstance(error, Exception):  # refused; but after Ctrl-C it may have been taken
                batch.remove()
            raise
        self.entries += [Entry(batch, index, element) for index, element in enumerate(elements)]

    def _sent(self, batch: Batch, first: Element) -> Batch:
        options = request(self._machine, time_s=first.time_s, not_on=first.not_on, logs=batch.folder)
        elements = len(batch.open_indices())
        try:
            return batch.with_job(self._slurm.submit(batch.script, batch.name, elements, options))
        except UsageError:
            if not first.not_on:
                raise
            everywhere = request(self._machine, time_s=first.time_s, not_on=(), logs=batch.folder)
            return batch.with_job(self._slurm.submit(batch.script, batch.name, elements, everywhere))

    # --- watching ----------------------------------------------------------------------------------------------------------

    @property
    def elements(self) -> list[Element]:
        """All that have not come back yet."""
        return [*(entry.element for entry in self.entries), *self._later, *(one.element for one in self._refused)]

    def wait(self) -> None:
        """For a moment."""
        self._sleep(self._look_s)
        self._look_s = min(1.3 * self._look_s, self._pace.longest_look_s)

    def poll(self) -> Iterator[Ended]:
        """What has ended since the last time, one after the other. Each is given back until it is closed.

        One result is read at a time: of a large class, all that nights of jobs have brought would not be little.
        """
        has_ended = False
        is_time = self._clock() - self._asked_at_s >= self._ask_s
        for ended in self._with_results():
            has_ended = True
            yield ended
        if has_ended:
            self._look_s, self._ask_s = self._pace.look_s, self._pace.ask_s
        elif is_time:
            for ended in self._without_results():
                has_ended = True
                yield ended
        if self._later and (has_ended or is_time):
            self.submit(())

    def close(self, entry: Entry) -> None:
        """It is dealt with."""
        entry.batch.close(entry.index)
        self.entries.remove(entry)
        is_last = all(other.batch.folder != entry.batch.folder for other in self.entries)
        if is_last and not entry.batch.open_indices():
            entry.batch.remove()

    def _with_results(self) -> Iterator[Ended]:
        written = {batch.folder: {path.name for path in batch.folder.glob("*.result.json")} for batch in self._open_batches()}
        for entry in list(self.entries):
            if result_file(entry.batch.folder, entry.index).name in written[entry.batch.folder]:
                try:
                    outcome, said = entry.batch.outcome(entry.index), ""
                except GraderError as error:
                    outcome, said = None, str(error)
                yield Ended(entry, outcome, said)

    def _without_results(self) -> Iterator[Ended]:
        """Those that Slurm says have ended, and whose result had time to appear."""
        self._asked_at_s = self._clock()
        self._ask_s = min(1.3 * self._ask_s, self._pace.longest_ask_s)
        try:
            self._find_unheard_of()
            jobs = self._slurm.jobs()
        except NoAnswerError as error:
            self.silent = f"Slurm does not answer: {error}"
            return
        self.silent = None
        gone = {entry.batch.about.job_id or "" for entry in self.entries if self._id(entry) not in jobs}
        history = self._slurm.history(sorted(gone)) if gone else {}
        for entry in list(self.entries):
            entry.job = jobs.get(self._id(entry)) or history.get(self._id(entry)) or Job(Phase.LOST)
            if entry.job.phase.is_active:
                entry.ended_at_s = None  # it may have been put back into the queue
                if entry.job.waits_for_good and self._has_more_time(entry.element):
                    self._call_off(entry)
                continue
            if entry.ended_at_s is None:
                entry.ended_at_s = self._clock()
                self._ask_s = self._pace.grace_s
            if self._clock() - entry.ended_at_s >= self._pace.grace_s:
                said = log_tail(entry.batch.log(entry.index))
                entry.job = with_log(entry.job, said)
                yield Ended(entry, None, harmless_line(said))

    def _call_off(self, entry: Entry) -> None:
        """It was given more time, by us, and will never start: that is refused, too."""
        with suppress(GraderError):  # or else tried again at the next look
            self._slurm.cancel([f"{entry.batch.about.job_id}_{entry.index}"])
            self._refused.append(Refused(entry.element, entry.job.why))
            self.close(entry)

    def _find_unheard_of(self) -> None:
        """Arrays that were submitted while Slurm did not answer: it has taken them, or they are submitted again."""
        for batch in self._open_batches():
            if batch.about.job_id is None:
                entries = [entry for entry in self.entries if entry.batch == batch]
                job_id = self._slurm.find(batch.name)
                try:
                    known = batch.with_job(job_id) if job_id is not None else self._sent(batch, entries[0].element)
                except FullError as error:
                    raise NoAnswerError(str(error)) from error
                except UsageError as error:
                    self._refuse([entry.element for entry in entries], error)
                    for entry in entries:
                        self.close(entry)
                    continue
                for entry in entries:
                    entry.batch = known

    def _open_batches(self) -> list[Batch]:
        return list({entry.batch.folder: entry.batch for entry in self.entries}.values())

    @staticmethod
    def _id(entry: Entry) -> tuple[str, int]:
        return entry.batch.about.job_id or "", entry.index

    def __str__(self) -> str:
        """How many run and wait, and why those wait."""
        if self.silent is not None:
            return self.silent
        phases = Counter(entry.job.phase for entry in self.entries)
        reasons = Counter(entry.job.why for entry in self.entries if entry.job.phase is Phase.WAITING and entry.job.reason)
        parts = [
            f"{phases[phase]} {word}" for phase, word in ((Phase.RUNNING, "run"), (Phase.WAITING, "wait")) if phases[phase]
        ]
        why = f" ({reasons.most_common(1)[0][0]})" if reasons else ""
        return ", ".join(parts) + why
