"""A base model of which only its configuration and tokenizer are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ft_core.config import FineTuneConfig
from ft_core.engine.backend.choice import choose_backend
from ft_core.engine.base_model import BaseModel, find_base_model, name_base_model
from ft_core.engine.chat import Chat
from ft_core.engine.device import Device
from ft_core.engine.embedded_model import EMBEDDED_NAME
from ft_core.engine.environment import allow_network
from ft_core.engine.loading import LoadedBase
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import BaseModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["UnloadedBase", "read_base"]

_FILES = ["*.json", "*.jinja", "*.model", "*.txt"]  # all but the weights


@dataclass(frozen=True, slots=True)
class UnloadedBase:
    """A base model without its weights.

    Attributes:
        name: as in ``run.json``, but a local one is named by its folder.
        config: as transformers completes ``config.json``.
        chat: tokenizer and chat template.
        context: its longest row in tokens, None where it names none.
        stand_in: as much of a loaded base as packing is chosen by.
    """

    name: str
    config: Mapping[str, Any]
    chat: Chat
    context: int | None
    stand_in: LoadedBase


@dataclass(frozen=True, slots=True)
class _Weightless:
    config: Any


def read_base(config: FineTuneConfig, device: Device) -> UnloadedBase:
    """Read configuration and tokenizer of the base model that would be trained on a device.

    A hub model that is not on this machine is fetched without its weights, and a folder need not hold any.

    Raises:
        EngineMissingError: the training stack is not installed.
        BaseModelError: the model cannot be found, or its files cannot be read.
        ChatTemplateError: its template cannot carry our prompts.
        OutputError: the embedded model cannot be converted.
    """
    import_torch()  # before transformers, for its message says how to install both
    from transformers import AutoConfig

    base = _find(config.model_name, device)
    folder = base.locate()
    try:
        completed = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        raise BaseModelError(f"The base model's {folder / 'config.json'} cannot be read: {error}. Fetch it again.") from error
    chat, context = Chat(load_tokenizer(folder)), base.read_config().get("max_position_embeddings")
    # A local base is named by its folder: where that lies on this machine is no part of a plan.
    name = folder.name if Path(base.name).is_absolute() else base.name
    backend = choose_backend(config.backend).name
    stand_in = LoadedBase(base, cast("PreTrainedModel", _Weightless(completed)), chat, device, context, backend)
    return UnloadedBase(name, completed.to_dict(), chat, context, stand_in)


def _find(name: str, device: Device) -> BaseModel:
    recorded = name_base_model(name, device, weightless=True)
    if recorded == EMBEDDED_NAME:  # its configuration and its tokenizer are in the file of its weights
        return find_base_model(name, device)
    if Path(recorded).is_absolute():
        return BaseModel(recorded, Path(recorded))
    folder = _fetch(recorded)
    return BaseModel(recorded, folder, folder.name)


def _fetch(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        cached = Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError:
        cached = None
    if cached is not None and _has_all(cached):
        return cached
    try:
        if not allow_network():
            raise OSError("the hub's client is offline (HF_HUB_OFFLINE)")
        folder = Path(snapshot_download(name, allow_patterns=_FILES))
    except Exception as error:  # the client lets errors of its network libraries through
        told = (str(error).strip() or "no message").splitlines()[0]
        raise BaseModelError(
            f"Configuration and tokenizer of the base model {name!r} are not on this machine and cannot be fetched: {told}. "
            f"Check the name, go online once, or name a model that is on this machine."
        ) from error
    if not _has_all(folder):
        raise BaseModelError(f"The model {name!r} on the hub has no config.json with a tokenizer. Choose another base.")
    return folder


def _has_all(folder: Path) -> bool:
    return (folder / "config.json").is_file() and any(folder.glob("tokenizer*.json"))
