"""A share that was counted, with the interval that says how far it can be trusted."""

from dataclasses import dataclass

from scipy.stats import binomtest

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.count + other.count, self.of + other.of)

    @property
    def percent(self) -> float | None:
        """None where there was nothing to count."""
        return 100 * self.count / self.of if self.of else None

    @property
    def interval_percent(self) -> tuple[float, float] | None:
        """The 95 % interval of Clopper and Pearson (Biometrika 26, 1934)."""
        if not self.of:
            return None
        interval = binomtest(self.count, self.of).proportion_ci(_CONFIDENCE, method="exact")
        return 100 * float(interval.low), 100 * float(interval.high)
