"""What a step says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Scope", "StepInfo"]

Scope: TypeAlias = Literal["event", "story"]


@dataclass(frozen=True, slots=True)
class StepInfo:
    """The answer of ``describe_step``.

    Attributes:
        title: a few words for tables.
        description: one sentence: what the step decides.
        output_schema: JSON Schema 2020-12 of the answer, an object whose properties stand in the order of the answer's keys.
        writes: the fields that ``apply_output`` fills: names of :class:`ft_core.story.Event` attributes, ``characters``,
            or ``annotations`` (a third party's own answer under the step's name). A step of scope ``story`` writes
            ``annotations`` of the tale.
        scope: ``event`` asks once per narrative event, ``story`` once per tale, after all steps that ask of events.
        requires: steps without which this one cannot ask.
        uses: steps whose results are shown when they are there; they only decide the order.
        primary_metric: the metric of ``score_outputs`` that is quoted first.
    """

    title: str
    description: str
    output_schema: Mapping[str, Any]
    writes: tuple[str, ...]
    scope: Scope = "event"
    requires: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    primary_metric: str = "exact_match"
