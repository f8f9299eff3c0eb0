"""Tokenizers on disk: read from a model's folder, written beside an adapter so that they load anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.errors import BaseModelError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["load_tokenizer", "save_tokenizer"]

_OF_THIS_MACHINE = ("is_local", "local_files_only", "name_or_path", "backend")


def load_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Read the tokenizer of a model's folder.

    Raises:
        BaseModelError: there is none, or it is not a fast one, whose rules can be read.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).rstrip(".")  # transformers ends its own with one
        raise BaseModelError(f"{folder} has no tokenizer that can be read: {reason}. Fetch the model again.") from error
    if not getattr(tokenizer, "is_fast", False):
        raise BaseModelError(f"The tokenizer in {folder} has no tokenizer.json. Convert it, or choose another base model.")
    return tokenizer


def save_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write a tokenizer with its chat template; a caller that cuts a prompt cuts its left side and keeps the question."""
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    for name in _OF_THIS_MACHINE:
        settings.pop(name, None)
    # save_pretrained leaves the side out, and a tokenizer without one cuts on the right.
    settings["truncation_side"] = "left"
    path.write_text(json.dumps(settings, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
