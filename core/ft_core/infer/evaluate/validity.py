"""How many answers could be used, and what was wrong with the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ft_core.infer.evaluate.attempt import Attempt

__all__ = ["count_valid"]

_NUMBER = re.compile(r"\[\d+\]")


def count_valid(attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Return how many answers were asked for, are valid, and reached the cap on length, and the problems by their place.

    Valid is an answer that is used, as it was given or as it was repaired; how many of them were repaired is told too. A
    problem's place is its JSON path without numbers of list items; each is counted once an answer.
    """
    asked = [attempt for attempt in attempts if attempt.asked]
    valid = sum(attempt.output is not None for attempt in asked)
    problems = Counter(place for attempt in asked for place in {_NUMBER.sub("[]", each.path) for each in attempt.problems})
    return {
        "asked": len(asked),
        "not_asked": len(attempts) - len(asked),
        "valid": valid,
        "repaired": sum(bool(attempt.repairs) for attempt in asked),
        "share": valid / len(asked) if asked else None,
        "cut": sum(not attempt.ended for attempt in asked),
        "problems": dict(sorted(problems.items(), key=lambda item: (-item[1], item[0]))),
    }
