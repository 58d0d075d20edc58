"""Pages that are made one by one, when they are asked for: with their pictures, those of a class do not fit into memory."""

from collections.abc import Callable, Iterator, Mapping


class LazyPages(Mapping[str, str]):
    """Pages by their paths, each made anew whenever it is read."""

    def __init__(self, makers: Mapping[str, Callable[[], str]], digests: Mapping[str, str] | None = None) -> None:
        """By the path of each page, what makes it; of some, a digest of all that they are made of."""
        self._makers = makers
        self.digests = digests or {}

    def __getitem__(self, path: str) -> str:
        return self._makers[path]()

    def __contains__(self, path: object) -> bool:
        """Without making the page."""
        return path in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
