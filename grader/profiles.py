"""How much of a machine a piece of code may use beside its own process: what each sandbox allows follows from its profile."""

from enum import StrEnum


class Profile(StrEnum):
    """A task names one of the first four; of the first three each allows what the one before it allows, and more."""

    SINGLE = "single"
    """One process on one core: no fork, no exec, no sockets. Threads share the core."""
    THREADS = "threads"
    """One process on the cores of the machine's budget."""
    PROCESSES = "processes"
    """Further processes on those cores: fork, exec of the same interpreter, sockets within a network of their own."""
    MPI = "mpi"
    """As many processes as a case names, started by Open MPI on those cores; each of them may do what `single` allows."""
    COMPILE = "compile"
    """For builds, never for calls: compilers can be seen and run; no sockets; what is built is capped."""

    def cores(self, budget: int, wanted: int | None = None) -> int:
        """How many cores it may keep busy on a machine whose budget is `budget`: all of them, or as many as are wanted."""
        return 1 if self in (Profile.SINGLE, Profile.COMPILE) else min(wanted or budget, budget)

    @property
    def starts_processes(self) -> bool:
        """Whether there may be processes beside the first."""
        return self in (Profile.PROCESSES, Profile.MPI, Profile.COMPILE)
