"""One call of a real worker, in the sandbox and in plain processes: what the function gets, and what the parent makes of it."""

import time
from pathlib import Path

import numpy as np
import pytest

from grader.content.task import ArraySpec, Inputs, Value
from grader.execution import process
from grader.execution.interface import FailureKind
from grader.execution.process import WorkerProcess
from tests.execution.workers import CHANNEL, LONG_S, ONE_NUMBER, Workers, number

X = (np.zeros(1),)
DONE = "bytes([0, 0, 0, 0, 22])"
"""The frame that says that the outputs are complete."""


def pid_of(worker: WorkerProcess) -> int:
    return int(worker._handle._pid)  # type: ignore[attr-defined]  # the handle of this system


# What the function gets, and what comes out


def test_a_call_gives_the_outputs_of_the_function(workers: Workers) -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    call = workers.call("def f(a, b): return a @ b", a, b, outputs=(ArraySpec("float64", (2, 4)),))
    assert call.failure is None
    assert call.outputs is not None
    np.testing.assert_array_equal(call.outputs[0], a @ b)


def test_several_outputs_come_as_a_tuple(workers: Workers) -> None:
    outputs = (ArraySpec("int8", (2, 2)), ArraySpec("int64", (3,)))
    call = workers.call(
        "import numpy as np\ndef f(n): return np.full((2, 2), n, np.int8), [n, n + 1, n + 2]", 5, outputs=outputs
    )
    assert call.outputs is not None
    assert [(output.dtype, output.tolist()) for output in call.outputs] == [
        (np.dtype("int8"), [[5, 5], [5, 5]]),
        (np.dtype("int64"), [5, 6, 7]),
    ]


def test_inputs_arrive_bit_for_bit(workers: Workers) -> None:
    odd = np.array([np.nan, -0.0, np.inf, 5e-324])
    arrays = (odd, np.array([[1, -128]], np.int8), np.empty((0, 3)), np.array([1j, -0.0 - 1j]), np.array(7, np.uint16))
    outputs = tuple(ArraySpec(array.dtype.str, array.shape) for array in arrays)
    call = workers.call("def f(*arrays): return arrays", *arrays, outputs=outputs)
    assert call.outputs is not None
    assert [output.tobytes() for output in call.outputs] == [array.tobytes() for array in arrays]


@pytest.mark.parametrize("value", [3, -(2**63), 2.5, float("-inf"), 1 - 2j, True, False])
def test_a_scalar_arrives_as_the_python_value_that_it_is(workers: Workers, value: Value) -> None:
    worker = workers.ready("def f(value):\n    print(repr(value))\n    return 0.0")
    worker.call((value,), ONE_NUMBER, LONG_S)
    assert worker.printed() == f"{value!r}\n"


def test_arrays_are_c_contiguous_writable_and_aligned_whatever_the_task_drew(workers: Workers) -> None:
    drawn = np.asfortranarray(np.arange(6.0).reshape(2, 3))[:, ::2]
    drawn.setflags(write=False)
    source = """
        def f(a):
            assert a.flags.c_contiguous and a.flags.writeable and a.flags.aligned and type(a).__name__ == "ndarray"
            return a.copy()
    """
    call = workers.call(source, drawn, outputs=(ArraySpec("float64", (2, 2)),))
    assert call.outputs is not None, call.failure
    np.testing.assert_array_equal(call.outputs[0], drawn)


def test_a_worker_whose_memory_was_given_back_answers_as_before(workers: Workers) -> None:
    worker = workers.ready("def f(a): return 2 * a")
    for seed in range(3):
        large = np.random.default_rng(seed).random(300_000)
        call = worker.call((large,), (ArraySpec("float64", large.shape),), LONG_S)
        assert call.outputs is not None, call.failure
        np.testing.assert_array_equal(call.outputs[0], 2 * large)
        worker.release()


def test_a_function_may_overwrite_its_inputs_and_the_parents_own_stay_as_they_were(workers: Workers) -> None:
    worker = workers.ready("def f(a):\n    total = a.sum()\n    a[:] = -1\n    return total")
    mine = np.arange(4.0)
    assert [number(worker.call((mine,), ONE_NUMBER, LONG_S)) for _ in range(2)] == [6.0, 6.0]
    np.testing.assert_array_equal(mine, np.arange(4.0))


def test_every_call_sees_its_own_inputs(workers: Workers) -> None:
    worker = workers.ready("def f(a): return a.sum()")
    calls: list[Inputs] = [(np.full(3, 1.0),), (np.full(3, 2.0),), (np.full(5, 1.0),), (np.full(3, 3.0),)]
    assert [number(worker.call(inputs, ONE_NUMBER, LONG_S)) for inputs in calls] == [3.0, 6.0, 5.0, 9.0]


def test_helper_files_can_be_imported_from_beside_the_function(workers: Workers) -> None:
    helpers = {"constants.py": "TWO = 2.0\n", "more/__init__.py": "", "more/deep.py": "THREE = 3.0\n"}
    source = "import constants\nfrom more.deep import THREE\ndef f(): return constants.TWO * THREE"
    assert number(workers.call(source, helpers=helpers)) == 6.0


def test_the_function_may_lie_in_a_sub_folder_beside_its_own_helpers(workers: Workers) -> None:
    worker = workers.start("import near\ndef f(): return near.ONE", file="lab/f.py", helpers={"lab/near.py": "ONE = 1.0\n"})
    assert worker.load(LONG_S).failure is None
    assert number(worker.call((), ONE_NUMBER, LONG_S)) == 1.0


def test_a_file_that_is_named_like_a_library_is_still_the_students(workers: Workers) -> None:
    worker = workers.start("import numpy as np\ndef f(): return np.ones(4).sum()", file="numpy.py")
    assert worker.load(LONG_S).failure is None
    assert number(worker.call((), ONE_NUMBER, LONG_S)) == 4.0


def test_a_submission_starts_again_and_again(workers: Workers) -> None:
    for _ in range(10):
        worker = workers.ready("import helper\ndef f(): return helper.ONE", {"helper.py": "ONE = 1.0\n"})
        assert number(worker.call((), ONE_NUMBER, LONG_S)) == 1.0
        worker.close()


def test_two_authors_with_the_same_file_names_do_not_meet(workers: Workers) -> None:
    source = "def f():\n    import late\n    return late.VALUE"
    first = workers.start(source, author="ada", helpers={"late.py": "VALUE = 1.0\n"})
    second = workers.start(source, author="bob", helpers={"late.py": "VALUE = 2.0\n"})
    assert [worker.load(LONG_S).failure for worker in (first, second)] == [None, None]
    assert [number(worker.call((), ONE_NUMBER, LONG_S)) for worker in (first, second)] == [1.0, 2.0]


# What the parent measures


def test_the_peak_of_memory_is_that_of_the_call(workers: Workers) -> None:
    worker = workers.ready("import numpy as np\ndef f(a): return np.ones(50_000_000 // 8)[-1]")
    for _ in range(2):
        call = worker.call(X, ONE_NUMBER, LONG_S, track_memory=True)
        assert call.peak_memory_bytes == pytest.approx(50_000_000, rel=0.1)
    assert worker.call(X, ONE_NUMBER, LONG_S).peak_memory_bytes is None


def test_one_thread_uses_no_more_cpu_time_than_passes(workers: Workers) -> None:
    call = workers.call("def f(a): return float(sum(range(1_000_000)))", *X)
    assert 0 < call.cpu_time_s <= 1.2 * call.wall_time_s


def test_threads_are_counted(workers: Workers) -> None:
    worker = workers.ready("""
        import threading

        def f(extra):
            for _ in range(extra):
                threading.Thread(target=threading.Event().wait, daemon=True).start()
            return 0.0
    """)
    assert [worker.call((extra,), ONE_NUMBER, LONG_S).threads for extra in (0, 2)] == [1, 3]


def test_nothing_of_a_worker_runs_between_calls(workers: Workers) -> None:
    worker = workers.ready("""
        import threading, time

        longest = 0.0

        def watch():
            global longest
            last = time.monotonic()
            while True:
                now = time.monotonic()
                longest = max(longest, now - last)
                last = now

        threading.Thread(target=watch, daemon=True).start()

        def f():
            global longest
            time.sleep(0.02)  # the other thread has its turn, and sees how long it stood still
            longest, seen = 0.0, longest
            return seen
    """)
    worker.call((), ONE_NUMBER, LONG_S)
    time.sleep(0.3)
    call = worker.call((), ONE_NUMBER, LONG_S)
    assert number(call) >= 0.3
    assert call.idle_cpu_s < 0.1


# Outputs that are not the function's answer


def test_what_is_left_unwritten_is_no_number(workers: Workers) -> None:
    worker = workers.ready(
        f"import os, channel\ndef f(n):\n    if n == 2: os.write(channel.FD, {DONE}); os.kill(os.getpid(), 19)\n    return 7.0",
        CHANNEL,
    )
    assert number(worker.call((1,), ONE_NUMBER, LONG_S)) == 7.0
    assert np.isnan(number(worker.call((2,), ONE_NUMBER, LONG_S)))


def test_the_last_answer_is_no_longer_there_to_be_handed_in_again(workers: Workers) -> None:
    worker = workers.ready("""
        import gc, numpy as np

        def outputs():
            return [thing for thing in gc.get_objects() if type(thing).__name__ == "Worker"][0]._outputs

        def f():
            before = outputs()[0][0]
            return [42.0, 0.0 if np.isnan(before) else before]
    """)
    outputs = (ArraySpec("float64", (2,)),)
    for _ in range(2):
        call = worker.call((), outputs, LONG_S)
        assert call.outputs is not None, call.failure
        assert call.outputs[0].tolist() == [42.0, 0.0]


# Code that fails: each its own kind, and the next call or the next worker goes on

SURVIVED = {
    "an exception": ("raise ValueError('no')", FailureKind.EXCEPTION, "f.py, line 4, in f\n    raise ValueError('no')"),
    "an interrupt": ("raise KeyboardInterrupt", FailureKind.EXCEPTION, "KeyboardInterrupt"),
    "an exception that cannot be shown": ("raise Silent", FailureKind.EXCEPTION, "Silent"),
    "half a surrogate pair": ("raise ValueError('\\ud800')", FailureKind.EXCEPTION, "ValueError: \\ud800"),
    "an endless recursion": ("f(n)", FailureKind.EXCEPTION, "RecursionError"),
    "sys.exit": ("sys.exit(3)", FailureKind.EXIT, "SystemExit: 3"),
    "too large an array": ("np.ones(10**12)", FailureKind.MEMORY, "7.28 TiB"),
    "too large a mapping": ("mmap.mmap(-1, 1 << 45)", FailureKind.MEMORY, "Cannot allocate memory"),
    "nothing returned": ("return None", FailureKind.INVALID, "the result is None"),
    "a late import": ("import no_such_module", FailureKind.IMPORT, "No module named 'no_such_module'"),
}


@pytest.mark.parametrize(("statement", "kind", "text"), SURVIVED.values(), ids=SURVIVED)
def test_a_worker_survives(workers: Workers, statement: str, kind: FailureKind, text: str) -> None:
    source = f"import mmap, sys, numpy as np\ndef f(n):\n    if n == 1:\n        {statement}\n    return 5.0\n"
    silent = "class Silent(Exception):\n    def __str__(self): raise OSError\n"
    worker = workers.ready(source + silent)
    call = worker.call((1,), ONE_NUMBER, LONG_S)
    assert call.outputs is None
    assert call.failure is not None
    assert call.failure.kind is kind
    assert text in call.failure.message
    call.failure.message.encode()
    assert worker.alive
    assert number(worker.call((2,), ONE_NUMBER, LONG_S)) == 5.0


DEADLY = {
    "os._exit": ("os._exit(0)", FailureKind.EXIT, "exited with code 0"),
    "a segmentation fault": ("ctypes.string_at(0)", FailureKind.SIGNAL, "SIGSEGV (Segmentation fault)"),
    "abort": ("os.abort()", FailureKind.SIGNAL, "SIGABRT (Aborted)"),
    "killing itself": ("os.kill(os.getpid(), 9)", FailureKind.SIGNAL, "SIGKILL (Killed)"),
    "a signal without a name": ("os.kill(os.getpid(), 33)", FailureKind.SIGNAL, "signal 33"),
    "an alarm": ("signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(60)", FailureKind.SIGNAL, "SIGALRM"),
}


@pytest.mark.parametrize(("statement", "kind", "text"), DEADLY.values(), ids=DEADLY)
def test_a_worker_dies_alone(workers: Workers, statement: str, kind: FailureKind, text: str) -> None:
    worker = workers.ready(f"import ctypes, os, signal, time\ndef f(a):\n    {statement}\n    return 5.0")
    call = worker.call(X, ONE_NUMBER, LONG_S)
    assert call.failure is not None
    assert call.failure.kind is kind
    assert text in call.failure.message
    assert not worker.alive
    assert number(workers.call("def f(): return 5.0")) == 5.0


def test_a_dead_worker_answers_everything_without_an_error_of_ours(workers: Workers) -> None:
    worker = workers.ready("import os\ndef f(a):\n    print('last words')\n    os._exit(1)")
    worker.call(X, ONE_NUMBER, LONG_S)
    for inputs in (X, (np.zeros(5),)):
        failure = worker.call(inputs, ONE_NUMBER, LONG_S).failure
        assert failure is not None
        assert failure.message == "the process had already ended"
    assert worker.compiled_functions() == b""
    assert worker.printed() == "last words\n"
    worker.close()
    worker.close()


def test_a_worker_that_is_killed_from_outside_between_calls_is_seen_to_be_dead(workers: Workers) -> None:
    worker = workers.ready("def f(a): return 5.0")
    worker.call(X, ONE_NUMBER, LONG_S)
    worker._handle.kill()
    failure = worker.call((np.zeros(5),), ONE_NUMBER, LONG_S).failure
    assert failure is not None
    assert failure.kind is FailureKind.SIGNAL
    assert "SIGKILL" in failure.message


@pytest.mark.parametrize("statement", ["while True: pass", "time.sleep(1000)", "threading.Event().wait()"])
def test_a_call_over_its_time_ends_and_leaves_no_process(workers: Workers, statement: str) -> None:
    worker = workers.ready(f"import threading, time\ndef f(a):\n    {statement}")
    pid = pid_of(worker)
    call = worker.call(X, ONE_NUMBER, 0.2)
    assert call.failure is not None
    assert call.failure.kind is FailureKind.TIME
    assert "0.2 s" in call.failure.message
    assert not worker.alive
    worker.close()
    assert not Path(f"/proc/{pid}").exists()


# Files that cannot be imported

UNLOADABLE = {
    "a missing module": ("import cupyx", {}, FailureKind.IMPORT, "No module named 'cupyx'"),
    "a missing name": ("from math import tau_over_two", {}, FailureKind.IMPORT, "tau_over_two"),
    "a syntax error in a helper": ("import helper", {"helper.py": "def g(:\n"}, FailureKind.SYNTAX, 'File "helper.py", line 1'),
    "an exception": ("1 / 0", {}, FailureKind.EXCEPTION, "f.py, line 1, in <module>\n    1 / 0\nZeroDivisionError"),
    "exit": ("exit()", {}, FailureKind.EXIT, "SystemExit"),
    "a function that is deleted": ("def f(): ...\ndel f", {}, FailureKind.INVALID, "f.py has no function 'f'"),
    "a number instead": ("f = 3", {}, FailureKind.INVALID, "f.py has no function 'f'"),
    "a class instead": ("class f: ...", {}, FailureKind.INVALID, "'f' is a class"),
    "a crash": ("import os; os._exit(4)", {}, FailureKind.EXIT, "exited with code 4 instead of answering"),
}


@pytest.mark.parametrize(("source", "helpers", "kind", "text"), UNLOADABLE.values(), ids=UNLOADABLE)
def test_an_import_fails(workers: Workers, source: str, helpers: dict[str, str], kind: FailureKind, text: str) -> None:
    failure = workers.load(source, helpers=helpers).failure
    assert failure is not None
    assert failure.kind is kind
    assert text in failure.message


def test_an_import_error_names_the_module(workers: Workers) -> None:
    failure = workers.load("import numpy.no_such_part").failure
    assert failure is not None
    assert failure.module == "numpy.no_such_part"


def test_an_import_that_never_ends_is_ended(workers: Workers) -> None:
    worker = workers.start("while True: pass")
    load = worker.load(0.3)
    assert load.failure is not None
    assert load.failure.kind is FailureKind.TIME
    assert not worker.alive


# What is printed


def test_what_a_submission_prints_is_shown(workers: Workers) -> None:
    worker = workers.ready("""
        import os, sys

        print("imported")

        def f():
            print("größer", end=" ")
            print("to the error stream", file=sys.stderr)
            sys.stdout.buffer.write(b"bytes \\xff\\n")
            os.write(1, b"directly\\n")
            return 0.0
    """)
    worker.call((), ONE_NUMBER, LONG_S)
    assert worker.printed() == "imported\ngrößer to the error stream\nbytes \N{REPLACEMENT CHARACTER}\ndirectly\n"


FLOODS = {
    "one text": "print('x' * 10_000_000)",
    "many lines": "for _ in range(20_000): print('x' * 500)",
    "letters of several bytes": "print('é' * 5_000_000)",
    "past Python": "n == 1 and os.write(1, b'x' * 10_000_000)",
}


@pytest.mark.parametrize("statement", FLOODS.values(), ids=FLOODS)
def test_ten_million_printed_bytes_are_capped_and_stop_nobody(workers: Workers, statement: str) -> None:
    worker = workers.ready(f"import os\nprint('first words')\ndef f(n):\n    {statement}\n    return 5.0")
    assert number(worker.call((1,), ONE_NUMBER, LONG_S)) == 5.0
    assert number(worker.call((2,), ONE_NUMBER, LONG_S)) == 5.0
    printed = worker.printed()
    assert printed.startswith("first words\n")
    assert 60_000 <= len(printed.encode()) <= 66_000


# Words on the grader's channel: the submission's fault, and never a crash of the parent

SAYS = {
    "junk": "b'junk'",
    "one byte": "b'x'",
    "no operation that exists": "bytes([0, 0, 0, 0, 99])",
    "a frame that is too long": "bytes([255, 255, 255, 127, 23])",
    "an answer to another question": "bytes([0, 0, 0, 0, 21])",
    "a failure that is not JSON": "bytes([4, 0, 0, 0, 23]) + b'nope'",
    "a failure without words": "bytes([2, 0, 0, 0, 23]) + b'{}'",
    "a failure that is a list": "bytes([2, 0, 0, 0, 23]) + b'[]'",
    "a failure of no known kind": 'bytes([30, 0, 0, 0, 23]) + b\'{"kind": "ours", "message": ""}\'',
    "a failure of endless depth": "bytes([96, 234, 0, 0, 23]) + b'[' * 60000",
}


@pytest.mark.parametrize("words", SAYS.values(), ids=SAYS)
def test_a_submission_that_speaks_on_the_channel_breaks_the_rules(workers: Workers, words: str) -> None:
    worker = workers.ready(f"import os, channel\ndef f(n):\n    if n: os.write(channel.FD, {words})\n    return 5.0", CHANNEL)
    assert number(worker.call((0,), ONE_NUMBER, LONG_S)) == 5.0
    call = worker.call((1,), ONE_NUMBER, LONG_S)
    assert call.outputs is None
    assert call.failure is not None
    assert call.failure.kind is FailureKind.PROTOCOL
    assert not worker.alive
    assert number(workers.call("def f(): return 5.0")) == 5.0


@pytest.mark.parametrize("words", SAYS.values(), ids=SAYS)
def test_so_does_one_that_speaks_while_it_is_imported(workers: Workers, words: str) -> None:
    worker = workers.start(f"import os, channel\nos.write(channel.FD, {words})\ndef f(): return 5.0", helpers=CHANNEL)
    failure = worker.load(LONG_S).failure or worker.call((), ONE_NUMBER, LONG_S).failure
    assert failure is not None
    assert failure.kind is FailureKind.PROTOCOL
    assert not worker.alive


def test_words_that_come_between_calls_are_noticed_before_the_next_inputs_are_shown(workers: Workers) -> None:
    worker = workers.ready(
        f"import os, channel\ndef f(n):\n    if n: os.write(channel.FD, {DONE} * 2)\n    return 5.0", CHANNEL
    )
    for n, kind in ((1, None), (0, FailureKind.PROTOCOL)):
        call = worker.call((n,), ONE_NUMBER, LONG_S)
        assert (call.failure and call.failure.kind) == kind
    assert call.wall_time_s == 0
    assert not worker.alive


def test_descriptors_that_a_submission_sends_are_not_taken(workers: Workers) -> None:
    worker = workers.ready(
        f"""
        import array, socket, time, channel

        def f(n):
            if n:
                rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * n))
                socket.socket(fileno=channel.FD).sendmsg([{DONE}], [rights])
                time.sleep(1000)
            return 0.0
        """,
        CHANNEL,
    )
    held = []
    for n in (0, 3):
        assert worker.call((n,), ONE_NUMBER, LONG_S).failure is None
        held.append(sorted(Path("/proc/self/fd").iterdir()))
    assert held[0] == held[1]


def test_an_answer_that_drips_in_is_over_time(workers: Workers) -> None:
    source = """
        import os, time, channel

        def f():
            os.write(channel.FD, bytes([100, 0, 0, 0, 23]))
            for _ in range(100):
                time.sleep(0.1)
                os.write(channel.FD, b" ")
    """
    call = workers.call(source, limit_s=0.3, helpers=CHANNEL)
    assert call.failure is not None
    assert call.failure.kind is FailureKind.TIME


def test_a_submission_that_closes_the_channel_and_goes_on_is_ended(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE_S", 0.3)
    worker = workers.ready("import os, time, channel\ndef f():\n    os.close(channel.FD)\n    time.sleep(1000)", CHANNEL)
    pid = pid_of(worker)
    call = worker.call((), ONE_NUMBER, LONG_S)
    assert call.failure is not None
    assert call.failure.kind is FailureKind.PROTOCOL
    assert "closed the grader's channel" in call.failure.message
    worker.close()
    assert not Path(f"/proc/{pid}").exists()


def test_the_text_of_a_made_up_failure_is_cut(workers: Workers) -> None:
    source = """
        import json, os, struct, time, channel

        def f():
            words = json.dumps({"kind": "import", "message": "m" * 40_000, "module": "n" * 20_000}).encode()
            os.write(channel.FD, struct.pack("<IB", len(words), 23) + words)
            time.sleep(1000)
    """
    failure = workers.call(source, helpers=CHANNEL).failure
    assert failure is not None
    assert failure.kind is FailureKind.IMPORT
    assert failure.module is not None
    assert (len(failure.message), len(failure.module)) == (10_000, 200)
