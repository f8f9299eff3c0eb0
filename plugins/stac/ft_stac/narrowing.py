"""Which ``stac`` answers quote the segment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core import drop_unspellable
from ft_stac.clause import Clause, list_clauses

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["MOST_CHARACTERS", "MOST_CLAUSES", "narrow_schema"]

MOST_CLAUSES, MOST_CHARACTERS = 150, 4000
"""A segment of more is not held to its words.

Twice as much of either compiled in 12 ms at most and went well, whatever the text repeats; from 300 clauses, or from 30,000
characters, llguidance gave up on some texts while an answer was being written. The longest of 352 annotated segments have
76 clauses and 1,639 characters.
"""

_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")


def narrow_schema(schema: dict[str, Any], inputs: Inputs) -> dict[str, Any] | None:
    """Allow under each head only clauses of the segment in their order, any of them left out."""
    segment = drop_unspellable(inputs["segment"])
    if len(segment) > MOST_CHARACTERS:
        return None
    clauses = list_clauses(segment)
    if not clauses or len(clauses) > MOST_CLAUSES:
        return None
    pattern = _write_pattern(clauses)
    for head in schema["properties"].values():
        head["pattern"] = pattern
    return schema


def _write_pattern(clauses: Sequence[Clause]) -> str:
    r"""Return a pattern of optional clauses.

    Between two of them may stand what stands behind the first, a blank if one stands anywhere between two, or nothing.

    >>> _write_pattern(list_clauses("He ran, and fell.\n「痛い」"))
    '^(?:He ran,(?: )?)?(?:and fell\\.(?:\n| )?)?(?:「痛い」)?$'
    """
    blank = {" "} & {each.gap for each in clauses}
    last = len(clauses) - 1
    parts = [_escape(each.text) + _allow_gap({each.gap} | blank if i < last else set()) for i, each in enumerate(clauses)]
    return f"^{''.join(f'(?:{part})?' for part in parts)}$"


def _allow_gap(gaps: set[str]) -> str:
    shown = sorted(gaps - {""})
    return f"(?:{'|'.join(map(_escape, shown))})?" if shown else ""


def _escape(text: str) -> str:
    """Return a text as a pattern has it; ``re.escape`` knows escapes that other dialects refuse."""
    return _SPECIAL.sub(r"\\\g<0>", text)
