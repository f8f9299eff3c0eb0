"""What it was trained on, as far as that decides how it may be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ft_core.example import Example

__all__ = ["RARE", "TrainingTerms", "measure_inputs"]

RARE = 0.05
"""An input that fewer of the training examples had is not shown at inference: what it does to answers was hardly learnt."""


@dataclass(frozen=True, slots=True)
class TrainingTerms:
    """The training examples of an adapter.

    Attributes:
        examples: how many there were.
        longest_answer: in tokens, its end included.
        input_shares: for each input, the fraction of the examples in which it was not blank; None where the inputs were not
            known, because prepared files have only texts.
    """

    examples: int
    longest_answer: int
    input_shares: Mapping[str, float] | None

    def list_rare(self) -> tuple[str, ...]:
        """Return the inputs that fewer than :data:`RARE` of the examples had, sorted.

        >>> TrainingTerms(40, 12, {"segment": 1.0, "summary": 0.025, "stac": 0.0}).list_rare()
        ('stac', 'summary')
        """
        return tuple(sorted(name for name, share in (self.input_shares or {}).items() if share < RARE))


def measure_inputs(examples: Sequence[Example]) -> dict[str, float] | None:
    """Return for each input the fraction of examples in which it is not blank, or None where no inputs are known.

    >>> measure_inputs([Example({"stac": {}}, {}, "t", "e1"), Example({"stac": {"task": "find it"}}, {}, "t", "e2")])
    {'stac': 0.5}
    """
    filled: Counter[str] = Counter()
    for example in examples:
        filled.update({name: int(not _is_blank(value)) for name, value in example.inputs.items()})
    return {name: round(filled[name] / len(examples), 6) for name in sorted(filled)} or None


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)
