"""Writing an adapter so that it loads anywhere, alone."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.atomic import replace_folder
from ft_core.engine.base_model import BaseModel
from ft_core.engine.permissions import open_to_the_umask
from ft_core.engine.tokenizer_files import save_tokenizer
from ft_core.errors import OutputError

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast

__all__ = ["replaced_adapter", "write_adapter"]


@contextmanager
def replaced_adapter(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into, which takes the place of the adapter's folder when the block ends well.

    Raises:
        OutputError: no space or no permission; the adapter's folder is as it was.
    """
    from safetensors import SafetensorError

    try:
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            yield temporary
            open_to_the_umask(temporary)
            replace_folder(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        raise OutputError(f"{folder} cannot be written: {error}. Free some space or choose another folder.") from error


def write_adapter(model: PeftModel, tokenizer: PreTrainedTokenizerFast, base: BaseModel, folder: Path) -> None:
    """Write weights, configuration and tokenizer of the model's adapter into an empty folder.

    The base is recorded by its name, never by where this machine keeps it, and the layers are sorted: PEFT would write them in
    the order of a set, different on every run.
    """
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    weights = get_peft_model_state_dict(model, save_embedding_layers=False)
    arranged = {name: weights[name].detach().to("cpu").contiguous() for name in sorted(weights)}
    save_file(arranged, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = model.peft_config["default"].to_dict()
    config |= {"base_model_name_or_path": base.name, "revision": base.revision, "inference_mode": True}
    settings = {name: sorted(value) if isinstance(value, set) else value for name, value in config.items()}
    text = json.dumps(settings, indent=2, sort_keys=True, default=str)
    (folder / "adapter_config.json").write_text(text + "\n", encoding="utf-8")
    save_tokenizer(tokenizer, folder)
