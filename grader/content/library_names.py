"""Names that belong to libraries: a file of such a name, beside the function's, would be imported in the library's place."""

import sys
from pathlib import PurePosixPath

LIBRARY_NAMES = sys.stdlib_module_names | {
    "IPython", "PIL", "asv", "bottleneck", "cupy", "cython", "Cython", "dask", "grader", "jax", "joblib", "line_profiler",
    "llvmlite", "matplotlib", "memory_profiler", "mpi4py", "mpl_toolkits", "networkx", "numba", "numexpr", "numpy", "pandas",
    "psutil", "pybind11", "pyfftw", "pylab", "pythran", "pywt", "scipy", "seaborn", "skimage", "sklearn", "sympy",
    "threadpoolctl", "torch", "tqdm",
}  # fmt: skip
"""Python's own, and those that a course like this one uses."""


def shadowed_library(path: str, main: str) -> str | None:
    """The library in whose place a file would be imported, where `main` is the file that runs; None where it harms none.

    Modules are looked for in the folder of `main` and in the author's own. A folder without `__init__.py` comes after every
    library, so that what lies in it is in nobody's way.
    """
    place = PurePosixPath(path)
    if place.name == "__init__.py":
        place = place.parent
    is_found = place.parent in (PurePosixPath(), PurePosixPath(main).parent)
    name = place.name.removesuffix(".py")
    return name if is_found and name in LIBRARY_NAMES else None
