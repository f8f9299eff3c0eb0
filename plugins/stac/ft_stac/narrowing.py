"""Which answers the question about a segment can have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_stac.quoting import quote_clauses

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["MOST_BYTES", "MOST_SENTENCES", "narrow_schema"]

MOST_SENTENCES, MOST_BYTES = 100, 10_000
"""A segment of more is not narrowed: sentences, and bytes of all of them as JSON in UTF-8.

A list that must be gone through is spelt to its end where an answer is cut, in a token a byte at worst and 16,384 at most, and
llguidance gives up on lists of 2,000 different items. The longest of 352 annotated segments have 23 sentences and 5,038 bytes.
"""


def narrow_schema(schema: dict[str, Any], inputs: Inputs) -> dict[str, Any] | None:
    """Allow the sentences of the segment in their order, and of a record only clauses of it, any of them left out."""
    if "sentences" in schema["properties"]:
        return _name_sentences(schema, inputs["sentences"])
    return quote_clauses(schema, inputs["segment"])


def _name_sentences(schema: dict[str, Any], sentences: Sequence[str]) -> dict[str, Any] | None:
    """Give each place in the list its sentence."""
    if len(sentences) > MOST_SENTENCES or sum(map(_count_bytes, sentences)) > MOST_BYTES:
        return None
    listed = schema["properties"]["sentences"]
    item = listed["items"]
    listed["prefixItems"] = [
        {**item, "properties": {**item["properties"], "text": {"const": sentence}}} for sentence in sentences
    ]
    listed["minItems"] = listed["maxItems"] = len(sentences)
    return schema


def _count_bytes(sentence: str) -> int:
    return len(json.dumps(sentence, ensure_ascii=False).encode())
