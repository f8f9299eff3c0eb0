"""Around a hook call: what a plugin prints goes to stderr, and what it raises names the plugin that raised it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from types import FrameType, ModuleType, TracebackType

from ft_core.discovery import PluginEntry
from ft_core.errors import ExtensionFailedError, FtCoreError, HookFailedError, SetupError
from ft_core.failure import describe_failure, is_within

__all__ = ["HookGuard"]


class HookGuard:
    """Guards one call of a step's hook.

    A class and not a generator: training data of many tales takes a million hook calls.

    Args:
        step: whose hook is called.
        hook: its name.
        modules: the modules of all plugins: a wrapper of an extension may be what raises.
    """

    __slots__ = ("_hook", "_modules", "_stdout", "_step")

    def __init__(self, step: PluginEntry, hook: str, modules: Mapping[PluginEntry, ModuleType]) -> None:
        self._step = step
        self._hook = hook
        self._modules = modules

    def __enter__(self) -> None:
        """Lead what is printed to stderr: it must not get into the JSON of a command."""
        self._stdout, sys.stdout = sys.stdout, sys.stderr

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Word what was raised.

        Raises:
            HookFailedError: the step's hook raised.
            ExtensionFailedError: an extension's did.
        """
        sys.stdout = self._stdout
        if isinstance(error, SetupError) or (isinstance(error, Exception | SystemExit) and not isinstance(error, FtCoreError)):
            culprit = _find_culprit(trace, self._modules) or self._step
            raise self._word(culprit, error) from error

    def _word(self, culprit: PluginEntry, error: BaseException) -> HookFailedError:
        where = "" if culprit.KIND == "step" else f", around step {self._step.name!r},"
        if isinstance(error, SetupError):
            message = f"{culprit.title} of {culprit.provider}: {error}"
        else:
            told = describe_failure(error, _name_package(self._modules[culprit]))
            message = (
                f"{culprit.title}: hook {self._hook!r} of {culprit.provider}{where} raised {told}. "
                f"This is a fault of the {culprit.KIND}; report it to its authors or uninstall {culprit.distribution}."
            )
        return HookFailedError(message) if culprit.KIND == "step" else ExtensionFailedError(message, culprit.name)


def _find_culprit(trace: TracebackType | None, modules: Mapping[PluginEntry, ModuleType]) -> PluginEntry | None:
    """Return the plugin whose code stands innermost in a traceback; None where that cannot be told.

    What a step raises goes through the wrappers around it, whose frames then stand further out. Behind a frame of pluggy's
    another implementation begins.
    """
    culprit: PluginEntry | None = None
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.startswith("pluggy."):
            culprit = _find_owner(_name_wrapper(trace.tb_frame), modules)
        else:
            culprit = _find_owner(module, modules) or culprit
        trace = trace.tb_next
    return culprit


def _find_owner(module: str, modules: Mapping[PluginEntry, ModuleType]) -> PluginEntry | None:
    return next((entry for entry, hooks in modules.items() if is_within(module, _name_package(hooks))), None)


def _name_wrapper(frame: FrameType) -> str:
    """Return the module of the wrapper that pluggy complains of in a frame, for it yielded twice or not at all; else ``""``."""
    wrapper = frame.f_locals.get("wrap_controller")
    module = inspect.getmodule(wrapper.gi_code) if inspect.isgenerator(wrapper) else None
    return module.__name__ if module else ""


def _name_package(hooks: ModuleType) -> str:
    return hooks.__package__ or hooks.__name__
