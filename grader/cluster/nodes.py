"""What is known of a cluster's nodes: a session whose machine and environment are theirs, not the login node's."""

from dataclasses import replace

from grader.cluster.batches import Batches
from grader.cluster.elements import Node
from grader.content.course import Course
from grader.errors import UsageError
from grader.execution.plain import PlainBackend
from grader.grading.session import Session, environment_of
from grader.text import command


def is_cluster(course: Course) -> bool:
    """Whether the course's machine is one that jobs are submitted to."""
    return course.machine.scheduler is not None


def session_on(session: Session, node: Node) -> Session:
    """The session as the jobs on such a node see it; the rules and the libraries are those of now."""
    machine = replace(node.machine, name=session.course.about.machine, threads=session.course.machine.threads)
    return replace(session, machine=machine, environment=environment_of(session.course, node.features), mpi=node.mpi)


def stored_session(session: Session, batches: Batches, *, trust_code: bool) -> tuple[Session, str]:
    """The session on the nodes, and their isolation tier, to read the store with; UsageError before the first grading."""
    name = session.course.about.machine
    node = batches.node(name, trust_code=trust_code)
    if node is None:
        raise UsageError(f"nothing has been graded on {name} yet; run `{command('grader grade --on', name)}` first")
    return session_on(session, node), PlainBackend.sandbox if trust_code else node.sandbox
