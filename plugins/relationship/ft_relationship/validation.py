"""What is wrong with a ``relationship`` answer that its schema does not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ft_core import RELATIONSHIPS, Problem

if TYPE_CHECKING:
    from ft_core import Inputs, Output

__all__ = ["validate_output"]


def validate_output(output: Output, inputs: Inputs) -> list[Problem]:
    """Find ties outside their family, names that were not asked about, and ties given twice."""
    ties = output["relationships"]
    problems = [problem for i, tie in enumerate(ties) for problem in _check_tie(f"$.relationships[{i}]", tie, inputs)]
    repeats = (i for i, tie in enumerate(ties) if tie in ties[:i])
    return problems + [Problem(f"$.relationships[{i}]", "the relationship is given twice") for i in repeats]


def _check_tie(path: str, tie: Mapping[str, str], inputs: Inputs) -> Iterator[Problem]:
    family, kind = tie["relationship_level1"], tie["relationship_level2"]
    if kind not in RELATIONSHIPS[family]:
        yield Problem(f"{path}.relationship_level2", f"{kind!r} does not belong to {family!r}")
    if tie["agent"] not in inputs["doers"]:
        yield Problem(f"{path}.agent", f"{tie['agent']!r} is not one of the doers")
    if tie["target"] not in inputs["receivers"]:
        yield Problem(f"{path}.target", f"{tie['target']!r} is not one of the receivers that are characters")
