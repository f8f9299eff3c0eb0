"""Who is asked: the base model, known by its content, wherever its folder is."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ft_core.engine.base_model import BaseModel
from ft_core.engine.contract.content_hash import dump_ordered, hash_file, hash_text
from ft_core.engine.contract.weight_hash import Shard, describe_weights
from ft_core.errors import BaseModelError

__all__ = ["BaseTerms", "describe_base"]

logger = logging.getLogger(__name__)

_SETTINGS = ("config.json", "tokenizer_config.json")
_FILES = (
    "added_tokens.json",
    "chat_template.jinja",
    "merges.txt",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
)
# Where a model lies, and the library that wrote it, say nothing about what it computes.
_NOT_OF_THE_MODEL = ("_name_or_path", "backend", "is_local", "local_files_only", "name_or_path", "transformers_version")


@dataclass(frozen=True, slots=True)
class BaseTerms:
    """A base model.

    Attributes:
        name: the hub's name, the embedded model's, or that of the user's folder, without where it lies.
        revision: the commit of a hub model, None for the others.
        files: hashes of its settings and of its tokenizer's files.
        weights: its weights, file by file.
    """

    name: str
    revision: str | None
    files: Mapping[str, str]
    weights: tuple[Shard, ...]


def describe_base(base: BaseModel) -> BaseTerms:
    """Return the terms of a base model; its files are read once in a process, unless they change.

    Raises:
        BaseModelError: a file cannot be read.
    """
    # A local base is recorded by its path, which is no part of what it is.
    name = base.name if base.folder is None or base.revision else base.folder.name
    folder = base.locate()
    try:
        files, weights = _read(folder, _stamp(folder))
    except (OSError, ValueError, KeyError) as error:
        raise BaseModelError(f"The base model's files in {folder} cannot be read: {error}. Fetch the model again.") from error
    return BaseTerms(name, base.revision, files, weights)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    states = ((path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file())
    return tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)


@lru_cache(maxsize=4)
def _read(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> tuple[Mapping[str, str], tuple[Shard, ...]]:
    """Hash a model's files; ``stamp`` is there to tell the cache that they have changed."""
    started = time.monotonic()
    files = {name: _hash_settings(folder / name) for name in _SETTINGS if (folder / name).is_file()}
    files |= {name: hash_file(folder / name) for name in _FILES if (folder / name).is_file()}
    weights = tuple(describe_weights(folder))
    logger.debug("Hashed %d files of the base model in %.1f s.", len(stamp), time.monotonic() - started)
    return dict(sorted(files.items())), weights


def _hash_settings(path: Path) -> str:
    values = json.loads(path.read_text(encoding="utf-8"))
    kept = {key: values[key] for key in sorted(values) if key not in _NOT_OF_THE_MODEL}
    return hash_text(dump_ordered(kept))
