"""A real Slurm on this one host: munged, slurmctld and three slurmd (two nodes for the partition `cpu`, one for `gpu`).

`python -m tests.cluster.slurm_on_this_host` starts one, says how to use it, and ends it with Ctrl-C.
"""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
CPU_NODES, GPU_NODES = ("n1", "n2"), ("g1",)
NODES = (*CPU_NODES, *GPU_NODES)
_PATIENCE_S = 40.0
"""More than the half minute after which Slurm looks again for jobs that are over their time."""
MEMORY_GROUPS = Path("/sys/fs/cgroup/memory")
"""Where Slurm 22.05 can cap a job's memory without systemd: control groups of version 1."""

CONFIGURATION = """
ClusterName=here
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,default_queue_depth=100
PriorityType=priority/basic
MaxArraySize={most_elements}
ReturnToService=2
SlurmdTimeout=5
KillWait=1
MinJobAge={kept_s}
InactiveLimit=0
GresTypes=gpu
NodeName=DEFAULT CPUs=2 RealMemory=2000 State=UNKNOWN
{nodes}
PartitionName=cpu Nodes=n1,n2 Default=YES MaxTime=60 State=UP
PartitionName=gpu Nodes=g1 MaxTime=60 State=UP
{settings}
"""


def missing() -> str | None:
    """Why no Slurm can be started here; None where it can."""
    if os.geteuid() != 0:
        return "Slurm's daemons are started as root"
    without = [name for name in PROGRAMS if _program(name) is None]
    return f"{', '.join(without)} not installed (Debian: apt-get install slurm-wlm munge)" if without else None


class SlurmHere:
    """A running cluster; leaving the context ends its daemons and whatever its jobs left."""

    def __init__(self, folder: Path, most_elements: int = 1001, kept_s: int = 300, settings: str = "") -> None:
        self.folder = folder
        self._most_elements, self._kept_s = most_elements, kept_s
        self._settings = settings
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._stack = ExitStack()

    @property
    def environment(self) -> dict[str, str]:
        """What the commands need to find it."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._end)
            self._configure()
            self.start_munge()
            self.start_controller()
            for node in NODES:
                self.start_node(node)
            self.wait_until(lambda: self.states() == ["idle"] * len(NODES), "the nodes are up")
            self._stack = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def command(self, *words: str) -> str:
        """What one of Slurm's commands says."""
        done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, **self.environment})
        return done.stdout

    def states(self) -> list[str]:
        """Of the nodes, in Slurm's words."""
        lines = self.command("sinfo", "--noheader", "--Node", "--format=%N %T").splitlines()
        return list(dict(line.split() for line in lines).values())  # a node has a line for each of its partitions

    def start_munge(self) -> None:
        """The daemon that signs for who sends what."""
        key, sock = self.folder / "munge.key", self.folder / "munge.socket"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        files = [f"--{name}-file={self.folder}/munge.{name}" for name in ("pid", "log", "seed")]
        self._start("munged", "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={sock}", *files)
        self.wait_until(sock.exists, "munged is up")

    def start_controller(self) -> None:
        """The scheduler."""
        self._start("slurmctld", "slurmctld", "-D", "-f", str(self.folder / "slurm.conf"))

    def stop_controller(self) -> None:
        """It writes down what it knows, and goes."""
        controller = self._daemons.pop("slurmctld")
        controller.terminate()
        controller.wait(_PATIENCE_S)

    def start_node(self, node: str, core: int | None = None) -> None:
        """One node's daemon; on one core alone, where one is named, and so its jobs are, too."""
        (self.folder / f"spool-{node}").mkdir(exist_ok=True)
        on_core = [] if core is None else ["taskset", "--cpu-list", str(core)]
        daemon = [str(_program("slurmd")), "-D", "-N", node, "-f", str(self.folder / "slurm.conf")]
        self._start(node, *on_core, *daemon)

    def freeze(self, node: str) -> None:
        """What a node's jobs have running gets no further until it is killed; not what `srun` is about to start for them."""
        held = set[int]()

        def all_is_held() -> bool:
            new = set(_of_jobs(node, self.folder)) - held
            _stop(new)
            held.update(new)
            return bool(held) and not new

        self.wait_until(all_is_held, f"{node} has a job")
        threading.Thread(target=_hold, args=(held,), daemon=True).start()

    def kill(self, daemon: str) -> None:
        """A power cut for `n1`, `n2`, `g1`, or `slurmctld`: the daemon and all that it started."""
        process = self._daemons.pop(daemon)
        if daemon in NODES:
            for pid in _of_jobs(daemon, self.folder):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Poll; AssertionError with the logs where that takes too long."""
        deadline = time.monotonic() + _PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"never: {what}\n{self.logs()}"
            time.sleep(0.05)

    def logs(self) -> str:
        """The ends of the daemons' logs."""
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in self.folder.glob("*.log"))

    def _configure(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        (self.folder / "state").mkdir()
        host = socket.gethostname().partition(".")[0]
        ports = _free_ports(1 + len(NODES))
        nodes = [
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port}{' Gres=gpu:1' if node in GPU_NODES else ''}"
            for node, port in zip(NODES, ports[1:], strict=True)
        ]
        text = CONFIGURATION.format(
            host=host,
            port=ports[0],
            folder=self.folder,
            most_elements=self._most_elements,
            kept_s=self._kept_s,
            settings=self._settings,
            nodes="\n".join(nodes),
        )
        (self.folder / "slurm.conf").write_text(text, encoding="ascii")
        (self.folder / "gres.conf").write_text("NodeName=g1 Name=gpu File=/dev/null\n", encoding="ascii")
        control_groups = "CgroupPlugin=cgroup/v1\nConstrainRAMSpace=yes\nConstrainSwapSpace=no\n"
        (self.folder / "cgroup.conf").write_text(control_groups, encoding="ascii")  # read where TaskPlugin is task/cgroup

    def _start(self, name: str, *words: str) -> None:
        program = _program(words[0])
        assert program is not None, f"{words[0]} is not installed"
        with (self.folder / f"{name}.out").open("ab") as output:
            self._daemons[name] = subprocess.Popen(
                [program, *words[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def _end(self) -> None:
        if "slurmctld" in self._daemons:
            self.command("scancel", *self.command("squeue", "--noheader", "--format=%A").split())
            deadline = time.monotonic() + _PATIENCE_S / 3
            while self.command("squeue", "--noheader").strip() and time.monotonic() < deadline:
                time.sleep(0.1)
        for daemon in reversed(list(self._daemons)):
            self.kill(daemon)
        for node in NODES:
            with suppress(OSError):
                (MEMORY_GROUPS / f"slurm_{node}").rmdir()


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _hold(pids: set[int]) -> None:
    """Stop processes again and again: Slurm lets them go on for a moment before it ends them, enough to bring a result."""
    while pids:
        pids = _stop(pids)
        time.sleep(0.02)


def _stop(pids: set[int]) -> set[int]:
    """Those that were there."""
    found = set[int]()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            found.add(pid)
    return found


def _of_jobs(node: str, folder: Path) -> Iterator[int]:
    """The processes of a node's jobs, by what Slurm put into their environment."""
    marks = (f"SLURMD_NODENAME={node}\0".encode(), f"SLURM_CONF={folder}".encode())
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = (path / "environ").read_bytes() + b"\0"
            if all(mark in environment for mark in marks):
                yield int(path.name)


def main() -> None:
    """Run one until Ctrl-C."""
    import sys
    import tempfile

    reason = missing()
    if reason is not None:
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder, SlurmHere(Path(folder)) as cluster:
        print(f"export SLURM_CONF={cluster.environment['SLURM_CONF']}", flush=True)  # noqa: T201 -- for whoever started it
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        signal.pause()


if __name__ == "__main__":
    main()
