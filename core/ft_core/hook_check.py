"""Checking the hooks of a step's module before pluggy sees them.

pluggy lets a misspelt hook pass until it is asked, never fills a parameter that has a default, keeps a plugin registered
whose check failed, and lets ``specname=`` reach over a subset; so each of these is looked for here, with its own error.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from ft_core import hookspecs
from ft_core.discovery import StepEntry
from ft_core.errors import HookArgumentError, MissingHookError, SpecnameError, UnknownHookError
from ft_core.suggestion import did_you_mean

__all__ = ["HOOK_ARGUMENTS", "check_hooks"]

_MARK = f"{hookspecs.PROJECT}_impl"

HOOK_ARGUMENTS: dict[str, tuple[str, ...]] = {
    name: tuple(inspect.signature(spec).parameters)
    for name, spec in vars(hookspecs).items()
    if hasattr(spec, f"{hookspecs.PROJECT}_spec")
}
"""The hooks on offer, each with its arguments."""


def check_hooks(entry: StepEntry, module: ModuleType) -> None:
    """Check that a step's module implements hooks that exist, with arguments that exist, and all required ones.

    Raises:
        SpecnameError: a hook has ``specname=``.
        UnknownHookError: a hook that ft-core does not have.
        HookArgumentError: an argument that ft-core does not pass, or one with a default.
        MissingHookError: a required hook is not there.
    """
    given: set[str] = set()
    for name, function, options in _implementations(module):
        _check_name(entry, name, options)
        _check_function(entry, name, function)
        _check_arguments(entry, name, function)
        if not (options["wrapper"] or options["hookwrapper"]):
            given.add(name)
    missing = [name for name in HOOK_ARGUMENTS if name not in given | hookspecs.DEFAULTED_HOOKS]
    if missing:
        raise MissingHookError(
            f"Step {entry.name!r}: {entry.value} of {entry.provider} lacks the required hook{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}. Define each as a function marked with @hookimpl."
        )


def _implementations(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    for name, function in vars(module).items():
        options = getattr(function, _MARK, None)
        if isinstance(options, dict):
            yield name, function, options


def _check_name(entry: StepEntry, name: str, options: dict[str, Any]) -> None:
    if options["specname"]:
        raise SpecnameError(
            f"Step {entry.name!r}: hook {name!r} of {entry.provider} uses specname={options['specname']!r}, which would answer "
            f"for other steps too. Name the function {options['specname']!r} instead."
        )
    if name not in HOOK_ARGUMENTS:
        raise UnknownHookError(
            f"Step {entry.name!r}: {entry.provider} implements {name!r}, which is not a hook."
            f"{did_you_mean(name, HOOK_ARGUMENTS)} Hooks: {', '.join(HOOK_ARGUMENTS)}."
        )


def _check_function(entry: StepEntry, name: str, function: object) -> None:
    if not inspect.isfunction(function):
        raise HookArgumentError(
            f"Step {entry.name!r}: hook {name!r} of {entry.provider} is a {type(function).__name__}, which would never "
            f"be called. Define it with def."
        )


def _check_arguments(entry: StepEntry, name: str, function: Callable[..., Any]) -> None:
    offered = HOOK_ARGUMENTS[name]
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise HookArgumentError(
                f"Step {entry.name!r}: hook {name!r} of {entry.provider} takes {str(parameter)!r} in a way that cannot be "
                f"filled. Name plain arguments, without *, ** or /."
            )
        if parameter.name not in offered:
            raise HookArgumentError(
                f"Step {entry.name!r}: hook {name!r} of {entry.provider} asks for the argument {parameter.name!r}."
                f"{did_you_mean(parameter.name, offered)} Arguments: {', '.join(offered)}."
            )
        if parameter.default is not parameter.empty:
            raise HookArgumentError(
                f"Step {entry.name!r}: hook {name!r} of {entry.provider} gives the argument {parameter.name!r} a default, so "
                f"it would never be filled. Remove the default."
            )
