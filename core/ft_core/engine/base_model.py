"""Which base model is meant, and where its files are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.engine.device import Device
from ft_core.engine.embedded_model import EMBEDDED_NAME, convert_embedded_model, find_embedded_weights
from ft_core.engine.hub_model import fetch_hub_model
from ft_core.errors import BaseModelError
from ft_core.suggestion import did_you_mean

__all__ = ["GPU_DEFAULT", "BaseModel", "find_base_model", "name_base_model"]

GPU_DEFAULT = "unsloth/Qwen2.5-7B-Instruct"
"""What ``auto`` means on a GPU; on a CPU it means the embedded model."""

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A base model that is on this machine.

    Attributes:
        name: what run files and adapters record: a hub name, the embedded model's name, or the user's own folder.
        folder: absolute; None for the embedded model, whose files :meth:`locate` makes when they are needed.
        revision: the commit of a hub model; None for the others.
    """

    name: str
    folder: Path | None
    revision: str | None = None

    def locate(self) -> Path:
        """Return the folder of the model's files, converting the embedded model on its first use.

        Raises:
            OutputError: the cache cannot be written.
        """
        return self.folder or convert_embedded_model()

    def read_config(self) -> Mapping[str, Any]:
        """Return the model's ``config.json``.

        Raises:
            BaseModelError: the file is not JSON.
        """
        path = self.locate() / "config.json"
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise BaseModelError(f"The base model's {path} cannot be read: {error}. Fetch the model again.") from error


def name_base_model(name: str, device: Device = "cpu", *, weightless: bool = False) -> str:
    """Return the name under which a base model is recorded, without looking for anything but a folder.

    Args:
        name: as the user gives it.
        device: where the model is to run, which decides what ``auto`` means.
        weightless: whether a folder will do that has a configuration, but no weights.

    Raises:
        BaseModelError: no base model can have such a name, or the folder is not a model's.
    """
    if name == "auto":
        return GPU_DEFAULT if device == "cuda" else EMBEDDED_NAME
    if name == EMBEDDED_NAME:
        return name
    folder = Path(name).expanduser()
    if folder.exists() or name.startswith((".", "/", "~")):
        return str(_check_folder(folder, weightless=weightless))
    if not _HUB_NAME.fullmatch(name):
        raise BaseModelError(
            f"{name!r} is neither a folder nor a model's name on the hub ('owner/model'). Check the path or the name."
        )
    near = did_you_mean(name, (EMBEDDED_NAME, "auto")) if "/" not in name else ""
    if near:
        raise BaseModelError(f"There is no base model {name!r}.{near}")
    return name


def find_base_model(name: str, device: Device = "cpu") -> BaseModel:
    """Find a base model by name: ``auto``, the embedded model, a local folder or a hub name.

    A hub model is taken from the hub's cache where it is complete there, else downloaded, unless ``HF_HUB_OFFLINE`` is set.

    Raises:
        BaseModelError: no such model, or it cannot be fetched.
    """
    recorded = name_base_model(name, device)
    if recorded == EMBEDDED_NAME:
        find_embedded_weights()
        return BaseModel(recorded, None)
    if Path(recorded).is_absolute():
        return BaseModel(recorded, Path(recorded))
    folder, revision = fetch_hub_model(recorded)
    return BaseModel(recorded, folder, revision)


def _check_folder(folder: Path, *, weightless: bool) -> Path:
    if not folder.is_dir():
        raise BaseModelError(f"The base model's folder {folder} does not exist. Check the path, or give a model's name.")
    if not (folder / "config.json").is_file():
        if (folder / "adapter_config.json").is_file():
            raise BaseModelError(f"{folder} holds an adapter, not a base model. Name the base that it was trained on.")
        raise BaseModelError(f"{folder} holds no model: it has no config.json. Check the path, or give a model's name.")
    if not weightless and not any(folder.glob("*.safetensors")):
        raise BaseModelError(f"{folder} holds no *.safetensors weights; other formats are not read. Convert the model first.")
    return folder.absolute()
