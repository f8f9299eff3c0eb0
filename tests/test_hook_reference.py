"""Every hook says when it is called, what it gets and what it returns, with an example, and is used by a test's step."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from ft_core import hookspecs
from ft_core.hook_check import HOOK_ARGUMENTS

TESTS = Path(__file__).parent


@pytest.mark.parametrize("hook", HOOK_ARGUMENTS)
def test_a_hook_is_documented_with_an_example(hook: str) -> None:
    text = inspect.getdoc(getattr(hookspecs, hook)) or ""
    for part in ("Called ", "Args:", "Returns:", "None", "Example:", ">>> "):
        assert part in text, f"the docstring of {hook} lacks {part!r}"
    arguments = re.findall(r"^    (\w+): ", text.partition("Args:")[2].partition("Returns:")[0], re.MULTILINE)
    assert arguments == list(HOOK_ARGUMENTS[hook])


@pytest.mark.parametrize("hook", HOOK_ARGUMENTS)
def test_a_hook_is_implemented_by_a_step_or_extension_of_a_test(hook: str) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (TESTS / "plugin_layer").glob("test_*.py"))
    assert re.search(rf"def {hook}\(", tests)
