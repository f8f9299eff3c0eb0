"""How long the rows of prepared steps are in a base model's tokens, without loading its weights."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from ft_core.corpus.preparation import Preparation
from ft_core.corpus.prepared_row import PreparedRow
from ft_core.corpus.training_data import SPLITS
from ft_core.engine.base_model import find_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.device import find_device
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.example import TrainingText

__all__ = ["TokenRuler"]

_BARS = 24
"""Bars of a histogram at most."""

_NARROWEST = 8


class TokenRuler:
    """Measures rows in the tokens of a base model; only its tokenizer and chat template are read."""

    def __init__(self, model_name: str) -> None:
        """Find the base model.

        Args:
            model_name: named as in training.

        Raises:
            EngineMissingError: the training stack is not installed.
            BaseModelError: the model cannot be found, or its tokenizer cannot be read.
            ChatTemplateError: its template cannot carry our prompts.
        """
        base = find_base_model(model_name, find_device("auto"))
        # A local base is named by its folder: where that lies on this machine is no part of a report.
        self.name = base.name if base.folder is None or base.revision else base.folder.name
        self._chat = Chat(load_tokenizer(base.locate()))

    def measure(self, preparation: Preparation) -> dict[str, dict[str, Any]]:
        """Tokenise every row of a preparation, not yet written, as training does, and describe how long they are.

        Returns:
            For each step that has rows: ``model``; ``prompt`` and ``answer`` (without its EOS) with ``min``, ``median``,
            ``p95`` (the smallest length that 95 % of the rows do not exceed), ``max`` and ``mean``; ``row_max``, the longest
            row whole; ``static_share``, the tokens that all prompts begin with as a share of the mean prompt; and
            ``histogram`` of the prompts, where ``counts[i]`` prompts have ``edges[i]`` tokens or more and fewer than
            ``edges[i + 1]``.
        """
        lengths = {step: _Lengths(self._chat, _read_texts(preparation, step)) for step in preparation.steps}
        return {step: {"model": self.name, **each.describe()} for step, each in lengths.items() if each.prompts}


def _read_texts(preparation: Preparation, step: str) -> Iterator[TrainingText]:
    spool = preparation.collection.spool
    for split in SPLITS:
        rows, lines = spool[f"rows/{step}/{split}"].read(), spool[f"lines/{step}/{split}"].read()
        for number, (row, line) in enumerate(zip(rows, lines, strict=True), start=1):
            place = json.loads(line)
            yield PreparedRow(number, **json.loads(row)).as_text(place["story"], place["event"], place["system_chars"])


class _Lengths:
    """The lengths of one step's rows."""

    def __init__(self, chat: Chat, texts: Iterator[TrainingText]) -> None:
        self.prompts: list[int] = []
        self._answers: list[int] = []
        self._prefix: list[int] | None = None
        for text in texts:
            ids = chat.prompt_ids(text.prompt)
            self._prefix = ids if self._prefix is None else _find_common(self._prefix, ids)
            self.prompts.append(len(ids))
            self._answers.append(len(chat.answer_ids(text.completion)))

    def describe(self) -> dict[str, Any]:
        prompt = _describe(self.prompts)
        static = len(self._prefix or ()) if len(self.prompts) > 1 else 0
        return {
            "prompt": prompt,
            "answer": _describe(self._answers),
            "row_max": max(map(sum, zip(self.prompts, self._answers, strict=True))) + 1,
            "static_share": round(static / prompt["mean"], 4),
            "histogram": _count(self.prompts),
        }


def _find_common(prefix: list[int], ids: list[int]) -> list[int]:
    if ids[: len(prefix)] == prefix:
        return prefix
    return [first for first, _ in takewhile(lambda pair: pair[0] == pair[1], zip(prefix, ids, strict=False))]


def _describe(lengths: Sequence[int]) -> dict[str, float]:
    ordered = sorted(lengths)
    return {
        "min": ordered[0],
        "median": ordered[(len(ordered) - 1) // 2],
        "p95": ordered[-(-len(ordered) * 95 // 100) - 1],
        "max": ordered[-1],
        "mean": round(sum(ordered) / len(ordered), 1),
    }


def _count(lengths: Sequence[int]) -> dict[str, list[int]]:
    width = _NARROWEST
    while max(lengths) // width - min(lengths) // width >= _BARS:
        width *= 2
    first = min(lengths) // width * width
    edges = list(range(first, max(lengths) + width + 1, width))
    counts = [0] * (len(edges) - 1)
    for length in lengths:
        counts[bisect_right(edges, length) - 1] += 1
    return {"edges": edges, "counts": counts}
