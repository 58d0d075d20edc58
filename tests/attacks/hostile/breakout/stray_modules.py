"""Lays modules beside its file that the interpreter, the libraries or the grader might import instead of their own.

covers = ["stray `.pyc`, `.so`, `.pth`, `sitecustomize.py`, `conftest.py`, `numpy.py` beside the submission"]
task = "matmul"
verdict = "ACCEPTED"

[also]
"sitecustomize.py" = "open('/tmp/attack-mark-sitecustomize', 'w')"
"usercustomize.py" = "open('/tmp/attack-mark-usercustomize', 'w')"
"conftest.py" = "open('/tmp/attack-mark-conftest', 'w')"
"setup.py" = "open('/tmp/attack-mark-setup', 'w')"
"numpy.py" = "open('/tmp/attack-mark-numpy', 'w')"
"json.py" = "open('/tmp/attack-mark-json', 'w')"
"evil.pth" = "import os; os.system('touch /tmp/attack-mark-pth')"
"matmul.pyc" = "not compiled"
"__pycache__/matmul.cpython-311.pyc" = "not compiled"
"matmul.so" = "not a library"
"pyproject.toml" = "[build-system]\nrequires = []\nbuild-backend = 'setup'\nbackend-path = ['.']"
"course.toml" = "[course]\ntitle = 'Mine'"
"""


def matmul(a, b):
    return a @ b
