"""How far a training has come: everything that a checkpoint holds beside tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Best", "LoopState"]


@dataclass(frozen=True, slots=True)
class Best:
    """The evaluation whose weights are kept, as a rule that with the lowest loss.

    Attributes:
        step: the optimizer step, from 1.
        val_loss: mean over the learnt tokens of the validation rows, natural logarithm.
    """

    step: int
    val_loss: float


@dataclass(slots=True)
class LoopState:
    """The state of a training after an optimizer step.

    Attributes:
        step: optimizer steps that are done.
        tokens: tokens computed so far: no padding, and a shared prefix once a pack.
        seconds: spent in training so far, over all its parts.
        budget: tokens in a pack at most; smaller than it began where memory ran out.
        recent: the losses of the last optimizer steps, for telling a spike.
        first_loss: the loss of the first optimizer step.
        best: the evaluation whose weights are kept, None before the first.
        waited: evaluations since then that were not clearly better.
        stopped: why training ended before its last step, ``""`` where it did not.
        events: what happened on the way, such as memory that ran out: JSON objects with ``step`` and ``what``.
    """

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    budget: int = 0
    recent: list[float] = field(default_factory=list)
    first_loss: float | None = None
    best: Best | None = None
    waited: int = 0
    stopped: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)

    def note(self, what: str, **more: Any) -> None:
        """Record an event at the current step."""
        self.events.append({"step": self.step, "what": what, **more})

    def as_json(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> LoopState:
        """Return the state that :meth:`as_json` described.

        Raises:
            TypeError, KeyError: it is no such description.
        """
        best = values["best"]
        return cls(**{**values, "best": Best(**best) if best else None})
