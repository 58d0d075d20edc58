"""What code in a sandbox could do: a trusted program tries it from inside each profile, as a submission would.

What it should find closed holds a canary: a file, a variable of the environment, a server on this machine. So `grader doctor`
does not say what the sandbox was told to refuse, but what it refused.
"""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import ArraySpec
from grader.errors import GraderError
from grader.execution.interface import Generation
from grader.profiles import Profile

_LIMIT_S = 60.0
_VARIABLE = "GRADER_CANARY"

_DEEDS: Mapping[str, str] = {
    "read a file of the grader's user": "open({file!r}).read()",
    "list the home folder": "os.listdir({home!r})",
    "read the course": "open({course!r}).read()",
    "read a variable of the grader's environment": f"os.environ[{_VARIABLE!r}]",
    "write a file outside its own folder": "open({folder!r} + '/mark', 'w').close()",
    "change a setting of the kernel": "setting = open('/proc/sys/kernel/hostname', 'r+'); setting.write(setting.read())",
    "see another's process": "assert len([name for name in os.listdir('/proc') if name.isdigit()]) > 2",
    "look into its parent's memory": "open(f'/proc/{{os.getppid()}}/mem', 'rb').close()",
    "reach a server on this machine": "import socket; socket.create_connection(('127.0.0.1', {port}), 1).close()",
    "become root": "os.setuid(0); open('/etc/shadow').close()",
    "use more cores": "os.sched_setaffinity(0, range(os.cpu_count())); assert len(os.sched_getaffinity(0)) > {cores}",
    "take more memory than its limit": "import mmap; mmap.mmap(-1, {memory_bytes} + (64 << 20)).close()",
    "fork": "child = os.fork(); child or os._exit(0); os.waitpid(child, 0)",
    "open sockets of its own": "import socket; socket.create_server(('127.0.0.1', 0)).close()",
    "start the interpreter again": "assert os.spawnv(os.P_WAIT, {interpreter!r}, ['python', '-I', '-c', '']) == 0",
    "start another program": "assert os.spawnv(os.P_WAIT, {program!r}, ['true']) == 0",
    # The last ones change the process that does them.
    "make a namespace": "import ctypes; assert ctypes.CDLL(None).unshare(0x00020000 | 0x10000000) == 0",
    "mount a file system": "import ctypes; assert ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
}

_ALLOWED = {
    Profile.SINGLE: frozenset[str](),
    Profile.THREADS: frozenset[str](),
    Profile.PROCESSES: frozenset({"fork", "open sockets of its own", "start the interpreter again"}),
    Profile.MPI: frozenset[str](),
    Profile.COMPILE: frozenset({"fork", "start the interpreter again", "start another program"}),
}


@dataclass(frozen=True)
class Probed:
    """What was possible in one profile."""

    profile: Profile
    possible: tuple[str, ...]
    tried: int

    @property
    def holes(self) -> tuple[str, ...]:
        """What was possible and should not be."""
        return tuple(deed for deed in self.possible if deed not in _ALLOWED[self.profile])

    @property
    def missing(self) -> tuple[str, ...]:
        """What should be possible and was not."""
        return tuple(sorted(_ALLOWED[self.profile] - set(self.possible)))


def probe(generation: Generation, profile: Profile, course_file: Path, memory_bytes: int, cores: int) -> Probed:
    """Try everything in a worker of one profile; GraderError where the probe itself does not run."""
    with _canaries() as canaries:
        program = Path("/bin/true").resolve()
        source = _source(
            {
                **canaries,
                "home": str(Path.home()),
                "course": str(course_file.resolve()),
                "memory_bytes": memory_bytes,
                "cores": cores,
                "interpreter": sys.executable,
                "program": str(program),
            }
        )
        worker = generation.start(source, profile)
        try:
            load = worker.load(_LIMIT_S)
            call = None if load.failure else worker.call((), (ArraySpec("int8", (len(_DEEDS),)),), _LIMIT_S)
        finally:
            worker.close()
    failure = load.failure or (call.failure if call is not None else None)
    if call is None or call.outputs is None or failure is not None:
        raise GraderError(f"the probe of the profile {profile} did not run: {failure.message if failure else ''}")
    (answers,) = call.outputs
    return Probed(profile, tuple(deed for deed, done in zip(_DEEDS, answers, strict=True) if done == 1), len(_DEEDS))


@contextmanager
def _canaries() -> Iterator[dict[str, object]]:
    """A file in a folder of its own, a variable, and a listening server; gone afterwards."""
    before = os.environ.get(_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="grader-canary-") as folder, socket.create_server(("127.0.0.1", 0)) as server:
        file = Path(folder) / "canary"
        file.write_text("canary", encoding="ascii")
        Path(folder).chmod(0o777)  # whoever can see the folder may write into it
        os.environ[_VARIABLE] = "canary"
        try:
            yield {"file": str(file), "folder": folder, "port": server.getsockname()[1]}
        finally:
            del os.environ[_VARIABLE]
            if before is not None:
                os.environ[_VARIABLE] = before


def _source(facts: Mapping[str, object]) -> Submission:
    """A function that tries each deed by itself, and says 1 where nothing stood in the way."""
    lines = ["import os", "", "def probe():", "    done = []"]
    for deed in _DEEDS.values():
        lines += ["    try:", indent(deed.format(**facts), "        "), "        done.append(1)"]
        lines += ["    except BaseException:", "        done.append(0)"]
    text = "\n".join([*lines, "    return done", ""])
    source = SourceFile("probe.py", text.encode())
    return Submission("nobody", "student", "probe", Path(), (source,), "probe.py", "probe", (), "probe")
