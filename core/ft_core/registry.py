"""The installed steps: found, imported, checked and called through pluggy.

This module and ``hookspecs`` are the only ones that import pluggy, and the ``Any`` of its calls ends here.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import Any

import pluggy

from ft_core import defaults, hookspecs
from ft_core.discovery import STEP_NAME, StepEntry, discover_steps
from ft_core.errors import (
    DuplicateStepError,
    FtCoreError,
    HookFailedError,
    HookResultError,
    HookReturnedNoneError,
    InvalidStepNameError,
    PluginError,
    SharedModuleError,
    StepImportError,
)
from ft_core.hook_check import check_hooks
from ft_core.info_check import check_info
from ft_core.step_info import StepInfo
from ft_core.step_order import order_steps

__all__ = ["BrokenStep", "RegisteredStep", "Registry", "load_registry"]


@dataclass(frozen=True, slots=True)
class RegisteredStep:
    """A step that works: where it comes from and what it says of itself."""

    entry: StepEntry
    info: StepInfo


@dataclass(frozen=True, slots=True)
class BrokenStep:
    """A step that is installed but cannot be used, and why."""

    entry: StepEntry
    error: PluginError
    info: StepInfo | None = None


class Registry:
    """The steps of one set of entry points; frozen once it is made.

    Attributes:
        steps: the working steps, in the order in which they run.
        broken: the others, by name.
    """

    def __init__(self, entries: Sequence[StepEntry]) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._manager.register(defaults, "ft_core:defaults")  # no step can have this name
        self._entries: dict[str, StepEntry] = {}
        self._callers: dict[tuple[str, str], pluggy.HookCaller] = {}
        self._answers: dict[tuple[str, str], int] = {}
        self.broken: list[BrokenStep] = []
        described = {entry.name: info for entry, info in self._describe_all(entries)}
        order, faults = order_steps(described, {entry.name for entry in entries})
        for name, fault in faults.items():
            self._reject(self._entries[name], fault(self._entries[name].provider), described[name])
        self.steps = [RegisteredStep(self._entries[name], described[name]) for name in order]
        self.broken.sort(key=lambda step: step.entry)
        self._answers.clear()
        self._callers.clear()  # a subset is a deny-list: those made while steps were still coming let later ones through

    def call(self, step: str, hook: str, **arguments: Any) -> Any:
        """Call a hook of one step, with core's defaults and all wrappers.

        Raises:
            HookFailedError: the hook raised.
            HookReturnedNoneError: the hook answered None.
        """
        with self._guarded(step, hook):
            result = self._caller(step, hook)(step=step, **arguments)
        if result is None or (isinstance(result, list) and len(result) < self._count_answers(step, hook)):
            raise HookReturnedNoneError(
                f"Step {step!r}: hook {hook!r} of {self._entries[step].provider} answered None. "
                f"It must return a value; the hook reference says which."
            )
        return result

    def gather(self, step: str, hook: str, **arguments: Any) -> list[Any]:
        """Call a hook that answers an iterator, and read it to its end: a generator's body runs outside the hook call.

        Raises: as :meth:`call`.
        """
        items = self.call(step, hook, **arguments)
        with self._guarded(step, hook):
            return list(items)

    def _guarded(self, step: str, hook: str) -> _HookGuard:
        return _HookGuard(self._entries[step], hook)

    def _count_answers(self, step: str, hook: str) -> int:
        if (step, hook) not in self._answers:
            caller = self._caller(step, hook)
            collects = caller.spec is not None and not caller.spec.opts["firstresult"]
            answering = sum(not (each.wrapper or each.hookwrapper) for each in caller.get_hookimpls())
            self._answers[step, hook] = answering if collects else 0
        return self._answers[step, hook]

    def _caller(self, step: str, hook: str) -> pluggy.HookCaller:
        if (step, hook) not in self._callers:
            others = [plugin for name, plugin in self._manager.list_name_plugin() if name in self._entries and name != step]
            self._callers[step, hook] = self._manager.subset_hook_caller(hook, others)
        return self._callers[step, hook]

    def _describe_all(self, entries: Sequence[StepEntry]) -> Iterator[tuple[StepEntry, StepInfo]]:
        for entry, module in self._import_all(entries):
            try:
                self._register(entry, module)
                yield entry, check_info(entry, self.call(entry.name, "describe_step"))
            except PluginError as error:
                self._reject(entry, error)

    def _register(self, entry: StepEntry, module: ModuleType) -> None:
        owner = self._manager.get_name(module)
        if owner is not None:
            raise SharedModuleError(
                f"Step {entry.name!r}: {entry.value} of {entry.provider} is already the module of step {owner!r}. "
                f"Give each step a module of its own."
            )
        try:
            self._manager.register(module, entry.name)
        except pluggy.PluginValidationError as error:
            self._manager.unregister(name=entry.name)
            raise HookResultError(
                f"Step {entry.name!r}: a hook of {entry.provider} cannot be used: {str(error).splitlines()[-1]}. "
                f"This is a fault of the step; report it to its authors."
            ) from error
        self._entries[entry.name] = entry

    def _reject(self, entry: StepEntry, error: PluginError, info: StepInfo | None = None) -> None:
        if self._manager.has_plugin(entry.name):
            self._manager.unregister(name=entry.name)
        self.broken.append(BrokenStep(entry, error, info))

    def _import_all(self, entries: Sequence[StepEntry]) -> Iterator[tuple[StepEntry, ModuleType]]:
        by_name: defaultdict[str, list[StepEntry]] = defaultdict(list)
        for entry in entries:
            by_name[entry.name].append(entry)
        for rivals in by_name.values():
            try:
                yield rivals[0], _import_step(rivals)
            except PluginError as error:
                self.broken.extend(BrokenStep(entry, error) for entry in rivals)


class _HookGuard:
    """Around a hook call: what the step prints goes to stderr, and what it raises names the step.

    A class and not a generator: training data of many tales takes a million hook calls.
    """

    __slots__ = ("_entry", "_hook", "_stdout")

    def __init__(self, entry: StepEntry, hook: str) -> None:
        self._entry = entry
        self._hook = hook

    def __enter__(self) -> None:
        # What a step prints must not get into the JSON of a command.
        self._stdout, sys.stdout = sys.stdout, sys.stderr

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        sys.stdout = self._stdout
        if isinstance(error, Exception | SystemExit) and not isinstance(error, FtCoreError):
            entry = self._entry
            raise HookFailedError(
                f"Step {entry.name!r}: hook {self._hook!r} of {entry.provider} raised {type(error).__name__}: {error}. "
                f"This is a fault of the step; report it to its authors or uninstall {entry.distribution}."
            ) from error


def load_registry(path: Sequence[str] | None = None) -> Registry:
    """Find, import and check the installed steps.

    Args:
        path: folders to search for distributions instead of ``sys.path``.
    """
    return Registry(discover_steps(path))


def _import_step(rivals: Sequence[StepEntry]) -> ModuleType:
    entry = rivals[0]
    if entry.fault:
        raise StepImportError(
            f"{entry.provider}: its entry_points.txt cannot be read ({entry.fault}). Install it again, or uninstall it."
        )
    if len(rivals) > 1:
        providers = " and ".join(rival.provider for rival in rivals)
        raise DuplicateStepError(f"Step {entry.name!r} is provided by {providers}. Uninstall one of them.")
    if not STEP_NAME.fullmatch(entry.name):
        raise InvalidStepNameError(
            f"{entry.provider} provides a step named {entry.name!r}. A step's name is a lower-case letter, then "
            f"lower-case letters, digits and underscores; its authors must rename the entry point."
        )
    try:
        with redirect_stdout(sys.stderr):
            module = entry.load()
    except (Exception, SystemExit) as error:
        raise StepImportError(
            f"Step {entry.name!r}: {entry.value} of {entry.provider} cannot be imported: {type(error).__name__}: {error}. "
            f"Install what it misses, or uninstall {entry.distribution}."
        ) from error
    if not isinstance(module, ModuleType):
        raise StepImportError(
            f"Step {entry.name!r}: {entry.value} of {entry.provider} is a {type(module).__name__}. The entry point must name a "
            f"module with hooks; its authors must correct it."
        )
    check_hooks(entry, module)
    return module
