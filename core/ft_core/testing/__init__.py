"""For the tests of steps: the contract kit, and fixtures for pytest.

``assert_step("moral")`` in a test holds the step against its contract; ``check_step`` returns the findings instead. The
fixtures ``step``, ``story`` and ``tiny_model`` come with the pytest plugin, which is there once ft-core is installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ft_core.step import Step as Step
    from ft_core.testing.contract import CHECKS as CHECKS
    from ft_core.testing.contract import assert_step as assert_step
    from ft_core.testing.contract import check_installed as check_installed
    from ft_core.testing.contract import check_step as check_step
    from ft_core.testing.finding import Finding as Finding

# pytest imports this package in every run, for its plugin; nothing more is loaded before a name needs it.
_HOME = {
    "CHECKS": "testing.contract",
    "Finding": "testing.finding",
    "Step": "step",
    "assert_step": "testing.contract",
    "check_installed": "testing.contract",
    "check_step": "testing.contract",
}

__all__ = ["CHECKS", "Finding", "Step", "assert_step", "check_installed", "check_step"]


def __getattr__(name: str) -> Any:
    """Import a public name's module when the name is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'ft_core.testing' has no attribute {name!r}")
    return getattr(import_module(f"ft_core.{_HOME[name]}"), name)
