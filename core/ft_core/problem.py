"""What is wrong with an answer, and where."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an answer: a JSON path into it and a sentence.

    >>> str(Problem("$.type", "'fly' is not a type of 'physical'"))
    "$.type: 'fly' is not a type of 'physical'"
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
