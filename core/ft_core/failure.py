"""What somebody's code raised, in a few words: the exception, its text, and the line of their code it came from."""

from __future__ import annotations

from types import TracebackType

__all__ = ["describe_failure", "is_within"]

_LONGEST = 500
"""Characters of an exception's text that are told; some hold a whole document."""


def describe_failure(error: BaseException, package: str = "") -> str:
    """Return an exception as it is told in a message.

    Args:
        error: what was raised.
        package: the package, or the module, of those whose code is to be named; ``""`` names none.

    >>> describe_failure(KeyError("moral"))
    "KeyError: 'moral'"
    >>> describe_failure(AssertionError())
    'AssertionError'
    """
    text = _read_text(error)
    told = f": {text[:_LONGEST]}{'…' * (len(text) > _LONGEST)}" if text else ""
    line = _find_line(error.__traceback__, package) if package else ""
    return f"{type(error).__name__}{told}{line}"


def _read_text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as fault:  # it is somebody's own class
        return f"its text cannot be read, for that raised {type(fault).__name__}"


def _find_line(trace: TracebackType | None, package: str) -> str:
    """Return the innermost line of a package's code in a traceback."""
    found = ""
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if is_within(module, package):
            found = f" ({module}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return found


def is_within(module: str, package: str) -> bool:
    """Say whether a module is a package or a part of it.

    >>> is_within("ft_moral.hooks", "ft_moral"), is_within("ft_moral_tale", "ft_moral")
    (True, False)
    """
    return module == package or module.startswith(f"{package}.")
