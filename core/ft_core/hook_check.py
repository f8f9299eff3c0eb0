"""Checking the hooks of a step's or an extension's module before pluggy sees them.

pluggy lets a misspelt hook pass until it is asked, never fills a parameter that has a default, keeps a plugin registered
whose check failed, and lets ``specname=`` reach over a subset; so each of these is looked for here, with its own error.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from ft_core import hookspecs
from ft_core.discovery import ExtensionEntry, PluginEntry
from ft_core.errors import (
    ExtensionAnswerError,
    HookArgumentError,
    MissingHookError,
    SpecnameError,
    UnknownHookError,
    UnmarkedHookError,
)
from ft_core.suggestion import did_you_mean

__all__ = ["GATHERED_HOOKS", "HOOK_ARGUMENTS", "check_hooks"]

_MARK = f"{hookspecs.PROJECT}_impl"

HOOK_ARGUMENTS: dict[str, tuple[str, ...]] = {
    name: tuple(inspect.signature(spec).parameters)
    for name, spec in vars(hookspecs).items()
    if hasattr(spec, f"{hookspecs.PROJECT}_spec")
}
"""The hooks on offer, each with its arguments."""

GATHERED_HOOKS = frozenset(
    name for name in HOOK_ARGUMENTS if not getattr(getattr(hookspecs, name), f"{hookspecs.PROJECT}_spec")["firstresult"]
)
"""The hooks to which every implementation may answer."""


def check_hooks(entry: PluginEntry, module: ModuleType) -> None:
    """Check that a module implements hooks that exist, with arguments that exist, and for a step all required ones.

    An extension may leave out any. It speaks for all steps, so it may wrap every hook, but answer only those whose answers
    are gathered: its plain answer to another would stand in the place of every step's.

    Raises:
        SpecnameError: a hook has ``specname=``.
        UnknownHookError: a hook that ft-core does not have.
        HookArgumentError: an argument that ft-core does not pass, or one with a default.
        MissingHookError: a required hook is not there.
        UnmarkedHookError: a function has the name of a hook and not its mark.
        ExtensionAnswerError: an extension answers a hook that it may only wrap.
    """
    _refuse_unmarked(entry, module)
    given: set[str] = set()
    for name, function, options in _implementations(module):
        _check_name(entry, name, options)
        _check_function(entry, name, function)
        _check_arguments(entry, name, function)
        if not (options["wrapper"] or options["hookwrapper"]):
            given.add(name)
    if isinstance(entry, ExtensionEntry):
        _refuse_answers(entry, given)
        return
    missing = [name for name in HOOK_ARGUMENTS if name not in given | hookspecs.OPTIONAL_HOOKS]
    if missing:
        raise MissingHookError(
            f"{entry.title}: {entry.value} of {entry.provider} lacks the required hook{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}. Define each as a function marked with @hookimpl."
        )


def _refuse_unmarked(entry: PluginEntry, module: ModuleType) -> None:
    for name in HOOK_ARGUMENTS:
        function = vars(module).get(name)
        own = inspect.isfunction(function) and function.__module__ == module.__name__  # and not one that it only imports
        if own and not hasattr(function, _MARK):
            raise UnmarkedHookError(
                f"{entry.title}: hook {name!r} of {entry.provider} lacks its mark, so it would never be called. Write "
                f"@hookimpl before it, or give the function another name."
            )


def _refuse_answers(entry: PluginEntry, given: set[str]) -> None:
    for name in HOOK_ARGUMENTS:
        if name in given and name not in GATHERED_HOOKS:
            raise ExtensionAnswerError(
                f"{entry.title}: hook {name!r} of {entry.provider} would answer in the place of every step. Wrap it: "
                f"@hookimpl(wrapper=True), then 'result = yield', then return what is to be answered."
            )


def _implementations(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    for name, function in vars(module).items():
        options = getattr(function, _MARK, None)
        if isinstance(options, dict):
            yield name, function, options


def _check_name(entry: PluginEntry, name: str, options: dict[str, Any]) -> None:
    if options["specname"]:
        why = "" if isinstance(entry, ExtensionEntry) else ", which would answer for other steps too"
        raise SpecnameError(
            f"{entry.title}: hook {name!r} of {entry.provider} uses specname={options['specname']!r}{why}. "
            f"Name the function {options['specname']!r} instead."
        )
    if name not in HOOK_ARGUMENTS:
        raise UnknownHookError(
            f"{entry.title}: {entry.provider} implements {name!r}, which is not a hook."
            f"{did_you_mean(name, HOOK_ARGUMENTS)} Hooks: {', '.join(HOOK_ARGUMENTS)}."
        )


def _check_function(entry: PluginEntry, name: str, function: object) -> None:
    if not inspect.isfunction(function):
        raise HookArgumentError(
            f"{entry.title}: hook {name!r} of {entry.provider} is a {type(function).__name__}, which would never "
            f"be called. Define it with def."
        )


def _check_arguments(entry: PluginEntry, name: str, function: Callable[..., Any]) -> None:
    offered = HOOK_ARGUMENTS[name]
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise HookArgumentError(
                f"{entry.title}: hook {name!r} of {entry.provider} takes {str(parameter)!r} in a way that cannot be "
                f"filled. Name plain arguments, without *, ** or /."
            )
        if parameter.name not in offered:
            raise HookArgumentError(
                f"{entry.title}: hook {name!r} of {entry.provider} asks for the argument {parameter.name!r}."
                f"{did_you_mean(parameter.name, offered)} Arguments: {', '.join(offered)}."
            )
        if parameter.default is not parameter.empty:
            raise HookArgumentError(
                f"{entry.title}: hook {name!r} of {entry.provider} gives the argument {parameter.name!r} a default, so "
                f"it would never be filled. Remove the default."
            )
