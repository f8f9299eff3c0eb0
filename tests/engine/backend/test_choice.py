from __future__ import annotations

import logging
import sys
from importlib.util import find_spec

import pytest

from ft_core.engine.backend.choice import choose_backend


def test_auto_is_unsloth_where_it_is_installed(caplog: pytest.LogCaptureFixture) -> None:
    assert find_spec("unsloth")
    with caplog.at_level(logging.INFO):
        assert choose_backend("auto").name == "unsloth"
    assert not caplog.records


def test_auto_is_plain_transformers_where_unsloth_is_not_installed_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "unsloth", None)
    with caplog.at_level(logging.INFO):
        assert choose_backend("auto").name == "hf"
    assert caplog.messages == ["Unsloth is not installed; the backend is hf: plain transformers and PEFT."]


@pytest.mark.parametrize("name", ["unsloth", "hf"])
def test_a_backend_that_is_named_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unsloth", None)
    assert choose_backend(name).name == name  # type: ignore[arg-type]
