"""The order in which steps run: what they require and use comes first, those of whole tales last, ties by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from ft_core.errors import InvalidStepInfoError, MissingRequirementError, PluginError, StepCycleError
from ft_core.step_info import StepInfo

__all__ = ["Fault", "order_steps"]

Fault: TypeAlias = Callable[[str], PluginError]
"""Words an error, given the distribution and version that provide the step."""


def order_steps(
    steps: Mapping[str, StepInfo], installed: Collection[str], left_out: Collection[str] = ()
) -> tuple[list[str], dict[str, Fault]]:
    """Return the steps that can run, in order, and what is wrong with each of the others.

    Args:
        steps: the described steps, by name.
        installed: the names of all steps that are installed, broken ones too.
        left_out: the names of those that are installed but were not to be loaded.
    """
    running = dict(steps)
    faults: dict[str, Fault] = {}
    while found := _faults(running, installed, left_out):
        faults |= found
        running = {name: info for name, info in running.items() if name not in faults}
    return list(_sort(running)), faults


def _faults(running: Mapping[str, StepInfo], installed: Collection[str], left_out: Collection[str]) -> dict[str, Fault]:
    missing = {
        name: _missing(name, needed, _say_where(needed, installed, left_out))
        for name, info in running.items()
        for needed in info.requires
        if needed not in running
    }
    return missing or _too_early(running) or _cycle(running)


def _too_early(running: Mapping[str, StepInfo]) -> dict[str, Fault]:
    return {
        name: _asks_before(name, wanted)
        for name, info in running.items()
        for wanted in (*info.requires, *info.uses)
        if info.scope == "event" and wanted in running and running[wanted].scope == "story"
    }


def _asks_before(name: str, wanted: str) -> Fault:
    return lambda provider: InvalidStepInfoError(
        f"Step {name!r} of {provider} is asked of each event and requires or uses step {wanted!r}, which is asked of the tale "
        f"as a whole when all its events are done. Give {name!r} the scope 'story', or drop {wanted!r} there."
    )


def _say_where(needed: str, installed: Collection[str], left_out: Collection[str]) -> str:
    if needed in installed:
        return "is broken itself; mend that step first"
    return "is left out by FT_CORE_LOAD; name it there too" if needed in left_out else "is not installed; install it"


def _missing(name: str, needed: str, what: str) -> Fault:
    return lambda provider: MissingRequirementError(
        f"Step {name!r} of {provider} requires step {needed!r}, which {what}, or uninstall {provider.split()[0]}."
    )


def _cycle(running: Mapping[str, StepInfo]) -> dict[str, Fault]:
    try:
        TopologicalSorter(_graph(running)).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]
        drawn = " → ".join(circle)
        return {name: _in_circle(name, drawn) for name in circle}
    return {}


def _in_circle(name: str, drawn: str) -> Fault:
    return lambda provider: StepCycleError(
        f"Step {name!r} of {provider} is in a circle of requires and uses: {drawn}. "
        f"One of these steps must drop one, or be uninstalled."
    )


def _graph(steps: Mapping[str, StepInfo]) -> dict[str, list[str]]:
    return {name: [n for n in (*info.requires, *info.uses) if n in steps] for name, info in steps.items()}


def _sort(steps: Mapping[str, StepInfo]) -> list[str]:
    sorter = TopologicalSorter(_graph(steps))
    sorter.prepare()
    order: list[str] = []
    ready: set[str] = set()
    while sorter.is_active():
        ready |= set(sorter.get_ready())
        first = min(ready, key=lambda name: (steps[name].scope == "story", name))
        ready.remove(first)
        order.append(first)
        sorter.done(first)
    return order
