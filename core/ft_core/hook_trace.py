"""``FT_CORE_TRACE=1``: a line on stderr for each hook call, with who answers it, what comes out, and how long it took."""

from __future__ import annotations

import dataclasses
import os
import reprlib
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from ft_core.failure import describe_failure

__all__ = ["TRACE_VARIABLE", "HookTrace", "Implementation", "is_tracing", "shorten"]

TRACE_VARIABLE = "FT_CORE_TRACE"

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = 6
_SHORT.maxlevel = 2  # a schema is deep


class Implementation(Protocol):
    """As much as is told of one implementation of a hook."""

    @property
    def plugin_name(self) -> str:
        """Under which name its module is registered."""

    @property
    def wrapper(self) -> bool:
        """Whether it stands around the others."""

    @property
    def hookwrapper(self) -> bool:
        """Whether it does so in the older way."""


class Outcome(Protocol):
    """What a call came to."""

    @property
    def exception(self) -> BaseException | None:
        """What was raised."""

    def get_result(self) -> Any:
        """Return what was answered."""


class HookTrace:
    """Tells of hook calls as pluggy announces them.

    Args:
        name_provider: turns the name under which a plugin is registered into what people read.
    """

    def __init__(self, name_provider: Callable[[str], str]) -> None:
        self._name_provider = name_provider
        self._started: list[float] = []

    def before(self, hook: str, implementations: Sequence[Implementation], arguments: Mapping[str, Any]) -> None:
        """Note when a call begins; calls are nested."""
        self._started.append(time.perf_counter())

    def after(
        self, outcome: Outcome, hook: str, implementations: Sequence[Implementation], arguments: Mapping[str, Any]
    ) -> None:
        """Print a call that has ended: step, hook, implementations in the order in which they are asked, time, result."""
        seconds = time.perf_counter() - self._started.pop()
        error = outcome.exception
        came = f"raised {describe_failure(error)}" if error is not None else f"-> {shorten(outcome.get_result())}"
        asked = ", ".join(self._name_all(implementations))
        print(f"trace: {arguments.get('step')} {hook} [{asked}] {seconds * 1000:.2f} ms {came}", file=sys.stderr)

    def tell_gathered(self, step: str, hook: str, items: Sequence[Any]) -> None:
        """Print what came out of an iterator that a hook answered: it is read after the call."""
        first = f", first {shorten(items[0])}" if items else ""
        print(f"trace: {step} {hook} was read to its end: {len(items)} items{first}", file=sys.stderr)

    def _name_all(self, implementations: Iterable[Implementation]) -> Iterable[str]:
        for each in reversed([*implementations]):  # pluggy asks the last one first
            around = " (around)" if each.wrapper or each.hookwrapper else ""
            yield self._name_provider(each.plugin_name) + around


def is_tracing() -> bool:
    """Say whether ``FT_CORE_TRACE`` is set, to anything but 0."""
    return os.environ.get(TRACE_VARIABLE, "") not in {"", "0"}


def shorten(value: object) -> str:
    """Write a value in few words.

    >>> from ft_core.prompt import Prompt
    >>> shorten(Prompt("You annotate folktales. " * 9, "Segment"))
    "Prompt(system='You annotate folktales. You...es. You annotate folktales. ', user='Segment')"
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f"{field.name}={_SHORT.repr(getattr(value, field.name))}" for field in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(fields)})"
    return _SHORT.repr(value)
