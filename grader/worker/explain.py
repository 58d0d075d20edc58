"""Say what went wrong in a submission, in its own lines: the student's traceback without the grader's frames."""

import errno
import os
import traceback

MESSAGE_LIMIT_CHARACTERS = 8000
_LAST_FRAMES = 6


def explain(error: BaseException, folder: str) -> dict[str, str]:
    """The failure as text: `kind` (exception, memory, exit, syntax, import), `message`, and `module` for a failed import."""
    failure = {"kind": _kind(error), "message": _shorten(_trimmed_traceback(error, folder))}
    if isinstance(error, ModuleNotFoundError):
        failure["module"] = str(error.name or "")
    return failure


def _kind(error: BaseException) -> str:
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return "memory"
    if isinstance(error, SystemExit):
        return "exit"
    if isinstance(error, SyntaxError):
        return "syntax"
    if isinstance(error, ImportError):
        return "import"
    return "exception"


def _trimmed_traceback(error: BaseException, folder: str) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(folder)]
    lines = []
    if len(frames) > _LAST_FRAMES:
        lines.append(f"… {len(frames) - _LAST_FRAMES} earlier calls")
    for frame in frames[-_LAST_FRAMES:]:
        lines.append(f"{os.path.relpath(frame.filename, folder)}, line {frame.lineno}, in {frame.name}")
        if frame.line:
            lines.append(f"    {frame.line}")
    lines.append("".join(traceback.format_exception_only(error)).replace(folder + os.sep, "").strip())
    return "\n".join(lines)


def _shorten(text: str) -> str:
    if len(text) <= MESSAGE_LIMIT_CHARACTERS:
        return text
    half = MESSAGE_LIMIT_CHARACTERS // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}"
