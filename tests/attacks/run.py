"""Runs the corpus of attacks against the grader on this machine, and prints a table of what came of each.

    python -m tests.attacks.run [--only NAME…] [--json]

Exit code 1: an attack has won, or honest code was graded wrongly or flagged. 2: the corpus itself is wrong.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grader.errors import GraderError, UsageError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.session import Session, cannot_run
from grader.nearest import did_you_mean
from tests.attacks.bench import CONTROLS, Bench, CopiedCourse
from tests.attacks.canaries import Canaries, planted
from tests.attacks.corpus import CorpusError, Entry, load_corpus
from tests.attacks.host import Watch, adopting_orphans, catching
from tests.attacks.outcomes import Outcome, as_json, head, last_line, lines_of, wins

Report = Callable[[Outcome], None]


def sandbox_for(session: Session) -> Backend:
    """What grades a class here."""
    return choose_backend(session.course.machine, session.course.limits, trust_code=False)


def run_corpus(
    entries: Sequence[Entry],
    wanted: Sequence[Entry],
    report: Report,
    backend_for: Callable[[Session], Backend] = sandbox_for,
) -> list[Outcome]:
    """Grade the wanted entries, one after the other; `report` is told of each as soon as it is known."""
    canaries = Canaries.fresh()
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder, catching() as catcher, adopting_orphans():
        course, home = CopiedCourse(Path(folder) / "course"), Path(folder) / "home"
        with planted(canaries, course.folder, home) as in_memory:
            controls = [entry for entry in entries if entry.name.removeprefix("controls/") in CONTROLS]
            session = course.session(sorted({entry.task for entry in (*wanted, *controls)}))
            watch = Watch((course.folder, home))
            backend = backend_for(session)
            with Bench(session, backend, entries, canaries, watch) as bench:
                for entry in _that_run(wanted, session, backend):
                    outcomes.append(bench.grade(entry, catcher))
                    report(outcomes[-1])
            del in_memory
    return outcomes


def _that_run(wanted: Sequence[Entry], session: Session, backend: Backend) -> Iterator[Entry]:
    """Those whose task this machine can run; of the others it is said why not."""
    for entry in wanted:
        reason = cannot_run(session.tasks[entry.task], backend.sandbox)
        if reason is None:
            yield entry
        else:
            sys.stderr.write(f"{entry.name} left out: {reason}\n")


def chosen(entries: Sequence[Entry], only: Sequence[str]) -> list[Entry]:
    """The named ones: whole names, their last part, or a whole category.

    Raises:
        CorpusError: a name is nobody's.
    """
    if not only:
        return list(entries)
    found = []
    for name in only:
        matching = [entry for entry in entries if name in (entry.name, *entry.name.split("/"))]
        if not matching:
            known = sorted({part for entry in entries for part in (entry.name, *entry.name.split("/"))})
            raise CorpusError(f"the corpus has no file or category {name!r}{did_you_mean(name, known)}")
        found += [entry for entry in matching if entry not in found]
    return found


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these files or categories")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    asked = parser.parse_args()
    try:
        entries = load_corpus()
        wanted = chosen(entries, asked.only)
        width = max(len(entry.name) for entry in wanted)
        if asked.json:
            outcomes = run_corpus(entries, wanted, lambda _: None)
            sys.stdout.write(json.dumps(as_json(outcomes), indent=2, ensure_ascii=False) + "\n")
        else:
            _say(head(width))
            outcomes = run_corpus(entries, wanted, lambda outcome: _say(*lines_of(outcome, width)))
            _say(last_line(outcomes))
    except (CorpusError, UsageError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except GraderError as error:
        sys.stderr.write(f"the corpus cannot be run here: {error}\n")
        return 3
    return int(any(wins(outcome) for outcome in outcomes))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{text}\n" for text in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
