"""Other tools on the same programs: each runs one session in a folder, and says by its own rule who is faster than whom."""

from benchmarks.quality.rivals.asv import Asv
from benchmarks.quality.rivals.hyperfine import Hyperfine
from benchmarks.quality.rivals.pyperf import Pyperf
from benchmarks.quality.rivals.pytest_benchmark import PytestBenchmark
from benchmarks.quality.rivals.session import Rival
from benchmarks.quality.rivals.timeit import Timeit

RIVALS: tuple[Rival, ...] = (Asv(), Pyperf(), PytestBenchmark(), Hyperfine(), Timeit())
