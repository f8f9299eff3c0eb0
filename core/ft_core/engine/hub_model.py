"""Base models from the Hugging Face hub: out of the local cache, or downloaded once."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from ft_core.engine.environment import allow_network
from ft_core.errors import BaseModelError

__all__ = ["fetch_hub_model"]

logger = logging.getLogger(__name__)

_FILES = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"]  # never *.bin: nothing is unpickled


def fetch_hub_model(name: str) -> tuple[Path, str]:
    """Return the folder and the commit of a hub model, downloading it where the cache lacks it.

    Raises:
        BaseModelError: it is not in the cache and there is no network, or no such model, or it has no safetensors.
    """
    cached = _find_in_cache(name)
    if cached is not None:
        return cached, cached.name
    if not allow_network():
        raise _unreachable(name, "the hub's client is offline (HF_HUB_OFFLINE)")
    folder = _download(name)
    if not _is_complete(folder):
        raise BaseModelError(
            f"The model {name!r} on the hub has no config.json with *.safetensors weights. Choose another base."
        )
    return folder, folder.name


def _find_in_cache(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    except HFValidationError as error:
        raise BaseModelError(f"{name!r} is neither a folder nor a model's name on the hub: {error}") from error
    return folder if _is_complete(folder) else None


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    logger.info("Downloading the base model %s from the hub.", name)
    try:
        return Path(snapshot_download(name, allow_patterns=_FILES))
    except Exception as error:  # the client lets errors of its network libraries through
        raise _unreachable(name, f"{type(error).__name__}: {(str(error).strip() or 'no message').splitlines()[0]}") from error


def _is_complete(folder: Path) -> bool:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        weights = all((folder / shard).is_file() for shard in shards)
    else:
        weights = any(folder.glob("*.safetensors"))
    return weights and (folder / "config.json").is_file()


def _unreachable(name: str, why: str) -> BaseModelError:
    return BaseModelError(
        f"The base model {name!r} is not in the hub's cache on this machine and cannot be fetched: {why}.\n"
        f"Either check the name, go online once and run: hf download {name}\n"
        f"or name a model that is on this machine: a local folder, or the embedded smollm2-135m."
    )
