"""The import rules name every module; import-linter itself sees to it for the layers only."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXCEPT = {
    "the training stack is imported by the engine and by inference only": {"engine", "infer"},
    "only the set of plugins and the hook specifications know pluggy": {"plugin_set", "hookspecs"},
}


def list_core_modules() -> set[str]:
    places = (ROOT / "core" / "ft_core").iterdir()
    modules = {place.stem for place in places if place.suffix == ".py" or (place / "__init__.py").exists()}
    return modules - {"__init__"}


@pytest.mark.parametrize("rule", EXCEPT)
def test_a_rule_is_for_every_module_but_those_it_is_about(rule: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [each for each in settings["tool"]["importlinter"]["contracts"] if each["name"] == rule]
    named = {name.removeprefix("ft_core.") for name in contract["source_modules"] if name.startswith("ft_core.")}
    assert named == list_core_modules() - EXCEPT[rule]
