"""Modules with hooks, registered with pluggy, and their hooks called for one step at a time.

This module and ``hookspecs`` are the only ones that import pluggy, and the ``Any`` of its calls ends here and in ``registry``.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pluggy

from ft_core import defaults, hookspecs
from ft_core.discovery import ExtensionEntry, PluginEntry
from ft_core.errors import HookError, HookResultError, HookReturnedNoneError, SharedModuleError
from ft_core.hook_guard import HookGuard
from ft_core.hook_trace import HookTrace, is_tracing

__all__ = ["PluginSet"]


class PluginSet:
    """Steps and extensions as pluggy knows them: a call for a step reaches this step, all extensions, and core's defaults."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._manager.register(defaults, "ft_core:defaults")  # no step can have this name
        self._entries: dict[str, PluginEntry] = {}
        self._modules: dict[PluginEntry, ModuleType] = {}
        self._callers: dict[tuple[str, str], pluggy.HookCaller] = {}
        self._answers: dict[tuple[str, str], int] = {}
        self._trace = HookTrace(self._name_provider) if is_tracing() else None
        if self._trace is not None:
            self._manager.add_hookcall_monitoring(self._trace.before, self._trace.after)

    @property
    def extensions(self) -> list[ExtensionEntry]:
        """The extensions that are around all steps, sorted by name; the first stands outermost."""
        return sorted(entry for entry in self._modules if isinstance(entry, ExtensionEntry))

    def call(self, step: str, hook: str, **arguments: Any) -> Any:
        """Call a hook of one step, with core's defaults and all wrappers and extensions.

        Raises:
            HookFailedError: the hook raised.
            HookReturnedNoneError: the hook answered None.
        """
        with self._guarded(step, hook):
            result = self._caller(step, hook)(step=step, **arguments)
        if result is None or (isinstance(result, list) and len(result) < self._count_answers(step, hook)):
            raise HookReturnedNoneError(
                f"Step {step!r}: hook {hook!r} of {self.name_answerers(step, hook)} answered None. "
                f"It must return a value; the hook reference says which."
            )
        return result

    def gather(self, step: str, hook: str, **arguments: Any) -> list[Any]:
        """Call a hook that answers an iterator, and read it to its end: a generator's body runs outside the hook call.

        Raises: as :meth:`call`.
        """
        items = self.call(step, hook, **arguments)
        with self._guarded(step, hook):
            found = list(items)
        if self._trace is not None:
            self._trace.tell_gathered(step, hook, found)
        return found

    def tell(self, step: str, hook: str, **arguments: Any) -> list[HookError]:
        """Call each listener of a hook alone, and return what some of them raised: no listener keeps another from hearing."""
        listening = [each.plugin for each in self._caller(step, hook).get_hookimpls()]
        failures: list[HookError] = []
        for listener in listening:
            others = [plugin for plugin in self._manager.get_plugins() if plugin is not listener]
            try:
                with self._guarded(step, hook):
                    self._manager.subset_hook_caller(hook, others)(step=step, **arguments)
            except HookError as error:
                failures.append(error)
        return failures

    def name_answerers(self, step: str, hook: str) -> str:
        """Return whose answer a hook gives: what provides the step, and the extensions that have a hand in it."""
        names = {each.plugin_name for each in self._caller(step, hook).get_hookimpls()}
        around = [each.provider for each in self.extensions if _register_name(each) in names]
        return self._entries[step].provider + (f" (with {', '.join(around)})" if around else "")

    def _guarded(self, step: str, hook: str) -> HookGuard:
        return HookGuard(self._entries[step], hook, self._modules)

    def _count_answers(self, step: str, hook: str) -> int:
        if (step, hook) not in self._answers:
            caller = self._caller(step, hook)
            collects = caller.spec is not None and not caller.spec.opts["firstresult"]
            answering = sum(not (each.wrapper or each.hookwrapper) for each in caller.get_hookimpls())
            self._answers[step, hook] = answering if collects else 0
        return self._answers[step, hook]

    def _caller(self, step: str, hook: str) -> pluggy.HookCaller:
        if (step, hook) not in self._callers:
            others = [module for entry, module in self._modules.items() if entry.KIND == "step" and entry.name != step]
            self._callers[step, hook] = self._manager.subset_hook_caller(hook, others)
        return self._callers[step, hook]

    def forget_callers(self) -> None:
        """Make the callers anew: a subset is a deny-list, and one made before a plugin came lets it through."""
        self._answers.clear()
        self._callers.clear()

    def register(self, entry: PluginEntry, module: ModuleType) -> None:
        """Add the module of a step or extension.

        Raises:
            SharedModuleError: another step or extension has this module.
            HookResultError: pluggy refuses one of its hooks.
        """
        owner = next((each for each, held in self._modules.items() if held is module), None)
        if owner is not None:
            raise SharedModuleError(
                f"{entry.title}: {entry.value} of {entry.provider} is already the module of {owner.KIND} {owner.name!r}. "
                f"Give each {entry.KIND} a module of its own."
            )
        name = _register_name(entry)
        try:
            self._manager.register(module, name)
        except pluggy.PluginValidationError as error:
            self._manager.unregister(name=name)
            raise HookResultError(
                f"{entry.title}: a hook of {entry.provider} cannot be used: {str(error).splitlines()[-1]}. "
                f"This is a fault of the {entry.KIND}; report it to its authors."
            ) from error
        self._entries[name] = entry
        self._modules[entry] = module

    def unregister(self, entry: PluginEntry) -> None:
        """Take a step or extension out again, if it was added."""
        if self._modules.pop(entry, None) is not None:
            self._manager.unregister(name=_register_name(entry))

    def _name_provider(self, name: str) -> str:
        return self._entries[name].provider if name in self._entries else "ft-core"


def _register_name(entry: PluginEntry) -> str:
    # A step and an extension may go by one name; no step's name has a colon.
    return entry.name if entry.KIND == "step" else f"{entry.KIND}:{entry.name}"
