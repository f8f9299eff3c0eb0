"""What a training run is asked to do: defaults, then a file, then flags."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator

from ft_core.data_config import DataConfig
from ft_core.errors import ConfigError
from ft_core.lora import LoraSettings
from ft_core.memory_size import parse_size
from ft_core.suggestion import did_you_mean

__all__ = ["FineTuneConfig", "load_config", "make_config"]


class FineTuneConfig(DataConfig):
    """The settings of a training run; every field is a flag of ``ft-core train`` and a key of ``--config``."""

    model_name: str = Field("auto", min_length=1, description="base model: auto, smollm2-135m, a local folder or a hub name")
    output_dir: str = Field("./models", min_length=1, description="folder for the run and its adapters")
    max_seq_length: int | None = Field(
        None, ge=16, description="limit of tokens in a row; unset: as long as the longest row, within the base's context"
    )
    too_long: Literal["error", "skip"] = Field("error", description="what to do with a row over the limit")
    lora_r: int = Field(16, ge=1, description="rank of the adapters")
    lora_alpha: int = Field(32, ge=1, description="scale of the adapters, divided by the rank")
    lora_dropout: float = Field(0.0, ge=0, lt=1, description="dropout in the adapters; 0 keeps Unsloth's fast kernels")
    target_modules: tuple[str, ...] | None = Field(None, description="layers that get an adapter; unset: all linear layers")
    batch_size: int = Field(4, ge=1, description="examples a forward pass")
    gradient_accumulation_steps: int = Field(4, ge=1, description="forward passes an optimizer step")
    num_epochs: float = Field(3, gt=0, description="passes over a step's training examples")
    max_steps: int | None = Field(None, ge=1, description="optimizer steps at most")
    max_examples: int | None = Field(None, ge=1, description="training examples a step at most, chosen by the seed")
    predicted_inputs: float = Field(
        0.0, ge=0, le=1, description="share of the training tales whose inputs are what the adapters of earlier steps answered"
    )
    learning_rate: float = Field(2e-4, gt=0, description="peak learning rate of AdamW")
    weight_decay: float = Field(0.01, ge=0, description="weight decay of AdamW")
    warmup_steps: int = Field(50, ge=0, description="warm-up steps; never more than a tenth of all steps")
    packing: Literal["shared", "plain", "none"] = Field(
        "shared", description="rows of a sequence share how their prompts begin where they can, stand side by side, or go alone"
    )
    pack_tokens: int | None = Field(None, ge=64, description="tokens in a sequence of several rows; unset: by the memory")
    eval_steps: int | None = Field(
        None, ge=1, description="optimizer steps between two looks at the validation tales; unset: once an epoch"
    )
    early_stopping_patience: int = Field(
        3, ge=0, description="looks without a better validation loss after which a step's training ends; 0: never"
    )
    early_stopping_threshold: float = Field(0.001, ge=0, description="by how much a validation loss must be lower to be better")
    keep_weights: Literal["best", "last"] = Field(
        "best", description="the weights with the lowest validation loss, or the last ones; those are never stopped early"
    )
    save_steps: int = Field(50, ge=1, description="optimizer steps between two checkpoints")
    report_to: tuple[str, ...] | None = Field(None, description="trackers that are told of the training, such as tensorboard")
    bf16: bool = Field(True, description="compute in bfloat16")
    load_in_4bit: bool = Field(False, description="load the base in 4 bit (a GPU only)")
    backend: Literal["auto", "unsloth", "hf"] = Field(
        "unsloth",
        description="what loads and adapts the base: Unsloth, or plain transformers and PEFT (hf); auto: hf without Unsloth",
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where to train")
    gpu_memory: str | None = Field(
        None, description="the most GPU memory to take, such as 8GB or 24GiB; for --plan it need not be there"
    )

    @field_validator("gpu_memory")
    @classmethod
    def _check_size(cls, size: str | None) -> str | None:
        if size is not None:
            parse_size(size)
        return size

    @model_validator(mode="wrap")
    @classmethod
    def _tell_all_problems(cls, values: Any, handler: ModelWrapValidatorHandler[FineTuneConfig]) -> FineTuneConfig:
        # ConfigError is no ValueError, so pydantic lets it through as it is, also out of FineTuneConfig(...).
        try:
            config = handler(values)
        except ValidationError as error:
            raise ConfigError([_word(problem) for problem in error.errors()]) from error
        problems = config.list_contradictions()
        if problems:
            raise ConfigError(problems)
        return config

    @property
    def gpu_bytes(self) -> int | None:
        """:attr:`gpu_memory` in bytes; None where it is not set."""
        return None if self.gpu_memory is None else parse_size(self.gpu_memory)

    @property
    def lora(self) -> LoraSettings:
        """The LoRA settings that a step's ``configure_lora`` starts from."""
        return LoraSettings(self.lora_r, self.lora_alpha, self.lora_dropout, self.target_modules)


def load_config(path: str | Path | None, flags: Mapping[str, Any]) -> FineTuneConfig:
    """Resolve defaults < file < flags; flags that are None were not given.

    Args:
        path: a ``.yaml``, ``.yml`` or ``.toml`` file, or None.
        flags: values by field name.

    Raises:
        ConfigError: the file cannot be read, or some values are wrong; all problems are told together.
    """
    values: dict[str, Any] = {}
    if path is not None:
        values = dict(_read_file(Path(path)))
        try:
            make_config(values)
        except ConfigError as error:
            raise ConfigError(error.problems, str(path)) from error
    return make_config(values | {key: value for key, value in flags.items() if value is not None})


def make_config(values: Mapping[str, Any]) -> FineTuneConfig:
    """Build a configuration of values by name.

    Raises:
        ConfigError: unknown keys (with the nearest known one) or wrong values, all told together.
    """
    return FineTuneConfig.model_validate(dict(values))


def _word(problem: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{key!r} is not a setting.{did_you_mean(key, FineTuneConfig.model_fields)}"
    return f"{key}: {problem['msg'][0].lower()}{problem['msg'][1:]}, not {problem['input']!r}."


def _read_file(path: Path) -> Mapping[str, Any]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"The file cannot be read: {error}"], str(path)) from error
    values = _parse(path, content)
    if not isinstance(values, Mapping):
        raise ConfigError(["The file must hold settings by name, one a line."], str(path))
    return values


def _parse(path: Path, content: str) -> Any:
    if path.suffix == ".toml":
        try:
            return tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError([f"The file is not TOML: {error}"], str(path)) from error
    if path.suffix in {".yaml", ".yml"}:
        import yaml  # takes a while to import, and few runs have a file

        try:
            return yaml.safe_load(content) or {}
        except yaml.YAMLError as error:
            raise ConfigError([f"The file is not YAML: {error}"], str(path)) from error
    raise ConfigError([f"The file must end in .yaml, .yml or .toml, not {path.suffix!r}."], str(path))
