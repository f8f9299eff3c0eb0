"""The hook reference, made of the hook specifications."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from ft_core import hookspecs
from ft_core.hook_check import HOOK_ARGUMENTS

__all__ = ["UndocumentedHookError", "describe_hooks"]

_HEADINGS = ("Args:", "Returns:", "Example:")
_ROLE = re.compile(r":\w+:`[~.]?([^`]+)`")
_DOUBLE = re.compile(r"``([^`]+)``")


class UndocumentedHookError(Exception):
    """A hook whose docstring lacks a part of the reference."""


def describe_hooks() -> str:
    """Return a section of Markdown for each hook, in the order in which the specifications stand.

    Raises:
        UndocumentedHookError: a docstring lacks its arguments, its result or its example.
    """
    return "\n\n".join(_describe(name, getattr(hookspecs, name)) for name in HOOK_ARGUMENTS)


def _describe(name: str, hook: Callable[..., Any]) -> str:
    intro, arguments, returns, example = _split(name, inspect.getdoc(hook) or "")
    return "\n\n".join(
        [
            f"## {name}",
            f"```python\n{name}{_write_signature(hook)}\n```",
            _plain(intro),
            f"*{_tell_kind(name, hook)}*",
            f"**Arguments**\n\n{_list_arguments(name, arguments)}",
            f"**Returns**\n\n{_plain(_dedent(returns))}",
            f"**Example**\n\n```pycon\n{_dedent(example)}\n```",
        ]
    )


def _split(name: str, text: str) -> list[str]:
    parts = re.split(r"^(Args|Returns|Example):$", text, flags=re.MULTILINE)
    if [f"{heading}:" for heading in parts[1::2]] != list(_HEADINGS) or "Called " not in parts[0]:
        raise UndocumentedHookError(
            f"The docstring of the hook {name!r} must say when it is 'Called', and have {', '.join(_HEADINGS)} in this order."
        )
    return [part.strip("\n") for part in parts[::2]]


def _list_arguments(name: str, text: str) -> str:
    found = re.findall(r"^(\w+): (.*(?:\n .*)*)", _dedent(text), re.MULTILINE)
    if [argument for argument, _ in found] != list(HOOK_ARGUMENTS[name]):
        raise UndocumentedHookError(f"The docstring of the hook {name!r} must describe {', '.join(HOOK_ARGUMENTS[name])}.")
    return "\n".join(f"- `{argument}`: {_plain(' '.join(told.split()))}" for argument, told in found)


def _write_signature(hook: Callable[..., Any]) -> str:
    line = str(inspect.signature(hook)).replace("'", "")
    return line if len(line) <= 80 else line.replace("(", "(\n    ", 1).replace(", ", ",\n    ").replace(") ->", ",\n) ->")  # noqa: PLR2004


def _tell_kind(name: str, hook: Callable[..., Any]) -> str:
    options = getattr(hook, f"{hookspecs.PROJECT}_spec")
    need = "Core answers it where a step does not" if name in hookspecs.DEFAULTED_HOOKS else "Required"
    return f"{need}. {'One answer counts.' if options['firstresult'] else 'The answers of all implementations are joined.'}"


def _dedent(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def _plain(text: str) -> str:
    return _DOUBLE.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
