"""Adapters of one run on their base model, which is loaded once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.engine.chat import Chat
from ft_core.engine.quiet import output_to_log
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.errors import RunError

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["check_bases", "load_adapters", "load_chats"]

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")


def check_bases(folders: Sequence[Path], base: str) -> None:
    """See that all adapters are there, and of one base model.

    Raises:
        RunError: a folder holds no adapter, or one of another base.
    """
    bases = {folder: _read_base_name(folder) for folder in folders}
    others = [f"{folder.name}: {name}" for folder, name in bases.items() if name != base]
    if others:
        raise RunError(
            f"The run's base model is {base}, but some adapters are of another one ({'; '.join(others)}). "
            f"Train these steps anew, or ask only the others."
        )


def load_adapters(model: PreTrainedModel, folders: Sequence[Path]) -> PeftModel:
    """Put adapters on a base model, each called by its folder's name; none of them is computed in more bits than the base.

    Args:
        model: the base; it is changed.
        folders: of the adapters, at least one.

    Raises:
        RunError: the files do not fit the base.
    """
    from peft import PeftModel
    from safetensors import SafetensorError

    first, *others = folders
    try:
        with output_to_log():
            adapted = PeftModel.from_pretrained(model, first, adapter_name=first.name, autocast_adapter_dtype=False)
            for folder in others:
                adapted.load_adapter(folder, adapter_name=folder.name, autocast_adapter_dtype=False)
    except (OSError, RuntimeError, SafetensorError, ValueError, KeyError) as error:
        raise RunError(f"The adapters in {first.parent} cannot be loaded: {error}. Train the step anew.") from error
    return adapted.eval()


def load_chats(folders: Sequence[Path]) -> Mapping[str, Chat]:
    """Return the tokenizer and template that each adapter was saved with, by the folders' names; equal ones are one object."""
    made: dict[str, Chat] = {}
    chats: dict[str, Chat] = {}
    for folder in folders:
        digest = _hash_files(folder)
        if digest not in made:
            made[digest] = Chat(load_tokenizer(folder))
        chats[folder.name] = made[digest]
    return chats


def _hash_files(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in _TOKENIZER_FILES:
        path = folder / name
        digest.update(path.read_bytes() if path.is_file() else b"")
        digest.update(name.encode())
    return digest.hexdigest()


def _read_base_name(folder: Path) -> str:
    path = folder / "adapter_config.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{folder} holds no adapter: {path.name} cannot be read ({error}). Train it first.") from error
