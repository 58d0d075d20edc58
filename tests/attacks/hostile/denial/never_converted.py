"""Returns an object whose conversion to an array never ends.

covers = ["never returning from import, from conversion, at exit"]
task = "matmul"
verdict = "TIME_LIMIT"
"""


class Lazy:
    def __array__(self, *_, **__):
        while True:
            pass

    def __len__(self):
        while True:
            pass


def matmul(a, b):
    return Lazy()
