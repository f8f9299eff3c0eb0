"""Token ids that were made once are kept, for a training that is started again on the same texts."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from ft_core.atomic import open_complete
from ft_core.config import FineTuneConfig
from ft_core.engine.chat import Chat
from ft_core.engine.environment import cache_dir
from ft_core.engine.rows import Rows, make_rows
from ft_core.errors import OutputError
from ft_core.example import TrainingText
from ft_core.prompt import Prompt

__all__ = ["cached_rows"]

logger = logging.getLogger(__name__)

_FORMAT = 1  # a change of how texts become ids, or of the file, needs a new number
_LARGEST = 256 * 10**6
"""Bytes of all entries together; those not used for longest go."""

_SUFFIX = ".safetensors"


def cached_rows(
    chat: Chat,
    step: str,
    texts: Sequence[TrainingText],
    config: FineTuneConfig,
    context: int | None,
    *,
    folder: Path | None = None,
) -> Rows:
    """Return what :func:`ft_core.engine.rows.make_rows` returns, raise and log what it does, and tokenise only what is new.

    An entry is named by the SHA-256 of tokenizer, chat template and texts. It is complete or absent, its content is checked
    when it is read, and a damaged one is made again. Where the folder cannot be written, the log says so and nothing else
    is different.

    Args:
        chat: the base model's tokenizer and template.
        step: the step's name, for messages.
        texts: prompts and answers.
        config: for ``max_seq_length`` and ``too_long``.
        context: the base model's context in tokens, None where it has no limit.
        folder: where entries are; None for ``rows`` in the user's cache.

    Raises: as :func:`ft_core.engine.rows.make_rows`.
    """
    place = (folder or cache_dir() / "rows") / f"{_hash(chat, texts)}{_SUFFIX}"
    ids = _read(place, len(texts))
    if ids is None:
        ids = [(chat.prompt_ids(text.prompt), chat.answer_ids(text.completion)) for text in texts]
        _keep(place, ids)
    return make_rows(cast(Chat, _ReadChat(chat.eos, iter(ids))), step, texts, config, context)


_Ids = list[tuple[list[int], list[int]]]
"""The ids of each text's prompt and answer."""


@dataclass
class _ReadChat:
    """As much of a chat as rows are made with; the ids come from a cache, in the order of the texts."""

    eos: int
    ids: Iterator[tuple[list[int], list[int]]]

    def prompt_ids(self, _: Prompt) -> list[int]:
        prompt, self._answer = next(self.ids)
        return prompt

    def answer_ids(self, _: str) -> list[int]:
        return self._answer


def _hash(chat: Chat, texts: Sequence[TrainingText]) -> str:
    tokenizer = chat.tokenizer
    digest = hashlib.sha256(json.dumps([_FORMAT, version("tokenizers"), chat.system_role, tokenizer.chat_template]).encode())
    digest.update(tokenizer.backend_tokenizer.to_str().encode())
    digest.update(json.dumps(tokenizer.special_tokens_map, default=str, sort_keys=True).encode())
    for text in texts:  # ASCII, so that half a surrogate pair in a tale cannot stop it
        digest.update(json.dumps([text.prompt.system, text.prompt.user, text.completion]).encode())
    return digest.hexdigest()


def _read(place: Path, number: int) -> _Ids | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(place, "np") as file:
            arrays = {name: file.get_tensor(name) for name in ("ids", "lengths")}
            whole = (file.metadata() or {}).get("sha256") == _check(arrays)
        if not whole or arrays["lengths"].shape != (2 * number,):
            raise ValueError("its content is not what was written")
        place.touch()  # used now
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        logger.warning("The cached rows %s are damaged and are made again: %s.", place.name, error)
        return None
    ids, lengths = arrays["ids"].tolist(), iter(arrays["lengths"].tolist())
    parts = _cut(ids, lengths)
    return [(prompt, next(parts)) for prompt in parts]


def _cut(ids: list[int], lengths: Iterator[int]) -> Iterator[list[int]]:
    start = 0
    for length in lengths:
        yield ids[start : start + length]
        start += length


def _keep(place: Path, ids: _Ids) -> None:
    import numpy as np
    from safetensors.numpy import save

    parts = [part for pair in ids for part in pair]
    arrays = {
        "ids": np.array([token for part in parts for token in part], dtype=np.int32),
        "lengths": np.array([len(part) for part in parts], dtype=np.int32),
    }
    try:
        with open_complete(place) as file:
            file.write(save(arrays, {"sha256": _check(arrays)}))
        _prune(place.parent)
    except (OSError, OutputError) as error:
        logger.warning("Rows are not cached: %s", error)


def _check(arrays: dict[str, Any]) -> str:
    return hashlib.sha256(arrays["ids"].tobytes() + arrays["lengths"].tobytes()).hexdigest()


def _prune(folder: Path) -> None:
    """Remove the entries that were not used for longest, until the rest is small enough."""
    entries = [(path.stat(), path) for path in folder.glob(f"*{_SUFFIX}")]
    room = _LARGEST
    for status, path in sorted(entries, key=lambda entry: entry[0].st_mtime_ns, reverse=True):
        room -= status.st_size
        if room < 0:
            path.unlink(missing_ok=True)
