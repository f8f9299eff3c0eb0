"""The configuration reference, made of the fields of ``FineTuneConfig``."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic.fields import FieldInfo

from ft_core import FineTuneConfig
from ft_core.data_config import DataConfig

__all__ = ["describe_settings"]

_LIMITS = {Ge: ("from {}", "ge"), Gt: ("above {}", "gt"), Le: ("to {}", "le"), Lt: ("below {}", "lt")}
_KINDS = {bool: "yes or no", float: "number", int: "whole number", str: "text"}


def describe_settings() -> str:
    """Return two tables in Markdown: what decides which data there is, and what decides the training."""
    data = DataConfig.model_fields
    training = {name: field for name, field in FineTuneConfig.model_fields.items() if name not in data}
    return "\n\n".join(
        [
            "## Data\n\nFor `ft-core prepare` and `ft-core train` alike.",
            _table(data.items()),
            "## Training\n\nFor `ft-core train`.",
            _table(training.items()),
        ]
    )


def _table(fields: Iterable[tuple[str, FieldInfo]]) -> str:
    rows = ["| setting and flag | default | values | what it does |", "|---|---|---|---|"]
    return "\n".join([*rows, *(_row(name, field) for name, field in fields)])


def _row(name: str, field: FieldInfo) -> str:
    flag = name.replace("_", "-")
    names = [f"`{name}`", f"`--{flag}`", *([f"`--no-{flag}`"] if field.annotation is bool else [])]
    return f"| {'<br>'.join(names)} | {_show_default(field)} | {_show_values(field)} | {field.description} |"


def _show_default(field: FieldInfo) -> str:
    if isinstance(field.default, bool):
        return "yes" if field.default else "no"
    return "unset" if field.default is None else f"`{field.default}`"


def _show_values(field: FieldInfo) -> str:
    kind = next(kind for kind in _kinds(field.annotation) if kind is not type(None))
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if get_origin(kind) is tuple:
        return "one or more texts"
    return " ".join([_KINDS[kind], *_list_limits(field)])


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)


def _list_limits(field: FieldInfo) -> Iterable[str]:
    for limit in field.metadata:
        if not isinstance(limit, MinLen):
            words, bound = _LIMITS[type(limit)]
            yield words.format(f"{getattr(limit, bound):,}")
