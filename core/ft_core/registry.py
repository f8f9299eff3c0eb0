"""The installed steps and extensions: found, imported, described and put in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ft_core.discovery import ExtensionEntry, StepEntry, discover_extensions, discover_steps
from ft_core.errors import ExtensionFailedError, PluginError
from ft_core.info_check import check_info
from ft_core.load_choice import LoadChoice, choose_loaded
from ft_core.plugin_import import group_rivals, import_hooks
from ft_core.plugin_set import PluginSet
from ft_core.step_info import StepInfo
from ft_core.step_order import order_steps

__all__ = ["BrokenExtension", "BrokenStep", "RegisteredStep", "Registry", "load_registry"]


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


@dataclass(frozen=True, slots=True)
class BrokenExtension:
    """An extension that is installed but cannot be used, and why."""

    entry: ExtensionEntry
    error: PluginError


class Registry(PluginSet):
    """The steps and extensions of one set of entry points; frozen once it is made.

    Attributes:
        steps: the working steps, in the order in which they run.
        broken: the others, by name.
        broken_extensions: the extensions that cannot be used, by name.
        choice: what was chosen to be loaded.
    """

    def __init__(self, choice: LoadChoice) -> None:
        super().__init__()
        self.choice = choice
        self.broken: list[BrokenStep] = []
        self.broken_extensions: list[BrokenExtension] = []
        self._add_extensions(choice.extensions)
        described = dict(self._describe_all(choice.steps))
        self.steps = self._order(described)
        self.broken.sort(key=lambda step: step.entry)
        self.broken_extensions.sort(key=lambda extension: extension.entry)
        self.forget_callers()

    def _add_extensions(self, entries: Sequence[ExtensionEntry]) -> None:
        for rivals in reversed(group_rivals(entries)):  # pluggy asks the last one first
            try:
                self.register(rivals[0], import_hooks(rivals))
            except PluginError as error:
                self.broken_extensions.extend(BrokenExtension(entry, error) for entry in rivals)

    def _describe_all(self, entries: Sequence[StepEntry]) -> Iterator[tuple[StepEntry, StepInfo]]:
        for rivals in group_rivals(entries):
            try:
                self.register(rivals[0], import_hooks(rivals))
                yield rivals[0], self._describe(rivals[0])
            except PluginError as error:
                self.unregister(rivals[0])
                self.broken.extend(BrokenStep(entry, error) for entry in rivals)

    def _describe(self, entry: StepEntry) -> StepInfo:
        self.forget_callers()
        try:
            info = self.call(entry.name, "describe_step")
        except ExtensionFailedError as error:
            # Taken out and told of once: otherwise the extension would break every step.
            self._break_extension(error)
            return self._describe(entry)
        return check_info(entry, info, self.name_answerers(entry.name, "describe_step"))

    def _break_extension(self, error: ExtensionFailedError) -> None:
        entry = next(each for each in self.extensions if each.name == error.extension)
        self.unregister(entry)
        self.broken_extensions.append(BrokenExtension(entry, error))

    def _order(self, described: dict[StepEntry, StepInfo]) -> list[RegisteredStep]:
        entries = {entry.name: entry for entry in described}
        infos = {entry.name: info for entry, info in described.items()}
        order, faults = order_steps(infos, {entry.name for entry in self.choice.steps}, self.choice.left_out)
        for name, fault in faults.items():
            self.unregister(entries[name])
            self.broken.append(BrokenStep(entries[name], fault(entries[name].provider), infos[name]))
        return [RegisteredStep(entries[name], infos[name]) for name in order]


def load_registry(path: Sequence[str] | None = None) -> Registry:
    """Find, import and check the installed steps and extensions, all or those that ``FT_CORE_LOAD`` names.

    Args:
        path: folders to search for distributions instead of ``sys.path``.

    Raises:
        UnknownStepError: ``FT_CORE_LOAD`` names what is not installed.
    """
    return Registry(choose_loaded(discover_steps(path), discover_extensions(path)))
