"""A submission's compiled Numba functions: cached in its own folder, so that its next worker need not compile them again."""

import gc
import sys


def enable(folder: str) -> None:
    """Let every Numba function of the modules under `folder` use the on-disk cache."""
    dispatcher_module = sys.modules.get("numba.core.dispatcher")
    if dispatcher_module is None:
        return
    for module in list(sys.modules.values()):
        if str(getattr(module, "__file__", None) or "").startswith(folder):
            for value in list(vars(module).values()):
                if _is_a(value, dispatcher_module.Dispatcher):
                    _enable_one(value)


def _enable_one(dispatcher: object) -> None:
    """Some functions cannot be cached (made by exec, or defined in a lambda): they are compiled anew in each run."""
    try:
        dispatcher.enable_caching()  # type: ignore[attr-defined]  # Numba carries no types
    except (RuntimeError, AttributeError, OSError):
        return


def compiled_count(folder: str) -> int:
    """How many Numba functions of the code under `folder` have been compiled, those made within other functions included."""
    dispatcher_module = sys.modules.get("numba.core.dispatcher")
    if dispatcher_module is None:
        return 0
    return sum(
        bool(found.signatures) and found.py_func.__code__.co_filename.startswith(folder)
        for found in gc.get_objects()
        if _is_a(found, dispatcher_module.Dispatcher)
    )


def _is_a(value: object, kind: type) -> bool:
    """Without asking the object, as `isinstance` does: the proxy of a weak reference that is gone would raise."""
    return issubclass(type(value), kind)
