"""The versions of Python and of the training stack that were seen working together, and the ranges that installers allow."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TESTED_LIBRARIES", "TESTED_PYTHONS", "TestedLibrary"]

TESTED_PYTHONS = ("3.11", "3.12")
"""Python's versions."""


@dataclass(frozen=True, slots=True)
class TestedLibrary:
    """A library that training needs.

    Attributes:
        name: of its distribution.
        versions: that were tested; the first is the one that is pinned.
        allowed: the range that an installer keeps to.
        purpose: what it does for us.
    """

    name: str
    versions: tuple[str, ...]
    allowed: str
    purpose: str

    __test__ = False  # its name is a test's for pytest


TESTED_LIBRARIES = (
    TestedLibrary("torch", ("2.13.0", "2.11.0"), ">=2.8,<2.15", "computes; the second version is that of CUDA 13"),
    TestedLibrary("transformers", ("5.17.0",), ">=5.10,<=5.17.0", "models and tokenizers"),
    TestedLibrary("peft", ("0.21.2",), ">=0.18,<1", "LoRA adapters"),
    TestedLibrary("trl", ("1.15.0",), ">=1.10,<=1.15.0", "needed by Unsloth"),
    TestedLibrary("datasets", ("4.8.5",), ">=4,<5", "needed by Unsloth"),
    TestedLibrary("accelerate", ("1.15.0",), ">=1.10,<2", "needed by transformers"),
    TestedLibrary("gguf", ("0.19.0",), ">=0.17", "reads the embedded base model"),
    TestedLibrary("llguidance", ("1.9.1",), ">=1.3,<2", "keeps answers within their schema"),
    TestedLibrary("sentencex", ("1.0.32",), ">=1.0,<2", "finds the sentences of plain texts"),
    TestedLibrary("pillow", ("13.0.0",), ">=10", "needed by Unsloth"),
    TestedLibrary("psutil", ("7.2.2",), ">=5.9", "needed by Unsloth"),
    TestedLibrary("unsloth", ("2026.10.9",), ">=2026.10.9", "loads and trains the base model; older ones have no CPU backend"),
    TestedLibrary("unsloth_zoo", ("2026.10.9",), ">=2026.10.9", "a part of Unsloth"),
)
"""The training stack, in the order in which it is told of."""
