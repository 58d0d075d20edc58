"""Is the advice right? Submissions with one inefficiency planted in each, and good ones, are profiled, and the rules asked.

    python -m benchmarks.advice [NAME ...] [--quick] [--json FILE]

The corpus lies in `tests/advice/`; a third of it was held out from whoever wrote the rules, and is counted apart. The first
finding counts for the targets. That a planted inefficiency is one is measured: its twin without it runs in turns with it.
Those with a profile of their own
are run as tasks of that profile, on two cores. With names such as `matmul/ijk`, or causes such as `memory-order`, only those
of the planted ones are taken.
`--quick` takes every third submission and measures no twins: under three minutes. Exit code 1
where a target is missed; of so few, where the whole 95 % interval lies below it, or the share itself is below a lower floor.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from benchmarks.figures import COURSE
from benchmarks.pairs import Ratio, accepted, ratio_of
from benchmarks.share import Share
from grader.advice.advise import advise
from grader.content.submission import Submission, read_files
from grader.content.task import task_names
from grader.errors import GraderError, UsageError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.grading.profile_lines import profile_lines
from grader.grading.progress import Silent
from grader.grading.session import Session, open_session
from grader.machine import Peaks
from grader.nearest import did_you_mean
from grader.profiles import Profile
from tests.advice.corpus import Corpus, Good, Planted, load_corpus

LINE_PERCENT, CAUSE_PERCENT, FASTER_PERCENT = 95.0, 90.0, 90.0
"""Targets: of the planted submissions, so many have the right line first, the right cause first, and a faster twin."""
LINE_FLOOR_PERCENT, CAUSE_FLOOR_PERCENT, MOST_UNJUST = 90.0, 85.0, 1
"""Of the few of a quick run: what they reach at least, whatever their interval leaves open; and good ones with advice."""
QUICK_ONE_IN = 3
CORES = 2
"""Of what is planted for several of them."""


@dataclass(frozen=True)
class Said:
    """One finding: its line and its cause."""

    line: int
    cause: str


@dataclass(frozen=True)
class Advised:
    """What the advice says of one submission, the most important finding first."""

    said: tuple[Said, ...]


@dataclass(frozen=True)
class Score:
    """How often the advice is right."""

    first_line: Share
    first_cause: Share
    any_line: Share
    any_cause: Share
    false_advice: Share
    """Good submissions that got any."""
    faster: Share
    """Twins that are faster beyond what noise could make."""

    def missed(self) -> tuple[str, ...]:
        """The targets that are not reached."""
        wanted = ((self.first_line, LINE_PERCENT), (self.first_cause, CAUSE_PERCENT), (self.faster, FASTER_PERCENT))
        names = ("right line first", "right cause first", "twin faster")
        below = [
            f"{name}: {share.count} of {share.of}, and {percent:g} % are wanted"
            for name, (share, percent) in zip(names, wanted, strict=True)
            if share.percent is not None and share.percent < percent
        ]
        unjust = self.false_advice.count
        return (*below, *([f"good submissions with advice: {unjust}, and none is wanted"] if unjust else []))

    def missed_by_few(self) -> tuple[str, ...]:
        """Of a quick run, the targets that so few leave no doubt of, or are far from."""
        wanted = (
            ("right line first", self.first_line, LINE_PERCENT, LINE_FLOOR_PERCENT),
            ("right cause first", self.first_cause, CAUSE_PERCENT, CAUSE_FLOOR_PERCENT),
        )
        below = [
            f"{name}: {share.count} of {share.of}, and {floor:g} % of few, {percent:g} % of many are wanted"
            for name, share, percent, floor in wanted
            if share.percent is not None
            and (share.percent < floor or (share.interval_percent is not None and share.interval_percent[1] < percent))
        ]
        unjust = self.false_advice.count
        said = f"good submissions with advice: {unjust}, and {MOST_UNJUST} may have some"
        return (*below, *([said] if unjust > MOST_UNJUST else []))


@dataclass(frozen=True)
class Outcome:
    """All that was found."""

    planted: tuple[tuple[Planted, Advised], ...]
    good: tuple[tuple[Good, Advised], ...]
    ratios: dict[str, Ratio]
    """By the name of the planted submission; nothing where twins were not measured."""


def score(outcome: Outcome, *, held_out: bool | None = None) -> Score:
    """The shares; of the held-out part or of the other one alone where that is asked for."""
    planted = [(one, advised.said) for one, advised in outcome.planted if held_out in (None, one.held_out)]
    good = [advised.said for one, advised in outcome.good if held_out in (None, one.held_out)]
    ratios = [outcome.ratios[one.name] for one, _ in planted if one.name in outcome.ratios]
    return Score(
        first_line=_share(any(one.line in it.lines for one in said[:1]) for it, said in planted),
        first_cause=_share(any(one.cause in it.causes for one in said[:1]) for it, said in planted),
        any_line=_share(any(one.line in it.lines for one in said) for it, said in planted),
        any_cause=_share(any(one.cause in it.causes for one in said) for it, said in planted),
        false_advice=_share(bool(said) for said in good),
        faster=_share(one.low > 1 for one in ratios),
    )


def markdown(outcome: Outcome) -> str:
    """The shares as a table, then each submission where the advice is wrong."""
    parts = [score(outcome), score(outcome, held_out=False), score(outcome, held_out=True)]
    rows = [
        ("right line, first finding", [one.first_line for one in parts]),
        ("right cause, first finding", [one.first_cause for one in parts]),
        ("right line, any finding", [one.any_line for one in parts]),
        ("right cause, any finding", [one.any_cause for one in parts]),
        ("good submissions with advice", [one.false_advice for one in parts]),
        ("twin without it is faster", [one.faster for one in parts]),
    ]
    table = [f"| {name} | {' | '.join(map(_share_text, shares))} |" for name, shares in rows if shares[0].of]
    wrong = list(_wrong(outcome))
    slow = [f"- {name}: the twin is no faster ({_ratio_text(one)})" for name, one in outcome.ratios.items() if one.low <= 1]
    return "\n".join(("| | all | seen | held out |", "|---|---|---|---|", *table, "", *wrong, *slow)).rstrip() + "\n"


def _wrong(outcome: Outcome) -> Iterator[str]:
    for one, advised in outcome.planted:
        first = advised.said[:1]
        if not any(said.line in one.lines and said.cause in one.causes for said in first):
            wanted = f"{' or '.join(one.causes)} at line {' or '.join(map(str, sorted(one.lines)))}"
            yield f"- {one.name}: {wanted}; said: {_said_text(advised)}"
    yield from (f"- good {one.name}: said: {_said_text(advised)}" for one, advised in outcome.good if advised.said)


def _said_text(advised: Advised) -> str:
    return ", ".join(f"{one.cause} at line {one.line}" for one in advised.said) or "nothing"


def _share(right: Iterable[bool]) -> Share:
    counted = list(right)
    return Share(sum(counted), len(counted))


def _share_text(share: Share) -> str:
    if share.percent is None or share.interval_percent is None:
        return ""
    low, high = share.interval_percent
    return f"{share.count} of {share.of}, {share.percent:.0f} % ({low:.0f} to {high:.0f})"


def _ratio_text(ratio: Ratio) -> str:
    return f"{ratio.ratio:.2f} times, {ratio.low:.2f} to {ratio.high:.2f}, at case {ratio.case}"


# The measurement


def measure(corpus: Corpus, *, twins: bool) -> Outcome:
    """Prove everything right, profile it and ask for advice; with `twins`, measure them.

    Raises:
        GraderError: a submission of the corpus is not accepted, or the grader fails.
    """
    planted: list[tuple[Planted, Advised]] = []
    good: list[tuple[Good, Advised]] = []
    ratios: dict[str, Ratio] = {}
    for that in corpus.good:
        good.append((that, _advised(*_opened(that.task, that.profile), that.path)))
        _say(f"good {that.name}: {_said_text(good[-1][1])}")
    for task, profile in dict.fromkeys((one.task, one.profile) for one in corpus.planted):
        session, backend = _opened(task, profile)
        chosen = [one for one in corpus.planted if (one.task, one.profile) == (task, profile)]
        for one in chosen:
            planted.append((one, _advised(session, backend, one.path)))
            _say(f"{one.name}: {_said_text(planted[-1][1])}")
        if twins:
            ratios |= dict(_ratios(session, task, chosen, backend))
    return Outcome(tuple(planted), tuple(good), ratios)


@cache
def _opened(task: str, profile: Profile | None = None) -> tuple[Session, Backend]:
    """A task as the course has it, or under another profile and on two cores."""
    session = open_session(COURSE, None, (task,))
    machine = session.course.machine
    if profile is not None:
        machine = machine.model_copy(update={"threads": CORES})
        (own,) = session.tasks.values()
        task_of_profile = replace(own, task=replace(own.task, profile=profile))
        session = replace(session, tasks={task: task_of_profile}, machine=replace(session.machine, threads=CORES))
    return session, choose_backend(machine, session.course.limits, trust_code=True)


_PEAKS: dict[int, Peaks] = {}


def _peaks(backend: Backend, cores: int) -> Peaks:
    """What this machine can do, which a grading has in its store; measured once for each number of cores."""
    if cores not in _PEAKS:
        _PEAKS[cores] = measure_peaks(backend, cores)
    return _PEAKS[cores]


def _ratios(session: Session, task: str, planted: Sequence[Planted], backend: Backend) -> Iterator[tuple[str, Ratio]]:
    pairs = [
        (one, _read(session, one.path, f"planted {one.path.stem}"), _read(session, one.fixed, f"fixed {one.path.stem}"))
        for one in planted
    ]
    of_task = accepted(session, task, [one for _, *pair in pairs for one in pair], backend)
    for one, slow, fast in pairs:
        ratio = ratio_of(session, of_task, slow, fast, backend)
        _say(f"{one.name}: {_ratio_text(ratio)}")
        yield one.name, ratio


def _advised(session: Session, backend: Backend, path: Path) -> Advised:
    submission = _read(session, path, path.stem)
    peaks = _peaks(backend, session.machine.threads)
    findings = advise(profile_lines(session, submission, backend, Silent()), submission.files, peaks)
    return Advised(tuple(Said(one.line.line, one.cause) for one in findings))


def _read(session: Session, path: Path, author: str) -> Submission:
    (task,) = session.tasks.values()
    limit_bytes = int(session.course.limits.source_bytes)
    (handed_in,) = read_files((path,), task.interface, task_names(COURSE), source_bytes_limit=limit_bytes)
    if not isinstance(handed_in, Submission):
        raise GraderError(f"{path}: {handed_in.message}")
    return replace(handed_in, author=author)


def quick(corpus: Corpus) -> Corpus:
    """Every third of each part of it."""
    return Corpus(corpus.planted[::QUICK_ONE_IN], corpus.good[::QUICK_ONE_IN])


def chosen(corpus: Corpus, names: Sequence[str]) -> Corpus:
    """Those of these names, or planted with these causes; UsageError for what is neither."""
    known = {*(one.name for one in corpus.planted), *(one.causes[0] for one in corpus.planted)}
    for name in names:
        if name not in known:
            raise UsageError(f"nothing is planted by the name {name!r}{did_you_mean(name, sorted(known))}")
    return Corpus(tuple(one for one in corpus.planted if {one.name, one.causes[0]} & {*names}), ())


def main() -> int:
    """Measure, print, and say whether a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these of the planted ones: task/name, or a cause")
    parser.add_argument("--quick", action="store_true", help="every third submission, and no twins")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, for programs")
    arguments = parser.parse_args()
    corpus = load_corpus()
    try:
        if arguments.names:
            corpus = chosen(corpus, arguments.names)
        outcome = measure(quick(corpus) if arguments.quick else corpus, twins=not arguments.quick)
    except (GraderError, UsageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(markdown(outcome))
    if arguments.json:
        arguments.json.write_text(json.dumps(_document(outcome), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    found = score(outcome)
    missed = found.missed_by_few() if arguments.quick else found.missed()
    for target in missed:
        _say(target)
    return 1 if missed else 0


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "score": asdict(score(outcome)),
        "score_seen": asdict(score(outcome, held_out=False)),
        "score_held_out": asdict(score(outcome, held_out=True)),
        "planted": [
            {"name": one.name, "held_out": one.held_out, "causes": one.causes, "lines": sorted(one.lines), **asdict(advised)}
            for one, advised in outcome.planted
        ],
        "good": [{"name": one.name, "held_out": one.held_out, **asdict(advised)} for one, advised in outcome.good],
        "twins": {name: asdict(ratio) for name, ratio in outcome.ratios.items()},
    }


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
