"""Inputs that a step's adapter hardly ever saw in training, and so does not see at inference either."""

from __future__ import annotations

from collections.abc import Collection

from ft_core.example import Inputs

__all__ = ["blank_inputs"]


def blank_inputs(inputs: Inputs, names: Collection[str]) -> Inputs:
    """Return inputs in which some are empty; a number or a truth value has no empty form and stays.

    >>> blank_inputs({"segment": "Hm.", "summary": "A fox.", "stac": {"task": "run"}}, {"summary", "stac"})
    {'segment': 'Hm.', 'summary': '', 'stac': {}}
    """
    if not names:
        return inputs
    return {name: type(value)() if name in names and _has_empty(value) else value for name, value in inputs.items()}


def _has_empty(value: object) -> bool:
    return isinstance(value, str | list | dict)
