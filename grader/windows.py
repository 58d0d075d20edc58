"""Native Windows lacks what the grader measures with, and this is said before anything fails for want of it."""

from grader.errors import UsageError


def require_unix(platform: str) -> None:
    """UsageError on native Windows.

    Args:
        platform: as `sys.platform` names it.
    """
    if platform == "win32":
        raise UsageError(
            "native Windows has no processes that can be forked, limited and measured as the grader does it; use WSL "
            "(in PowerShell: wsl --install; then install Python and the grader there), or a notebook on Colab"
        )
