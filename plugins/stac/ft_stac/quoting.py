"""Which records, as other prompts ask for, quote the segment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ft_core import drop_unspellable
from ft_stac.clause import Clause, list_clauses

__all__ = ["MOST_CHARACTERS", "MOST_PARTS", "MOST_REPEATS", "quote_clauses"]

MOST_PARTS, MOST_REPEATS, MOST_CHARACTERS = 250, 40, 4000
"""A segment of more is not held to its words: clauses and marks, each of which may be left out, one clause again, characters.

The grammar of a pattern grows with what may be left out, most of all where it repeats itself, and llguidance gives up on it
while an answer is being written: on some texts of 600 parts, or where a word stands 150 times. The longest of 352 annotated
segments have 180 parts and 1,639 characters.
"""

_RUN = re.compile(r"(.)\1*", re.DOTALL)

_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")


def quote_clauses(schema: dict[str, Any], segment: str) -> dict[str, Any] | None:
    """Allow under each head only clauses of the segment in their order, any of them left out."""
    segment = drop_unspellable(segment)
    if len(segment) > MOST_CHARACTERS:
        return None
    clauses = list_clauses(segment)
    if not clauses or _is_too_much(clauses):
        return None
    pattern = _write_pattern(clauses)
    for head in schema["properties"].values():
        head["pattern"] = pattern
    return schema


def _write_pattern(clauses: Sequence[Clause]) -> str:
    r"""Return a pattern of optional clauses, with or without the marks around them.

    Between two of them may stand what stands behind the first, a blank if one stands anywhere between two, or nothing.

    >>> _write_pattern(list_clauses("He ran, 「痛い。」\n"))
    '^(?:He ran(?:,)?(?: )?)?(?:(?:「)?痛い(?:。)?(?:」)?)?$'
    """
    blank = {" "} & {each.gap for each in clauses}
    last = len(clauses) - 1
    parts = [_write_clause(each) + _allow_gap({each.gap} | blank if i < last else set()) for i, each in enumerate(clauses)]
    return f"^{''.join(f'(?:{part})?' for part in parts)}$"


def _is_too_much(clauses: Sequence[Clause]) -> bool:
    parts = sum(1 + len(_list_runs(each.opening)) + len(_list_runs(each.closing)) for each in clauses)
    return parts > MOST_PARTS or max(Counter(each.text for each in clauses).values()) > MOST_REPEATS


def _write_clause(clause: Clause) -> str:
    opening, closing = (
        "".join(f"(?:{_escape(run)})?" for run in _list_runs(marks)) for marks in (clause.opening, clause.closing)
    )
    return opening + _escape(clause.text) + closing


def _list_runs(marks: str) -> list[str]:
    """Return marks one by one, equal ones together: a row of dots is one."""
    return [match.group() for match in _RUN.finditer(marks)]


def _allow_gap(gaps: set[str]) -> str:
    shown = sorted(gaps - {""})
    return f"(?:{'|'.join(map(_escape, shown))})?" if shown else ""


def _escape(text: str) -> str:
    """Return a text as a pattern has it; ``re.escape`` knows escapes that other dialects refuse."""
    return _SPECIAL.sub(r"\\\g<0>", text)
