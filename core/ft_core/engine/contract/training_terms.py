"""What it was trained on, as far as that decides how it may be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ft_core.example import TrainingText

__all__ = ["RARE", "TrainingTerms", "measure_inputs"]

RARE = 0.05
"""An input that fewer of the training examples had is not shown at inference: what it does to answers was hardly learnt."""


@dataclass(frozen=True, slots=True)
class TrainingTerms:
    """The training examples of an adapter.

    Attributes:
        examples: how many there were.
        longest_answer: in tokens, its end included.
        input_shares: for each input, the fraction of the examples in which it was not blank; None where that is not
            known, because they come from prepared files whose manifest does not say it, or that have none.
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


def measure_inputs(texts: Sequence[TrainingText]) -> dict[str, float] | None:
    """Return for each input the fraction of examples in which it is not blank, or None where that is not known of all.

    >>> from ft_core.prompt import Prompt
    >>> texts = [TrainingText(Prompt("", "Hm?"), "{}", "t", "e", {"stac": filled}) for filled in (False, True)]
    >>> measure_inputs(texts)
    {'stac': 0.5}
    """
    if not all(text.filled for text in texts):
        return None
    filled: Counter[str] = Counter()
    for text in texts:
        filled.update({name: int(holds) for name, holds in text.filled.items()})
    return {name: round(filled[name] / len(texts), 6) for name in sorted(filled)} or None
