"""Files named as libraries are not shipped to a worker; even were they, the worker's own code would not import them."""

import sys

from tests.execution.workers import Workers, number

STRAY = {
    f"{name}.py": "raise SystemExit('stray')"
    for name in ("numpy", "sitecustomize", "usercustomize", "conftest", "grader", *sorted(sys.stdlib_module_names))
    if name.isidentifier() and name not in ("__future__", "f")
}


def test_a_worker_loads_calls_and_answers_beside_them(workers: Workers) -> None:
    assert number(workers.call("import json, numpy\ndef f():\n    return numpy.float64(json.loads('2'))", helpers=STRAY)) == 2


def test_and_says_what_was_raised(workers: Workers) -> None:
    call = workers.call("def f():\n    raise ValueError('mine')", helpers=STRAY)
    assert call.failure is not None
    assert "ValueError: mine" in str(call.failure)
    assert "stray" not in str(call.failure)
