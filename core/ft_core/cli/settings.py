"""Flags for the fields of :class:`FineTuneConfig`."""

from __future__ import annotations

import argparse
import types
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from ft_core.config import FineTuneConfig, load_config
from ft_core.data_config import DataConfig
from ft_core.pipeline_prompts import use_module

__all__ = ["DATA_FIELDS", "add_setting_flags", "resolve_config"]

DATA_FIELDS = tuple(DataConfig.model_fields)
"""The settings that decide which examples the tales give, and on which side of the split they are."""


def add_setting_flags(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add ``--config`` and a flag for each named field; values are checked by the configuration itself."""
    group = parser.add_argument_group("settings")
    group.add_argument("--config", metavar="FILE", help="settings from a .yaml or .toml file; flags go before it")
    for name in names:
        field = FineTuneConfig.model_fields[name]
        flag = f"--{name.replace('_', '-')}"
        group.add_argument(flag, dest=name, default=None, help=_describe(field), **_options(field))


def resolve_config(arguments: argparse.Namespace) -> FineTuneConfig:
    """Return the configuration from defaults < file < flags; the module with prompts that it names is used from then on.

    Raises:
        ConfigError: some settings are wrong.
    """
    flags = {name: getattr(arguments, name, None) for name in FineTuneConfig.model_fields}
    config = load_config(arguments.config, flags)
    use_module(config.prompts_module)
    return config


def _describe(field: FieldInfo) -> str:
    default = "" if field.default is None else f" (default: {field.default})"
    return f"{field.description}{default}".replace("%", "%%")


def _options(field: FieldInfo) -> dict[str, Any]:
    kinds = get_args(field.annotation) if isinstance(field.annotation, types.UnionType) else (field.annotation,)
    if kinds[0] is bool:
        return {"action": argparse.BooleanOptionalAction}
    if get_origin(kinds[0]) is Literal:
        return {"choices": get_args(kinds[0])}
    if get_origin(kinds[0]) is tuple:
        return {"nargs": "+", "action": "extend", "metavar": "NAME"}
    return {"metavar": getattr(kinds[0], "__name__", "value").upper()}
