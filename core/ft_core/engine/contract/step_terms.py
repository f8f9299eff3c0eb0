"""Who asks: the step, what provides it, and the answers that it allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ft_core.engine.contract.content_hash import hash_value
from ft_core.step import Step

__all__ = ["StepTerms", "describe_step"]


@dataclass(frozen=True, slots=True)
class StepTerms:
    """A step as its adapter was trained.

    Attributes:
        name: the step's name.
        distribution, version: what provided it.
        schema: its ``output_schema``; the order of the properties is that of the answer's keys.
        schema_hash: the hash of it, order included.
        extensions: what else had a say in its prompts: versions of extensions by their distribution.
    """

    name: str
    distribution: str
    version: str
    schema: Mapping[str, Any]
    schema_hash: str
    extensions: Mapping[str, str] = field(default_factory=dict)


def describe_step(step: Step, extensions: Mapping[str, str] | None = None) -> StepTerms:
    """Return the terms of an installed step.

    Args:
        step: the step.
        extensions: versions of the extensions that are in force, by their distribution; None takes the installed ones.
    """
    schema = dict(step.info.output_schema)
    known = dict(sorted((step.extensions if extensions is None else extensions).items()))
    return StepTerms(step.name, step.distribution, step.version, schema, hash_value(schema), known)
