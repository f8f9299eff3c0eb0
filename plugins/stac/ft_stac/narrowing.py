"""Which ``stac`` answers go through the sentences of the segment, and which records, as other prompts ask for, quote it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core import drop_unspellable
from ft_stac.clause import Clause, list_clauses

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["MOST_CHARACTERS", "MOST_PARTS", "MOST_REPEATS", "MOST_SENTENCES", "narrow_schema"]

MOST_SENTENCES, MOST_CHARACTERS = 100, 4000
"""A segment of more is not narrowed: sentences, and characters in all of them or in a record.

A list that must be gone through is spelt to its end where an answer is cut, and llguidance gives up on lists of 2,000 different
items. The longest of 352 annotated segments have 23 sentences and 1,639 characters.
"""

MOST_PARTS, MOST_REPEATS = 250, 40
"""A record of a segment of more is not held to its words: clauses and marks, each of which may be left out; one clause again.

The grammar of a pattern grows with what may be left out, most of all where it repeats itself, and llguidance gives up on it
while an answer is being written: on some texts of 600 parts, or where a word stands 150 times. The longest of 352 annotated
segments have 180 parts and 1,639 characters.
"""

_RUN = re.compile(r"(.)\1*", re.DOTALL)

_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")


def narrow_schema(schema: dict[str, Any], inputs: Inputs) -> dict[str, Any] | None:
    """Allow the sentences of the segment in their order, and of a record only clauses of it, any of them left out."""
    if "sentences" in schema["properties"]:
        return _name_sentences(schema, inputs["sentences"])
    return _quote_clauses(schema, inputs)


def _name_sentences(schema: dict[str, Any], sentences: Sequence[str]) -> dict[str, Any] | None:
    """Give each place in the list its sentence."""
    if len(sentences) > MOST_SENTENCES or sum(map(len, sentences)) > MOST_CHARACTERS:
        return None
    listed = schema["properties"]["sentences"]
    item = listed["items"]
    listed["prefixItems"] = [
        {**item, "properties": {**item["properties"], "text": {"const": sentence}}} for sentence in sentences
    ]
    listed["minItems"] = listed["maxItems"] = len(sentences)
    return schema


def _quote_clauses(schema: dict[str, Any], inputs: Inputs) -> dict[str, Any] | None:
    segment = drop_unspellable(inputs["segment"])
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
