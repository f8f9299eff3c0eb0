"""The systems that are measured side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

__all__ = ["SYSTEMS", "System"]

System: TypeAlias = Literal["majority", "tfidf", "shuffled", "base", "adapter", "adapter_unconstrained", "pipeline"]

SYSTEMS: Mapping[System, str] = {
    "majority": "the most frequent answer of the training tales, names replaced by their place in the inputs",
    "tfidf": "that answer with labels from TF-IDF of letter groups and logistic regression",
    "shuffled": "an adapter trained on the same prompts with the gold answers shuffled among them",
    "base": "the base model without an adapter",
    "adapter": "the trained adapter, shown gold inputs",
    "adapter_unconstrained": "the trained adapter, free to answer anything",
    "pipeline": "the trained adapters in a row, each shown what those before it answered",
}
"""In the order in which they are shown, with what each is."""
