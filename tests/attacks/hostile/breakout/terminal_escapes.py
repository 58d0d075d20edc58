"""Raises, prints and names things so that a terminal or a browser that shows them would obey.

covers = ["a terminal escape or `<script>` in names, messages and source shown in reports"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import sys

EVIL = "\x1b[2J\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\u202eevil\u2066<script>alert(1)</script><img src=x onerror=alert(1)>\r\x08\x9b31m"


def matmul(a, b):
    print(EVIL)
    sys.stderr.write(EVIL * 10)
    scope = {}
    exec(compile("def f():\n    raise ValueError(text)", "/tmp/submission/<script>\x1b[31m.py", "exec"), {"text": EVIL}, scope)
    scope["f"]()
